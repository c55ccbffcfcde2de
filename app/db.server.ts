import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "../prisma/generated/client.ts";
import { env } from "./env.server.ts";

// One client per process, although the Remix build carries its own copy of this module beside the server's.
// One of each per process, although the Remix build carries its own copy of this module beside the server's.
const holder = globalThis as { comebackPool?: pg.Pool; comebackDatabase?: PrismaClient };

function open(): pg.Pool {
  const made = new pg.Pool({
    connectionString: env().DATABASE_URL,
    max: env().DATABASE_POOL,
    // adapter-pg sends times without offset: with a session in another zone they would be stored shifted.
    options: "-c timezone=UTC -c statement_timeout=15000",
    connectionTimeoutMillis: 5000,
  });
  // A connection that is cut while nobody uses it is opened anew by whoever asks next; without a listener it would end the process.
  return made.on("error", () => undefined).on("connect", (client) => client.on("error", () => undefined));
}

/** The connections themselves. For `tx.server.ts` alone; a lost one is opened anew by whoever asks next. */
export const pool: pg.Pool = (holder.comebackPool ??= open());

function connect(): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool), transactionOptions: { maxWait: 10_000, timeout: 30_000 } });
}

/** The database client. Only stores, the taps and shops/ may open it. */
export const db: PrismaClient = (holder.comebackDatabase ??= connect());

export type { PrismaClient } from "../prisma/generated/client.ts";
export { Prisma } from "../prisma/generated/client.ts";
