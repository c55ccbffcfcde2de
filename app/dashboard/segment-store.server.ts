import { inside } from "../tx.server.ts";
import type { PersonLine } from "./people-store.server.ts";

/** Who is in a segment now and since when, the latest to come first. */
export async function latestIn(shopId: number, segmentKey: string, most: number): Promise<(PersonLine & { enteredAt: Date })[]> {
  return inside().$queryRaw<(PersonLine & { enteredAt: Date })[]>`
    SELECT p.id, p.first_name AS "firstName", p.last_name AS "lastName", p.email, p.first_seen_at AS "firstSeenAt", m.entered_at AS "enteredAt"
    FROM membership m JOIN profile p ON p.shop_id = m.shop_id AND p.id = m.profile_id
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
    SELECT other.segment_key AS key, count(*)::int AS both FROM membership mine
    JOIN membership other ON other.shop_id = mine.shop_id AND other.profile_id = mine.profile_id AND other.segment_key <> mine.segment_key
    WHERE mine.shop_id = ${shopId} AND mine.segment_key = ${segmentKey} GROUP BY 1 ORDER BY 2 DESC, 1`;
}
