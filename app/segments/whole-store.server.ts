import { Prisma } from "../db.server.ts";
import { takeNumbers } from "../events/load.server.ts";
import { sql, type Sql } from "../lib/sql-text.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, toPrisma, type Statement } from "../tx.server.ts";
import type { Because } from "./lines.ts";
import { once } from "./sql-store.server.ts";

/** A query that finds nobody. */
export const nobody = sql`SELECT NULL::uuid AS id WHERE false`;

/** How many share a line: as many as leave its row small enough to lie whole in its table, where a longer one is pressed first and then laid aside. */
const toLine = 120;

/** Rows of gathered `ids`, each in pieces of a line's length, in their order. `others`: its other columns. */
const inLines = (gathered: Statement, others = Prisma.empty): Statement => Prisma.sql`
  SELECT ${others} page, ids[page * ${toLine}::int + 1 : (page + 1) * ${toLine}::int] AS ids FROM (${gathered}) g, generate_series(0, (cardinality(ids) - 1) / ${toLine}::int) page`;

/** Works out whom a query finds and keeps them until the transaction ends: by lines, which are fewer rows. */
export async function find(query: Sql, tx: Tx): Promise<void> {
  const gathered = Prisma.sql`SELECT array_agg(id) AS ids FROM (${toPrisma(query)}) f`;
  await inside(tx).$executeRaw`CREATE TEMPORARY TABLE segment_found ON COMMIT DROP AS ${inLines(gathered)} ${once}`;
}

/** The same, one by one: the planner must know about how many. Returns them as a query: those who are still profiles of the shop when it is asked. */
export async function gather(shopId: number, query: Sql, tx: Tx): Promise<Sql> {
  await inside(tx).$executeRaw`CREATE TEMPORARY TABLE segment_found ON COMMIT DROP AS ${toPrisma(query)} ${once}`;
  return sql`SELECT p.id FROM segment_found f JOIN profile p ON p.shop_id = ${shopId} AND p.id = f.id WHERE p.merged_into IS NULL`;
}

/** Whose members, by which counter their lines are numbered, since when they are in and why. */
export type Segment = {
  shopId: number;
  key: string;
  sequence: string;
  at: Date;
  because: Because;
};

/**
 * Makes the members of a segment those whom a query finds, with lines in the change log for those who come or go. The ids never leave the database; where
 * nobody moves nothing is written. Take the writer's lock before.
 */
export async function makeMembers(segment: Segment, query: Sql, tx: Tx): Promise<number> {
  const moved = Prisma.sql`
    SELECT coalesce(f.id, h.profile_id) AS id, f.id IS NOT NULL AS entered, h.subject FROM (${toPrisma(query)}) f
    FULL JOIN (SELECT profile_id, subject FROM membership WHERE shop_id = ${segment.shopId} AND segment_key = ${segment.key}) h ON h.profile_id = f.id
    WHERE f.id IS NULL OR h.profile_id IS NULL`;
  const gathered = Prisma.sql`SELECT entered, subject, array_agg(id ORDER BY id) AS ids FROM (${moved}) m GROUP BY entered, subject`;
  const written = await write(segment, inLines(gathered, Prisma.sql`entered, subject,`), tx);
  // Several segments may follow in one transaction.
  await inside(tx).$executeRaw`DROP TABLE segment_lines ${once}`;
  return written;
}

/** Writes who moved: a query for their lines, of who entered in the order of their ids. `before` is waited for before lines get numbers. */
async function write({ shopId, key, sequence, at, because }: Segment, moved: Statement, tx: Tx, before?: () => Promise<unknown>): Promise<number> {
  const client = inside(tx);
  // A table of its own, not a part of the writing statement: a statement that writes is never worked on by several processes.
  const lines = await client.$executeRaw`CREATE TEMPORARY TABLE segment_lines ON COMMIT DROP AS ${moved} ${once}`;
  let [entered, left] = [0, 0];
  if (lines > 0) {
    const [row] = await client.$queryRaw<{ come: boolean; go: number }[]>`
      SELECT bool_or(entered) AS come, coalesce(sum(cardinality(ids)) FILTER (WHERE NOT entered), 0)::int AS go FROM segment_lines ${once}`;
    const { come, go } = row ?? { come: false, go: 0 };
    if (go > 0) {
      // Of lines that are taken apart the planner expects so many people that it goes through all members, unless it is told.
      left = await client.$executeRaw`
        DELETE FROM membership m USING (SELECT unnest(ids) AS id FROM segment_lines WHERE NOT entered LIMIT ${go}) s
        WHERE m.shop_id = ${shopId} AND m.segment_key = ${key} AND m.profile_id = s.id ${once}`;
    }
    if (come) {
      // In the order of both indexes: each row comes beside the last.
      entered = await client.$executeRaw`
        INSERT INTO membership (shop_id, segment_key, profile_id, entered_at)
        SELECT ${shopId}, ${key}, unnest(l.ids), ${at} FROM (SELECT ids FROM segment_lines WHERE entered ORDER BY page) l ${once}`;
    }
  }
  await before?.();
  if (lines > 0) {
    const first = await takeNumbers(shopId, sequence, lines, tx);
    await client.$executeRaw`
      INSERT INTO membership_change (shop_id, seq, segment_key, profile_ids, change, at, subject, because)
      SELECT ${shopId}, ${first}::bigint - 1 + row_number() OVER (), ${key}, ids, CASE WHEN entered THEN 'entered' ELSE 'left' END, ${at}, subject, ${because}
      FROM segment_lines ${once}`;
  }
  return entered + left;
}

/** Whether nobody is in a segment yet, of a shop whose people are many, as far as the database knows without counting. */
export async function isFirstOfMany({ shopId, key }: Segment, many: number, tx: Tx): Promise<boolean> {
  // By her place in the index: to find any one, the planner would go through all members there are.
  const [row] = await inside(tx).$queryRaw<{ first: boolean }[]>`
    SELECT (SELECT reltuples FROM pg_class WHERE oid = 'profile'::regclass) >= ${many}
      AND (SELECT profile_id FROM membership WHERE shop_id = ${shopId} AND segment_key = ${key} ORDER BY profile_id LIMIT 1) IS NULL AS first ${once}`;
  return row?.first === true;
}

/** Of how many it is found. */
const sampled = 4_000;

/** How many were found, and about where a share of them ends, in the order of their ids: the first who is not in it. */
export async function endOf(share: number, tx: Tx): Promise<{ found: number; end: string | null }> {
  const [row] = await inside(tx).$queryRaw<{ found: number; end: string | null }[]>`
    WITH n AS MATERIALIZED (SELECT coalesce(sum(cardinality(ids)), 0)::int AS found FROM segment_found)
    SELECT (SELECT found FROM n) AS found, percentile_disc(${share}::float8) WITHIN GROUP (ORDER BY ids[i]) AS end
    FROM segment_found, generate_series(1, cardinality(ids), (SELECT 1 + found / ${sampled}::int FROM n)) i ${once}`;
  return row ?? { found: 0, end: null };
}

/** Lets in who was found, where nobody is in yet: those from one on, or those up to her, or all. `before` as above. */
export async function letIn(segment: Segment, { from, until }: { from?: string; until?: string }, tx: Tx, before?: () => Promise<unknown>): Promise<number> {
  const those = until !== undefined ? Prisma.sql`WHERE id < ${until}::uuid` : from !== undefined ? Prisma.sql`WHERE id >= ${from}::uuid` : Prisma.empty;
  const gathered = Prisma.sql`SELECT array_agg(id ORDER BY id) AS ids FROM (SELECT unnest(ids) AS id FROM segment_found) f ${those}`;
  return write(segment, inLines(gathered, Prisma.sql`true AS entered, NULL::text AS subject,`), tx, before);
}
