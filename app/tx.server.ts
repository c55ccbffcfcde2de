import pg from "pg";
import { besidePool, db, doorPool, pool, Prisma } from "./db.server.ts";
import type { Sql } from "./lib/sql-text.ts";
import { together } from "./lib/together.ts";
import type { HotTx, Reader, Tx } from "./lib/tx.ts";

/** What a store finds inside a `Tx`. */
export type Client = Prisma.TransactionClient;

/** For stores alone: opens the opaque transaction, or gives the plain client where none is passed. */
export function inside(tx?: Tx): Client {
  return (tx as unknown as Client | undefined) ?? db;
}

/** A statement, or a part of one, that one store hands to another unread. */
export type Statement = Prisma.Sql;

/** For stores alone: a statement that was put together elsewhere, or a part of one, as the client takes it: texts as they are, every value a parameter. */
export function toPrisma({ strings, values }: Sql): Prisma.Sql {
  return new Prisma.Sql(strings, values);
}

/** A question for shops: a statement whose one column is their keys. Stores make them, `whichShops` asks. */
export type ShopQuery = Statement;

/** Asks of one shop alone what is asked of all: for a query that calls the shop `s`. */
export const onlyShop = (shopId: number | null): Prisma.Sql => (shopId === null ? Prisma.empty : Prisma.sql`AND s.id = ${shopId}`);

/** Asks several questions at once, in one statement and of one moment. Each name's shops are those of any of its questions, each once. */
export async function whichShops<Name extends string>(questions: Record<Name, ShopQuery[]>): Promise<Record<Name, number[]>> {
  const names = Object.keys(questions) as Name[];
  const columns = names.map((name, index) => Prisma.sql`ARRAY(${Prisma.join(questions[name], " UNION ")}) AS ${Prisma.raw(`q${index}`)}`);
  const [row] = await db.$queryRaw<Record<string, number[]>[]>`SELECT ${Prisma.join(columns)}`;
  return Object.fromEntries(names.map((name, index) => [name, row?.[`q${index}`] ?? []])) as Record<Name, number[]>;
}

/** By a transaction in which something else failed before. */
const refused = "25P02";
const retryable = new Set(["P2034", "40001", "40P01", refused]);

/** For stores alone: runs one statement on the driver, outside a transaction where none is passed. `name` has it prepared once per connection. */
export async function hotQuery<Row>(tx: HotTx | null, name: string, sql: Prisma.Sql): Promise<Row[]> {
  return (await ((tx as unknown as pg.PoolClient | null) ?? doorPool).query({ name, text: sql.text, values: sql.values })).rows as Row[];
}

/** The connection of each open transaction, and what the driver met there first. */
const open = new WeakMap<object, { connection?: pg.PoolClient; failed?: unknown }>();

/**
 * For stores alone: what one statement finds, on the driver: inside a transaction on its connection, beside one on those that are kept for that, else on any. For those of
 * every batch: Prisma would write their lists out and read them in once more before they are sent. It is sent when it is asked for: of several that nobody waits for in between the first is carried out
 * first. `name` has it prepared once per connection, null not at all; times come as dates, whole numbers of 8 bytes as text.
 */
export async function driverQuery<Row>(tx: Reader | undefined, name: string | null, sql: Prisma.Sql): Promise<Row[]> {
  const query = { ...(name === null ? {} : { name }), text: sql.text, values: sql.values, types: { getTypeParser } };
  if (tx === undefined) return (await pool.query(query)).rows as Row[];
  if (tx === beside) return (await besidePool.query(query)).rows as Row[];
  const mine = open.get(tx);
  if (mine?.connection === undefined) throw new Error("This transaction is not open.");
  try {
    return (await mine.connection.query(query)).rows as Row[];
  } catch (error) {
    mine.failed ??= error;
    throw error;
  }
}

let embedded: boolean | undefined;

/** Whether it is the embedded database: one connection, and no waiting for the disk. */
export async function databaseIsEmbedded(tx?: Tx): Promise<boolean> {
  const sql = Prisma.sql`SELECT version() ILIKE '%emscripten%' OR version() ILIKE '%wasm%' AS embedded`;
  return (embedded ??= (await driverQuery<{ embedded: boolean }>(tx, null, sql))[0]?.embedded === true);
}

const beside = {} as Reader;

/**
 * Where to read while a transaction goes on, so that the database does both at once: each statement finds what was committed until then, and nothing of what the transaction
 * wrote. Whoever holds a lock that all writers take finds what they left. The embedded database has one connection: there it is the transaction.
 */
export async function besideOf(tx: Tx): Promise<Reader> {
  return (await databaseIsEmbedded(tx)) ? tx : beside;
}

/**
 * Has the commit of a transaction not wait for the disk: for what is worked out from what is there already, and is worked out again where a power cut takes it
 * away. The server writes its log in order: whatever commits later and does wait, such as the claim before anything goes out, has this on the disk as well.
 */
export async function withoutWaiting(tx: Tx): Promise<void> {
  await driverQuery(tx, "without-waiting", Prisma.sql`SELECT set_config('synchronous_commit', 'off', true)`);
}

/**
 * Has the database plan each statement of a transaction for lists of any length, once per connection. Of short lists it expects so little work that it would plan for them anew
 * each time, which takes longer than the work. For statements that find all they ask for by its key.
 */
export async function withOnePlan(tx: Tx): Promise<void> {
  await driverQuery(tx, "with-one-plan", Prisma.sql`SELECT set_config('plan_cache_mode', 'force_generic_plan', true)`);
}

/**
 * A moment as seconds, which is written out, sent and read in a fraction of the time that a date takes: for columns of every batch. They hold milliseconds, and so does a number of
 * 8 bytes.
 */
export const asSeconds = (column: Prisma.Sql): Prisma.Sql => Prisma.sql`date_part('epoch', ${column})`;

/** The same number, for `to_timestamp` to read. */
export const toSeconds = (at: Date): number => at.getTime() / 1_000;

/** The moment that such a column says. */
export function ofSeconds(seconds: number): Date;
export function ofSeconds(seconds: number | null): Date | null;
export function ofSeconds(seconds: number | null): Date | null {
  return seconds === null ? null : new Date(Math.round(seconds * 1_000));
}

const { TIMESTAMPTZ } = pg.types.builtins;
const anyTime = pg.types.getTypeParser(TIMESTAMPTZ) as (text: string) => Date;
// Sessions are in UTC, and the language's own reader of times is many times faster than one for whatever a database may say.
const time = (text: string) => (text[4] === "-" && text.endsWith("+00") ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : anyTime(text));
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  oid === Number(TIMESTAMPTZ) ? time : (pg.types.getTypeParser(oid, format ?? "text") as typeof time);

const codeOf = (error: unknown): string | undefined => (error as { code?: string } | null)?.code;
/** What the server itself reported has a SQLSTATE; Prisma's own codes look alike and begin with P1 or P2. */
const sqlState = /^(?=.*\d)(?!P[1-9])[0-9A-Z]{5}$/;

/** Whether an error says nothing about what was to be written: the database is away, busy or was stopped, and nobody's data is to blame. */
export function databaseIsAway(error: unknown): boolean {
  const code = codeOf(error) ?? "";
  // 22 and 23: the value or the row; 21, 42 and 54: the statement as it was made from them.
  if (sqlState.test(code)) return !/^(21|22|23|42|54)/.test(code);
  // P1…: Prisma could not reach it; P2024 and P2028: it waited in vain for a connection.
  return /^(E[A-Z]+|P1\d{3}|P2024|P2028)$/.test(code) || /timeout|terminated|not queryable|closed/i.test((error as Error | null)?.message ?? "");
}

/** A connection that was cut before the commit was asked for: nothing was written, and another one may do it. */
function cut(error: unknown): boolean {
  return codeOf(error) === "57P01" || codeOf(error) === "P1017" || /connection (was )?(terminated|closed)/i.test((error as Error | null)?.message ?? "");
}

async function onDriver<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await doorPool.connect();
    let broken: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      // A connection that does not answer, or cannot even roll back, is not given to anybody else. Without a transaction the rollback changes nothing.
      if (!sqlState.test(codeOf(error) ?? "")) broken = error as Error;
      else await client.query("ROLLBACK").catch((lost: unknown) => (broken = lost as Error));
      // Also when it was cut at the commit itself: everything that doors write is known by its key, so a second time changes nothing.
      if (attempt >= 3 || !(retryable.has(codeOf(error) ?? "") || cut(error))) throw error;
    } finally {
      client.release(broken);
    }
  }
}

/**
 * One statement of a door, which is a transaction by itself, on the driver: Prisma's own work would cost more than the database's there. It is tried again as
 * `transaction` is.
 */
export async function hotStatement<T>(work: (tx: HotTx) => Promise<T>): Promise<T> {
  return onDriver((client) => work(client as unknown as HotTx));
}

/**
 * Runs `work` in one transaction: all of it, or none. A deadlock, a serialization failure or a connection that was cut is tried again as a whole, three
 * times at most, so `work` must do nothing but database work. Keep it short: on the embedded database everybody else waits.
 */
export async function transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    let committing = false;
    const opening: { connection?: pg.PoolClient } = {};
    const mine: { connection?: pg.PoolClient; failed?: unknown } = {};
    try {
      return await pool.opening.run(opening, () =>
        db.$transaction(async (client) => {
          // What is opened later from within has a connection of its own.
          mine.connection = opening.connection;
          open.set(client, mine);
          const result = await work(client as unknown as Tx);
          committing = true;
          return result;
        }),
      );
    } catch (met) {
      // Of several statements at once the others are refused because of the one that failed.
      const error = errorCode(met) === refused ? (mine.failed ?? met) : met;
      const again = retryable.has(errorCode(error) ?? "") || (!committing && cut(error));
      if (attempt >= 3 || !again) throw error;
    }
  }
}

/**
 * Reads in one transaction that writes nothing, on the driver alone: what Prisma does to open one and to end it takes about as long as a small question of a whole shop. It is tried
 * again as `transaction` is.
 */
export async function reading<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
  return statement(async () => {
    const connection = await pool.connect();
    const reader = {} as Reader;
    let broken: Error | undefined;
    try {
      open.set(reader, { connection });
      const [, read] = await together(connection.query("BEGIN READ ONLY"), work(reader));
      await connection.query("COMMIT");
      return read;
    } catch (error) {
      await connection.query("ROLLBACK").catch((lost: unknown) => (broken = lost as Error));
      throw error;
    } finally {
      open.delete(reader);
      connection.release(broken);
    }
  });
}

/**
 * Runs one statement, which is a transaction by itself, and tries it again as `transaction` does: for what may be done twice, also where the connection was cut
 * at its commit. It saves the two that open and close one.
 */
export async function statement<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= 3 || !(retryable.has(errorCode(error) ?? "") || cut(error))) throw error;
    }
  }
}

/** Whether a statement gave up because somebody else held what it needed. */
export function isLockTimeout(error: unknown): boolean {
  return errorCode(error) === "55P03";
}

/** What the database itself reported, through Prisma or not, as its SQLSTATE; or Prisma's own code. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return sqlState.test(codeOf(error) ?? "") ? codeOf(error) : undefined;
  const original = (error.meta as { driverAdapterError?: { cause?: { originalCode?: string } } } | undefined)?.driverAdapterError?.cause?.originalCode;
  return original ?? error.code;
}
