// Members who were let in together: many to a row, until each has one of her own. None of them is in the segment with a row besides.
import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, type ShopQuery } from "../tx.server.ts";

/** Gives rows of their own to those in some blocks: a query for these by segment and first id. Returns how many people these were. */
async function layOut(shopId: number, those: Prisma.Sql, tx: Tx): Promise<number> {
  // An older version that is still at work knows no blocks, and may have let somebody in who was in one.
  return inside(tx).$executeRaw`
    WITH those AS MATERIALIZED (${those}), blocks AS (
      DELETE FROM membership_block b USING those t WHERE b.shop_id = ${shopId} AND b.segment_key = t.segment_key AND b.first = t.first
      RETURNING b.segment_key, b.first, b.profile_ids, b.entered_at
    )
    INSERT INTO membership (shop_id, segment_key, profile_id, entered_at)
    SELECT ${shopId}, segment_key, unnest(profile_ids), entered_at FROM (SELECT * FROM blocks ORDER BY segment_key, first) o
    ON CONFLICT DO NOTHING`;
}

/** The next ones of a shop, at most so many blocks. Take the writer's lock before, as for the others. */
export async function layOutNext(shopId: number, most: number, tx: Tx): Promise<number> {
  return layOut(shopId, Prisma.sql`SELECT segment_key, first FROM membership_block WHERE shop_id = ${shopId} ORDER BY segment_key, first LIMIT ${most}`, tx);
}

/** Those of one segment. */
export async function layOutSegment(shopId: number, key: string, tx: Tx): Promise<void> {
  await layOut(shopId, Prisma.sql`SELECT segment_key, first FROM membership_block WHERE shop_id = ${shopId} AND segment_key = ${key}`, tx);
}

/** Those that some people are in: whoever may come or go must have a row. */
export async function layOutPeople(shopId: number, profileIds: string[], tx: Tx): Promise<void> {
  // Blocks of a segment do not overlap: she is in the one that begins last before her, or in none.
  const those = Prisma.sql`
    SELECT DISTINCT k.segment_key, b.first FROM (SELECT DISTINCT segment_key FROM membership_block WHERE shop_id = ${shopId}) k
    CROSS JOIN unnest(${profileIds}::uuid[]) AS p(id)
    CROSS JOIN LATERAL (
      SELECT first, last FROM membership_block WHERE shop_id = ${shopId} AND segment_key = k.segment_key AND first <= p.id ORDER BY first DESC LIMIT 1
    ) b WHERE p.id <= b.last`;
  await layOut(shopId, those, tx);
}

export async function hasBlocks(shopId: number): Promise<boolean> {
  return (await inside().membershipBlock.findFirst({ where: { shopId }, select: { first: true } })) !== null;
}

export function shopsWithBlocks(): ShopQuery {
  return Prisma.sql`SELECT DISTINCT shop_id FROM membership_block`;
}
