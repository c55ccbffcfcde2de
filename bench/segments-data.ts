// A large shop for the segments bench, made in SQL: people, 90 days of what browsers told, and orders; then what is kept of each browser, from the log.
import type pg from "pg";

export const shopId = 1;
export const now = new Date("2026-11-25T12:00:00Z");
export const products = 5_000;

const at = `timestamptz '${now.toISOString()}'`;
/** Every tenth person has two browsers. */
const browser = (person: string, event: string) => `'visitor:v' || ${person} || CASE WHEN ${person} % 10 = 0 AND ${event} % 2 = 0 THEN 'b' ELSE '' END`;
/** Whose a browser is. */
export const personOf = (visitor: string) => `rtrim(substr(${visitor}, 2), 'b')::int`;
/** As the product makes them: by time, one person every half minute, and what is drawn by lot behind it. The number stands at the end. */
const profileId = (number: string) =>
  `(lpad(to_hex(${Date.UTC(2025, 0)} + 30000 * (${number})::bigint), 12, '0') || '7' || left(md5((${number})::text), 3) || '8' || right(md5((${number})::text), 3) || lpad(to_hex(${number}), 12, '0'))::uuid`;

/** Where people live: who has the number n in the n-th of these, from the beginning again after the last. */
export const countries = ["GB", "US", "DE", "FR"] as const;

type Step = (what: string, statement: string) => Promise<void>;

/**
 * Fills an empty, migrated database. Few people do much, and few products are looked at often; hardly anybody comes back to one, but for the share `again` of all that is
 * done, which is done to the one thing that its doer likes.
 */
export async function fill(client: pg.Client, profiles: number, events: number, again: number, step: Step): Promise<void> {
  const product = again === 0 ? "d.product" : `CASE WHEN random() < ${again} THEN 1 + d.person * 7 % ${products} ELSE d.product END`;
  await client.query("SET timezone = 'UTC'; SET work_mem = '512MB'; SET maintenance_work_mem = '512MB'; SELECT setseed(0.42)");
  await step("shop", `INSERT INTO shop (id, domain, salt, created_at, installed_at) VALUES (${shopId}, 'large.myshopify.com', 'salt', ${at}, ${at})`);
  for (let month = 7; month <= 11; month += 1) await client.query("SELECT make_event_partition($1)", [new Date(Date.UTC(2026, month, 15))]);
  await step(
    `${profiles} profiles`,
    `INSERT INTO profile (shop_id, id, first_seen_at, country, email)
     SELECT ${shopId}, ${profileId("n")}, ${at} - random() * interval '90 days', (ARRAY[${countries.map((one) => `'${one}'`).join()}])[1 + n % ${countries.length}], CASE WHEN n % 3 = 0 THEN 'p' || n || '@example.com' END
     FROM generate_series(1, ${profiles}) n`,
  );
  await step(
    `${events} events`,
    `INSERT INTO event (source_at, occurred_at, seq, shop_id, source_id, name, subject, data)
     SELECT e.at, e.at, e.n, ${shopId}, 'pixel/' || lpad(e.n::text, 16, '0'), e.name, ${browser("e.person", "e.n")},
       CASE e.name WHEN 'product.viewed' THEN jsonb_build_object('productId', e.product::text, 'variantId', (e.product * 10)::text, 'priceMinor', e.product % 90 * 100, 'currency', 'GBP')
         WHEN 'product.added-to-cart' THEN jsonb_build_object('productId', e.product::text, 'variantId', (e.product * 10)::text, 'priceMinor', e.product % 90 * 100, 'currency', 'GBP', 'quantity', 1)
         WHEN 'collection.viewed' THEN jsonb_build_object('collectionId', (e.product % 50)::text, 'path', '/collections/' || e.product % 50)
         WHEN 'landing.arrived' THEN jsonb_build_object('path', '/', 'source', (ARRAY['google', 'Facebook', 'mail'])[1 + e.product % 3], 'medium', 'cpc')
         ELSE jsonb_build_object('path', '/pages/' || e.product) END
     FROM (SELECT d.n, d.at, d.person, d.name, ${product} AS product FROM (
       SELECT n, date_trunc('milliseconds', ${at} - (${events} - n) * (interval '90 days' / ${events})) AS at,
         1 + floor(${profiles} * power(random(), 1.5))::int % ${profiles} AS person, 1 + floor(${products} * power(random(), 3))::int % ${products} AS product,
         (ARRAY['product.viewed', 'product.viewed', 'product.viewed', 'product.viewed', 'product.viewed', 'product.viewed', 'page.viewed', 'page.viewed', 'collection.viewed',
           'product.added-to-cart', 'landing.arrived'])[1 + floor(random() * 11)::int % 11] AS name
       FROM generate_series(1, ${events}) n OFFSET 0
     ) d OFFSET 0) e`,
  );
  // What is known of a smaller shop that was here before would mislead what follows, here and below.
  await client.query("ANALYZE event");
  await step(
    "orders",
    `INSERT INTO placed_order (shop_id, order_id, name, profile_id, placed_at, updated_at, test, source, currency, total_minor, discount_minor, discount_codes)
     SELECT ${shopId}, o.n::text, '#' || o.n, ${profileId("o.person")}, o.at, o.at, false, 'web', 'GBP', o.total, 0, '{}'
     FROM (SELECT n, 1 + floor(${profiles} * power(random(), 2))::int % ${profiles} AS person, date_trunc('milliseconds', ${at} - random() * interval '365 days') AS at,
       500 + floor(random() * 20000)::int AS total FROM generate_series(1, ${Math.ceil(profiles / 4)}) n OFFSET 0) o`,
  );
  await step(
    "visits",
    `INSERT INTO visit (shop_id, visitor, profile_id, first_seen_at, days, product_viewed_at, product_id)
     SELECT ${shopId}, substr(v.subject, 9), ${profileId(personOf("substr(v.subject, 9)"))}, v.first, v.days, l.at, l.product
     FROM (
       SELECT subject, min(first) AS first, (array_agg(floor(extract(epoch FROM last) * 1000)::bigint ORDER BY last DESC))[1:10] AS days
       FROM (SELECT subject, (occurred_at AT TIME ZONE 'UTC')::date AS day, min(occurred_at) AS first, max(occurred_at) AS last FROM event GROUP BY 1, 2) e GROUP BY subject
     ) v LEFT JOIN (
       SELECT DISTINCT ON (subject) subject, occurred_at AS at, data->>'productId' AS product FROM event WHERE name = 'product.viewed' ORDER BY subject, occurred_at DESC, product DESC
     ) l ON l.subject = v.subject`,
  );
  const kind = `CASE name WHEN 'product.viewed' THEN 'viewed-product' WHEN 'product.added-to-cart' THEN 'added-to-cart' WHEN 'collection.viewed' THEN 'viewed-collection'
    WHEN 'landing.arrived' THEN 'landed' END`;
  // Lies as it would have been written: by the last thing each row counted.
  await step(
    "deeds",
    `INSERT INTO deed (shop_id, visitor, kind, detail, profile_id, moments, count, last_at, whole)
     SELECT ${shopId}, g.visitor, g.kind, g.detail, ${profileId(personOf("g.visitor"))}, g.moments[1:10], cardinality(g.moments), g.moments[1], ${personOf("g.visitor")} % 10 <> 0
     FROM (
       SELECT substr(e.subject, 9) AS visitor, k.kind, k.detail, array_agg(e.occurred_at ORDER BY e.occurred_at DESC) AS moments
       FROM event e CROSS JOIN LATERAL (
         SELECT ${kind} AS kind, '' AS detail WHERE e.name <> 'page.viewed'
         UNION ALL SELECT ${kind}, coalesce(e.data->>'productId', e.data->>'collectionId') WHERE e.data ? 'productId' OR e.data ? 'collectionId'
       ) k GROUP BY 1, 2, 3
     ) g ORDER BY g.moments[1]`,
  );
  await step(
    "buyers",
    `INSERT INTO buyer (shop_id, profile_id, order_count, net_minor, first_at, last_at, moments, amounts)
     SELECT ${shopId}, profile_id, count(*), sum(total_minor), min(placed_at), max(placed_at), (array_agg(placed_at ORDER BY placed_at DESC, order_id))[1:10],
       (array_agg(total_minor ORDER BY placed_at DESC, order_id))[1:10] FROM placed_order GROUP BY profile_id`,
  );
  await client.query("ANALYZE visit, deed");
  await step(
    "who has two browsers",
    `UPDATE visit v SET alone = false FROM (SELECT profile_id FROM visit GROUP BY profile_id HAVING count(*) > 1) b WHERE b.profile_id = v.profile_id`,
  );
  // A browser that is alone though its owner is one of those with two: nothing happened in the other.
  await step(
    "who has one browser",
    `UPDATE deed d SET whole = true FROM (SELECT profile_id FROM visit GROUP BY profile_id HAVING count(*) = 1) v WHERE d.profile_id = v.profile_id AND NOT d.whole`,
  );
  await step(
    "who has two, joined up",
    `WITH times AS (
       SELECT profile_id, kind, detail, (array_agg(at ORDER BY at DESC))[1:10] AS moments FROM deed CROSS JOIN LATERAL unnest(moments) at WHERE NOT whole GROUP BY 1, 2, 3
     ), counts AS (SELECT profile_id, kind, detail, sum(count) AS count FROM deed WHERE NOT whole GROUP BY 1, 2, 3)
     INSERT INTO deed (shop_id, visitor, kind, detail, profile_id, moments, count, last_at, whole)
     SELECT ${shopId}, 'profile:' || t.profile_id, t.kind, t.detail, t.profile_id, t.moments, c.count, t.moments[1], true FROM times t JOIN counts c USING (profile_id, kind, detail)
     ORDER BY t.moments[1]`,
  );
  await step("vacuum and statistics", "VACUUM ANALYZE");
}
