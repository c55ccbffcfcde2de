import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyHistory, anyMoment, anyRule, anyWorld, firstMoment, knownModel } from "../../test/rules.ts";
import { after, day, hour } from "../lib/time.ts";
import { check, cycleOf, verdictOf, type CheckedIn } from "./check.ts";
import { decide } from "./evaluate.ts";
import type { ConditionOf, Length, Node, When } from "./rule.ts";
import { standard } from "./standard.ts";

const now = new Date("2026-11-25T12:00:00Z");
const shop: CheckedIn = { key: null, rules: new Map(), timezone: "Europe/London", hasScores: true, predictions: knownModel, now };
const days = (amount: number): Length => ({ amount, unit: "days" });
const last = (amount: number): When => ({ kind: "last", length: days(amount) });
const did = (change: Partial<ConditionOf<"did">> = {}): Node => ({
  ...{ kind: "did", did: "ordered", where: {}, times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "ever" } },
  ...change,
});
const times = (is: "at-least" | "at-most" | "exactly", n: number, when: When = { kind: "ever" }) => did({ times: { is, n }, when });
const all = (...of: Node[]): Node => ({ kind: "all", of });
const any = (...of: Node[]): Node => ({ kind: "any", of });
const not = (of: Node): Node => ({ kind: "not", of });
const view = (when: When): Node => did({ did: "viewed-product", when });

describe("what is odd", () => {
  test.each<[what: string, rule: Node, codes: string[]]>([
    ["at least 3 and at most 2", all(times("at-least", 3), times("at-most", 2)), ["contradiction"]],
    ["at least 2 and at most 2 is fine", all(times("at-least", 2), times("at-most", 2)), []],
    ["exactly 1 and not exactly 1", all(times("exactly", 1), not(times("exactly", 1))), ["contradiction"]],
    ["more in a week than in a month", all(times("at-least", 3, last(7)), times("at-most", 2, last(30))), ["contradiction"]],
    ["more in a month than in a week is fine", all(times("at-least", 3, last(30)), times("at-most", 2, last(7))), []],
    ["something and not something", all({ kind: "has", what: "email" }, not({ kind: "has", what: "email" })), ["contradiction"]],
    ["two countries at once", all({ kind: "country", countries: ["FR"] }, { kind: "country", countries: ["GB"] }), ["contradiction"]],
    ["a country that is excluded", all({ kind: "country", countries: ["FR"] }, not({ kind: "country", countries: ["FR", "GB"] })), ["contradiction"]],
    ["a country of two is excluded: fine", all({ kind: "country", countries: ["FR", "GB"] }, not({ kind: "country", countries: ["FR"] })), []],
    ["one or the other", any(times("at-least", 2), times("at-most", 1)), ["tautology"]],
    ["all but exactly one", any(times("at-least", 3), times("at-most", 1)), []],
    ["something or not", any({ kind: "has", what: "email" }, not({ kind: "has", what: "email" })), ["tautology"]],
    ["not France or not Britain", any(not({ kind: "country", countries: ["FR"] }), not({ kind: "country", countries: ["GB"] })), ["tautology"]],
    ["a price that ends before it begins", did({ where: { priceMinor: { atLeast: 9, atMost: 8 } } }), ["empty-range"]],
    ["dates that end before they begin", did({ when: { kind: "dates", from: "2026-03-02", before: "2026-03-02" } }), ["empty-range"]],
    ["an age that ends before it begins", did({ when: { kind: "ago", atLeast: days(2), lessThan: { amount: 48, unit: "hours" } } }), ["empty-range"]],
    ["at least never", times("at-least", 0), ["always"]],
    ["a day to come", did({ when: { kind: "dates", from: "2026-11-26" } }), ["future"]],
    ["today is not to come", did({ when: { kind: "dates", from: "2026-11-25" } }), []],
    ["two years of looking", view(last(730)), ["beyond-retention"]],
    ["a year of looking", view(last(365)), []],
    ["looking, ever", view({ kind: "ever" }), ["kept-only"]],
    ["looking, two years ago", view({ kind: "ago", atLeast: days(730) }), ["beyond-retention"]],
    ["looking, more than a month ago", view({ kind: "ago", atLeast: days(30) }), ["kept-only"]],
    ["looking, since a day that is no longer kept", view({ kind: "dates", from: "2025-09-30" }), ["beyond-retention"]],
    ["looking, since the first day that is kept whole where the shop is", view({ kind: "dates", from: "2025-10-02" }), []],
    ["orders of ten years are all kept", did({ when: last(3650) }), []],
    ["a segment that is not there", { kind: "in-segment", segment: "gone" }, ["unknown-segment"]],
    ["deep inside, and so the whole", all(did(), any(all(times("at-least", 3), times("at-most", 2)))), ["never", "contradiction"]],
    ["deep inside, but not the whole", any(did(), all(times("at-least", 3), times("at-most", 2))), ["contradiction"]],
    ["overdue for longer than it is", { kind: "expected-order", due: { kind: "overdue", atLeast: days(7), lessThan: days(7) } }, ["empty-range"]],
  ])("%s", (_what, rule, codes) => {
    const found = check(rule, shop);
    expect(found.map((one) => one.code)).toEqual(codes);
    for (const one of found) expect(one.message).toMatch(/^[A-Z].*\.$/);
  });

  test("a warning knows its place", () =>
    expect(check(all(did(), not(view(last(730)))), shop).map(({ code, path }) => ({ code, path }))).toEqual([{ code: "beyond-retention", path: [1, 0] }]));

  test("scores that nobody has yet", () => expect(check({ kind: "rfm", money: [5] }, { ...shop, hasScores: false })).toMatchObject([{ code: "no-scores" }]));

  test("predictions, where too little was ordered, or not for long enough to look so far ahead", () => {
    const chance = (within: 30 | 365): Node => ({ kind: "chance-of-order", within, chance: { is: "at-least", percent: 50 } });
    const spend: Node = { kind: "predicted-spend", spend: { is: "at-least", value: 1 } };
    const soon: Node = { kind: "expected-order", due: { kind: "within", length: days(7) } };
    const young = { ...knownModel, days: 100 };
    const codes = (rule: Node, predictions: CheckedIn["predictions"]) => check(rule, { ...shop, predictions }).map(({ code }) => code);
    for (const rule of [chance(30), chance(365), spend, soon]) {
      expect(codes(rule, null)).toEqual(["no-predictions"]);
      expect(codes(rule, { ...knownModel, orders: 49, customers: 30 })).toEqual(["no-predictions"]);
      expect(codes(rule, { ...knownModel, customers: knownModel.orders - 4 })).toEqual(["no-predictions"]);
      expect(codes(rule, knownModel)).toEqual([]);
    }
    expect([chance(30), soon, chance(365), spend].map((rule) => codes(rule, young).length)).toEqual([0, 0, 1, 1]);
  });

  test("a segment that leads back to itself", () => {
    const asks = (segment: string): Node => ({ kind: "in-segment", segment });
    const rules = new Map([
      ["b", all(did(), asks("c"))],
      ["c", not(asks("a"))],
      ["d", asks("d")],
    ]);
    expect(cycleOf("a", asks("b"), rules)).toEqual(["a", "b", "c", "a"]);
    expect(cycleOf("x", asks("b"), rules)).toBeNull();
    // Somebody else's circle is theirs.
    expect(cycleOf("x", asks("d"), rules)).toBeNull();
    expect(check(asks("b"), { ...shop, key: "a", rules })[0]).toMatchObject({ code: "cycle", path: [] });
  });

  test("nothing is odd about the standard segments, but that some look back as far as they can", () => {
    for (const one of standard) expect(check(one.rule, { ...shop, key: one.key }).map(({ code }) => code)).toEqual([]);
  });
});

test("who is said never to match never does, and who always, always", () => {
  const seen = { never: 0, always: 0 };
  const later = fc.integer({ min: 46 * 24, max: 120 * 24 }).map((hours) => after(firstMoment, hours * hour));
  const groups = fc
    .tuple(fc.constantFrom("all" as const, "any" as const), fc.array(anyRule, { minLength: 2, maxLength: 3 }), fc.boolean())
    // Something beside its opposite, every other time.
    .map(([kind, of, twice]): Node => ({ kind, of: twice && of[0] !== undefined ? [...of, { kind: "not", of: of[0] }] : of }));
  fc.assert(
    fc.property(fc.oneof(anyRule, groups), anyHistory(anyMoment, 3), anyWorld, later, (rule, history, world, at) => {
      const verdict = verdictOf(rule, { ...shop, rules: world.rules });
      if (verdict === null) return;
      seen[verdict] += 1;
      expect(decide(rule, history, world, at).member).toBe(verdict === "always");
      expect(decide(rule, history, world, after(at, 30 * day)).member).toBe(verdict === "always");
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(seen.never, seen.always)).toBeGreaterThan(100);
});
