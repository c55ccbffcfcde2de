import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyHistory, anyMoment, anyRule, anyWorld } from "../../test/rules.ts";
import { day, hour } from "../lib/time.ts";
import type { DeedKind } from "./deed.ts";
import { decide } from "./evaluate.ts";
import { momentsKept, nobody, nothingDone, type History } from "./history.ts";
import { needsOf, type LookBack, type Needs, type Slow } from "./needs.ts";
import type { ConditionOf, Length, Node, When } from "./rule.ts";
import { standard, standardOf } from "./standard.ts";

const now = new Date("2026-11-25T12:00:00Z");
const needs = (rule: Node, rules: [string, Node][] = []) => needsOf(rule, new Map(rules), "Europe/London", now);
const days = (amount: number): Length => ({ amount, unit: "days" });
const last = (amount: number): When => ({ kind: "last", length: days(amount) });
const did = (what: ConditionOf<"did">["did"], change: Partial<ConditionOf<"did">> = {}): ConditionOf<"did"> => ({
  ...{ kind: "did", did: what, where: {}, times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "ever" } },
  ...change,
});
const times = (is: "at-least" | "at-most" | "exactly", n: number) => ({ times: { is, n } });
const since = (what: ConditionOf<"did">["did"], where: ConditionOf<"did">["where"] = {}): When => ({ kind: "since", deed: { did: what, where } });
const all = (...of: Node[]): Node => ({ kind: "all", of });

describe("whether what is kept is enough", () => {
  const view = (change: Partial<ConditionOf<"did">>) => did("viewed-product", change);
  test.each<[what: string, rule: Node, why: Slow | null]>([
    ["ten times", view({ ...times("at-least", momentsKept), when: last(14) }), null],
    ["eleven times", view({ ...times("at-least", momentsKept + 1), when: last(14) }), "times"],
    ["at most nine times", view(times("at-most", momentsKept - 1)), null],
    ["at most ten times, for which an eleventh must be seen", view(times("at-most", momentsKept)), "times"],
    ["exactly ten times", view(times("exactly", momentsKept)), "times"],
    ["some products", view({ where: { products: ["1"] }, when: last(14) }), null],
    ["a collection, by its products", view({ where: { collections: ["c"] }, when: last(14) }), null],
    ["a vendor, by its products", view({ where: { vendors: ["v"] } }), null],
    ["a collection that was looked at itself", did("viewed-collection", { where: { collections: ["c"] } }), "filter"],
    ["a price", view({ where: { priceMinor: { atLeast: 1 } } }), "filter"],
    ["where she came from", did("landed", { where: { sources: ["google"] } }), "filter"],
    ["one form", did("left-form", { where: { forms: ["f"] } }), "filter"],
    ["some time ago: newer ones may have pushed it out", view({ when: { kind: "ago", atLeast: days(30) } }), "when"],
    ["from a day on", view({ when: { kind: "dates", from: "2026-11-01" } }), null],
    ["before a day", view({ when: { kind: "dates", before: "2026-11-01" } }), "when"],
    ["since another deed", view({ when: since("clicked-message") }), null],
    ["since another deed that is slow itself", view({ when: since("left-form", { forms: ["f"] }) }), "filter"],
    ["two days of visits", did("visited", { ...times("at-least", 2), onDays: true, when: last(30) }), null],
    ["ten days of visits, which are counted in any case", did("visited", { ...times("at-least", 10), when: last(30) }), null],
    ["at most nine of them", did("visited", times("at-most", 9)), null],
    ["eleven days of visits", did("visited", { ...times("at-least", 11), when: last(30) }), "days"],
    ["at most ten, which takes an eleventh to say no", did("visited", times("at-most", 10)), "days"],
    ["days of visits that ended earlier", did("visited", { ...times("at-least", 2), when: { kind: "ago", atLeast: days(1) } }), "when"],
    ["two days of looking", view({ ...times("at-least", 2), onDays: true }), "days"],
    ["on one day, which is once", view({ onDays: true }), null],
    ["any number of orders, whenever", did("ordered", { ...times("at-least", 500), when: { kind: "ago", atLeast: days(30) } }), null],
    ["orders of a product", did("ordered", { where: { products: ["1"] } }), "lines"],
    ["money", { kind: "orders", measure: "spent", is: "at-least", value: 1, where: {}, when: last(90) }, null],
    ["money for a product", { kind: "orders", measure: "spent", is: "at-least", value: 1, where: { vendors: ["v"] }, when: last(90) }, "lines"],
  ])("%s", (_what, rule, why) => {
    expect(needs(rule).slow).toEqual(why === null ? [] : [{ path: [], why }]);
    expect(needs(rule).speed).toBe(why === null ? "hot" : "slow");
  });

  test.each<[what: string, rule: Node, time: boolean, still: boolean]>([
    ["where she lives", { kind: "country", countries: ["GB"] }, false, true],
    [
      "where she first came from, and an address",
      all({ kind: "first-landing", sources: ["a"] }, { kind: "not", of: { kind: "has", what: "email" } }),
      false,
      true,
    ],
    ["ever", view({}), false, false],
    ["since another deed", view({ when: since("clicked-message") }), false, false],
    ["in days of the shop", view({ when: { kind: "dates", from: "2026-11-01" } }), false, false],
    ["lately", view({ when: last(14) }), true, false],
    ["some time ago", did("ordered", { when: { kind: "ago", atLeast: days(30) } }), true, false],
    ["a cart left behind", { kind: "left-behind", what: "cart", atLeast: days(1), lessThan: days(2) }, true, false],
    ["new", { kind: "first-seen", when: { kind: "last", length: days(7) } }, true, false],
    ["scores, of which there are new ones each day", { kind: "rfm", money: [5] }, true, false],
    ["a stage of life", { kind: "lifecycle", stages: ["new"] }, true, false],
    ["when the next order is expected", { kind: "expected-order", due: { kind: "within", length: days(7) } }, true, false],
  ])("whether time or a deed can change it: %s", (_what, rule, time, still) => expect(needs(rule)).toMatchObject({ time, still }));

  test("all standard segments are hot", () => expect(standard.filter((one) => needs(one.rule).speed === "slow")).toEqual([]));

  test("a slow condition is found where it is, also in a segment that is asked for", () => {
    const slow = did("landed", { where: { mediums: ["mail"] } });
    expect(needs(all(did("ordered"), { kind: "not", of: slow })).slow).toEqual([{ path: [1, 0], why: "filter" }]);
    expect(needs(all(did("ordered"), { kind: "in-segment", segment: "a" }), [["a", all(slow, slow)]]).slow).toEqual([
      { path: [1], why: "filter" },
      { path: [1], why: "filter" },
    ]);
  });
});

test("what orders held is asked for wherever a rule names it, also beside something else that is slow", () => {
  const bought = since("ordered", { products: ["1"] });
  expect(needs(did("landed", { where: { mediums: ["mail"] }, when: bought })).orderLines).toBe(true);
  expect(needs(all(did("visited"), { kind: "in-segment", segment: "a" }), [["a", did("ordered", { where: { vendors: ["v"] } })]]).orderLines).toBe(true);
  expect(needs(did("landed", { where: { mediums: ["mail"] }, when: since("ordered") })).orderLines).toBe(false);
});

describe("what can touch a rule", () => {
  const orders = ["order.cancelled", "order.paid", "order.placed", "order.refunded", "order.updated"];
  test.each<[what: string, rule: Node, events: string[]]>([
    ["a look", did("viewed-product"), ["product.viewed"]],
    ["an order", did("ordered"), orders],
    ["no look since a click", did("viewed-product", { when: since("clicked-message") }), ["message.clicked", "product.viewed"]],
    ["a cart left behind, which an order ends", { kind: "left-behind", what: "cart", atLeast: days(1), lessThan: days(2) }, ["cart.updated", ...orders]],
    ["her consent", { kind: "email-consent", states: ["out"] }, ["checkout.updated", "email-consent.changed", "message.unsubscribed", "order.placed"]],
    ["a stage of life", { kind: "lifecycle", stages: ["lapsed"] }, orders],
    ["a group by score", { kind: "rfm-group", groups: ["loyal"] }, orders],
    ["what is expected", { kind: "chance-of-order", within: 30, chance: { is: "at-least", percent: 50 } }, orders],
  ])("%s", (_what, rule, events) => expect(needs(rule).events).toEqual(events));

  test("whatever touches a segment that is asked for, through any number of others, in a circle, too", () => {
    const asks = (segment: string): Node => ({ kind: "in-segment", segment });
    const found = needs(asks("a"), [
      ["a", all(did("searched"), asks("b"))],
      ["b", all(did("landed"), asks("a"))],
    ]);
    expect(found).toMatchObject({ events: ["landing.arrived", "search.submitted"], segments: ["a", "b"] });
  });

  test("the catalogue, where collections and vendors are asked for; scores, where they are", () => {
    expect(needs(did("viewed-product", { where: { collections: ["c"] } }))).toMatchObject({ catalogue: true, rfm: false });
    expect(needs(did("viewed-collection", { where: { collections: ["c"] } }))).toMatchObject({ catalogue: false });
    expect(needs(did("viewed-product", { where: { products: ["1"] } }))).toMatchObject({ catalogue: false });
    expect(needs({ kind: "rfm-group", groups: ["loyal"] })).toMatchObject({ catalogue: false, rfm: true, predictions: false });
  });

  test("predictions, where they are asked for, by another segment, too", () => {
    const spend: Node = { kind: "predicted-spend", spend: { is: "at-least", value: 1 } };
    expect(needs(spend)).toMatchObject({ predictions: true, rfm: false, speed: "hot" });
    expect(needs(all(did("searched"), { kind: "in-segment", segment: "a" }), [["a", spend]])).toMatchObject({ predictions: true });
  });

  test("the moments that must be kept, per profile and per product", () => {
    const rule = all(did("viewed-product", { where: { vendors: ["v"] } }), did("added-to-cart", { when: since("viewed-product") }), did("ordered"));
    expect(needs(rule)).toMatchObject({ kinds: ["added-to-cart", "viewed-product"], productKinds: ["viewed-product"] });
  });
});

test.each<[what: string, rule: Node, lookBack: LookBack]>([
  ["orders need no browser", did("ordered"), { kind: "none" }],
  ["the longest of several", all(did("searched", { when: last(7) }), did("landed", { when: last(14) })), { kind: "last", milliseconds: 14 * day }],
  ["ever is longer than anything", all(did("searched"), did("landed", { when: last(14) })), { kind: "ever" }],
  ["up to so long ago", did("searched", { when: { kind: "ago", atLeast: days(1), lessThan: days(3) } }), { kind: "last", milliseconds: 3 * day }],
  ["since a day of the shop", did("searched", { when: { kind: "dates", from: "2026-08-01" } }), { kind: "since", at: new Date("2026-07-31T23:00:00Z") }],
  [
    "a day or a length, whichever is further back now",
    all(did("searched", { when: { kind: "dates", from: "2026-11-25" } }), did("landed", { when: { kind: "last", length: { amount: 13, unit: "hours" } } })),
    { kind: "last", milliseconds: 13 * hour },
  ],
  ["new visitors", standardOf("new-visitors")?.rule ?? expect.unreachable(), { kind: "last", milliseconds: 7 * day }],
])("how far back: %s", (_what, rule, lookBack) => expect(needs(rule).lookBack).toEqual(lookBack));

/** Of a history what a rule needs, and of all else nothing. */
function needed(history: History, { kinds, productKinds, parts }: Needs): History {
  const told = [...kinds, ...productKinds];
  const { person } = history;
  const { country, locale, hasEmail, hasPhone, emailConsent, firstSeenAt, firstLanding } = person;
  return {
    ...(parts.includes("commerce") ? history : nothingDone),
    deeds: Object.fromEntries(Object.entries(history.deeds).filter(([kind]) => told.includes(kind as DeedKind))),
    person: {
      ...nobody,
      ...(parts.includes("fields") ? { country, locale, hasEmail, hasPhone } : {}),
      ...(parts.includes("consent") ? { emailConsent } : {}),
      ...(parts.includes("visit") ? { firstSeenAt, firstLanding } : {}),
    },
  };
}

test("what a rule needs is enough to answer it: whatever else is known of somebody makes no difference", () => {
  fc.assert(
    fc.property(anyRule, anyWorld, anyHistory(), anyMoment, (rule, world, history, at) => {
      const some = needed(history, needsOf(rule, world.rules, world.timezone, at));
      expect(decide(rule, some, world, at)).toEqual(decide(rule, history, world, at));
    }),
    { numRuns: 2_000 },
  );
});
