import { inside } from "../tx.server.ts";

/** How many were in a segment at an instant, and the first of them in the order of their ids. */
export async function membersAt(shopId: number, key: string, at: Date, most: number): Promise<{ count: number; profileIds: string[] }> {
  const rows = await inside().$queryRaw<{ count: number; ids: string[] | null }[]>`
    WITH last AS (
      SELECT DISTINCT ON (profile_id) profile_id, change FROM membership_change CROSS JOIN unnest(profile_ids) profile_id
      WHERE shop_id = ${shopId} AND segment_key = ${key} AND at <= ${at} ORDER BY profile_id, seq DESC
    ), ins AS (SELECT profile_id FROM last WHERE change = 'entered')
    SELECT (SELECT count(*)::int FROM ins) AS count, ARRAY(SELECT profile_id FROM ins ORDER BY profile_id LIMIT ${most})::text[] AS ids`;
  return { count: rows[0]?.count ?? 0, profileIds: rows[0]?.ids ?? [] };
}

/** How many came and went in a stretch of time: by what happened, and because the segment was made or edited. */
export type Moves = { entered: number; left: number; editedIn: number; editedOut: number };

/**
 * Entries and exits of some segments between each two of some rising instants; place 0 is everything before the first. Another subject of somebody who was in already is a
 * line of the log, too, and no entry here.
 */
export async function movesBetween(shopId: number, keys: string[], instants: Date[]): Promise<(Moves & { key: string; place: number })[]> {
  return inside().$queryRaw<(Moves & { key: string; place: number })[]>`
    SELECT segment_key AS key, width_bucket(at, ${instants.map((one) => one.toISOString())}::timestamptz[]) AS place,
      count(*) FILTER (WHERE change = 'entered' AND because IS NULL)::int AS entered, count(*) FILTER (WHERE change = 'left' AND because IS NULL)::int AS left,
      count(*) FILTER (WHERE change = 'entered' AND because IS NOT NULL)::int AS "editedIn", count(*) FILTER (WHERE change = 'left' AND because IS NOT NULL)::int AS "editedOut"
    FROM (
      SELECT segment_key, at, change, because, lag(change, 1, 'left') OVER (PARTITION BY segment_key, profile_id ORDER BY seq) AS before
      FROM membership_change CROSS JOIN unnest(profile_ids) profile_id
      WHERE shop_id = ${shopId} AND segment_key = ANY(${keys}) AND at < ${instants.at(-1) ?? new Date(0)}
    ) moves WHERE change <> before GROUP BY 1, 2 ORDER BY 1, 2`;
}

/** How many are now in both of each two of some segments. */
export async function pairSizes(shopId: number, keys: string[]): Promise<{ a: string; b: string; size: number }[]> {
  return inside().$queryRaw<{ a: string; b: string; size: number }[]>`
    SELECT a.segment_key AS a, b.segment_key AS b, count(*)::int AS size FROM member a
    JOIN member b ON b.shop_id = a.shop_id AND b.profile_id = a.profile_id AND b.segment_key > a.segment_key
    WHERE a.shop_id = ${shopId} AND a.segment_key = ANY(${keys}) AND b.segment_key = ANY(${keys}) GROUP BY 1, 2`;
}
