import { flowKeys, triggers, type FlowKey } from "../flows/flow.ts";
import { after, day } from "../lib/time.ts";
import { choicesNamed, collectionsListed, type Choosable } from "../products/collections.server.ts";
import { evaluate } from "../segments/evaluate.ts";
import { wholeHistories } from "../segments/logged.server.ts";
import { needsOf } from "../segments/needs.ts";
import { askedPatience } from "../segments/preview.server.ts";
import { growth, growthOfEach, listSegments, whoWasIn, type DayOfGrowth, type Listed } from "../segments/saved.server.ts";
import type { Node } from "../segments/rule.ts";
import type { Names } from "../segments/say.ts";
import { shopNames } from "../segments/shop-names.server.ts";
import { told, type Told } from "../segments/told.ts";
import { dateAfter, dateOf, startOf } from "../lib/shop-days.ts";
import { worldOf } from "../segments/world.server.ts";
import { beganAmong, daysSince } from "./began.ts";
import type { Shop } from "../shops/shop.ts";
import { alsoIn, latestIn, peopleOf } from "./segment-store.server.ts";
import type { PersonLine } from "./people-store.server.ts";

export type { PersonLine } from "./people-store.server.ts";

/** A segment with all that uses it. A flow uses a segment whether it is switched on or not: it would start with it. */
export type SegmentUse = { kind: "audience" | "segment" | "flow"; key: string; name: string };

const flowsOf = (key: string): FlowKey[] => flowKeys.filter((flow) => triggers[flow] === key);

export function usesOf({ key, usedBy }: Pick<Listed, "key" | "usedBy">): SegmentUse[] {
  return [...usedBy, ...flowsOf(key).map((flow) => ({ kind: "flow" as const, key: flow, name: flow }))];
}

export type SegmentLine = Pick<Listed, "key" | "name" | "template" | "size" | "filling" | "slow"> & {
  own: boolean;
  entered: number;
  left: number;
  /** The day its history begins, where that is not as long ago as is looked back. */
  since: string | null;
  uses: SegmentUse[];
};

/** The day of the shop on which a segment was made; those of every shop came with Comeback, which may be coming only now, or with a newer version of it. */
function madeOn({ createdAt, version, filling }: Listed, shop: Shop, now: Date): string | null {
  const came = filling === null ? (shop.installedAt ?? now) : now;
  const made = version === null ? (createdAt ?? came) : createdAt;
  return made === null ? null : dateOf(made, shop.timezone);
}

/** Every segment of a shop: how many are in it, how that changed by what happened within seven days, today included, or since it began, and what uses it. */
export async function segmentLines(shop: Shop, now: Date): Promise<SegmentLine[]> {
  const all = await listSegments(shop);
  const until = dateOf(now, shop.timezone);
  const from = dateAfter(until, -6);
  const keys = all.map((one) => one.key);
  const moves = await growthOfEach(shop, keys, from, until);
  const sum = (days: DayOfGrowth[], of: "entered" | "left") => days.reduce((total, one) => total + one[of], 0);
  return all.map((one) => {
    const days = moves.get(one.key) ?? [];
    return {
      ...{ key: one.key, name: one.name, template: one.template, size: one.size, filling: one.filling, slow: one.slow, own: one.version !== null },
      ...{ entered: sum(days, "entered"), left: sum(days, "left"), since: beganAmong(days, madeOn(one, shop, now)), uses: usesOf(one) },
    };
  });
}

/** What a shop calls the products and collections that some rules name; Shopify's number where it has not told. */
export async function namesFor(shop: Shop, rules: Node[], segments: Pick<Listed, "key" | "name">[], flowName: (key: string) => string | null) {
  const { products, collections } = await shopNames(shop, rules);
  const keys = new Map(segments.map(({ key, name }) => [key, name]));
  const names: Names = {
    product: (id) => products[id] ?? id,
    collection: (id) => collections[id] ?? id,
    segment: (key) => keys.get(key) ?? null,
    flow: flowName,
    currency: shop.currency,
  };
  return { names, products, collections };
}

/** So many of each kind come with the page; who has more finds hers by a part of its name. */
const sentAlong = 100;
/** So many are shown of what was looked for. */
const foundAtOnce = 50;

async function firstOf(shop: Shop, of: Choosable) {
  const some = await choicesNamed(shop.id, of, "", sentAlong + 1);
  return { first: some.slice(0, sentAlong), all: some.length <= sentAlong };
}

/** What rules may be about, by name. `listed` false: the shop's collections are not known yet. */
export async function choicesOf(shop: Shop) {
  const [product, collection, vendor, listed] = await Promise.all([
    firstOf(shop, "product"),
    firstOf(shop, "collection"),
    firstOf(shop, "vendor"),
    collectionsListed(shop.id),
  ]);
  return { product, collection, vendor, listed };
}

/** Those whose names hold a text; `more`: there are others. */
export async function findChoices(shop: Shop, of: Choosable, text: string) {
  const found = await choicesNamed(shop.id, of, text, foundAtOnce + 1);
  return { found: found.slice(0, foundAtOnce), more: found.length > foundAtOnce };
}

const [growthDays, fewestDays] = [30, 7];
const shown = 20;

/** One segment as it stands and how it came to that within 30 days, or since a day; null where the shop has none of this key. */
export async function segmentBoard(shop: Shop, key: string, now: Date) {
  const all = await listSegments(shop);
  const segment = all.find((one) => one.key === key);
  if (segment === undefined) return null;
  const until = dateOf(now, shop.timezone);
  const [month, people, also] = await Promise.all([
    growth(shop, key, dateOf(after(now, -(growthDays - 1) * day), shop.timezone), until),
    latestIn(shop.id, key, shown),
    alsoIn(shop.id, key),
  ]);
  const others = also.flatMap((one) => all.filter((other) => other.key === one.key).map(({ name }) => ({ ...one, name })));
  const since = beganAmong(month, madeOn(segment, shop, now));
  return { segment, all, days: daysSince(month, since, fewestDays), since, people, overlap: others, uses: usesOf(segment) };
}

/** Who was in a segment when a day of the shop ended, as it was known then; for today, until now. */
export async function segmentOn(shop: Shop, key: string, date: string, now: Date): Promise<{ count: number; people: PersonLine[] }> {
  const end = startOf(dateAfter(date, 1), shop.timezone);
  const { count, profileIds } = await whoWasIn(shop, key, end > now ? now : end, shown);
  return { count, people: await peopleOf(shop.id, profileIds) };
}

/** Some people by their ids. */
export async function peopleById(shop: Shop, ids: string[]): Promise<PersonLine[]> {
  return peopleOf(shop.id, ids);
}

/** `reasons`: what makes it so. */
export type Why = { member: boolean; reasons: Told[] };

/** Whether some people fit a rule, and what of them makes it so, in words. Of a rule that takes the log nobody where that takes longer than `limitMs`. */
export async function whyOf(shop: Shop, rule: Node, ids: string[], names: Names, now: Date, limitMs = askedPatience): Promise<Map<string, Why>> {
  const { world } = await worldOf(shop, undefined, rule);
  const histories = await wholeHistories(shop, ids, needsOf(rule, world.rules, shop.timezone, now), limitMs);
  return new Map(
    [...(histories ?? [])].map(([id, history]) => {
      const { member, because } = evaluate(rule, history, world, now);
      return [id, { member, reasons: because.map((one) => told(one, names)) }] as const;
    }),
  );
}
