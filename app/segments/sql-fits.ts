// Who fits, put together from sets of profiles: a WHERE about a profile p that a planner can make the best of.
import { joined, sql, type Sql } from "../lib/sql-text.ts";

/**
 * Everybody, nobody, whoever a query of profile_id finds (or does not), a condition on p itself, one on what her orders come to (a row b of `buyer`, which who never
 * ordered has not), or several of these together. `ways`: how that condition can come about. `once`: the query finds nobody twice. `since`: all whom it finds did a deed at or after that. `among`: the same query
 * looking at some people only, where that saves work; it asks when they last did a deed.
 */
export type Fits =
  | boolean
  | { kind: "found"; query: Sql; wanted: boolean; once: boolean; since?: { deed: string; at: Date }; among?: AskedOf }
  | { kind: "own"; condition: Sql; wanted: boolean }
  | { kind: "buyer"; ways: Way[]; wanted: boolean }
  | { kind: "every"; of: Exclude<Fits, boolean>[] }
  | { kind: "some"; of: Exclude<Fits, boolean>[] };

/** One way for a condition on a buyer to come about, which is no other's. `often`: only of whoever ordered twice, and told by her last ten orders, which an index has of these alone. */
export type Way = { is: Sql; often: boolean };

/** Some people, and a moment at or after which each did what is asked about, where there is one. */
export type Among = { ids: Sql; since: Date | null };
type AskedOf = { query: (among: Among) => Sql; deed: string };

/** Those whom a query finds. None of its rows may be without a profile_id, and none may be of somebody merged away. */
export const foundBy = (query: Sql, once = false, among?: AskedOf): Fits => ({
  ...{ kind: "found", query, wanted: true, once },
  ...(among === undefined ? {} : { among }),
});
/** Says of those who are found that they did a deed at or after an instant. */
export const didSince = (one: Fits, deed: string, at: Date): Fits => (typeof one !== "boolean" && one.kind === "found" ? { ...one, since: { deed, at } } : one);
export const own = (condition: Sql): Fits => ({ kind: "own", condition, wanted: true });
export const buyer = (ways: Sql | Way[]): Fits => ({ kind: "buyer", ways: Array.isArray(ways) ? ways : [{ is: ways, often: false }], wanted: true });

export function not(one: Fits): Fits {
  if (typeof one === "boolean") return !one;
  if (one.kind === "every") return someOf(one.of.map(not));
  if (one.kind === "some") return every(one.of.map(not));
  return { ...one, wanted: !one.wanted };
}

function together(kind: "every" | "some", parts: Fits[]): Fits {
  const decides = kind === "some";
  if (parts.includes(decides)) return decides;
  // A group inside its like is no group.
  const of = parts.flatMap((one) => (typeof one === "boolean" ? [] : one.kind === kind ? one.of : [one]));
  const [only] = of;
  return only === undefined ? !decides : of.length === 1 ? only : { kind, of };
}

export const every = (parts: Fits[]): Fits => together("every", parts);
export const someOf = (parts: Fits[]): Fits => together("some", parts);

type Part = Exclude<Fits, boolean>;

export const anyOf = (ways: Way[]): Sql => (ways.length === 0 ? sql`false` : sql`(${joined(ways.map((one) => one.is), " OR ")})`); // prettier-ignore

/** What is asked of buyers, as one look at them where it can be: who is not among them is not found, so one thing at least must be wanted. */
function buyersTogether(parts: Part[], shopId: number): Part[] {
  const asked = parts.filter((one) => one.kind === "buyer");
  const others = parts.filter((one) => one.kind !== "buyer");
  type Asked = (typeof asked)[number];
  const conditions = (some: Asked[]) => some.map(({ ways, wanted }) => (wanted ? anyOf(ways) : sql`${anyOf(ways)} IS NOT TRUE`));
  const look = (conditions: Sql[]) => sql`SELECT b.profile_id FROM buyer b WHERE ${joined([sql`b.shop_id = ${shopId}`, ...conditions], " AND ")}`;
  const [twice, once] = [sql`b.order_count >= 2`, sql`b.order_count < 2`];
  // Each way of one thing is asked by itself, and whoever ordered once apart from the others where more is told by her last ten.
  const among = (some: Asked[]) => {
    const split = some.find((one) => one.wanted && one.ways.length > 1) ?? some.find((one) => one.wanted);
    const others = some.filter((one) => one !== split);
    const apart = others.some((one) => one.ways.some((way) => way.often));
    const ofOnce = conditions(others.map((one) => ({ ...one, ways: one.ways.filter((way) => !way.often) })));
    const looks = (split?.ways ?? []).flatMap(({ is, often }) => {
      const ofTwice = look([sql`(${is})`, ...(often || apart ? [twice] : []), ...conditions(others)]);
      return apart && !often ? [ofTwice, look([sql`(${is})`, once, ...ofOnce])] : [ofTwice];
    });
    return joined(looks, " UNION ALL ");
  };
  const found = (some: typeof asked, wanted: boolean): Part => ({ kind: "found", query: among(some), wanted, once: true });
  if (asked.some((one) => one.wanted)) return [found(asked, true), ...others];
  return [...asked.map((one) => found([{ ...one, wanted: true }], false)), ...others];
}

/**
 * A WHERE about somebody p. Where all must hold, sets are joined, and those that must not be found are left out by a join as well. Elsewhere each set is gathered
 * once and looked into: a question asked anew for each profile of a shop would never come to an end.
 */
function whereOf(one: Fits, shopId: number, joins: boolean): Sql {
  if (typeof one === "boolean") return one ? sql`true` : sql`false`;
  const all = (of: Part[], inside: boolean) => of.map((part) => whereOf(part, shopId, inside));
  switch (one.kind) {
    case "own":
      return one.wanted ? one.condition : sql`NOT ${one.condition}`;
    case "found":
      if (one.wanted) return sql`p.id IN (${one.query})`;
      return joins ? sql`NOT EXISTS (SELECT 1 FROM (${one.query}) n WHERE n.profile_id = p.id)` : sql`p.id NOT IN (${one.query})`;
    case "buyer":
      return joined(all(buyersTogether([one], shopId), joins), " AND ");
    case "every":
      return sql`(${joined(all(buyersTogether(one.of, shopId), joins), " AND ")})`;
    case "some":
      return sql`(${joined(all(one.of, false), " OR ")})`;
  }
}

/** Those of a shop who were neither merged into others nor erased: an index has these alone. */
const people = (shopId: number): Sql => sql`p.shop_id = ${shopId} AND p.merged_into IS NULL AND p.redacted_at IS NULL`;

const isOwn = (one: Part): boolean => one.kind === "own" || ("of" in one && one.of.some(isOwn));

/**
 * The ids of all in a shop who fit. Where sets of them are at hand, these are joined; what takes much work is then asked of those in the first set alone, and where
 * nothing else has to be known of anybody, the table of profiles is not looked at: among those who did something nobody is erased.
 */
export function idsOf(fits: Fits, shopId: number): Sql {
  const parts = typeof fits === "boolean" ? [] : buyersTogether(fits.kind === "every" ? fits.of : [fits], shopId);
  const sets = parts.filter((one) => one.kind === "found").filter((one) => one.wanted && one.once);
  const first = sets.find((one) => one.among === undefined) ?? sets[0];
  if (first === undefined) return sql`SELECT p.id FROM profile p WHERE ${people(shopId)} AND ${whereOf(fits, shopId, true)}`;
  const others = parts.filter((one) => one !== first);
  const heavy = others.some((one) => one.kind === "found" && one.among !== undefined);
  // The offset keeps a planner that expects nobody from working it out anew for each of the others.
  const onlyAmong = ({ query, deed }: AskedOf) => {
    const since = first.since?.deed === deed ? first.since.at : null;
    return sql`SELECT h.profile_id FROM (${query({ ids: sql`SELECT id FROM base`, since })}) h OFFSET 0`;
  };
  const narrowed = others.map((one) => (one.kind === "found" && one.among !== undefined ? { ...one, query: onlyAmong(one.among) } : one));
  const base = sql`SELECT f.profile_id AS id FROM (${first.query}) f`;
  const isSet = (one: Part) => one.kind === "found" && one.wanted && one.once;
  const from = narrowed
    .filter(isSet)
    .reduce(
      (ids, one) => sql`SELECT p.id FROM (${ids}) p JOIN (${(one as { query: Sql }).query}) f ON f.profile_id = p.id`,
      heavy ? sql`SELECT id FROM base` : base,
    );
  const rest = narrowed.filter((one) => !isSet(one)).map((one) => whereOf(one, shopId, true));
  const who = parts.some(isOwn)
    ? sql`(${from}) s JOIN profile p ON p.id = s.id WHERE ${joined([people(shopId), ...rest], " AND ")}`
    : sql`(${from}) p WHERE ${joined([sql`true`, ...rest], " AND ")}`;
  return sql`${heavy ? sql`WITH base AS MATERIALIZED (${base})` : sql``} SELECT p.id FROM ${who}`;
}
