import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { driverQuery, inside } from "../tx.server.ts";
import { momentsKept, type Deed, type Kept } from "./deed.ts";
import type { Landing, Visit } from "./visit.ts";

type Row = { visitor: string; profileId: string } & Omit<Visit, "days" | "landing"> & { days: unknown; landing: unknown };

const columns = Prisma.sql`
  v.visitor, v.profile_id AS "profileId", v.first_seen_at AS "firstSeenAt", v.product_viewed_at AS "productViewedAt", v.product_id AS "productId",
  v.cart_added_at AS "cartAddedAt", v.form_abandoned_at AS "formAbandonedAt", v.form, v.form_submitted_at AS "formSubmittedAt", v.days, v.landing`;

// The columns hold what writeVisits put there.
function toVisit({ visitor, profileId, days, landing, ...row }: Row): { visitor: string; profileId: string; visit: Visit } {
  const first = landing as (Omit<Landing, "at"> & { at: string }) | null;
  const visit = { ...row, days: (days as string[]).map((at) => new Date(at)), landing: first === null ? null : { ...first, at: new Date(first.at) } };
  return { visitor, profileId, visit };
}

export async function visitsOf(shopId: number, profileIds: string[], tx?: Tx): Promise<{ profileId: string; visit: Visit }[]> {
  if (profileIds.length === 0) return [];
  return (await inside(tx).visit.findMany({ where: { shopId, profileId: { in: profileIds } }, omit: { shopId: true } })).map(toVisit);
}

/** What some browsers told so far. `alone`: whose it is has no other. */
export async function visitsBy(shopId: number, visitors: string[], tx: Tx): Promise<Map<string, { visit: Visit; alone: boolean }>> {
  if (visitors.length === 0) return new Map();
  const sql = Prisma.sql`
    SELECT ${columns}, NOT EXISTS (SELECT FROM visit o WHERE o.shop_id = v.shop_id AND o.profile_id = v.profile_id AND o.visitor <> v.visitor) AS alone
    FROM visit v WHERE v.shop_id = ${shopId} AND v.visitor = ANY(${visitors})`;
  const rows = await driverQuery<Row & { alone: boolean }>(tx, "visits-by", sql);
  return new Map(rows.map(({ alone, ...row }) => [row.visitor, { visit: toVisit(row).visit, alone }]));
}

export async function writeVisits(shopId: number, visits: { visitor: string; profileId: string; visit: Visit }[], tx: Tx): Promise<void> {
  if (visits.length === 0) return;
  const json = visits.map(({ visitor, profileId, visit }) => ({
    visitor,
    profile_id: profileId,
    first_seen_at: visit.firstSeenAt,
    // What is left out of a row is null there, and most of it is.
    product_viewed_at: visit.productViewedAt ?? undefined,
    product_id: visit.productId ?? undefined,
    cart_added_at: visit.cartAddedAt ?? undefined,
    form_abandoned_at: visit.formAbandonedAt ?? undefined,
    form: visit.form ?? undefined,
    form_submitted_at: visit.formSubmittedAt ?? undefined,
    days: visit.days,
    landing: visit.landing ?? undefined,
  }));
  const sql = Prisma.sql`
    INSERT INTO visit (shop_id, visitor, profile_id, first_seen_at, product_viewed_at, product_id, cart_added_at, form_abandoned_at, form, form_submitted_at, days, landing)
    SELECT ${shopId}, r.* FROM json_to_recordset(${JSON.stringify(json)}::json)
      AS r(visitor text, profile_id uuid, first_seen_at timestamptz, product_viewed_at timestamptz, product_id text, cart_added_at timestamptz, form_abandoned_at timestamptz, form text, form_submitted_at timestamptz, days jsonb, landing jsonb)
    ON CONFLICT (shop_id, visitor) DO UPDATE SET profile_id = excluded.profile_id, first_seen_at = excluded.first_seen_at, product_viewed_at = excluded.product_viewed_at, product_id = excluded.product_id,
      cart_added_at = excluded.cart_added_at, form_abandoned_at = excluded.form_abandoned_at, form = excluded.form, form_submitted_at = excluded.form_submitted_at, days = excluded.days,
      landing = excluded.landing`;
  await driverQuery(tx, "write-visits", sql);
}

/** The names of the rows that join up all browsers of these profiles (deed.ts). */
const joinedNames = (profileIds: string[]) => Prisma.sql`SELECT 'profile:' || id::text FROM unnest(${profileIds}::uuid[]) id`;

/**
 * Adds what was done to what was done before: of each browser, and of whoever has several, of the row that joins them up. Adding is the database's: nothing has
 * to be read for it.
 */
export async function addDeeds(shopId: number, deeds: Kept[], tx: Tx): Promise<void> {
  if (deeds.length === 0) return;
  const json = deeds.map(({ visitor, kind, detail, profileId, moments, count, whole }) => ({
    visitor,
    kind,
    detail,
    profile_id: profileId,
    moments,
    count,
    whole,
  }));
  // What happens last is told last, nearly always: then there is nothing to sort.
  const sql = Prisma.sql`
    INSERT INTO deed (shop_id, visitor, kind, detail, profile_id, moments, count, last_at, whole)
    SELECT ${shopId}, r.visitor, r.kind, r.detail, r.profile_id, r.moments, r.count, r.moments[1], r.whole
    FROM json_to_recordset(${JSON.stringify(json)}::json) AS r(visitor text, kind text, detail text, profile_id uuid, moments timestamptz[], count int, whole boolean)
    ON CONFLICT (shop_id, visitor, kind, detail) DO UPDATE SET profile_id = excluded.profile_id, count = deed.count + excluded.count, whole = excluded.whole,
      last_at = greatest(deed.last_at, excluded.last_at),
      moments = CASE WHEN excluded.moments[cardinality(excluded.moments)] >= deed.last_at THEN (excluded.moments || deed.moments)[1:${momentsKept}::int]
        ELSE ARRAY(SELECT at FROM unnest(deed.moments || excluded.moments) at ORDER BY at DESC LIMIT ${momentsKept}::int) END`;
  await driverQuery(tx, "add-deeds", sql);
}

/** The kinds that are asked of somebody, or null for all; and of looks at products the newest. */
export type Asked = { kinds: readonly string[] | null; newestLook: boolean };
const look = "viewed-product";

type Browsed = { visitor: string; profileId: string; visit: Visit; deeds: Deed[] };

type Found = Row & { deeds: [kind: string, detail: string, moments: string[], count: number][] };

/**
 * The browsers of some profiles with what each did, of some kinds, or with null of all. Where `newestLook` is asked, of looks at products all are told, and of the newest
 * that is not ahead of `now` at what; at what the others were lies in many rows. In one statement: it is asked for with every batch.
 */
export async function browsersOf(shopId: number, asked: ReadonlyMap<string, Asked>, now: Date | null, tx?: Tx): Promise<Browsed[]> {
  if (asked.size === 0) return [];
  const kinds = [...asked.values()].map((one) => one.kinds?.join() ?? null);
  const looks = [...asked.values()].map((one) => one.newestLook);
  const hers = (which: Prisma.Sql) =>
    Prisma.sql`SELECT kind, detail, moments, count FROM deed d WHERE d.shop_id = v.shop_id AND d.visitor = v.visitor AND ${which}`;
  const some = kinds.includes(null)
    ? hers(Prisma.sql`(p.kinds IS NULL OR d.kind = ANY(string_to_array(p.kinds, ',')))`)
    : Prisma.sql`${hers(Prisma.sql`d.kind = ANY(string_to_array(p.kinds, ','))`)}
        UNION ALL ${hers(Prisma.sql`d.kind = ${look} AND d.detail = '' AND p.looks`)}
        UNION ALL ${hers(Prisma.sql`d.kind = ${look} AND d.detail <> '' AND p.looks AND (v.product_id IS NULL OR v.product_viewed_at > ${now})`)}`;
  const sql = Prisma.sql`
    SELECT ${columns}, coalesce((SELECT json_agg(json_build_array(d.kind, d.detail, d.moments, d.count)) FROM (${some}) d), '[]') AS deeds
    FROM unnest(${[...asked.keys()]}::uuid[], ${kinds}::text[], ${looks}::boolean[]) AS p(id, kinds, looks) JOIN visit v ON v.shop_id = ${shopId} AND v.profile_id = p.id`;
  const rows = await driverQuery<Found>(tx, kinds.includes(null) ? "browsers-whole" : "browsers", sql);
  return rows.map(({ deeds, ...row }) => ({
    ...toVisit(row),
    deeds: deeds.map(([kind, detail, moments, count]) => ({ kind, detail, moments: moments.map((at) => new Date(at)), count })),
  }));
}

/** Gives each browser of some profiles, and what it did, to whoever has it now. */
export async function reown(shopId: number, profileIds: string[], tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    WITH moved AS (
      UPDATE visit t SET profile_id = a.profile_id FROM profile_alias a
      WHERE t.shop_id = ${shopId} AND t.profile_id = ANY(${profileIds}::uuid[]) AND a.shop_id = t.shop_id AND a.kind = 'visitor' AND a.key = t.visitor AND a.profile_id <> t.profile_id
      RETURNING t.visitor, t.profile_id
    )
    UPDATE deed d SET profile_id = m.profile_id FROM moved m WHERE d.shop_id = ${shopId} AND d.visitor = m.visitor`;
}

/** Makes the rows anew that say all there is of some profiles, after one of them got a browser or lost one. */
export async function joinUp(shopId: number, profileIds: string[], tx: Tx): Promise<void> {
  if (profileIds.length === 0) return;
  const client = inside(tx);
  await client.$executeRaw`
    WITH gone AS (DELETE FROM deed WHERE shop_id = ${shopId} AND visitor = ANY(${joinedNames(profileIds)}))
    UPDATE deed d SET whole = v.alone
    FROM (SELECT visitor, count(*) OVER (PARTITION BY profile_id) = 1 AS alone FROM visit WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[])) v
    WHERE d.shop_id = ${shopId} AND d.visitor = v.visitor AND d.whole <> v.alone`;
  await client.$executeRaw`
    WITH mine AS MATERIALIZED (
      SELECT v.profile_id, d.kind, d.detail, d.count, d.moments
      FROM (SELECT visitor, profile_id, count(*) OVER (PARTITION BY profile_id) AS browsers FROM visit WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[])) v
      JOIN deed d ON d.shop_id = ${shopId} AND d.visitor = v.visitor WHERE v.browsers > 1
    ), times AS (
      SELECT profile_id, kind, detail, (array_agg(at ORDER BY at DESC))[1:${momentsKept}] AS moments FROM mine CROSS JOIN LATERAL unnest(moments) at GROUP BY profile_id, kind, detail
    ), counts AS (SELECT profile_id, kind, detail, sum(count)::int AS count FROM mine GROUP BY profile_id, kind, detail)
    INSERT INTO deed (shop_id, visitor, kind, detail, profile_id, moments, count, last_at, whole)
    SELECT ${shopId}, 'profile:' || t.profile_id::text, t.kind, t.detail, t.profile_id, t.moments, c.count, t.moments[1], true
    FROM times t JOIN counts c ON c.profile_id = t.profile_id AND c.kind = t.kind AND c.detail = t.detail`;
}

/** Takes away the visits of these profiles, or with null of the whole shop. */
export async function eraseVisits(shopId: number, profileIds: string[] | null, tx: Tx): Promise<void> {
  const where = { shopId, ...(profileIds === null ? {} : { profileId: { in: profileIds } }) };
  if (profileIds === null) await inside(tx).deed.deleteMany({ where: { shopId } });
  else {
    await inside(tx).$executeRaw`
      DELETE FROM deed WHERE shop_id = ${shopId} AND visitor = ANY(
        SELECT visitor FROM visit WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[]) UNION ALL ${joinedNames(profileIds)}
      )`;
  }
  await inside(tx).visit.deleteMany({ where });
}
