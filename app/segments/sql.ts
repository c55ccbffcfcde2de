// A rule as one SQL query: the profiles of a shop that fit it at `now`. It means what meaning.ts means, looked at for one instant; where that cannot be said in
// SQL it is refused by name.
import { joined, sql, type Sql } from "../lib/sql-text.ts";
import { day } from "../lib/time.ts";
import { recencyDays, type Four } from "./rfm.ts";
import { limits, type Condition, type ConditionOf, type Is, type Node } from "./rule.ts";
import { countedOf, type Counted } from "./sql-counted.ts";
import { buyer, every, foundBy, idsOf, not, own, someOf, type Fits } from "./sql-fits.ts";
import { expectedOf } from "./sql-foretold.ts";
import { rangeOf, within } from "./sql-moments.ts";
import { counts, kept, NotInSql, rowsOf, type Asking } from "./sql-rows.ts";
import { isTwisted, lowered, sameTagAs } from "./sql-tag.ts";
import { windowOf } from "./window.ts";
import { writtenOut } from "./written-out.ts";

export type { Asking } from "./sql-rows.ts";

/** `query` gives the ids of those who match, in one column `id`. `log`: it reads the log of events, which takes its time. */
export type Compiled = { ok: true; query: Sql; log: boolean } | { ok: false; reason: NotInSql["reason"] };

type Walk = Asking & { within: readonly string[]; used: { conditions: number; log: boolean } };

/** A comparison at one instant: what must have happened counts from its moment on, what must not as soon as it is known. */
function compared(is: Is, n: number, { atLeast }: Pick<Counted, "atLeast">, wanted: boolean): Fits {
  const enough = () => (wanted ? atLeast(n, false) : not(atLeast(n, true)));
  const few = () => (wanted ? not(atLeast(n + 1, true)) : atLeast(n + 1, false));
  if (is === "at-least") return enough();
  if (is === "at-most") return few();
  return wanted ? every([enough(), few()]) : someOf([enough(), few()]);
}

const plain = (is: Fits, wanted: boolean): Fits => (wanted ? is : not(is));

function orders(node: ConditionOf<"orders">, asking: Walk, wanted: boolean): Fits {
  const counted = countedOf({ did: "ordered", where: node.where }, node.when, null, asking);
  asking.used.log ||= counted.log;
  if (node.measure === "number") return compared(node.is, node.value, counted, wanted);
  const { value, measure } = node;
  const average = measure === "average";
  const bound = ({ count }: { count: Sql }) => (average ? sql`${value}::bigint * ${count}` : sql`${value}::bigint`);
  const enough = (known: boolean) => counted.having((rows) => sql`${rows.sum} >= ${bound(rows)}`, known, !average && value <= 0);
  const more = (known: boolean) => counted.having((rows) => sql`${rows.sum} > ${bound(rows)}`, known, !average && value < 0);
  const atLeast = () => (wanted ? enough(false) : not(enough(true)));
  const atMost = () => (wanted ? not(more(true)) : more(false));
  if (node.is === "at-least") return atLeast();
  // Of no orders there is no average, neither a small one nor an exact one.
  const parts = [atMost(), ...(node.is === "exactly" ? [atLeast()] : []), ...(average ? [compared("at-least", 1, counted, wanted)] : [])];
  return wanted ? every(parts) : someOf(parts);
}

/** Whether the first or last of some moments lies where a *when* looks, ahead of our clock as well. `rows`: a query of profile_id and at. */
function outermost(rows: Sql, which: "first" | "last", when: ConditionOf<"order-date">["when"], { now, world }: Walk, wanted: boolean): Fits {
  const range = rangeOf(windowOf(when, world.timezone), true, now);
  if (range === null) return !wanted;
  const edge = which === "first" ? sql`min(r.at)` : sql`max(r.at)`;
  const parts = within(edge, range);
  const having = parts.length === 0 ? sql`` : sql`HAVING ${joined(parts, " AND ")}`;
  return plain(foundBy(sql`SELECT r.profile_id FROM (${rows}) r GROUP BY r.profile_id ${having}`), wanted);
}

/** What she left behind and never came back for, nor ordered anything since. */
function leftBehind(node: ConditionOf<"left-behind">, asking: Walk, wanted: boolean): Fits {
  const { shopId, now, world } = asking;
  const range = rangeOf(windowOf({ kind: "ago", atLeast: node.atLeast, lessThan: node.lessThan }, world.timezone), !wanted, now);
  if (range === null) return !wanted;
  const ended = (finished: Sql) =>
    sql`NOT EXISTS (SELECT 1 FROM placed_order o WHERE o.profile_id = t.profile_id AND ${counts(asking)} AND (${finished} OR o.placed_at >= t.updated_at))`;
  const time = within(sql`t.updated_at`, range);
  const left =
    node.what === "cart"
      ? sql`FROM cart t WHERE ${joined([sql`t.shop_id = ${shopId} AND t.item_count > 0`, ...time, ended(sql`o.cart_token = t.token`)], " AND ")}`
      : sql`FROM checkout t WHERE ${joined(
          [
            sql`t.shop_id = ${shopId} AND t.deleted_at IS NULL AND t.completed_at IS NULL`,
            ...(node.what === "checkout" ? [] : [sql`(t.email IS NOT NULL OR t.phone IS NOT NULL)`]),
            ...time,
            ended(sql`o.checkout_token = t.token OR o.cart_token = t.token OR o.cart_token = t.cart_token`),
          ],
          " AND ",
        )}`;
  return plain(foundBy(sql`SELECT t.profile_id ${left}`), wanted);
}

function consented(states: readonly string[], { shopId }: Walk): Fits {
  // The last explicit word; at the same moment the opt-out wins, as in consent/.
  const last = sql`SELECT DISTINCT ON (c.profile_id) c.profile_id, c.state FROM consent_record c
    WHERE c.shop_id = ${shopId} AND c.channel = 'email' AND c.state IN ('single', 'confirmed', 'out') ORDER BY c.profile_id, c.occurred_at DESC, c.state = 'out' DESC`;
  const said = (fits: Sql) => foundBy(sql`SELECT c.profile_id FROM (${last}) c WHERE ${fits}`);
  return states.includes("none") ? not(said(sql`NOT c.state = ANY(${[...states]}::text[])`)) : said(sql`c.state = ANY(${[...states]}::text[])`);
}

function landed(node: ConditionOf<"first-landing">, { shopId }: Walk): Fits {
  const tags = (["source", "medium", "campaign"] as const).flatMap((tag) => {
    const values = node[`${tag}s`];
    if (values === undefined) return [];
    if (values.some(isTwisted)) throw new NotInSql("tag");
    return [sameTagAs(sql`(f.landing->>${tag})`, values)];
  });
  const first = sql`SELECT DISTINCT ON (v.profile_id) v.profile_id, v.landing FROM visit v WHERE v.shop_id = ${shopId} AND v.landing IS NOT NULL
    ORDER BY v.profile_id, (v.landing->>'at')::timestamptz, v.visitor`;
  return foundBy(tags.length === 0 ? sql`SELECT f.profile_id FROM (${first}) f` : sql`SELECT f.profile_id FROM (${first}) f WHERE ${joined(tags, " AND ")}`);
}

const score = (value: Sql, cuts: Four) => joined([sql`1`, ...cuts.map((cut) => sql`CASE WHEN ${value} > ${cut}::float8 THEN 1 ELSE 0 END`)], " + ");

function rfm(node: ConditionOf<"rfm">, asking: Walk): Fits {
  const cuts = asking.world.rfm;
  if (cuts === null) return false;
  const parts: Sql[] = [];
  if (node.frequency !== undefined) parts.push(sql`${score(sql`b.order_count`, cuts.orders)} = ANY(${node.frequency}::int[])`);
  if (node.money !== undefined) parts.push(sql`${score(sql`b.net_minor`, cuts.spentMinor)} = ANY(${node.money}::int[])`);
  if (node.recency !== undefined) {
    const now = asking.now.getTime();
    const ranges = node.recency.map((one) => {
      // Nothing bounds the freshest from above: an order that lies ahead of our clock belongs to them.
      const { from, until } = recencyDays(one, cuts.recencyDays);
      const bounds = { from: Math.floor(now - until * day) + 1, to: Math.floor(now - from * day) };
      if (bounds.from > bounds.to) return null;
      return { from: bounds.from === -Infinity ? null : new Date(bounds.from), to: bounds.to === Infinity ? null : new Date(bounds.to) };
    });
    const real = ranges.filter((range) => range !== null);
    if (real.length === 0) return false;
    const recent = real.map((range) => sql`(${joined([sql`true`, ...within(sql`b.last_at`, range)], " AND ")})`);
    parts.push(sql`(${joined(recent, " OR ")})`);
  }
  return buyer(joined([sql`true`, ...parts], " AND "));
}

/** Every way to write two letters that comes to these capitals, so that the database may use what it knows of the column. */
function spellings(countries: readonly string[]): string[] {
  const ways = (letter: string) => [letter, letter.toLowerCase(), ...(letter === "I" ? ["ı"] : letter === "S" ? ["ſ"] : [])];
  return countries.flatMap(([first = "", second = ""]) => ways(first).flatMap((one) => ways(second).map((other) => one + other)));
}

function conditionOf(node: Condition, asking: Walk, wanted: boolean): Fits {
  asking.used.conditions += 1;
  if (asking.used.conditions > limits.conditionsInAll) throw new NotInSql("size");
  switch (node.kind) {
    case "did": {
      const counted = countedOf(node, node.when, node, asking);
      asking.used.log ||= counted.log;
      return compared(node.times.is, node.times.n, counted, wanted);
    }
    case "orders":
      return orders(node, asking, wanted);
    case "order-date": {
      const range = rangeOf(windowOf(node.when, asking.world.timezone), true, asking.now);
      if (kept({ did: "ordered", where: node.where }, asking) !== null) {
        if (range === null) return !wanted;
        return plain(buyer(joined([sql`true`, ...within(node.which === "first" ? sql`b.first_at` : sql`b.last_at`, range)], " AND ")), wanted);
      }
      const source = rowsOf({ did: "ordered", where: node.where }, asking);
      asking.used.log ||= source.log;
      return outermost(source.rows, node.which, node.when, asking, wanted);
    }
    case "left-behind":
      return leftBehind(node, asking, wanted);
    case "first-seen":
      return outermost(sql`SELECT v.profile_id, v.first_seen_at AS at FROM visit v WHERE v.shop_id = ${asking.shopId}`, "first", node.when, asking, wanted);
    case "country":
      return plain(own(sql`(p.country IS NOT NULL AND p.country = ANY(${spellings(node.countries)}::text[]))`), wanted);
    case "language":
      return plain(
        own(
          sql`(p.locale IS NOT NULL AND split_part(translate(${lowered(sql`p.locale`, node.languages)}, '_', '-'), '-', 1) = ANY(${node.languages}::text[]))`,
        ),
        wanted,
      );
    case "has":
      return plain(own(node.what === "email" ? sql`(p.email IS NOT NULL)` : sql`(p.phone IS NOT NULL)`), wanted);
    case "email-consent":
      return plain(consented(node.states, asking), wanted);
    case "first-landing":
      return plain(landed(node, asking), wanted);
    case "in-segment": {
      const other = asking.world.rules.get(node.segment);
      if (other === undefined || asking.within.includes(node.segment)) return !wanted;
      return nodeOf(other, { ...asking, within: [...asking.within, node.segment] }, wanted);
    }
    case "rfm":
      return plain(rfm(node, asking), wanted);
    case "chance-of-order":
    case "expected-order":
    case "predicted-spend":
      return plain(expectedOf(node, asking), wanted);
    case "rfm-group":
    case "lifecycle":
      return nodeOf(writtenOut(node), asking, wanted);
  }
}

function nodeOf(node: Node, asking: Walk, wanted: boolean): Fits {
  if (node.kind === "not") return nodeOf(node.of, asking, !wanted);
  if (node.kind !== "all" && node.kind !== "any") return conditionOf(node, asking, wanted);
  const parts = node.of.map((one) => nodeOf(one, asking, wanted));
  return (node.kind === "all") === wanted ? every(parts) : someOf(parts);
}

/** Compiles a rule. The people are those of the shop who were neither merged into others nor erased. */
export function compile(rule: Node, asking: Asking): Compiled {
  const used = { conditions: 0, log: false };
  try {
    const fits = nodeOf(rule, { ...asking, within: [], used }, true);
    return { ok: true, query: idsOf(fits, asking.shopId), log: used.log };
  } catch (error) {
    if (error instanceof NotInSql) return { ok: false, reason: error.reason };
    throw error;
  }
}
