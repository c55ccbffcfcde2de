import { takeNumbers } from "../events/load.server.ts";
import { sql, type Sql } from "../lib/sql-text.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, toPrisma } from "../tx.server.ts";
import type { Because } from "./lines.ts";
import { once } from "./sql-store.server.ts";
import { peopleAtOnce } from "./store.server.ts";

/** A query that finds nobody. */
export const nobody = sql`SELECT NULL::uuid AS id WHERE false`;

/** Works out whom a query finds and keeps them until the transaction ends. Returns them as a query: those who are still profiles of the shop when it is asked. */
export async function gather(shopId: number, query: Sql, tx: Tx): Promise<Sql> {
  await inside(tx).$executeRaw`CREATE TEMPORARY TABLE segment_found ON COMMIT DROP AS ${toPrisma(query)} ${once}`;
  return sql`SELECT p.id FROM segment_found f JOIN profile p ON p.shop_id = ${shopId} AND p.id = f.id WHERE p.merged_into IS NULL`;
}

/**
 * Makes the members of a segment those whom a query finds, with lines in the change log for those who come or go. The ids never leave the database; where
 * nobody moves nothing is written. Take the writer's lock before.
 */
export async function makeMembers(shopId: number, key: string, query: Sql, sequence: string, at: Date, because: Because, tx: Tx): Promise<number> {
  const client = inside(tx);
  // A table of its own, not a part of the writing statement: a statement that writes is never worked on by several processes.
  await client.$executeRaw`
    CREATE TEMPORARY TABLE segment_moved ON COMMIT DROP AS
    SELECT coalesce(f.id, h.profile_id) AS id, f.id IS NOT NULL AS entered, h.subject FROM (${toPrisma(query)}) f
    FULL JOIN (SELECT profile_id, subject FROM membership WHERE shop_id = ${shopId} AND segment_key = ${key}) h ON h.profile_id = f.id
    WHERE f.id IS NULL OR h.profile_id IS NULL ${once}`;
  await client.$executeRaw`
    CREATE TEMPORARY TABLE segment_lines ON COMMIT DROP AS
    SELECT entered, subject, array_agg(id) AS ids FROM (SELECT *, (row_number() OVER () - 1) / ${peopleAtOnce} AS page FROM segment_moved) m GROUP BY entered, subject, page ${once}`;
  const [row] = await client.$queryRaw<
    { moved: number; lines: number }[]
  >`SELECT coalesce(sum(cardinality(ids)), 0)::int AS moved, count(*)::int AS lines FROM segment_lines ${once}`;
  const { moved, lines } = row ?? { moved: 0, lines: 0 };
  if (moved > 0) {
    const first = await takeNumbers(shopId, sequence, lines, tx);
    await client.$executeRaw`
      INSERT INTO membership_change (shop_id, seq, segment_key, profile_ids, change, at, subject, because)
      SELECT ${shopId}, ${first}::bigint - 1 + row_number() OVER (), ${key}, ids, CASE WHEN entered THEN 'entered' ELSE 'left' END, ${at}, subject, ${because}
      FROM segment_lines ${once}`;
    await client.$executeRaw`
      DELETE FROM membership m USING segment_moved s WHERE NOT s.entered AND m.shop_id = ${shopId} AND m.segment_key = ${key} AND m.profile_id = s.id ${once}`;
    await client.$executeRaw`
      INSERT INTO membership (shop_id, segment_key, profile_id, entered_at) SELECT ${shopId}, ${key}, id, ${at} FROM segment_moved WHERE entered ORDER BY id ${once}`;
  }
  // Several segments may follow in one transaction.
  await client.$executeRaw`DROP TABLE segment_moved, segment_lines ${once}`;
  return moved;
}
