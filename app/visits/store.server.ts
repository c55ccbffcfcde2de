import { Prisma } from "../db.server.ts";
import { together } from "../lib/together.ts";
import type { Reader, Tx } from "../lib/tx.ts";
import { asSeconds, driverQuery, inside, ofSeconds, toSeconds } from "../tx.server.ts";
import { look, momentsKept, type Deed, type Kept } from "./deed.ts";
import type { Landing, Visit } from "./visit.ts";

type Moment = "firstSeenAt" | "productViewedAt" | "cartAddedAt" | "formAbandonedAt" | "formSubmittedAt";
type Row = { visitor: string; profileId: string; days: unknown; landing: unknown } & Omit<Visit, "days" | "landing" | Moment> & Record<Moment, number | null>;

const columns = Prisma.sql`
  v.visitor, v.profile_id AS "profileId", ${asSeconds(Prisma.sql`v.first_seen_at`)} AS "firstSeenAt", ${asSeconds(Prisma.sql`v.product_viewed_at`)} AS "productViewedAt",
  v.product_id AS "productId", ${asSeconds(Prisma.sql`v.cart_added_at`)} AS "cartAddedAt", ${asSeconds(Prisma.sql`v.form_abandoned_at`)} AS "formAbandonedAt", v.form,
  ${asSeconds(Prisma.sql`v.form_submitted_at`)} AS "formSubmittedAt", to_json(v.days) AS days, v.landing`;

// The columns hold what writeVisits put there.
function toVisit({ visitor, profileId, days, landing, ...row }: Row): { visitor: string; profileId: string; visit: Visit } {
  const first = landing as (Omit<Landing, "at"> & { at: string }) | null;
  const visit: Visit = {
    firstSeenAt: ofSeconds(row.firstSeenAt),
    productViewedAt: ofSeconds(row.productViewedAt),
    productId: row.productId,
    cartAddedAt: ofSeconds(row.cartAddedAt),
    formAbandonedAt: ofSeconds(row.formAbandonedAt),
    form: row.form,
    formSubmittedAt: ofSeconds(row.formSubmittedAt),
    days: (days as number[]).map((at) => new Date(at)),
    landing: first === null ? null : { ...first, at: new Date(first.at) },
  };
  return { visitor, profileId, visit };
}

/** The browsers of some profiles, with what each told. */
export async function visitsOf(shopId: number, profileIds: string[], tx?: Reader): Promise<{ visitor: string; profileId: string; visit: Visit }[]> {
  if (profileIds.length === 0) return [];
  const sql = Prisma.sql`SELECT ${columns} FROM visit v WHERE v.shop_id = ${shopId} AND v.profile_id = ANY(${profileIds}::uuid[])`;
  return (await driverQuery<Row>(tx, "visits-of", sql)).map(toVisit);
}

/** Writes what browsers told. Of those that were known only what is another than `before`: the rest would be written out, sent and read in for nothing. */
export async function writeVisits(shopId: number, visits: { visitor: string; profileId: string; before: Visit; visit: Visit }[], tx: Tx): Promise<void> {
  if (visits.length === 0) return;
  const json = visits.map(({ visitor, profileId, before, visit }) => {
    // What is left out of a row is null there.
    const news = <Field extends keyof Visit>(field: Field) => (visit[field] === before[field] ? undefined : (visit[field] ?? undefined));
    const seconds = (at: Date | null | undefined) => (at == null ? undefined : toSeconds(at));
    const looked = visit.productViewedAt !== before.productViewedAt || visit.productId !== before.productId;
    const left = visit.formAbandonedAt !== before.formAbandonedAt || visit.form !== before.form;
    return {
      visitor,
      profile_id: profileId,
      first_seen_at: seconds(visit.firstSeenAt),
      product_viewed_at: looked ? seconds(visit.productViewedAt) : undefined,
      product_id: looked ? visit.productId : undefined,
      cart_added_at: seconds(news("cartAddedAt")),
      form_abandoned_at: left ? seconds(visit.formAbandonedAt) : undefined,
      form: left ? visit.form : undefined,
      form_submitted_at: seconds(news("formSubmittedAt")),
      days: visit.days.map((at) => at.getTime()),
      landing: news("landing"),
    };
  });
  const sql = Prisma.sql`
    INSERT INTO visit (shop_id, visitor, profile_id, first_seen_at, product_viewed_at, product_id, cart_added_at, form_abandoned_at, form, form_submitted_at, days, landing)
    SELECT ${shopId}, r.visitor, r.profile_id, to_timestamp(r.first_seen_at), to_timestamp(r.product_viewed_at), r.product_id, to_timestamp(r.cart_added_at),
      to_timestamp(r.form_abandoned_at), r.form, to_timestamp(r.form_submitted_at), r.days, r.landing
    FROM json_to_recordset(${JSON.stringify(json)}::json)
      AS r(visitor text, profile_id uuid, first_seen_at float8, product_viewed_at float8, product_id text, cart_added_at float8, form_abandoned_at float8, form text, form_submitted_at float8, days bigint[], landing jsonb)
    ON CONFLICT (shop_id, visitor) DO UPDATE SET profile_id = excluded.profile_id, first_seen_at = excluded.first_seen_at, days = excluded.days,
      product_viewed_at = coalesce(excluded.product_viewed_at, visit.product_viewed_at),
      product_id = CASE WHEN excluded.product_viewed_at IS NULL THEN visit.product_id ELSE excluded.product_id END,
      cart_added_at = coalesce(excluded.cart_added_at, visit.cart_added_at), form_abandoned_at = coalesce(excluded.form_abandoned_at, visit.form_abandoned_at),
      form = CASE WHEN excluded.form_abandoned_at IS NULL THEN visit.form ELSE excluded.form END,
      form_submitted_at = coalesce(excluded.form_submitted_at, visit.form_submitted_at), landing = coalesce(excluded.landing, visit.landing)`;
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
  const json = deeds.map(({ visitor, kind, detail, profileId, moments, count, whole }) => {
    const [newest, ...others] = moments.map(toSeconds);
    return { visitor, kind, detail, profile_id: profileId, at: newest, others: others.length === 0 ? undefined : others, count, whole };
  });
  // Nearly always one thing was done once, and what happens last is told last: then there is nothing to put together, and nothing to sort.
  const sql = Prisma.sql`
    INSERT INTO deed (shop_id, visitor, kind, detail, profile_id, moments, count, last_at, whole)
    SELECT ${shopId}, r.visitor, r.kind, r.detail, r.profile_id,
      CASE WHEN r.others IS NULL THEN ARRAY[to_timestamp(r.at)] ELSE ARRAY(SELECT to_timestamp(at) FROM unnest(r.at || r.others) at) END, r.count, to_timestamp(r.at), r.whole
    FROM json_to_recordset(${JSON.stringify(json)}::json) AS r(visitor text, kind text, detail text, profile_id uuid, at float8, others float8[], count int, whole boolean)
    ON CONFLICT (shop_id, visitor, kind, detail) DO UPDATE SET profile_id = excluded.profile_id, count = deed.count + excluded.count, whole = excluded.whole,
      last_at = greatest(deed.last_at, excluded.last_at),
      moments = CASE WHEN excluded.moments[cardinality(excluded.moments)] >= deed.last_at THEN (excluded.moments || deed.moments)[1:${momentsKept}::int]
        ELSE ARRAY(SELECT at FROM unnest(deed.moments || excluded.moments) at ORDER BY at DESC LIMIT ${momentsKept}::int) END`;
  await driverQuery(tx, "add-deeds", sql);
}

/** The kinds that are asked of a browser, or null for all; with `looks`, how often it looked at products as well, and not at what. */
export type Asked = { visitor: string; kinds: readonly string[] | null; looks: boolean };

type Found = { visitor: string; deeds: [kind: string, detail: string, moments: string[], count: number][] | null };

/** What some browsers did. In one statement, and a row for each of them: it is asked for with every batch, and rows cost more than what is in them. */
export async function deedsOf(shopId: number, asked: readonly Asked[], tx?: Reader): Promise<Map<string, Deed[]>> {
  if (asked.length === 0) return new Map();
  const kinds = asked.map((one) => one.kinds?.join() ?? null);
  const all = kinds.includes(null);
  const hers = (which: Prisma.Sql) => Prisma.sql`SELECT kind, detail, moments, count FROM deed WHERE shop_id = ${shopId} AND visitor = p.visitor AND ${which}`;
  // Each kind is searched for by itself: asked for a list of them, the database reads whatever the browser did and passes over most of it.
  const some = all
    ? hers(Prisma.sql`(p.kinds IS NULL OR kind = ANY(string_to_array(p.kinds, ',')) OR (p.looks AND kind = ${look} AND detail = ''))`)
    : Prisma.sql`SELECT t.* FROM unnest(string_to_array(p.kinds, ',')) k CROSS JOIN LATERAL (${hers(Prisma.sql`kind = k`)} OFFSET 0) t
        UNION ALL ${hers(Prisma.sql`kind = ${look} AND detail = '' AND p.looks`)}`;
  const sql = Prisma.sql`
    SELECT p.visitor, (SELECT json_agg(json_build_array(d.kind, d.detail, d.moments, d.count)) FROM (${some}) d) AS deeds
    FROM unnest(${asked.map((one) => one.visitor)}::text[], ${kinds}::text[], ${asked.map((one) => one.looks)}::boolean[]) AS p(visitor, kinds, looks)`;
  const rows = await driverQuery<Found>(tx, all ? "deeds-all" : "deeds-of", sql);
  const deedOf = ([kind, detail, moments, count]: NonNullable<Found["deeds"]>[number]): Deed => ({
    kind,
    detail,
    moments: moments.map((at) => new Date(at)),
    count,
  });
  return new Map(rows.map(({ visitor, deeds }) => [visitor, (deeds ?? []).map(deedOf)]));
}

/** Gives each browser of some profiles, and what it did, to whoever has it now. */
export async function reown(shopId: number, profileIds: string[], tx: Tx): Promise<void> {
  const sql = Prisma.sql`
    WITH moved AS (
      UPDATE visit t SET profile_id = a.profile_id FROM profile_alias a
      WHERE t.shop_id = ${shopId} AND t.profile_id = ANY(${profileIds}::uuid[]) AND a.shop_id = t.shop_id AND a.kind = 'visitor' AND a.key = t.visitor AND a.profile_id <> t.profile_id
      RETURNING t.visitor, t.profile_id
    )
    UPDATE deed d SET profile_id = m.profile_id FROM moved m WHERE d.shop_id = ${shopId} AND d.visitor = m.visitor`;
  await driverQuery(tx, "reown-visits", sql);
}

/** Makes the rows anew that say all there is of some profiles, after one of them got a browser or lost one. */
export async function joinUp(shopId: number, profileIds: string[], tx: Tx): Promise<void> {
  if (profileIds.length === 0) return;
  const alone = Prisma.sql`
    UPDATE visit v SET alone = n.alone
    FROM (SELECT visitor, count(*) OVER (PARTITION BY profile_id) = 1 AS alone FROM visit WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[])) n
    WHERE v.shop_id = ${shopId} AND v.visitor = n.visitor AND v.alone <> n.alone`;
  const whole = Prisma.sql`
    WITH gone AS (DELETE FROM deed WHERE shop_id = ${shopId} AND visitor = ANY(${joinedNames(profileIds)}))
    UPDATE deed d SET whole = v.alone FROM visit v
    WHERE v.shop_id = ${shopId} AND v.profile_id = ANY(${profileIds}::uuid[]) AND d.shop_id = ${shopId} AND d.visitor = v.visitor AND d.whole <> v.alone`;
  const joined = Prisma.sql`
    WITH mine AS MATERIALIZED (
      SELECT v.profile_id, d.kind, d.detail, d.count, d.moments
      FROM visit v JOIN deed d ON d.shop_id = ${shopId} AND d.visitor = v.visitor
      WHERE v.shop_id = ${shopId} AND v.profile_id = ANY(${profileIds}::uuid[]) AND NOT v.alone
    ), times AS (
      SELECT profile_id, kind, detail, (array_agg(at ORDER BY at DESC))[1:${momentsKept}] AS moments FROM mine CROSS JOIN LATERAL unnest(moments) at GROUP BY profile_id, kind, detail
    ), counts AS (SELECT profile_id, kind, detail, sum(count)::int AS count FROM mine GROUP BY profile_id, kind, detail)
    INSERT INTO deed (shop_id, visitor, kind, detail, profile_id, moments, count, last_at, whole)
    SELECT ${shopId}, 'profile:' || t.profile_id::text, t.kind, t.detail, t.profile_id, t.moments, c.count, t.moments[1], true
    FROM times t JOIN counts c ON c.profile_id = t.profile_id AND c.kind = t.kind AND c.detail = t.detail`;
  // One after the other, each seeing what those before it did, and nobody waits in between.
  await together(driverQuery(tx, "who-is-alone", alone), driverQuery(tx, "who-is-whole", whole), driverQuery(tx, "join-up", joined));
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
