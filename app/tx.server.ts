import { db, Prisma } from "./db.server.ts";
import type { Tx } from "./lib/tx.ts";

/** What a store finds inside a `Tx`. */
export type Client = Prisma.TransactionClient;

/** For stores alone: opens the opaque transaction, or gives the plain client where none is passed. */
export function inside(tx?: Tx): Client {
  return (tx as unknown as Client | undefined) ?? db;
}

const retryable = new Set(["P2034", "40001", "40P01"]);

/**
 * Runs `work` in one transaction: all of it, or none. A deadlock or serialization failure is tried again as a whole, three times at most,
 * so `work` must do nothing but database work. Keep it short: on the embedded database everybody else waits.
 */
export async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.$transaction((client) => work(client as unknown as Tx));
    } catch (error) {
      const code = errorCode(error);
      if (attempt >= 3 || code === undefined || !retryable.has(code)) throw error;
    }
  }
}

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return undefined;
  const original = (error.meta as { driverAdapterError?: { cause?: { originalCode?: string } } } | undefined)?.driverAdapterError?.cause?.originalCode;
  return original ?? error.code;
}
