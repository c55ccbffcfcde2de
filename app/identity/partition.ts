// Who is one person: keys that were found together, joined from the surest link to the least sure. The same links make the same people, in whatever
// order and how often they came.
import { keyKinds, kindOf, levels, type Key, type Level, type Link } from "./telling.ts";

/** A link with the first moment at which it was seen. */
export type SeenLink = Link & { since: Date };
/** Two keys that are not one person's, whatever links them: a merge that was taken back. */
export type Apart = { a: Key; b: Key };

/** Why a key is hers: the weakest link on the surest way from her strongest key. Null for that key itself. */
export type Reason = Link | null;
export type Person = { core: Key; keys: Map<Key, Reason> };

const rank = (key: Key) => keyKinds.indexOf(kindOf(key));
const order = (level: Level) => levels.indexOf(level);
const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The stronger of two keys first: by kind, then the one that was seen first. */
export function byStrength(since: ReadonlyMap<Key, Date>): (a: Key, b: Key) => number {
  return (a, b) => rank(a) - rank(b) || (since.get(a)?.getTime() ?? 0) - (since.get(b)?.getTime() ?? 0) || text(a, b);
}

function bySurety(a: SeenLink, b: SeenLink): number {
  return (
    order(a.level) - order(b.level) ||
    a.since.getTime() - b.since.getTime() ||
    Math.min(rank(a.a), rank(a.b)) - Math.min(rank(b.a), rank(b.b)) ||
    text(a.a, b.a) ||
    text(a.b, b.b)
  );
}

/** Keys joined so far. `customer`: stands for a customer of the shop. `named`: a customer or an address, so a person and no longer just a browser. */
type Group = { keys: Key[]; customer: boolean; named: boolean; sides: Map<number, "a" | "b"> };

/**
 * Joins keys into people. Two different customers of the shop are never one person unless Shopify merged them. A phone, a click and a browser's word
 * make no person of two; a phone that two persons gave tells nothing; and what is in a person's browser is hers only once she says so herself.
 */
export function partition(since: ReadonlyMap<Key, Date>, links: readonly SeenLink[], aparts: readonly Apart[]): Person[] {
  const groupOf = new Map<Key, Group>();
  for (const key of since.keys()) {
    const kind = kindOf(key);
    groupOf.set(key, { keys: [key], customer: kind === "customer", named: kind === "customer" || kind === "email", sides: new Map() });
  }
  aparts.forEach(({ a, b }, index) => {
    groupOf.get(a)?.sides.set(index, "a");
    groupOf.get(b)?.sides.set(index, "b");
  });
  const kept = new Map<Key, SeenLink[]>();
  const sorted = links.filter((one) => groupOf.has(one.a) && groupOf.has(one.b)).sort(bySurety);
  let shared: ReadonlySet<Key> | null = null;
  for (const link of sorted) {
    const [first, second] = [groupOf.get(link.a) as Group, groupOf.get(link.b) as Group];
    if (link.level === "phone") {
      shared ??= sharedPhones(sorted, groupOf);
      if (shared.has(link.b)) continue;
    }
    if (first === second || !mayJoin(link, first, second)) continue;
    const [large, small] = first.keys.length >= second.keys.length ? [first, second] : [second, first];
    for (const key of small.keys) groupOf.set(key, large);
    large.keys.push(...small.keys);
    large.customer ||= small.customer;
    large.named ||= small.named;
    for (const [index, side] of small.sides) large.sides.set(index, side);
    for (const end of [link.a, link.b]) kept.set(end, [...(kept.get(end) ?? []), link]);
  }
  return [...new Set(groupOf.values())].map(({ keys }) => {
    const core = [...keys].sort(byStrength(since))[0] as Key;
    return { core, keys: reasons(core, kept) };
  });
}

/** Phones that more than one person gave, as far as surer links tell persons apart: a household's. */
function sharedPhones(links: readonly SeenLink[], groupOf: ReadonlyMap<Key, Group>): Set<Key> {
  const givers = new Map<Key, Set<Group>>();
  for (const { level, a, b } of links) {
    const group = groupOf.get(a) as Group;
    if (level === "phone" && group.named) givers.set(b, (givers.get(b) ?? new Set()).add(group));
  }
  return new Set([...givers].filter(([, groups]) => groups.size > 1).map(([phone]) => phone));
}

function mayJoin({ level, a, b }: Link, first: Group, second: Group): boolean {
  if (level === "merged") return true;
  if (first.customer && second.customer) return false;
  for (const [index, side] of first.sides) if (second.sides.has(index) && second.sides.get(index) !== side) return false;
  if (level === "typed" || level === "customer" || level === "token") return true;
  if (first.named && second.named) return false;
  // A browser that is a person's stays hers, and whatever cart is in it is not hers by that: somebody else may sit there now.
  if (level !== "browser") return true;
  const browser = kindOf(a) === "visitor" ? first : kindOf(b) === "visitor" ? second : null;
  return browser === null || !browser.named;
}

/** Every key of a person with the weakest link on its way from the core. The links kept are a tree, so there is one way. */
function reasons(core: Key, kept: ReadonlyMap<Key, SeenLink[]>): Map<Key, Reason> {
  const found = new Map<Key, Reason>([[core, null]]);
  const open: Key[] = [core];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const before = found.get(key) ?? null;
    for (const { a, b, level } of kept.get(key) ?? []) {
      const next = a === key ? b : a;
      if (found.has(next)) continue;
      found.set(next, before !== null && order(before.level) >= order(level) ? before : { a, b, level });
      open.push(next);
    }
  }
  return found;
}

/** The customer she is now: of customers that Shopify merged, the one it kept. */
export function customerOf(keys: Iterable<Key>, links: readonly Link[]): string | null {
  const gone = new Set(links.filter((one) => one.level === "merged").map((one) => one.b));
  const customers = [...keys].filter((key) => kindOf(key) === "customer").sort(text);
  const kept = customers.find((key) => !gone.has(key)) ?? customers[0];
  return kept === undefined ? null : kept.slice("customer:".length);
}
