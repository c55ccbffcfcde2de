import { inside } from "../tx.server.ts";
import type { PersonLine } from "./people-store.server.ts";

/** Who is in a segment now and since when, the latest to come first. */
export async function latestIn(shopId: number, segmentKey: string, most: number): Promise<(PersonLine & { enteredAt: Date })[]> {
  return inside().$queryRaw<(PersonLine & { enteredAt: Date })[]>`
    SELECT p.id, p.first_name AS "firstName", p.last_name AS "lastName", p.email, p.first_seen_at AS "firstSeenAt", m.entered_at AS "enteredAt"
    FROM member m JOIN profile p ON p.shop_id = m.shop_id AND p.id = m.profile_id
    WHERE m.shop_id = ${shopId} AND m.segment_key = ${segmentKey} ORDER BY m.entered_at DESC, m.profile_id LIMIT ${most}`;
}

/** Some people by their ids. */
export async function peopleOf(shopId: number, ids: string[]): Promise<PersonLine[]> {
  if (ids.length === 0) return [];
  return inside().profile.findMany({
    where: { shopId, id: { in: ids } },
    select: { id: true, firstName: true, lastName: true, email: true, firstSeenAt: true },
  });
}

/** How many of a segment are in each other one now, the most first. Costs what this one segment is large, not what all of them are. */
export async function alsoIn(shopId: number, segmentKey: string): Promise<{ key: string; both: number }[]> {
  return inside().$queryRaw<{ key: string; both: number }[]>`
    WITH mine AS MATERIALIZED (SELECT profile_id FROM member WHERE shop_id = ${shopId} AND segment_key = ${segmentKey}), others AS (
      SELECT m.segment_key FROM mine JOIN membership m ON m.shop_id = ${shopId} AND m.profile_id = mine.profile_id WHERE m.segment_key <> ${segmentKey}
      UNION ALL
      SELECT b.segment_key FROM mine JOIN (SELECT segment_key, unnest(profile_ids) AS profile_id FROM membership_block WHERE shop_id = ${shopId}) b
        ON b.profile_id = mine.profile_id WHERE b.segment_key <> ${segmentKey}
    )
    SELECT segment_key AS key, count(*)::int AS both FROM others GROUP BY 1 ORDER BY 2 DESC, 1`;
}
