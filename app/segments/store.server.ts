import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, type ShopQuery } from "../tx.server.ts";

export type Held = { profileId: string; segmentKey: string; subject: string | null; enteredAt: Date };
/** `edited`: because the segment was made, edited or deleted, and not by anything that happened. */
export type Because = "edited" | null;
export type Change = { segmentKey: string; profileId: string; change: "entered" | "left"; subject: string | null; because: Because };

/** Of how many people one step of a follower reads in the change log, and how many at most share a line of it. */
export const peopleAtOnce = 200;

export async function membershipsOf(shopId: number, profileIds: string[], tx?: Tx): Promise<Held[]> {
  if (profileIds.length === 0) return [];
  return inside(tx).membership.findMany({
    where: { shopId, profileId: { in: profileIds } },
    select: { profileId: true, segmentKey: true, subject: true, enteredAt: true },
  });
}

/**
 * What some profiles are in, and when time alone may change that next, by profile: those that it never will are not among the latter. And who of them was erased.
 * In one statement: it is asked for with every batch.
 */
export async function heldAndDue(
  shopId: number,
  profileIds: string[],
  tx: Tx,
): Promise<{ held: Map<string, Held[]>; dues: Map<string, Date>; erased: string[] }> {
  const rows =
    profileIds.length === 0
      ? []
      : await inside(tx).$queryRaw<(Omit<Held, "segmentKey"> & { segmentKey: string | null })[]>`
          SELECT profile_id AS "profileId", segment_key AS "segmentKey", subject, entered_at AS "enteredAt" FROM membership
          WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[])
          UNION ALL SELECT profile_id, NULL, 'due', due_at FROM membership_due WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[])
          UNION ALL SELECT id, NULL, 'erased', redacted_at FROM profile WHERE shop_id = ${shopId} AND id = ANY(${profileIds}::uuid[]) AND redacted_at IS NOT NULL`;
  const held = rows.filter((one): one is Held => one.segmentKey !== null);
  const noted = (what: "due" | "erased") => rows.filter((one) => one.segmentKey === null && one.subject === what);
  return {
    held: Map.groupBy(held, (one) => one.profileId),
    dues: new Map(noted("due").map((one) => [one.profileId, one.enteredAt])),
    erased: noted("erased").map((one) => one.profileId),
  };
}

/** Writes entries and exits, each with its line in the change log, numbered from `first`. */
export async function writeChanges(shopId: number, changes: Change[], first: bigint, at: Date, tx: Tx): Promise<void> {
  const json = changes.map((one, index) => ({
    seq: (first + BigInt(index)).toString(),
    segment_key: one.segmentKey,
    profile_id: one.profileId,
    change: one.change,
    subject: one.subject,
    because: one.because,
  }));
  const data = JSON.stringify(json);
  await inside(tx).$executeRaw`
    WITH r AS (
      SELECT * FROM jsonb_to_recordset(${data}::jsonb) AS r(seq bigint, segment_key text, profile_id uuid, change text, subject text, because text)
    ), logged AS (
      INSERT INTO membership_change (shop_id, seq, segment_key, profile_ids, change, at, subject, because)
      SELECT ${shopId}, r.seq, r.segment_key, ARRAY[r.profile_id], r.change, ${at}, r.subject, r.because FROM r
    ), gone AS (
      DELETE FROM membership m USING r WHERE m.shop_id = ${shopId} AND m.segment_key = r.segment_key AND m.profile_id = r.profile_id AND r.change = 'left'
    )
    INSERT INTO membership (shop_id, segment_key, profile_id, entered_at, subject)
    SELECT ${shopId}, r.segment_key, r.profile_id, ${at}, r.subject FROM r WHERE r.change = 'entered'
    ON CONFLICT (shop_id, segment_key, profile_id) DO UPDATE SET subject = excluded.subject, entered_at = excluded.entered_at`;
}

/** Notes what makes memberships true where it was not known when they began. */
export async function writeSubjects(shopId: number, found: Pick<Held, "profileId" | "segmentKey" | "subject">[], tx: Tx): Promise<void> {
  const data = JSON.stringify(found.map((one) => ({ profile_id: one.profileId, segment_key: one.segmentKey, subject: one.subject })));
  await inside(tx).$executeRaw`
    UPDATE membership m SET subject = r.subject FROM jsonb_to_recordset(${data}::jsonb) AS r(profile_id uuid, segment_key text, subject text)
    WHERE m.shop_id = ${shopId} AND m.segment_key = r.segment_key AND m.profile_id = r.profile_id`;
}

/** Notes when time alone may change each profile's memberships; null where it never will. */
export async function writeDue(shopId: number, due: { profileId: string; dueAt: Date | null }[], tx: Tx): Promise<void> {
  const data = JSON.stringify(due.map((one) => ({ profile_id: one.profileId, due_at: one.dueAt })));
  await inside(tx).$executeRaw`
    WITH r AS (SELECT * FROM jsonb_to_recordset(${data}::jsonb) AS r(profile_id uuid, due_at timestamptz)), never AS (
      DELETE FROM membership_due d USING r WHERE d.shop_id = ${shopId} AND d.profile_id = r.profile_id AND r.due_at IS NULL
    )
    INSERT INTO membership_due (shop_id, profile_id, due_at) SELECT ${shopId}, r.profile_id, r.due_at FROM r WHERE r.due_at IS NOT NULL
    ON CONFLICT (shop_id, profile_id) DO UPDATE SET due_at = excluded.due_at WHERE membership_due.due_at <> excluded.due_at`;
}

/** Has every profile looked at again at the next sweep. */
export async function writeDueForAll(shopId: number, now: Date, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    INSERT INTO membership_due (shop_id, profile_id, due_at) SELECT shop_id, id, ${now} FROM profile
    WHERE shop_id = ${shopId} AND merged_into IS NULL AND redacted_at IS NULL
    ON CONFLICT (shop_id, profile_id) DO UPDATE SET due_at = excluded.due_at`;
}

/** The same for some. */
export async function writeDueFor(shopId: number, profileIds: string[], now: Date, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    INSERT INTO membership_due (shop_id, profile_id, due_at) SELECT shop_id, id, ${now}::timestamptz FROM profile
    WHERE shop_id = ${shopId} AND id = ANY(${profileIds}::uuid[]) AND merged_into IS NULL AND redacted_at IS NULL
    ON CONFLICT (shop_id, profile_id) DO UPDATE SET due_at = least(membership_due.due_at, excluded.due_at)`;
}

/** Notes that everything is worked out, or due to be, by the settings of the shop as they stand. */
export async function noteBasis(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    INSERT INTO segment_basis (shop_id, timezone, count_offline) SELECT id, timezone, count_offline FROM shop WHERE id = ${shopId}
    ON CONFLICT (shop_id) DO UPDATE SET timezone = excluded.timezone, count_offline = excluded.count_offline`;
}

/** Shops whose settings are no longer those by which their memberships were worked out. */
export function shopsElsewhere(): ShopQuery {
  return Prisma.sql`
    SELECT s.id FROM shop s LEFT JOIN segment_basis b ON b.shop_id = s.id
    WHERE s.installed_at IS NOT NULL AND s.uninstalled_at IS NULL AND (b.timezone IS DISTINCT FROM s.timezone OR b.count_offline IS DISTINCT FROM s.count_offline)`;
}

export function shopsDue(now: Date): ShopQuery {
  return Prisma.sql`SELECT s.id FROM shop s WHERE EXISTS (SELECT 1 FROM membership_due d WHERE d.shop_id = s.id AND d.due_at <= ${now})`;
}

export async function profilesDue(shopId: number, now: Date, most: number, tx: Tx): Promise<string[]> {
  const rows = await inside(tx).$queryRaw<
    { profile_id: string }[]
  >`SELECT profile_id FROM membership_due WHERE shop_id = ${shopId} AND due_at <= ${now} ORDER BY due_at LIMIT ${most}`;
  return rows.map((row) => row.profile_id);
}

/** What the change log says after a line, of as many people as one step takes; a line is read whole, so it may be some more. Where it is fewer, the log ends there. */
export async function changesAfter(shopId: number, seq: bigint, tx?: Tx): Promise<(Change & { seq: bigint; at: Date })[]> {
  const rows = await inside(tx).$queryRaw<(Omit<Change, "profileId"> & { seq: bigint; at: Date; ids: string[] })[]>`
    SELECT seq, segment_key AS "segmentKey", profile_ids::text[] AS ids, change, at, subject, because FROM (
      SELECT *, sum(cardinality(profile_ids)) OVER (ORDER BY seq) - cardinality(profile_ids) AS before
      FROM (SELECT * FROM membership_change WHERE shop_id = ${shopId} AND seq > ${seq} ORDER BY seq LIMIT ${peopleAtOnce}) next
    ) lines WHERE before < ${peopleAtOnce} ORDER BY seq`;
  return rows.flatMap(({ ids, ...line }) => ids.map((profileId) => ({ ...line, profileId })));
}

export async function sizesOf(shopId: number): Promise<Map<string, number>> {
  const rows = await inside().membership.groupBy({ by: ["segmentKey"], where: { shopId }, _count: true });
  return new Map(rows.map((row) => [row.segmentKey, row._count]));
}

/** Whether anybody is in any segment now. */
export async function anybodyIn(shopId: number): Promise<boolean> {
  return (await inside().membership.findFirst({ where: { shopId }, select: { profileId: true } })) !== null;
}

export async function eraseSegments(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).membership.deleteMany({ where: { shopId } });
  await inside(tx).membershipChange.deleteMany({ where: { shopId } });
  await inside(tx).membershipDue.deleteMany({ where: { shopId } });
  await inside(tx).segment.deleteMany({ where: { shopId } });
  await inside(tx).cutPoints.deleteMany({ where: { shopId } });
  await inside(tx).segmentBasis.deleteMany({ where: { shopId } });
}

/** When the membership that has waited longest for its sweep became due. */
export async function oldestMembershipDue(): Promise<Date | null> {
  const rows = await inside().$queryRaw<{ due_at: Date | null }[]>`SELECT min(due_at) AS due_at FROM membership_due`;
  return rows[0]?.due_at ?? null;
}
