// The questions of the segments bench: each as a rule, as DuckDB is asked it, and as a plain scan of the log. All three must come to the same number.
import { day } from "../app/lib/time.ts";
import { readRule, type Node } from "../app/segments/rule.ts";
import { now, personOf, products } from "./segments-data.ts";

/** `log`: whether the scan beside it reads the log at all. */
export type Shape = { name: string; hot: boolean; log?: false; rule: Node; duckdb: string; raw: string };

/** 50 vendors, and 20 collections that a product may be in. */
export const catalogue = new Map(
  Array.from({ length: products }, (_, index) => [String(index + 1), { vendor: `vendor ${index % 50}`, collections: [`${index % 20}`] }] as const),
);
const ofVendor = [...catalogue].filter(([, one]) => one.vendor === "vendor 7").map(([id]) => id);

const last = (days: number) => ({ kind: "last", length: { amount: days, unit: "days" } });
const did = (what: string, more: object = {}) => ({ kind: "did", did: what, ...more });
const didNot = (what: string, more: object = {}) => did(what, { times: { is: "exactly", n: 0 }, ...more });
const atLeast = (n: number) => ({ times: { is: "at-least", n } });
const all = (...of: object[]) => ({ kind: "all", of });

function rule(match: object): Node {
  const read = readRule({ version: 1, match });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.rule.match;
}

const since = (days: number) => now.getTime() - days * day;
const instant = (days: number) => `timestamptz '${new Date(since(days)).toISOString()}'`;
/** In DuckDB's columns: a person's number, and milliseconds. */
const duck = (where: string, having = "count(*) >= 1") => `SELECT person FROM events WHERE ${where} GROUP BY person HAVING ${having}`;
const teller = personOf("substr(subject, 9)");
/** In the log itself: whoever has the browser. */
const raw = (where: string, having = "count(*) >= 1") => `SELECT ${teller} AS person FROM event WHERE shop_id = 1 AND ${where} GROUP BY 1 HAVING ${having}`;
const person = "('x' || right(profile_id::text, 8))::bit(32)::int";
const duckOrders = (days: number) => `SELECT person FROM orders WHERE ts > ${since(days)}`;
const rawOrders = (days: number) => `SELECT ${person} FROM placed_order WHERE shop_id = 1 AND placed_at > ${instant(days)}`;
const without = (some: string, others: string) => `SELECT person FROM (${some}) s WHERE person NOT IN (${others})`;
const ever = 10_000;
const list = (ids: string[]) => ids.map((id) => `'${id}'`).join(", ");

export const shapes: Shape[] = [
  {
    ...{ name: "looked at one product in 14 days, never ordered", hot: true },
    rule: rule(all(did("viewed-product", { where: { products: ["777"] }, when: last(14) }), didNot("ordered"))),
    duckdb: without(duck(`name = 'product.viewed' AND product = 777 AND ts > ${since(14)}`), duckOrders(ever)),
    raw: without(raw(`name = 'product.viewed' AND data->>'productId' = '777' AND occurred_at > ${instant(14)}`), rawOrders(ever)),
  },
  {
    ...{ name: "2 looks in 14 days, no order in 30", hot: true },
    rule: rule(all(did("viewed-product", { ...atLeast(2), when: last(14) }), didNot("ordered", { when: last(30) }))),
    duckdb: without(duck(`name = 'product.viewed' AND ts > ${since(14)}`, "count(*) >= 2"), duckOrders(30)),
    raw: without(raw(`name = 'product.viewed' AND occurred_at > ${instant(14)}`, "count(*) >= 2"), rawOrders(30)),
  },
  {
    ...{ name: "10 looks in 30 days", hot: true },
    rule: rule(did("viewed-product", { ...atLeast(10), when: last(30) })),
    duckdb: duck(`name = 'product.viewed' AND ts > ${since(30)}`, "count(*) >= 10"),
    raw: raw(`name = 'product.viewed' AND occurred_at > ${instant(30)}`, "count(*) >= 10"),
  },
  {
    ...{ name: "looked at a vendor's 100 products in 7 days, no order since", hot: true },
    rule: rule(
      all(
        did("viewed-product", { where: { vendors: ["vendor 7"] }, when: last(7) }),
        didNot("ordered", { when: { kind: "since", deed: { did: "viewed-product", where: { vendors: ["vendor 7"] } } } }),
      ),
    ),
    duckdb: `SELECT v.person FROM (SELECT person, max(ts) AS ts FROM events WHERE name = 'product.viewed' AND product IN (${ofVendor.join(", ")}) AND ts > ${since(7)} GROUP BY person) v
      WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.person = v.person AND o.ts >= v.ts)`,
    raw: `SELECT v.person FROM (SELECT ${teller} AS person, max(occurred_at) AS at FROM event WHERE shop_id = 1 AND name = 'product.viewed' AND data->>'productId' IN (${list(ofVendor)})
      AND occurred_at > ${instant(7)} GROUP BY 1) v WHERE NOT EXISTS (SELECT 1 FROM placed_order o WHERE ${person.replace("profile_id", "o.profile_id")} = v.person AND o.placed_at >= v.at)`,
  },
  {
    ...{ name: "looked at a product of a collection 3 times in 30 days", hot: true },
    rule: rule(did("viewed-product", { where: { collections: ["3"] }, ...atLeast(3), when: last(30) })),
    duckdb: duck(`name = 'product.viewed' AND product % 20 = 4 AND ts > ${since(30)}`, "count(*) >= 3"),
    raw: raw(`name = 'product.viewed' AND (data->>'productId')::int % 20 = 4 AND occurred_at > ${instant(30)}`, "count(*) >= 3"),
  },
  {
    ...{ name: "put something into a cart in 7 days, no order in 7", hot: true },
    rule: rule(all(did("added-to-cart", { when: last(7) }), didNot("ordered", { when: last(7) }))),
    duckdb: without(duck(`name = 'product.added-to-cart' AND ts > ${since(7)}`), duckOrders(7)),
    raw: without(raw(`name = 'product.added-to-cart' AND occurred_at > ${instant(7)}`), rawOrders(7)),
  },
  {
    ...{ name: "from GB, a look in 30 days", hot: true },
    rule: rule(all({ kind: "country", countries: ["GB"] }, did("viewed-product", { when: last(30) }))),
    duckdb: `SELECT person FROM profiles WHERE country = 'GB' AND person IN (${duck(`name = 'product.viewed' AND ts > ${since(30)}`)})`,
    raw: `SELECT id FROM profile WHERE shop_id = 1 AND country = 'GB' AND ${person.replace("profile_id", "id")} IN (${raw(`name = 'product.viewed' AND occurred_at > ${instant(30)}`)})`,
  },
  {
    ...{ name: "2 orders, more than 100.00 in all, none in 60 days", hot: true, log: false },
    rule: rule(all(did("ordered", atLeast(2)), { kind: "orders", measure: "spent", is: "at-least", value: 10_001 }, didNot("ordered", { when: last(60) }))),
    duckdb: `SELECT person FROM orders GROUP BY person HAVING count(*) >= 2 AND sum(total) > 10000 AND max(ts) <= ${since(60)}`,
    raw: `SELECT profile_id FROM placed_order WHERE shop_id = 1 GROUP BY profile_id HAVING count(*) >= 2 AND sum(total_minor) > 10000 AND max(placed_at) <= ${instant(60)}`,
  },
  {
    ...{ name: "200.00 or more in 90 days", hot: true, log: false },
    rule: rule({ kind: "orders", measure: "spent", is: "at-least", value: 20_000, when: last(90) }),
    duckdb: `SELECT person FROM orders WHERE ts > ${since(90)} GROUP BY person HAVING sum(total) >= 20000`,
    raw: `SELECT profile_id FROM placed_order WHERE shop_id = 1 AND placed_at > ${instant(90)} GROUP BY profile_id HAVING sum(total_minor) >= 20000`,
  },
  {
    ...{ name: "visited in 7 days", hot: true },
    rule: rule(did("visited", { when: last(7) })),
    duckdb: duck(`ts > ${since(7)}`),
    raw: raw(`occurred_at > ${instant(7)}`),
  },
  {
    ...{ name: "visited on 5 days of 30", hot: true },
    rule: rule(did("visited", { ...atLeast(5), when: last(30) })),
    duckdb: duck(`ts > ${since(30)}`, `count(DISTINCT ts // ${day}) >= 5`),
    raw: raw(`occurred_at > ${instant(30)}`, "count(DISTINCT (occurred_at AT TIME ZONE 'UTC')::date) >= 5"),
  },
  {
    ...{ name: "came from Facebook in 30 days", hot: false },
    rule: rule(did("landed", { where: { sources: ["facebook"] }, when: last(30) })),
    duckdb: duck(`name = 'landing.arrived' AND lower(source) = 'facebook' AND ts > ${since(30)}`),
    raw: raw(`name = 'landing.arrived' AND lower(data->>'source') = 'facebook' AND occurred_at > ${instant(30)}`),
  },
  {
    ...{ name: "20 looks in 90 days", hot: false },
    rule: rule(did("viewed-product", { ...atLeast(20), when: last(90) })),
    duckdb: duck(`name = 'product.viewed' AND ts > ${since(90)}`, "count(*) >= 20"),
    raw: raw(`name = 'product.viewed' AND occurred_at > ${instant(90)}`, "count(*) >= 20"),
  },
  {
    ...{ name: "a look at what costs 50.00 or more in 14 days", hot: false },
    rule: rule(did("viewed-product", { where: { priceMinor: { atLeast: 5_000 } }, when: last(14) })),
    duckdb: duck(`name = 'product.viewed' AND product % 90 * 100 >= 5000 AND ts > ${since(14)}`),
    raw: raw(`name = 'product.viewed' AND (data->>'priceMinor')::int >= 5000 AND occurred_at > ${instant(14)}`),
  },
];
