import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../prisma/generated/client.ts";
import { env } from "./env.server.ts";

// One client per process, although the Remix build carries its own copy of this module beside the server's.
const holder = globalThis as { comebackDatabase?: PrismaClient };

function connect(): PrismaClient {
  const adapter = new PrismaPg({
    connectionString: env().DATABASE_URL,
    max: env().DATABASE_POOL,
    // adapter-pg sends times without offset: with a session in another zone they would be stored shifted.
    options: "-c timezone=UTC -c statement_timeout=15000",
    connectionTimeoutMillis: 5000,
  });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 30_000 } });
}

/** The database client. Only stores, the taps and shops/ may open it. */
export const db: PrismaClient = (holder.comebackDatabase ??= connect());

export type { PrismaClient } from "../prisma/generated/client.ts";
export { Prisma } from "../prisma/generated/client.ts";
