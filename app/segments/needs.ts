// What a rule needs to be answered: which events can touch it, whether what is kept of a profile is enough, and how far back it looks.
import type { EventName } from "../events/event.ts";
import { commerceEvents, deedKinds, profileEvents, type DeedKind } from "./deed.ts";
import { foretells } from "./foretold.ts";
import { daysKept, momentsKept } from "./history.ts";
import { byDays, conditionsOf, milliseconds, type Condition, type ConditionOf, type Doing, type Node, type When } from "./rule.ts";
import { startOf } from "../lib/shop-days.ts";
import { writtenOut } from "./written-out.ts";

/** Why what is kept is not enough. */
export type Slow = "filter" | "times" | "days" | "when" | "lines";

/** How far back: for good, so many milliseconds, or to an instant. The furthest that any of its conditions over what browsers tell looks. */
export type LookBack = { kind: "ever" } | { kind: "last"; milliseconds: number } | { kind: "since"; at: Date } | { kind: "none" };

export type Needs = {
  /**
   * Only these can change whether somebody matches, besides time and the next two. In order, each once. Who gained or lost keys (a merge, a split, an
   * erasure) gained or lost deeds, too, and is looked at for every rule.
   */
  events: EventName[];
  /** Whether it asks what products belong to: it changes when the catalogue does. And of which deeds it asks so. */
  catalogue: boolean;
  catalogueKinds: DeedKind[];
  /** Whether it asks for scores: it changes when the cut points do. */
  rfm: boolean;
  /** Whether it asks what is expected: it changes when the shop's model does. */
  predictions: boolean;
  /** The segments it asks for, directly or by another, in order. */
  segments: string[];
  /** Kinds of which the moments per profile are asked; and those of which the moments per profile and product are. */
  kinds: DeedKind[];
  productKinds: DeedKind[];
  /** What else of a profile it asks for. */
  parts: Part[];
  /** Hot: what is kept of a profile answers it. Slow: it takes the log. */
  speed: "hot" | "slow";
  /** The conditions that make it slow, by their way in the tree, and why. */
  slow: { path: number[]; why: Slow }[];
  /** Whether it asks for what orders held. */
  orderLines: boolean;
  /** Whether time alone, or a day's new scores or predictions, may change it. What lies a little ahead of our clock aside. */
  time: boolean;
  /** Whether it asks for nothing but what is known of a person: neither time nor a deed makes anybody a member. */
  still: boolean;
  lookBack: LookBack;
};

/** What is known of a profile besides what she did and we sent: what she has in hand, her own fields, her consent, and how she was first seen. */
export type Part = "commerce" | "fields" | "consent" | "visit";

const orderKinds: readonly DeedKind[] = ["ordered", "filled-cart", "was-in-checkout"];
/** Carts, checkouts and orders are kept whole, so any window and any number can be asked of them. */
const isWhole = (kind: DeedKind) => orderKinds.includes(kind);
const ofProduct = ({ where }: Doing) => where.products !== undefined || where.vendors !== undefined;

/** Whether a deed is one of those that are kept per product. */
function perProduct(doing: Doing): boolean {
  return ofProduct(doing) || (doing.where.collections !== undefined && doing.did !== "viewed-collection");
}

/** Why the kept moments of a deed cannot be told from others, or null. */
function slowFilter(doing: Doing): Slow | null {
  const { where, did } = doing;
  // What an order held is not kept with it.
  if (did === "ordered") return perProduct(doing) || where.priceMinor !== undefined ? "lines" : null;
  const other = [where.priceMinor, where.forms, where.sources, where.mediums, where.campaigns, where.flows];
  return other.some((one) => one !== undefined) || (where.collections !== undefined && did === "viewed-collection") ? "filter" : null;
}

/** Why a *did* cannot be answered from the last moments, or null where it can. */
function slowDid(node: ConditionOf<"did">): Slow | null {
  const { times, when } = node;
  const filter = slowFilter(node) ?? (when.kind === "since" ? slowFilter(when.deed) : null);
  if (filter !== null) return filter;
  if (isWhole(node.did)) return null;
  // To say "at most three" one has to see a fourth.
  const seen = times.is === "at-least" ? times.n : times.n + 1;
  if (byDays(node) && seen > (node.did === "visited" ? daysKept : 1)) return "days";
  if (seen > momentsKept) return "times";
  // Ten looks of today push the one of last year out.
  return when.kind === "ago" || endsEarly(when) ? "when" : null;
}

const endsEarly = (when: When) => when.kind === "dates" && when.before !== undefined;

function slowOf(node: Condition): Slow | null {
  if (node.kind === "did") return slowDid(node);
  if (node.kind === "orders" || node.kind === "order-date") {
    const when = node.when;
    return slowFilter({ did: "ordered", where: node.where }) ?? (when.kind === "since" ? slowFilter(when.deed) : null);
  }
  return null;
}

const stillKinds: readonly Condition["kind"][] = ["country", "language", "has", "email-consent", "first-landing"];

function movedByTime(node: Condition): boolean {
  if ("when" in node) return node.when.kind === "last" || node.when.kind === "ago";
  return node.kind === "left-behind" || node.kind === "rfm" || foretells(node);
}

/** The deeds that a condition names, itself and in its *since*. */
function doingsOf(node: Condition): Doing[] {
  if (node.kind === "did") return node.when.kind === "since" ? [node, node.when.deed] : [node];
  if (node.kind === "orders" || node.kind === "order-date") {
    const own: Doing = { did: "ordered", where: node.where };
    return node.when.kind === "since" ? [own, node.when.deed] : [own];
  }
  return [];
}

/** Which events can touch a condition that stands for no other rule. */
export function eventsOf(node: Condition): readonly EventName[] {
  switch (node.kind) {
    case "did":
    case "orders":
    case "order-date":
      return doingsOf(node).flatMap(({ did }) => deedKinds[did].events);
    case "left-behind":
      return node.what === "cart" ? commerceEvents.cart : commerceEvents.checkout;
    case "rfm":
    case "chance-of-order":
    case "expected-order":
    case "predicted-spend":
      return commerceEvents.ordered;
    case "country":
    case "language":
    case "has":
      return profileEvents.fields;
    case "email-consent":
      return profileEvents.consent;
    case "first-seen":
      return profileEvents.firstSeen;
    case "first-landing":
      return profileEvents.firstLanding;
    case "in-segment":
    case "rfm-group":
    case "lifecycle":
      // Asked of the rules they stand for.
      return [];
  }
}

function partsOf(node: Condition): readonly Part[] {
  switch (node.kind) {
    case "did":
    case "orders":
    case "order-date":
      return doingsOf(node).some(({ did }) => isWhole(did)) ? ["commerce"] : [];
    case "left-behind":
    case "rfm":
    case "chance-of-order":
    case "expected-order":
    case "predicted-spend":
      return ["commerce"];
    case "country":
    case "language":
    case "has":
      return ["fields"];
    case "email-consent":
      return ["consent"];
    case "first-seen":
    case "first-landing":
      return ["visit"];
    case "in-segment":
    case "rfm-group":
    case "lifecycle":
      return [];
  }
}

/** How far back a *when* looks. What hangs on another deed looks as far as that deed. */
export function lookBackOf(when: When, timezone: string): LookBack {
  switch (when.kind) {
    case "ever":
    case "since":
      return { kind: "ever" };
    case "last":
      return { kind: "last", milliseconds: milliseconds(when.length) };
    case "ago":
      return when.lessThan === undefined ? { kind: "ever" } : { kind: "last", milliseconds: milliseconds(when.lessThan) };
    case "dates":
      return when.from === undefined ? { kind: "ever" } : { kind: "since", at: startOf(when.from, timezone) };
  }
}

/** The further of two. An instant and a length are compared as of `now`. */
function further(a: LookBack, b: LookBack, now: Date): LookBack {
  const reach = (one: LookBack) =>
    one.kind === "none" ? -Infinity : one.kind === "ever" ? Infinity : one.kind === "last" ? one.milliseconds : now.getTime() - one.at.getTime();
  return reach(b) > reach(a) ? b : a;
}

/** How far back a condition looks into what only browsers tell. */
function browserLookBack(node: Condition, timezone: string): LookBack {
  if (node.kind === "first-seen") return lookBackOf(node.when, timezone);
  if (node.kind !== "did" || !doingsOf(node).some(({ did }) => deedKinds[did].browser)) return { kind: "none" };
  return lookBackOf(node.when, timezone);
}

/** The conditions of a rule and of all that it stands on, each with the way of the condition in the rule itself that led there. */
function everyCondition(node: Node, rules: ReadonlyMap<string, Node>, found: Set<string>): { condition: Condition; path: number[] }[] {
  return conditionsOf(node).flatMap(({ condition, path }) => {
    if (condition.kind === "rfm-group" || condition.kind === "lifecycle") {
      return conditionsOf(writtenOut(condition)).map((one) => ({ condition: one.condition, path }));
    }
    if (condition.kind !== "in-segment") return [{ condition, path }];
    const other = rules.get(condition.segment);
    if (found.has(condition.segment)) return [];
    found.add(condition.segment);
    return other === undefined ? [] : everyCondition(other, rules, found).map((one) => ({ ...one, path }));
  });
}

/** What a rule needs. `rules`: those of other segments it may ask for. `now` weighs a date against a length of time, and decides nothing else. */
export function needsOf(rule: Node, rules: ReadonlyMap<string, Node>, timezone: string, now: Date): Needs {
  const segments = new Set<string>();
  const all = everyCondition(rule, rules, segments);
  const doings = all.flatMap(({ condition }) => doingsOf(condition));
  const slow = all.flatMap(({ condition, path }) => {
    const why = slowOf(condition);
    return why === null ? [] : [{ path, why }];
  });
  const kindsOf = (some: Doing[]) => [...new Set(some.map(({ did }) => did))].sort();
  const catalogueKinds = kindsOf(
    doings.filter(({ did, where }) => where.vendors !== undefined || (where.collections !== undefined && did !== "viewed-collection")),
  );
  return {
    events: [...new Set(all.flatMap(({ condition }) => eventsOf(condition)))].sort(),
    catalogue: catalogueKinds.length > 0,
    catalogueKinds,
    rfm: all.some(({ condition }) => condition.kind === "rfm"),
    predictions: all.some(({ condition }) => foretells(condition)),
    segments: [...segments].sort(),
    kinds: kindsOf(doings.filter((one) => !isWhole(one.did) && !perProduct(one))),
    productKinds: kindsOf(doings.filter((one) => !isWhole(one.did) && perProduct(one))),
    parts: [...new Set(all.flatMap(({ condition }) => partsOf(condition)))].sort(),
    speed: slow.length === 0 ? "hot" : "slow",
    slow,
    orderLines: doings.some((one) => slowFilter(one) === "lines"),
    time: all.some(({ condition }) => movedByTime(condition)),
    still: all.every(({ condition }) => stillKinds.includes(condition.kind)),
    lookBack: all.reduce<LookBack>((furthest, { condition }) => further(furthest, browserLookBack(condition, timezone), now), { kind: "none" }),
  };
}
