// What one event of a browser adds to what is kept of how often it did what.
import type { BrowserEvent, Visit } from "./visit.ts";

/** How often a browser did one thing; its last moments, newest first. `detail`: the product, collection or form; empty for all of the kind. */
export type Deed = { kind: string; detail: string; moments: Date[]; count: number };

/** How many moments are kept of each: whoever asks for more asks the log. */
export const momentsKept = 10;

/** The kind of which there may be hundreds: of each browser the newest lies with its visit. */
export const look = "viewed-product";

/** The kind of deed an event is, named as rules name it, and what it was done to; null where it tells of no more than a visit, which lies in visit.ts. */
function ownOf(event: BrowserEvent): [kind: string, detail: string | null] | null {
  switch (event.name) {
    case "landing.arrived":
      return ["landed", null];
    case "product.viewed":
      return ["viewed-product", event.data.productId];
    case "collection.viewed":
      return ["viewed-collection", event.data.collectionId];
    case "search.submitted":
      return ["searched", null];
    case "cart.viewed":
      return ["viewed-cart", null];
    case "product.added-to-cart":
      return ["added-to-cart", event.data.productId];
    case "product.removed-from-cart":
      return ["removed-from-cart", event.data.productId];
    case "form.started":
      return ["started-form", event.data.form];
    case "form.abandoned":
      return ["left-form", event.data.form];
    case "form.submitted":
      return ["sent-form", event.data.form];
    case "page.viewed":
    case "checkout.step":
      return null;
  }
}

/** The deeds of one event: what it was, and that once more for what it was done to. */
export function deedsOf(event: BrowserEvent): Deed[] {
  const own = ownOf(event);
  if (own === null) return [];
  const details = own[1] === null || own[1] === "" ? [""] : ["", own[1]];
  return details.map((detail) => ({ kind: own[0], detail, moments: [event.occurredAt], count: 1 }));
}

/** The same deed told twice over: all of it counted, the last moments kept. In whatever order they are added, the sum is the same. */
export function add(a: Deed, b: Deed): Deed {
  const moments = [...a.moments, ...b.moments].sort((one, other) => other.getTime() - one.getTime()).slice(0, momentsKept);
  return { ...a, moments, count: a.count + b.count };
}

/** What was done before and what came to it, of whatever kinds there are on either side. */
export function addAll(before: readonly Deed[], news: readonly Deed[]): readonly Deed[] {
  if (news.length === 0) return before;
  const all = new Map(before.map((one) => [`${one.kind} ${one.detail}`, one]));
  for (const one of news) {
    const key = `${one.kind} ${one.detail}`;
    const mine = all.get(key);
    all.set(key, mine === undefined ? one : add(mine, one));
  }
  return [...all.values()];
}

/** What a browser looked at last, where its looks are told and not at what: that is kept with its visit. Nothing where they say so themselves, or were let go. */
export function newestLook({ productId, productViewedAt }: Pick<Visit, "productId" | "productViewedAt">, deeds: readonly Deed[]): Deed[] {
  const looks = deeds.filter((one) => one.kind === look);
  const [newest] = looks.find((one) => one.detail === "")?.moments ?? [];
  if (productId === null || newest?.getTime() !== productViewedAt?.getTime() || looks.length > 1) return [];
  return [{ kind: look, detail: productId, moments: newest === undefined ? [] : [newest], count: 1 }];
}

/** What a browser did, and whose it is. */
export type Told = Deed & { visitor: string; profileId: string };

/** The same as it is kept. `whole`: it says all there is of its owner. */
export type Kept = Told & { whole: boolean };

/** The row that joins up all browsers of somebody goes by this name instead of a browser's: none of those has a colon in it. */
const joinedName = (profileId: string): string => `profile:${profileId}`;

/** What browsers did, and what it adds to the rows that join up those of whoever has several. `alone`: whether a browser's owner has no other. */
export function withJoined(told: Iterable<Told>, alone: (visitor: string) => boolean): Kept[] {
  const kept: Kept[] = [];
  const joined = new Map<string, Kept>();
  for (const one of told) {
    const whole = alone(one.visitor);
    kept.push({ ...one, whole });
    if (whole) continue;
    const key = JSON.stringify([one.profileId, one.kind, one.detail]);
    const before = joined.get(key);
    joined.set(key, before === undefined ? { ...one, visitor: joinedName(one.profileId), whole: true } : { ...before, ...add(before, one) });
  }
  return [...kept, ...joined.values()];
}
