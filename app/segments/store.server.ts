import { Prisma } from "../db.server.ts";
import { numbersTaken } from "../events/load.server.ts";
import type { Reader, Tx } from "../lib/tx.ts";
import { asSeconds, driverQuery, inside, ofSeconds, type ShopQuery } from "../tx.server.ts";
import type { Change, Line } from "./lines.ts";

export type Held = { profileId: string; segmentKey: string; subject: string | null; enteredAt: Date };

/** Of how many people one step of a follower reads in the change log, and how many at most share a line of it. */
export const peopleAtOnce = 200;

export async function membershipsOf(shopId: number, profileIds: string[], tx?: Tx): Promise<Held[]> {
  if (profileIds.length === 0) return [];
  return inside(tx).$queryRaw<Held[]>`
    SELECT profile_id AS "profileId", segment_key AS "segmentKey", subject, entered_at AS "enteredAt" FROM member WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[])`;
}

/**
 * What some profiles are in by rows of their own, and when time alone may change that next, by profile: those that it never will are not among the latter. And who of them was erased.
 * In one statement: it is asked for with every batch.
 */
export async function heldAndDue(
  shopId: number,
  profileIds: string[],
  tx: Reader,
): Promise<{ held: Map<string, Held[]>; dues: Map<string, Date>; erased: string[] }> {
  if (profileIds.length === 0) return { held: new Map(), dues: new Map(), erased: [] };
  // A row for each of them, whatever she is in: rows cost more than what is in them.
  const sql = Prisma.sql`
    SELECT p.id, (SELECT ${asSeconds(Prisma.sql`d.due_at`)} FROM membership_due d WHERE d.shop_id = ${shopId} AND d.profile_id = p.id) AS due, EXISTS (SELECT 1 FROM profile e WHERE e.shop_id = ${shopId} AND e.id = p.id AND e.redacted_at IS NOT NULL) AS erased,
      (SELECT json_agg(json_build_array(m.segment_key, m.subject, ${asSeconds(Prisma.sql`m.entered_at`)})) FROM membership m WHERE m.shop_id = ${shopId} AND m.profile_id = p.id) AS held
    FROM unnest(${profileIds}::uuid[]) AS p(id)`;
  type Row = { id: string; due: number | null; erased: boolean; held: [key: string, subject: string | null, enteredAt: number][] | null };
  const rows = await driverQuery<Row>(tx, "held-and-due", sql);
  const held = rows.flatMap(({ id, held: all }) =>
    all === null
      ? []
      : [[id, all.map(([segmentKey, subject, enteredAt]): Held => ({ profileId: id, segmentKey, subject, enteredAt: ofSeconds(enteredAt) }))] as const],
  );
  return {
    held: new Map(held),
    dues: new Map(rows.flatMap(({ id, due }) => (due === null ? [] : [[id, ofSeconds(due)]]))),
    erased: rows.flatMap(({ id, erased }) => (erased ? [id] : [])),
  };
}

/** Writes entries and exits and their lines in the change log, which are counted by `sequence`. */
export async function writeLines(shopId: number, sequence: string, lines: Line[], at: Date, tx: Tx): Promise<void> {
  if (lines.length === 0) return;
  const logged = lines.map(({ segmentKey, profileIds, ...one }, nth) => ({ nth, segment_key: segmentKey, profile_ids: profileIds, ...one }));
  // Of lines that are taken apart in the statement the planner expects so many people that it goes through all members.
  const each = lines.flatMap(({ segmentKey, profileIds, change, subject }) =>
    profileIds.map((id) => ({ segment_key: segmentKey, profile_id: id, change, subject })),
  );
  const sql = Prisma.sql`
    WITH taken AS (${numbersTaken(shopId, sequence, lines.length)}), logged AS (
      INSERT INTO membership_change (shop_id, seq, segment_key, profile_ids, change, at, subject, because)
      SELECT ${shopId}, t.next - ${lines.length}::int + r.nth, r.segment_key, r.profile_ids, r.change, ${at}, r.subject, r.because
      FROM taken t CROSS JOIN json_to_recordset(${JSON.stringify(logged)}::json) AS r(nth int, segment_key text, profile_ids uuid[], change text, subject text, because text)
    ), e AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(each)}::json) AS e(segment_key text, profile_id uuid, change text, subject text)
    ), gone AS (
      DELETE FROM membership m USING e WHERE m.shop_id = ${shopId} AND m.segment_key = e.segment_key AND m.profile_id = e.profile_id AND e.change = 'left'
    )
    INSERT INTO membership (shop_id, segment_key, profile_id, entered_at, subject)
    SELECT ${shopId}, e.segment_key, e.profile_id, ${at}, e.subject FROM e WHERE e.change = 'entered'
    ON CONFLICT (shop_id, segment_key, profile_id) DO UPDATE SET subject = excluded.subject, entered_at = excluded.entered_at`;
  await driverQuery(tx, "write-lines", sql);
}

/** Notes what makes memberships true where it was not known when they began. */
export async function writeSubjects(shopId: number, found: Pick<Held, "profileId" | "segmentKey" | "subject">[], tx: Tx): Promise<void> {
  if (found.length === 0) return;
  const data = JSON.stringify(found.map((one) => ({ profile_id: one.profileId, segment_key: one.segmentKey, subject: one.subject })));
  await inside(tx).$executeRaw`
    UPDATE membership m SET subject = r.subject FROM json_to_recordset(${data}::json) AS r(profile_id uuid, segment_key text, subject text)
    WHERE m.shop_id = ${shopId} AND m.segment_key = r.segment_key AND m.profile_id = r.profile_id`;
}

/** Notes when time alone may change each profile's memberships; null where it never will. */
export async function writeDue(shopId: number, due: { profileId: string; dueAt: Date | null }[], tx: Tx): Promise<void> {
  if (due.length === 0) return;
  const data = JSON.stringify(due.map((one) => ({ profile_id: one.profileId, due_at: one.dueAt })));
  const sql = Prisma.sql`
    WITH r AS (SELECT * FROM json_to_recordset(${data}::json) AS r(profile_id uuid, due_at timestamptz)), never AS (
      DELETE FROM membership_due d USING r WHERE d.shop_id = ${shopId} AND d.profile_id = r.profile_id AND r.due_at IS NULL
    )
    INSERT INTO membership_due (shop_id, profile_id, due_at) SELECT ${shopId}, r.profile_id, r.due_at FROM r WHERE r.due_at IS NOT NULL
    ON CONFLICT (shop_id, profile_id) DO UPDATE SET due_at = excluded.due_at WHERE membership_due.due_at <> excluded.due_at`;
  await driverQuery(tx, "write-due", sql);
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

/** Notes that everything is worked out, or due to be, by the settings of the shop as they stand; in a new one, that these standard segments are kept. Returns whether its days are others than before. */
export async function noteBasis(shopId: number, standard: string[], tx: Tx): Promise<boolean> {
  const rows = await inside(tx).$queryRaw<{ moved: boolean }[]>`
    WITH before AS MATERIALIZED (SELECT timezone FROM segment_basis WHERE shop_id = ${shopId})
    INSERT INTO segment_basis (shop_id, timezone, count_offline, standard) SELECT id, timezone, count_offline, ${standard}::text[] FROM shop WHERE id = ${shopId}
    ON CONFLICT (shop_id) DO UPDATE SET timezone = excluded.timezone, count_offline = excluded.count_offline
    RETURNING timezone IS DISTINCT FROM (SELECT timezone FROM before) AS moved`;
  return rows[0]?.moved ?? false;
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
  const rows = await inside().$queryRaw<
    { key: string; size: number }[]
  >`SELECT segment_key AS key, count(*)::int AS size FROM member WHERE shop_id = ${shopId} GROUP BY 1`;
  return new Map(rows.map(({ key, size }) => [key, size]));
}

/** Whether anybody is in any segment now. */
export async function anybodyIn(shopId: number): Promise<boolean> {
  const [row] = await inside().$queryRaw<{ anybody: boolean }[]>`SELECT EXISTS (SELECT 1 FROM member WHERE shop_id = ${shopId}) AS anybody`;
  return row?.anybody === true;
}

export async function eraseSegments(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).membership.deleteMany({ where: { shopId } });
  await inside(tx).membershipBlock.deleteMany({ where: { shopId } });
  await inside(tx).membershipChange.deleteMany({ where: { shopId } });
  await inside(tx).membershipDue.deleteMany({ where: { shopId } });
  await inside(tx).segment.deleteMany({ where: { shopId } });
  await inside(tx).cutPoints.deleteMany({ where: { shopId } });
  await inside(tx).segmentBasis.deleteMany({ where: { shopId } });
  await inside(tx).arrivedSegment.deleteMany({ where: { shopId } });
}

/** When the membership that has waited longest for its sweep became due. */
export async function oldestMembershipDue(): Promise<Date | null> {
  const rows = await inside().$queryRaw<{ due_at: Date | null }[]>`SELECT min(due_at) AS due_at FROM membership_due`;
  return rows[0]?.due_at ?? null;
}
