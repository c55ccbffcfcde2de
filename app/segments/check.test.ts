import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyForetelling, anyHistory, anyMoment, anyRule, anyWorld, firstMoment, knownModel } from "../../test/rules.ts";
import { after, day, hour } from "../lib/time.ts";
import { check, cycleOf, verdictOf, type CheckedIn } from "./check.ts";
import { decide } from "./evaluate.ts";
import type { Horizon } from "../predictions/model.ts";
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
const chance = (is: "at-least" | "at-most", percent: number, within: Horizon = 90): Node => ({ kind: "chance-of-order", within, chance: { is, percent } });
const spend = (is: "at-least" | "at-most", value: number): Node => ({ kind: "predicted-spend", spend: { is, value } });
const within = (amount: number): Node => ({ kind: "expected-order", due: { kind: "within", length: days(amount) } });
const overdue = (atLeast: number, lessThan?: number): Node => ({
  kind: "expected-order",
  due: { kind: "overdue", atLeast: days(atLeast), ...(lessThan === undefined ? {} : { lessThan: days(lessThan) }) },
});
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
    ["not at least never", not(times("at-least", 0)), ["never"]],
    ["not not at least never", not(not(times("at-least", 0))), ["always", "always"]],
    ["not at least never, beside another", all(did(), not(times("at-least", 0))), ["contradiction", "never"]],
    ["not at least never, or another", any(did(), not(times("at-least", 0))), ["never"]],
    ["a group that is turned around is judged as it stands", not(any(did(), times("at-least", 0))), ["never", "tautology", "always"]],
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
    ["all but more in a week than in a month", any(not(times("at-least", 3, last(7))), times("at-least", 2, last(30))), ["tautology"]],
    ["more in a month or not in a week is not everybody", any(not(times("at-least", 3, last(30))), times("at-least", 2, last(7))), []],
    ["a chance of at least 60 and at most 30 percent", all(chance("at-least", 60), chance("at-most", 30)), ["contradiction"]],
    ["a chance of at least 60 and at most 60 percent is fine", all(chance("at-least", 60), chance("at-most", 60)), []],
    ["a chance of at least 60 and not of at least 50 percent", all(chance("at-least", 60), not(chance("at-least", 50))), ["contradiction"]],
    ["greater within a month than within a year", all(chance("at-least", 60, 30), chance("at-most", 30, 365)), ["contradiction"]],
    ["greater within a year than within a month is fine", all(chance("at-least", 60, 365), chance("at-most", 30, 30)), []],
    ["neither so great nor so small: of whom nothing is expected", all(not(chance("at-least", 60)), not(chance("at-most", 70))), []],
    [
      "neither so great within a year nor so small within a month: nothing is expected of her so far ahead",
      all(chance("at-least", 60, 30), not(chance("at-least", 30, 365))),
      [],
    ],
    ["so great or so small is not everybody: of some nothing is expected", any(chance("at-least", 60), chance("at-most", 70)), []],
    ["not so great or not so small", any(not(chance("at-least", 60)), not(chance("at-most", 30))), ["tautology"]],
    ["not so great, or greater than less", any(not(chance("at-least", 60)), chance("at-least", 50)), ["tautology"]],
    ["not so small within a year, or small within a month", any(not(chance("at-most", 30, 365)), chance("at-most", 30, 30)), ["tautology"]],
    ["any chance at all is not everybody", chance("at-least", 0), []],
    ["no chance that is known, and a chance", all(not(chance("at-most", 100)), chance("at-least", 1)), ["contradiction"]],
    ["a spend of at least 2 and at most 1", all(spend("at-least", 2), spend("at-most", 1)), ["contradiction"]],
    ["a spend of at least 1 and at most 2 is fine", all(spend("at-least", 1), spend("at-most", 2)), []],
    ["not a spend of 2 or not of at most 1", any(not(spend("at-least", 2)), not(spend("at-most", 1))), ["tautology"]],
    ["an order to come and overdue", all(within(14), overdue(7)), ["contradiction"]],
    ["overdue for less and for more", all(overdue(1, 7), overdue(7)), ["contradiction"]],
    ["overdue for 1 to 8 days and for 7 is fine", all(overdue(1, 8), overdue(7)), []],
    ["within a week, and not within two", all(within(7), not(within(14))), ["contradiction"]],
    ["within two weeks, and not within one is fine", all(within(14), not(within(7))), []],
    ["not to come or not overdue", any(not(within(7)), not(overdue(7))), ["tautology"]],
    ["overdue for longer than it is, beside another", all(did(), overdue(7, 7)), ["never", "empty-range"]],
    ["overdue for longer than it is", overdue(7, 7), ["empty-range"]],
  ])("%s", (_what, rule, codes) => {
    const found = check(rule, shop);
    expect(found.map((one) => one.code)).toEqual(codes);
    for (const one of found) expect(one.message).toMatch(/^[A-Z].*\.$/);
  });

  test("a warning knows its place", () =>
    expect(check(all(did(), not(view(last(730)))), shop).map(({ code, path }) => ({ code, path }))).toEqual([{ code: "beyond-retention", path: [1, 0] }]));

  test("scores that nobody has yet", () => expect(check({ kind: "rfm", money: [5] }, { ...shop, hasScores: false })).toMatchObject([{ code: "no-scores" }]));

  test("predictions, where too little was ordered, or not for long enough to look so far ahead", () => {
    const [month, ahead, most, soon] = [chance("at-least", 50, 30), chance("at-least", 50, 365), spend("at-least", 1), within(7)];
    const young = { ...knownModel, days: 100 };
    const codes = (rule: Node, predictions: CheckedIn["predictions"]) => check(rule, { ...shop, predictions }).map(({ code }) => code);
    for (const rule of [month, ahead, most, soon]) {
      expect(codes(rule, null)).toEqual(["no-predictions"]);
      expect(codes(rule, { ...knownModel, orders: 49, customers: 30 })).toEqual(["no-predictions"]);
      expect(codes(rule, { ...knownModel, customers: knownModel.orders - 4 })).toEqual(["no-predictions"]);
      expect(codes(rule, knownModel)).toEqual([]);
    }
    expect([month, soon, ahead, most].map((rule) => codes(rule, young).length)).toEqual([0, 0, 1, 1]);
  });

  test.each<[what: string, rule: Node, path: number[], opposite: boolean]>([
    ["asked for", chance("at-least", 50), [], false],
    ["turned around", not(chance("at-least", 50)), [0], true],
    ["turned around twice", not(not(spend("at-least", 1))), [0, 0], false],
    ["turned around beside another", all(did(), not(within(7))), [1, 0], true],
    ["in a group that is turned around", not(all(did(), chance("at-least", 50))), [0, 1], true],
    ["turned around in such a group", not(any(did(), not(overdue(7)))), [0, 1, 0], false],
  ])("a prediction that nobody can make, %s: true of nobody, or its opposite of everybody", (_what, rule, path, opposite) => {
    const found = check(rule, { ...shop, predictions: null });
    expect(found.map(({ code, path }) => ({ code, path }))).toEqual([{ code: opposite ? "no-predictions-turned" : "no-predictions", path }]);
    expect(found[0]?.message).toMatch(opposite ? /opposite.* is true of everybody\.$/ : /is true of nobody\.$/);
  });

  test("what is said of a prediction that nobody can make is so, of whoever ordered and whoever never did", () => {
    const seen = { "no-predictions": 0, "no-predictions-turned": 0 };
    fc.assert(
      fc.property(anyForetelling, fc.boolean(), anyHistory(anyMoment, 0), anyWorld, (one, wanted, history, world) => {
        const [said] = check(wanted ? one : not(one), { ...shop, predictions: null });
        if (said?.code !== "no-predictions" && said?.code !== "no-predictions-turned") return;
        seen[said.code] += 1;
        expect(decide(wanted ? one : not(one), history, { ...world, predictions: null }, firstMoment).member).toBe(said.code === "no-predictions-turned");
      }),
      { numRuns: 500 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
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

describe("of one number, what excludes itself and what leaves nothing out is always seen", () => {
  const bound = fc.constantFrom("at-least" as const, "at-most" as const);
  const percents = fc.tuple(bound, fc.integer({ min: 0, max: 20 }).map((one) => 5 * one)); // prettier-ignore
  const turned = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
  const group = (kind: "all" | "any", parts: Node[], wanted: boolean[]): Node => ({ kind, of: parts.map((one, index) => (wanted[index] ? one : not(one))) });
  // Beside its own rule: everybody that there could be, and whether each fulfils each part. Null: of whom nothing is expected.
  const expected = (parts: ((value: number) => boolean)[], wanted: boolean[], values: (number | null)[]) => {
    const fits = (value: number | null) => parts.map((one, index) => (value !== null && one(value)) === wanted[index]);
    return { all: values.some((one) => !fits(one).includes(false)) ? null : "never", any: values.every((one) => fits(one).includes(true)) ? "always" : null };
  };

  test("a chance", () => {
    const seen = { never: 0, always: 0, null: 0 };
    const values = [null, ...Array.from({ length: 101 }, (_, index) => index)];
    fc.assert(
      fc.property(fc.array(percents, { minLength: 2, maxLength: 4 }), turned, (bounds, wanted) => {
        const parts = bounds.map(
          ([is, limit]) =>
            (value: number) =>
              is === "at-least" ? value >= limit : value <= limit,
        );
        const said = expected(parts, wanted, values);
        for (const kind of ["all", "any"] as const) {
          const verdict = verdictOf(group(kind, bounds.map(([is, limit]) => chance(is, limit)), wanted), shop); // prettier-ignore
          expect(verdict).toBe(said[kind]);
          seen[`${verdict}`] += 1;
        }
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });

  test("the date of the next order", () => {
    const seen = { never: 0, always: 0, null: 0 };
    const values = [null, ...Array.from({ length: 141 }, (_, index) => index - 70)];
    const due = fc.oneof(fc.integer({ min: 1, max: 30 }).map((amount) => [-amount, 0] as const), fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })).map(([from, more]) => [from, from + more] as const)); // prettier-ignore
    fc.assert(
      fc.property(fc.array(due, { minLength: 2, maxLength: 4 }), turned, (bounds, wanted) => {
        const parts = bounds.map(
          ([from, until]) =>
            (value: number) =>
              value >= from && value < until,
        );
        const said = expected(parts, wanted, values);
        for (const kind of ["all", "any"] as const) {
          const verdict = verdictOf(group(kind, bounds.map(([from, until]) => (from < 0 ? within(-from) : overdue(from, until))), wanted), shop); // prettier-ignore
          expect(verdict).toBe(said[kind]);
          seen[`${verdict}`] += 1;
        }
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });
});

test("who is said never to match what is expected never does, and who always, always, also in a shop too young for it", () => {
  const seen = { never: 0, always: 0 };
  const later = fc.integer({ min: 46 * 24, max: 120 * 24 }).map((hours) => after(firstMoment, hours * hour));
  const part = fc.tuple(anyForetelling, fc.boolean()).map(([one, wanted]): Node => (wanted ? one : not(one)));
  const groups = fc.record({ kind: fc.constantFrom("all" as const, "any" as const), of: fc.array(part, { minLength: 2, maxLength: 4 }) });
  fc.assert(
    fc.property(groups, anyHistory(anyMoment, 0), anyWorld, later, (rule, history, world, at) => {
      const verdict = verdictOf(rule, shop);
      if (verdict === null) return;
      seen[verdict] += 1;
      for (const more of [0, 1, 30, 400]) expect(decide(rule, history, world, after(at, more * day)).member).toBe(verdict === "always");
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(seen.never, seen.always)).toBeGreaterThan(100);
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
