// What a rule means: when, for one profile and if nothing more happens, it is true. Simple rather than fast; whatever answers faster must answer the same.
//
// What is asked to have happened counts from its moment on. What is asked *not* to have happened counts as soon as it is known, also where its moment is a
// little ahead of our clock: nobody is reminded of what she has just bought. So *not* is carried down to the conditions first. A visit
// counts as soon as it is known either way: of a day the last moment is kept, and she was here before that as well.
import { finishedBy } from "../commerce/facts.ts";
import { day } from "../lib/time.ts";
import type { Model } from "../predictions/model.ts";
import { deedsOf, type Done, type History } from "./history.ts";
import { fits, oneOf, sameTag, type Catalogue } from "./match.ts";
import { foretold, type Foretelling } from "./foretold.ts";
import { frequencyAndMoney, recencyDays, type CutPoints } from "./rfm.ts";
import { byDays, type Condition, type ConditionOf, type Doing, type Is, type Node, type When } from "./rule.ts";
import { dateOf } from "../lib/shop-days.ts";
import { always, both, decisive, either, never, opposite, sweep, type Span, type Timeline } from "./timeline.ts";
import { inside, spansOf, windowOf, type Window } from "./window.ts";
import { writtenOut } from "./written-out.ts";

/** What a rule may ask beyond the profile: the shop, and never other people. */
export type World = {
  timezone: string;
  catalogue: Catalogue;
  /** Null until they were first worked out: then nobody has a score. */
  rfm: CutPoints | null;
  /** What the shop's past says about who comes back; null until it was first looked at, or where no rule asks. Then nothing is expected of anybody. */
  predictions: Model | null;
  /** Other segments' rules by key. Nobody is in a segment that is not there, or that asks for itself. */
  rules: ReadonlyMap<string, Node>;
};

/** What is asked: of whom, in which shop, and when. `within`: the segments whose rules led here. */
export type Asked = { history: History; world: World; now: Date; within: readonly string[] };

/** Whether what counts is enough, and whether it is more than that. `number`: how many it takes, where nothing but their number is asked. */
type Measure = { enough: (counting: { count: number; sum: number }) => boolean; more: (counting: { count: number; sum: number }) => boolean; number?: number };

function measureOf(measure: "number" | "spent" | "average", value: number): Measure {
  switch (measure) {
    case "number":
      return { enough: ({ count }) => count >= value, more: ({ count }) => count > value, number: value };
    case "spent":
      return { enough: ({ sum }) => sum >= value, more: ({ sum }) => sum > value };
    case "average":
      return { enough: ({ count, sum }) => count > 0 && sum >= value * count, more: ({ count, sum }) => count > 0 && sum > value * count };
  }
}

/** What counts: while it does from when it happened, or `known`, from when it is known. `atLeast`: it is asked no more than whether so many do. */
type Spans = (known: boolean, atLeast?: number) => Span[];

/** When a comparison is true (or false, where `wanted` is false) of what counts. */
function compared(is: Is, measure: Measure, spans: Spans, wanted: boolean): Timeline {
  const { enough, more, number } = measure;
  if (is === "at-least") return wanted ? sweep(spans(false, number), enough) : opposite(sweep(spans(true, number), enough));
  const above = number === undefined ? undefined : number + 1;
  if (is === "at-most") return wanted ? opposite(sweep(spans(true, above), more)) : sweep(spans(false, above), more);
  const parts = [compared("at-least", measure, spans, wanted), compared("at-most", measure, spans, wanted)] as const;
  return wanted ? both(...parts) : either(...parts);
}

/** One of several spans, or none of them. */
function some(spans: Spans, wanted: boolean): Timeline {
  return compared("at-least", measureOf("number", 1), spans, wanted);
}

const plain = (is: boolean, wanted: boolean): Timeline => (is === wanted ? always : never);
function matching({ history, world }: Asked, { did, where }: Doing): readonly Done[] {
  const deeds = deedsOf(history, did);
  return Object.values(where).every((one) => one === undefined) ? deeds : deeds.filter((deed) => fits(deed, where, world.catalogue));
}

/** The moment from which a *since* counts: the last known time of the other deed. */
function anchorOf(asked: Asked, deed: Doing): Date | null {
  return matching(asked, deed).reduce<Date | null>((last, { at }) => (last === null || at > last ? at : last), null);
}

/** Deeds as a condition looks at them: those that may count, and while each does. `atOnce`: also before its own moment. */
type Counted = { deeds: readonly Done[]; window: Window; onDays?: boolean; atOnce?: boolean };

/** The deeds of a *did* or of orders that lie where its *when* looks. */
function counted(asked: Asked, doing: Doing, when: When): Counted {
  const window = windowOf(when, asked.world.timezone);
  const deeds = matching(asked, doing).filter(({ at }) => inside(window, at));
  if (when.kind !== "since") return { window, deeds };
  const anchor = anchorOf(asked, when.deed);
  // Where she never did the other thing there is no *since*.
  return { window, deeds: anchor === null ? [] : deeds.filter(({ at }) => at >= anchor) };
}

/** While they count. */
function spansBy({ now, world }: Asked, { deeds, window, onDays, atOnce }: Counted): Spans {
  const group = onDays === true ? ({ at }: Done) => dateOf(at, world.timezone) : undefined;
  return (known, atLeast) => {
    const spans = spansOf(deeds, window, { known: known || atOnce === true, now, group });
    return group === undefined && atLeast !== undefined ? decisive(spans, atLeast, now.getTime()) : spans;
  };
}

/** The first or last of some deeds, of equals the first named. */
function outermost(which: "first" | "last", deeds: readonly Done[]): Done | null {
  return deeds.reduce<Done | null>((best, one) => (best === null || (which === "first" ? one.at < best.at : one.at > best.at) ? one : best), null);
}

/** What she left behind and never came back for, nor ordered anything since. */
function leftBehind({ history }: Asked, what: ConditionOf<"left-behind">["what"]): Done[] {
  const ended = (finished: (order: History["orders"][number]) => boolean, updatedAt: Date) =>
    history.orders.some((order) => finished(order) || order.placedAt >= updatedAt);
  const done = (one: { token: string; updatedAt: Date }): Done => ({ id: one.token, at: one.updatedAt, items: [], subject: one.token, netMinor: 0 });
  if (what === "cart") {
    return history.carts.filter((one) => one.itemCount > 0 && !ended((order) => order.cartToken === one.token, one.updatedAt)).map(done);
  }
  return history.checkouts
    .filter((one) => (what === "checkout" || one.reachable) && one.completedAt === null && !ended((order) => finishedBy(order, one), one.updatedAt))
    .map(done);
}

/** What a condition counts, where it counts anything. */
export function countedBy(asked: Asked, node: Condition): Counted {
  const { timezone } = asked.world;
  switch (node.kind) {
    case "did":
      return { ...counted(asked, node, node.when), onDays: byDays(node), atOnce: node.did === "visited" };
    case "orders":
      return counted(asked, { did: "ordered", where: node.where }, node.when);
    case "order-date": {
      // The last of all her orders, and then whether it lies in the window: not the last in the window. One that lies a little ahead of our clock counts already, or
      // whoever orders again would stop to be among those who ordered lately.
      const window = windowOf(node.when, timezone);
      const only = outermost(node.which, matching(asked, { did: "ordered", where: node.where }));
      return { window, deeds: only !== null && inside(window, only.at) ? [only] : [], atOnce: true };
    }
    case "left-behind":
      return { window: windowOf({ kind: "ago", atLeast: node.atLeast, lessThan: node.lessThan }, timezone), deeds: leftBehind(asked, node.what) };
    case "first-seen": {
      const window = windowOf(node.when, timezone);
      const at = asked.history.person.firstSeenAt;
      return { window, deeds: at !== null && inside(window, at) ? [{ id: "first-seen", at, items: [], subject: null, netMinor: 0 }] : [], atOnce: true };
    }
    case "chance-of-order":
    case "expected-order":
    case "predicted-spend":
    case "rfm": {
      const last = outermost("last", deedsOf(asked.history, "ordered"));
      return { window: windowOf({ kind: "ever" }, timezone), deeds: last === null ? [] : [last] };
    }
    default:
      return { window: windowOf({ kind: "ever" }, timezone), deeds: [] };
  }
}

function rfmTimeline(asked: Asked, node: ConditionOf<"rfm">, wanted: boolean): Timeline {
  const [last] = countedBy(asked, node).deeds;
  const cuts = asked.world.rfm;
  if (cuts === null || last === undefined) return plain(false, wanted);
  const { frequency, money } = frequencyAndMoney(asked.history.orders, cuts);
  if (node.frequency?.includes(frequency) === false || node.money?.includes(money) === false) return plain(false, wanted);
  if (node.recency === undefined) return plain(true, wanted);
  const spans = node.recency.map((score) => {
    const { from, until } = recencyDays(score, cuts.recencyDays);
    return { from: last.at.getTime() + from * day, until: last.at.getTime() + until * day, subject: null, weight: 0 };
  });
  return some(() => spans, wanted);
}

/** What is expected hangs on the orders that are known, and on the days since the last one. Of whom nothing is expected, this is not either. */
function foretoldTimeline({ history, world }: Asked, node: Foretelling, wanted: boolean): Timeline {
  const spans = world.predictions === null ? null : foretold(node, history.orders, world.predictions);
  if (spans === null) return plain(false, wanted);
  const whole = spans.map(({ from, until }) => ({ from, until, subject: null, weight: 0 }));
  return some(() => whole, wanted);
}

/** When one condition is true, or false where `wanted` is false. */
function conditionTimeline(asked: Asked, node: Condition, wanted: boolean): Timeline {
  const { person } = asked.history;
  switch (node.kind) {
    case "did":
      return compared(node.times.is, measureOf("number", node.times.n), spansBy(asked, countedBy(asked, node)), wanted);
    case "orders":
      return ordersTimeline(asked, node, wanted);
    case "order-date":
    case "left-behind":
    case "first-seen":
      return some(spansBy(asked, countedBy(asked, node)), wanted);
    case "country":
      return plain(oneOf(node.countries, person.country?.toUpperCase()), wanted);
    case "language":
      return plain(oneOf(node.languages, person.locale?.toLowerCase().split(/[-_]/)[0]), wanted);
    case "has":
      return plain(node.what === "email" ? person.hasEmail : person.hasPhone, wanted);
    case "email-consent":
      return plain(node.states.includes(person.emailConsent), wanted);
    case "first-landing": {
      const landing = person.firstLanding;
      const same = sameTag(node.sources, landing?.source) && sameTag(node.mediums, landing?.medium) && sameTag(node.campaigns, landing?.campaign);
      return plain(landing !== null && same, wanted);
    }
    case "in-segment": {
      const other = asked.world.rules.get(node.segment);
      if (other === undefined || asked.within.includes(node.segment)) return plain(false, wanted);
      return timelineOf({ ...asked, within: [...asked.within, node.segment] }, other, wanted);
    }
    case "rfm":
      return rfmTimeline(asked, node, wanted);
    case "chance-of-order":
    case "expected-order":
    case "predicted-spend":
      return foretoldTimeline(asked, node, wanted);
    case "rfm-group":
    case "lifecycle":
      return timelineOf(asked, writtenOut(node), wanted);
  }
}

function ordersTimeline(asked: Asked, node: ConditionOf<"orders">, wanted: boolean): Timeline {
  const spans = spansBy(asked, countedBy(asked, node));
  const found = compared(node.is, measureOf(node.measure, node.value), spans, wanted);
  if (node.measure !== "average" || node.is === "at-least") return found;
  // Of no orders there is no average, neither a small one nor an exact one.
  const any = some(spans, wanted);
  return wanted ? both(found, any) : either(found, any);
}

/** When a node is true, or false where `wanted` is false, from `now` on. */
export function timelineOf(asked: Asked, node: Node, wanted: boolean): Timeline {
  if (node.kind === "not") return timelineOf(asked, node.of, !wanted);
  if (node.kind !== "all" && node.kind !== "any") return conditionTimeline(asked, node, wanted);
  const parts = node.of.map((one) => timelineOf(asked, one, wanted));
  return (node.kind === "all") === wanted ? parts.reduce(both, always) : parts.reduce(either, never);
}
