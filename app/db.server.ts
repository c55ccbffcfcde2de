import { AsyncLocalStorage } from "node:async_hooks";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "../prisma/generated/client.ts";
import { env } from "./env.server.ts";

// One of each per process, although the Remix build carries its own copy of this module beside the server's.
const holder = globalThis as { comebackPool?: ToldPool; comebackDoorPool?: pg.Pool; comebackBesidePool?: pg.Pool; comebackDatabase?: PrismaClient };

/** A pool that tells a transaction which connection it got: Prisma keeps that to itself. `opening`: where it is told. */
class ToldPool extends pg.Pool {
  readonly opening = new AsyncLocalStorage<{ connection?: pg.PoolClient }>();

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void): void;
  override connect(
    callback?: (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void,
  ): Promise<pg.PoolClient> | void {
    if (callback !== undefined) return super.connect(callback);
    const opening = this.opening.getStore();
    return super.connect().then((connection) => {
      if (opening !== undefined) opening.connection = connection;
      return connection;
    });
  }
}

/** How old a plan becomes. To plan all that a batch asks takes some five milliseconds. */
const plansLastMs = 5_000;

type Wanted = { max: number; statementMs: number; more?: string; connectionTimeoutMillis: number; query_timeout?: number };

function open({ max, statementMs, more = "", ...limits }: Wanted): ToldPool {
  const made = new ToldPool({
    connectionString: env().DATABASE_URL,
    max,
    // What a transaction asks for at once is sent at once, and carried out in that order.
    pipeline: true,
    // adapter-pg sends times without offset: with a session in another zone they would be stored shifted. And to compile a statement takes longer than any of ours
    // runs: of many keys the planner expects so much that it would do that.
    options: `-c timezone=UTC -c jit=off -c statement_timeout=${statementMs} ${more}`,
    ...limits,
  });
  // A connection that is cut while nobody uses it is opened anew by whoever asks next; without a listener it would end the process.
  made.on("error", () => undefined).on("connect", (client) => client.on("error", () => undefined));
  return made.on("acquire", planNowAndThen);
}

const plannedAt = new WeakMap<pg.PoolClient, number>();

/**
 * Has a connection plan its statements anew. What was planned while a table was empty goes on to read all of it, or finds its rows by whichever key came first, and holds each against
 * every one asked for: the server itself looks at a table that has grown only once a minute.
 */
function planNowAndThen(client: pg.PoolClient): void {
  const last = plannedAt.get(client);
  if (last !== undefined && performance.now() < last + plansLastMs) return;
  plannedAt.set(client, performance.now());
  // Whoever got the connection asks after this, and is told where it was cut.
  if (last !== undefined) client.query("DISCARD PLANS").catch(() => undefined);
}

/** What Prisma works on. For `tx.server.ts` alone, besides. */
export const pool: ToldPool = (holder.comebackPool ??= open({ max: env().DATABASE_POOL, statementMs: 15_000, connectionTimeoutMillis: 5_000 }));

/**
 * The doors' own connections, for `tx.server.ts` alone: a slow screen or task cannot take them away. Whoever knocks is told within Shopify's five seconds that
 * it could not be kept, so nothing here waits long: `query_timeout` is for a database that has stopped answering altogether.
 */
export const doorPool: pg.Pool = (holder.comebackDoorPool ??= open({ max: 4, statementMs: 2_000, connectionTimeoutMillis: 1_000, query_timeout: 4_000 }));

/**
 * For what is read beside a transaction, for `tx.server.ts` alone: whoever holds a connection and waits for another must not wait for those who wait for him. One plan each, as
 * `withOnePlan` has it there.
 */
export const besidePool: pg.Pool = (holder.comebackBesidePool ??= open({
  max: 2,
  statementMs: 15_000,
  more: "-c plan_cache_mode=force_generic_plan",
  connectionTimeoutMillis: 5_000,
}));

/**
 * Has the database plan each statement once per connection, not each time. Lists make a statement of their own for every length, so what comes late, and
 * would fill the server's memory, stays without a name.
 */
const namedAtMost = 400;
const names = new Map<string, string>();

function nameOf({ sql }: { sql: string }): string | undefined {
  const known = names.get(sql);
  // Several statements in one text cannot be prepared.
  if (known !== undefined || names.size >= namedAtMost || sql.includes(";")) return known;
  const name = `comeback-${names.size}`;
  names.set(sql, name);
  return name;
}

function connect(): PrismaClient {
  return new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: nameOf as (query: { sql: string }) => string }),
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  });
}

/** The database client. Only stores, the taps and shops/ may open it. */
export const db: PrismaClient = (holder.comebackDatabase ??= connect());

export type { PrismaClient } from "../prisma/generated/client.ts";
export { Prisma } from "../prisma/generated/client.ts";
