import { Prisma } from "../db.server.ts";
import type { Sql } from "../lib/sql-text.ts";
import { together } from "../lib/together.ts";
import type { Reader, Tx } from "../lib/tx.ts";
import { driverQuery, errorCode, inside, reading, toPrisma, transaction } from "../tx.server.ts";

// Whole-shop questions are all different: with a semicolon none of them is prepared under a name, and none is planned without its values.
export const once = Prisma.raw(";");

/** `tooSlow`: it was stopped after `limitMs`. */
type Answer<T> = { ok: true; answer: T } | { ok: false; reason: "tooSlow" };

const [stopped, noRoom] = ["57014", "53100"];

/**
 * In the planner's own costs, what a second process must save to be worth it: several milliseconds go by until that one has found its way into the server's memory;
 * and what an id costs that it hands over, which is far less than the rows of any table that the planner expects.
 */
const [worthAnother, handedOver] = ["3000", "0.01"];

/** How a question is asked, as `limited` has it. */
type How = { log?: boolean; alone?: boolean };

/**
 * Runs `work` in a transaction whose statements may take so long and no longer, with room to hash a whole shop in memory. Without compiling expressions: that
 * alone would take longer than most answers. Tables that were never analysed (the embedded database does not do it by itself) look empty to the planner, and
 * it would run through the one again for each row of the other. `log`: whether the log is read, which several processes may share; what lies in an index is
 * mostly read faster by one alone, and two share what is long to work out with what was read. `alone`: one process does it all. They share memory that a server in
 * a container may have little of: where there is no room it is asked once more of one alone.
 */
export function limited<T>(limitMs: number, work: (tx: Tx) => Promise<T>, how: How = {}): Promise<Answer<T>> {
  return within(transaction, limitMs, work, how);
}

/** The same for what only reads: its transaction is opened in a fraction of the time. */
export function asked<T>(limitMs: number, work: (reader: Reader) => Promise<T>, how: How = {}): Promise<Answer<T>> {
  return within(reading, limitMs, work, how);
}

type Opened<Place> = <T>(work: (place: Place) => Promise<T>) => Promise<T>;

async function within<Place extends Reader, T>(opened: Opened<Place>, limitMs: number, work: (place: Place) => Promise<T>, how: How): Promise<Answer<T>> {
  const { log = false, alone = false } = how;
  const limits = Prisma.sql`
    SELECT set_config('statement_timeout', ${String(Math.max(1, Math.ceil(limitMs)))}, true), set_config('work_mem', '128MB', true),
      set_config('max_parallel_workers_per_gather', least(current_setting('max_parallel_workers_per_gather')::int, ${alone ? 0 : log ? 1024 : 1}::int)::text, true),
      set_config('parallel_setup_cost', CASE WHEN ${log}::boolean THEN current_setting('parallel_setup_cost') ELSE ${worthAnother} END, true),
      set_config('parallel_tuple_cost', CASE WHEN ${log}::boolean THEN current_setting('parallel_tuple_cost') ELSE ${handedOver} END, true),
      set_config('enable_nestloop', CASE WHEN EXISTS (
        SELECT 1 FROM pg_class WHERE oid = ANY(ARRAY['profile', 'deed', 'visit', 'placed_order', 'buyer']::regclass[]) AND reltuples < 0) THEN 'off' ELSE 'on' END, true)`;
  try {
    // Nobody waits for the answer to the limits: they are carried out before all that is asked after them.
    const [, answer] = await opened((place) => together(driverQuery(place, "limits", limits), work(place)));
    return { ok: true, answer };
  } catch (error) {
    if (errorCode(error) === noRoom && !alone) return within(opened, limitMs, work, { ...how, alone: true });
    if (errorCode(error) === stopped) return { ok: false, reason: "tooSlow" };
    throw error;
  }
}

/** The ids of those a query finds, by id; from `after` on, at most `limit`. */
export async function idsOf(query: Sql, after: string | null, limit: number | null, reader: Reader): Promise<string[]> {
  const sql = Prisma.sql`SELECT f.id FROM (${toPrisma(query)}) f WHERE ${after}::uuid IS NULL OR f.id > ${after}::uuid ORDER BY f.id LIMIT ${limit}::int`;
  const rows = await driverQuery<{ id: string }>(reader, null, sql);
  return rows.map((row) => row.id);
}

export async function countOf(query: Sql, reader: Reader): Promise<number> {
  const [row] = await driverQuery<{ count: string }>(reader, null, Prisma.sql`SELECT count(*) AS count FROM (${toPrisma(query)}) f`);
  return Number(row?.count ?? 0);
}

/** Of many, a sixteenth is looked at for some of them: those whose hashes come first. Many more than are wanted must be among them. */
const enoughForShare = 40;
const lowestSixteenth = -(2 ** 31) + 2 ** 28;

/** How many a query finds, and some of them: as if drawn by lot, and the same ones each time. */
export async function countAndSome(query: Sql, some: number, reader: Reader): Promise<{ count: number; some: string[] }> {
  const lowest = (where: Prisma.Sql) => Prisma.sql`ARRAY(SELECT id::text FROM found ${where} ORDER BY uuid_hash(id), id LIMIT ${some}::int)`;
  const sql = Prisma.sql`
    WITH found AS MATERIALIZED (${toPrisma(query)}), counted AS MATERIALIZED (SELECT count(*) AS count FROM found)
    SELECT count, CASE WHEN count > ${enoughForShare * some}::int THEN ${lowest(Prisma.sql`WHERE uuid_hash(id) < ${lowestSixteenth}::int`)} ELSE ${lowest(Prisma.empty)} END AS some
    FROM counted`;
  const [row] = await driverQuery<{ count: string; some: string[] }>(reader, null, sql);
  return { count: Number(row?.count ?? 0), some: row?.some ?? [] };
}

export async function peopleIn(shopId: number): Promise<number> {
  const [row] = await inside().$queryRaw<{ count: bigint }[]>`SELECT count(*) AS count FROM profile
    WHERE shop_id = ${shopId} AND merged_into IS NULL AND redacted_at IS NULL`;
  return Number(row?.count ?? 0);
}

type Moved = { count: number; sample: string[] };

/** Who would come and go if a segment were what a query finds; and how many would stay. */
export async function moves(shopId: number, key: string, query: Sql, some: number, tx: Tx): Promise<{ enter: Moved; leave: Moved; stay: number }> {
  const [row] = await inside(tx).$queryRaw<{ enter: bigint; leave: bigint; stay: bigint; entering: string[]; leaving: string[] }[]>`
    WITH found AS MATERIALIZED (${toPrisma(query)}), held AS MATERIALIZED (
      SELECT profile_id AS id FROM member WHERE shop_id = ${shopId} AND segment_key = ${key}
    ), compared AS MATERIALIZED (
      SELECT coalesce(f.id, h.id) AS id, f.id IS NOT NULL AS wanted, h.id IS NOT NULL AS held FROM found f FULL JOIN held h ON h.id = f.id
    )
    SELECT (SELECT count(*) FROM compared WHERE NOT held) AS enter, (SELECT count(*) FROM compared WHERE NOT wanted) AS leave,
      (SELECT count(*) FROM compared WHERE held AND wanted) AS stay,
      ARRAY(SELECT id::text FROM compared WHERE NOT held ORDER BY uuid_hash(id), id LIMIT ${some}::int) AS entering,
      ARRAY(SELECT id::text FROM compared WHERE NOT wanted ORDER BY uuid_hash(id), id LIMIT ${some}::int) AS leaving ${once}`;
  return {
    enter: { count: Number(row?.enter ?? 0), sample: row?.entering ?? [] },
    leave: { count: Number(row?.leave ?? 0), sample: row?.leaving ?? [] },
    stay: Number(row?.stay ?? 0),
  };
}
