import type pg from "pg";
import { db, pool, Prisma } from "./db.server.ts";
import type { HotTx, Tx } from "./lib/tx.ts";

/** What a store finds inside a `Tx`. */
export type Client = Prisma.TransactionClient;

/** For stores alone: opens the opaque transaction, or gives the plain client where none is passed. */
export function inside(tx?: Tx): Client {
  return (tx as unknown as Client | undefined) ?? db;
}

const retryable = new Set(["P2034", "40001", "40P01"]);

/** For stores alone: runs one statement on the driver. `name` has it prepared once per connection. */
export async function hotQuery<Row>(tx: HotTx, name: string, sql: Prisma.Sql): Promise<Row[]> {
  return (await (tx as unknown as pg.PoolClient).query({ name, text: sql.text, values: sql.values })).rows as Row[];
}

async function onDriver<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      // A connection that cannot even roll back is not given to anybody else. Without a transaction this changes nothing.
      await client.query("ROLLBACK").catch((lost: unknown) => (broken = lost as Error));
      if (attempt >= 3 || !retryable.has((error as { code?: string }).code ?? "")) throw error;
    } finally {
      client.release(broken);
    }
  }
}

/**
 * The same as `transaction`, on the driver itself: at the doors Prisma's own work would cost more than the database's. What is written here must be few
 * statements, none of which waits for anything but the database.
 */
export async function hotTransaction<T>(work: (tx: HotTx) => Promise<T>): Promise<T> {
  return onDriver(async (client) => {
    await client.query("BEGIN");
    const result = await work(client as unknown as HotTx);
    await client.query("COMMIT");
    return result;
  });
}

/** For one statement alone, which is a transaction by itself and spares the two around it. */
export async function hotStatement<T>(work: (tx: HotTx) => Promise<T>): Promise<T> {
  return onDriver((client) => work(client as unknown as HotTx));
}

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
