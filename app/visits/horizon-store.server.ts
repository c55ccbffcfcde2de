import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, type ShopQuery } from "../tx.server.ts";

/** Shops of which what lies before an instant was not let go yet. `cursor`: which says up to where it was. */
export function shopsBefore(cursor: string, since: Date): ShopQuery {
  return Prisma.sql`
    SELECT s.id FROM shop s LEFT JOIN cursor c ON c.shop_id = s.id AND c.name = ${cursor}
    WHERE s.installed_at IS NOT NULL AND s.redacted_at IS NULL AND coalesce(c.seq, 0) < ${BigInt(since.getTime())}`;
}

/** The next browsers after one, in the order of their names, that told anything before an instant. */
export async function browsersBefore(shopId: number, since: Date, visitor: string, most: number, tx: Tx): Promise<string[]> {
  const rows = await inside(tx).$queryRaw<{ visitor: string }[]>`
    SELECT visitor FROM visit WHERE shop_id = ${shopId} AND visitor > ${visitor} AND first_seen_at < ${since} ORDER BY visitor LIMIT ${most}`;
  return rows.map((row) => row.visitor);
}

/**
 * Lets go of what some browsers did before an instant. Where one of the last moments goes, all that are left are known one by one, and so how often it was. Returns
 * whose they are where anything went.
 */
export async function cutBrowsers(shopId: number, visitors: string[], since: Date, tx: Tx): Promise<string[]> {
  const rows = await inside(tx).$queryRaw<{ profile_id: string }[]>`
    WITH gone AS (
      DELETE FROM deed WHERE shop_id = ${shopId} AND visitor = ANY(${visitors}::text[]) AND last_at < ${since} RETURNING profile_id
    ), cut AS (
      UPDATE deed d SET moments = left_.moments, count = cardinality(left_.moments)
      FROM (
        SELECT visitor, kind, detail, ARRAY(SELECT at FROM unnest(moments) at WHERE at >= ${since} ORDER BY at DESC) AS moments FROM deed
        WHERE shop_id = ${shopId} AND visitor = ANY(${visitors}::text[]) AND last_at >= ${since} AND moments[cardinality(moments)] < ${since}
      ) left_
      WHERE d.shop_id = ${shopId} AND d.visitor = left_.visitor AND d.kind = left_.kind AND d.detail = left_.detail RETURNING d.profile_id
    ), days AS (
      UPDATE visit SET days = ARRAY(SELECT at FROM unnest(days) at WHERE at >= ${since.getTime()}::bigint ORDER BY at DESC)
      WHERE shop_id = ${shopId} AND visitor = ANY(${visitors}::text[]) AND days[cardinality(days)] < ${since.getTime()}::bigint RETURNING profile_id
    )
    SELECT profile_id FROM gone UNION SELECT profile_id FROM cut UNION SELECT profile_id FROM days`;
  return rows.map((row) => row.profile_id);
}
