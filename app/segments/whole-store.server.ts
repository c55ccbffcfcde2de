import { Prisma } from "../db.server.ts";
import { takeNumbers } from "../events/load.server.ts";
import { sql, type Sql } from "../lib/sql-text.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, toPrisma, type Statement } from "../tx.server.ts";
import { layOutSegment } from "./block-store.server.ts";
import type { Because } from "./lines.ts";
import { once } from "./sql-store.server.ts";

/** A query that finds nobody. */
export const nobody = sql`SELECT NULL::uuid AS id WHERE false`;

/** How many share a line: as many as leave its row small enough to lie whole in its table, where a longer one is pressed first and then laid aside. */
const toLine = 120;

/** Rows of gathered `ids`, each in pieces of a line's length, in their order. */
const inLines = (gathered: Statement): Statement => Prisma.sql`
  SELECT entered, subject, page, ids[page * ${toLine}::int + 1 : (page + 1) * ${toLine}::int] AS ids FROM (${gathered}) g, generate_series(0, (cardinality(ids) - 1) / ${toLine}::int) page`;

/** Works out whom a query finds and keeps them until the transaction ends: the planner must know about how many. Returns them as a query: those who are still profiles of the shop when it is asked. */
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

/** How many it takes who are let into a segment where nobody was, that they are let in as blocks. */
export const worthBlocks = 5_000;

/**
 * Makes the members of a segment those whom a query finds, with lines in the change log for those who come or go. The ids never leave the database; where
 * nobody moves nothing is written. The query finds nobody twice. The first members of a large segment share rows: `layOutNext` gives each her own. Take the writer's lock before.
 */
export async function makeMembers(segment: Segment, query: Sql, tx: Tx, blocksFrom = worthBlocks): Promise<number> {
  const found = toPrisma(query);
  const first = await nobodyIsIn(segment, tx);
  const { shopId, key } = segment;
  const held = Prisma.sql`SELECT profile_id AS id FROM member WHERE shop_id = ${shopId} AND segment_key = ${key}`;
  if (!first && (await areTheSame(found, held, tx))) return 0;
  // What made a member one is asked of those who leave.
  const subject = Prisma.sql`SELECT m.subject FROM membership m WHERE m.shop_id = ${shopId} AND m.segment_key = ${key} AND m.profile_id = h.id`;
  // Nobody needs to be compared with nobody, and to find is shared among processes where to compare is not.
  const moved = first
    ? Prisma.sql`SELECT id, true AS entered, NULL::text AS subject FROM (${found}) f`
    : Prisma.sql`
      SELECT coalesce(f.id, h.id) AS id, f.id IS NOT NULL AS entered, CASE WHEN f.id IS NULL THEN (${subject}) END AS subject
      FROM (${found}) f FULL JOIN (${held}) h ON h.id = f.id WHERE f.id IS NULL OR h.id IS NULL`;
  const gathered = Prisma.sql`SELECT entered, subject, array_agg(id ORDER BY id) AS ids FROM (${moved}) m GROUP BY entered, subject`;
  const written = await write(segment, inLines(gathered), first ? blocksFrom : null, tx);
  // Several segments may follow in one transaction.
  await inside(tx).$executeRaw`DROP TABLE segment_lines ${once}`;
  return written;
}

/** Writes who moved: a query for their lines, of who entered in the order of their ids. `blocksFrom`: of how many on these share rows; null never. */
async function write({ shopId, key, sequence, at, because }: Segment, moved: Statement, blocksFrom: number | null, tx: Tx): Promise<number> {
  const client = inside(tx);
  // A table of its own, not a part of the writing statement: a statement that writes is never worked on by several processes.
  const lines = await client.$executeRaw`CREATE TEMPORARY TABLE segment_lines ON COMMIT DROP AS ${moved} ${once}`;
  if (lines === 0) return 0;
  if (blocksFrom === null) await layOutSegment(shopId, key, tx);
  const [row] = await client.$queryRaw<{ come: number; go: number }[]>`
    SELECT coalesce(sum(cardinality(ids)) FILTER (WHERE entered), 0)::int AS come, coalesce(sum(cardinality(ids)) FILTER (WHERE NOT entered), 0)::int AS go FROM segment_lines ${once}`;
  const { come, go } = row ?? { come: 0, go: 0 };
  if (go > 0) {
    // Of lines that are taken apart the planner expects so many people that it goes through all members, unless it is told.
    await client.$executeRaw`
      DELETE FROM membership m USING (SELECT unnest(ids) AS id FROM segment_lines WHERE NOT entered LIMIT ${go}) s
      WHERE m.shop_id = ${shopId} AND m.segment_key = ${key} AND m.profile_id = s.id ${once}`;
  }
  if (blocksFrom !== null && come >= blocksFrom) {
    await client.$executeRaw`
      INSERT INTO membership_block (shop_id, segment_key, first, last, profile_ids, entered_at)
      SELECT ${shopId}, ${key}, ids[1], ids[cardinality(ids)], ids, ${at} FROM segment_lines WHERE entered ${once}`;
  } else if (come > 0) {
    // In the order of both indexes: each row comes beside the last.
    await client.$executeRaw`
      INSERT INTO membership (shop_id, segment_key, profile_id, entered_at)
      SELECT ${shopId}, ${key}, unnest(l.ids), ${at} FROM (SELECT ids FROM segment_lines WHERE entered ORDER BY page) l ${once}`;
  }
  const first = await takeNumbers(shopId, sequence, lines, tx);
  await client.$executeRaw`
    INSERT INTO membership_change (shop_id, seq, segment_key, profile_ids, change, at, subject, because)
    SELECT ${shopId}, ${first}::bigint - 1 + row_number() OVER (), ${key}, ids, CASE WHEN entered THEN 'entered' ELSE 'left' END, ${at}, subject, ${because}
    FROM segment_lines ${once}`;
  return come + go;
}

/**
 * Whether those who are found are those who are in: as many, whose hashes add up to the same, two of 64 bits each. That goes through both once, in whatever order, and is
 * shared among processes, where a comparison looks for each id somewhere in memory: three times as long.
 */
async function areTheSame(found: Statement, held: Statement, tx: Tx): Promise<boolean> {
  const sums = (set: Statement) => Prisma.sql`SELECT count(*), sum(uuid_hash_extended(s.id, 1)), sum(uuid_hash_extended(s.id, 2)) FROM (${set}) s`;
  const [row] = await inside(tx).$queryRaw<{ different: number }[]>`SELECT count(*)::int AS different FROM (${sums(found)} UNION ${sums(held)}) u ${once}`;
  return row?.different === 1;
}

async function nobodyIsIn({ shopId, key }: Segment, tx: Tx): Promise<boolean> {
  // By her place in the index: to find any one, the planner would go through all members there are.
  const [row] = await inside(tx).$queryRaw<{ first: boolean }[]>`
    SELECT (SELECT profile_id FROM membership WHERE shop_id = ${shopId} AND segment_key = ${key} ORDER BY profile_id LIMIT 1) IS NULL
      AND NOT EXISTS (SELECT 1 FROM membership_block WHERE shop_id = ${shopId} AND segment_key = ${key}) AS first ${once}`;
  return row?.first === true;
}
