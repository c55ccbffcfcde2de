import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  days,
  last,
  did,
  times,
  all,
  any,
  not,
  chance,
  spend,
  within,
  overdue,
  orders,
  average,
  spent,
  between,
  dates,
  sinceLook,
  firstOrder,
  lastOrder,
  view,
} from "../../test/conditions.ts";
import { anyForetelling, anyHistory, anyMoment, anyWorld, firstMoment, knownModel } from "../../test/rules.ts";
import { check, verdictOf, type CheckedIn } from "./check.ts";
import { decide } from "./evaluate.ts";
import type { Node } from "./rule.ts";
import { standard } from "./standard.ts";

const now = new Date("2026-11-25T12:00:00Z");
const shop: CheckedIn = { key: null, rules: new Map(), timezone: "Europe/London", hasScores: true, predictions: knownModel, now };
const onDays = (is: "at-least" | "at-most", n: number) => did({ onDays: true, times: { is, n }, when: last(30) });

describe("what is odd", () => {
  test.each<[what: string, rule: Node, codes: string[]]>([
    ["at least 3 and at most 2", all(times("at-least", 3), times("at-most", 2)), ["contradiction"]],
    ["at least 2 and at most 2 is fine", all(times("at-least", 2), times("at-most", 2)), []],
    ["exactly 1 and not exactly 1", all(times("exactly", 1), not(times("exactly", 1))), ["contradiction"]],
    ["more in a week than in a month", all(times("at-least", 3, last(7)), times("at-most", 2, last(30))), ["contradiction"]],
    ["more in a month than in a week is fine", all(times("at-least", 3, last(30)), times("at-most", 2, last(7))), []],
    [
      "no more in a month than its parts come to",
      all(times("at-most", 1, last(7)), times("at-most", 1, between(7, 30)), times("at-least", 3, last(30))),
      ["contradiction"],
    ],
    ["as many as its parts come to is fine", all(times("at-most", 1, last(7)), times("at-most", 2, between(7, 30)), times("at-least", 3, last(30))), []],
    [
      "no fewer in a month than its parts come to",
      all(times("at-least", 1, last(7)), times("at-least", 1, between(7, 30)), times("at-most", 1, last(30))),
      ["contradiction"],
    ],
    [
      "times that lie on each other may have the same in both",
      all(times("at-least", 1, last(7)), times("at-least", 1, between(5, 30)), times("at-most", 1, last(30))),
      [],
    ],
    [
      "between two dates, of which one lies in the other's middle",
      all(
        times("exactly", 0, dates("2026-03-01", "2026-04-01")),
        times("exactly", 0, dates("2026-04-01", "2026-05-01")),
        times("at-least", 1, dates("2026-03-15", "2026-04-15")),
      ),
      ["contradiction"],
    ],
    ["40 days do not fit into 30", onDays("at-least", 40), ["never-by-days"]],
    ["32 days may be touched by 30 times 24 hours, where one is short", onDays("at-least", 32), []],
    ["at most 40 days of 30", onDays("at-most", 40), ["always-by-days"]],
    ["not at least 40 days of 30", not(onDays("at-least", 40)), ["always-by-days"]],
    ["visits are days", did({ did: "visited", times: { is: "at-least", n: 4 }, when: dates("2026-03-01", "2026-03-04") }), ["never-by-days"]],
    ["three days in three", did({ did: "visited", times: { is: "at-least", n: 3 }, when: dates("2026-03-01", "2026-03-04") }), []],
    ["as often as one likes on three days", did({ times: { is: "at-least", n: 40 }, when: dates("2026-03-01", "2026-03-04") }), []],
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
    ["not at least never, beside another", all(did(), not(times("at-least", 0))), ["never", "never"]],
    ["not at least never, or another", any(did(), not(times("at-least", 0))), ["never"]],
    ["a group that is turned around is judged as it stands", not(any(did(), times("at-least", 0))), ["never", "always"]],
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
    ["an average of at least 100 and at most 50", all(average("at-least", 100), average("at-most", 50)), ["contradiction"]],
    ["an average of at least 100 and at most 100 is fine", all(average("at-least", 100), average("at-most", 100)), []],
    ["an average between two amounts is fine", all(not(average("at-least", 100)), not(average("at-most", 99)), did()), []],
    ["an average of at least 100, and not of at least 50", all(average("at-least", 100), not(average("at-least", 50))), ["contradiction"]],
    ["neither so great nor so small: who never ordered", all(not(average("at-least", 100)), not(average("at-most", 100))), []],
    ["so great or so small is not everybody: some never ordered", any(average("at-least", 50), average("at-most", 100)), []],
    ["an average of at least nothing is not everybody", average("at-least", 0), []],
    ["of no orders there is no average", all(average("at-least", 0), times("exactly", 0)), ["contradiction"]],
    ["of no orders in a year there is none in a month", all(average("at-most", 50, last(30)), times("at-most", 0, last(365))), ["contradiction"]],
    ["of no orders in a month there may be one in a year", all(average("at-most", 50, last(365)), times("at-most", 0, last(30))), []],
    ["greater in a month than in a year is fine", all(average("at-least", 50, last(30)), average("at-most", 20, last(365))), []],
    ["more spent in a month than in a year", all(spent("at-least", 50, last(30)), spent("at-most", 20, last(365))), ["contradiction"]],
    ["something spent, and no order", all(spent("at-least", 1), times("at-most", 0)), ["contradiction"]],
    ["nothing spent, and an order, is fine", all(spent("at-most", 0), times("at-least", 1)), []],
    ["so many orders, and did not order so often", all(orders("number", "at-least", 3), times("at-most", 2)), ["contradiction"]],
    ["on some days, and never", all(did({ onDays: true }), times("exactly", 0)), ["contradiction"]],
    ["a day is 24 hours", all(times("at-least", 2, last(1)), times("at-most", 1, { kind: "last", length: { amount: 24, unit: "hours" } })), ["contradiction"]],
    ["more a week to a month ago than in a month", all(times("at-least", 3, between(7, 30)), times("at-most", 2, last(30))), ["contradiction"]],
    ["more a week to a month ago than in a fortnight is fine", all(times("at-least", 3, between(7, 30)), times("at-most", 2, last(14))), []],
    [
      "more in March than in spring",
      all(times("at-least", 3, dates("2026-03-01", "2026-04-01")), times("at-most", 2, dates("2026-03-01", "2026-06-01"))),
      ["contradiction"],
    ],
    [
      "more in May than in March is fine",
      all(times("at-least", 3, dates("2026-05-01", "2026-06-01")), times("at-most", 2, dates("2026-03-01", "2026-04-01"))),
      [],
    ],
    ["more in March than ever", all(times("at-least", 3, dates("2026-03-01")), times("at-most", 2)), ["contradiction"]],
    ["more ever than since something is fine", all(times("at-least", 3), times("at-most", 2, sinceLook)), []],
    ["more since something than ever", all(times("at-least", 3, sinceLook), times("at-most", 2)), ["contradiction"]],
    [
      "more since one thing than since another is fine",
      all(times("at-least", 3, sinceLook), times("at-most", 2, { kind: "since", deed: { did: "searched", where: {} } })),
      [],
    ],
    [
      "three that only together leave nothing",
      all(times("at-least", 2, last(7)), not(times("exactly", 2, last(7))), times("at-most", 2, last(30))),
      ["contradiction"],
    ],
    [
      "three that only together leave nobody out",
      any(times("at-most", 1, last(7)), times("exactly", 2, last(7)), times("at-least", 3, last(30))),
      ["tautology"],
    ],
    ["a week, a month and a year", all(times("at-least", 2, last(7)), not(times("exactly", 2, last(30))), times("at-most", 2, last(365))), ["contradiction"]],
    ["a last order of late and long ago", all(lastOrder(last(30)), lastOrder({ kind: "ago", atLeast: days(30) })), ["contradiction"]],
    ["no last order of late, and one, is fine", all(not(lastOrder(last(30))), lastOrder({ kind: "ever" })), []],
    ["a first order of late, and a last one long ago, is not judged", all(firstOrder(last(30)), lastOrder({ kind: "ago", atLeast: days(30) })), []],
    ["not either of two, beside one of them", all(did(), not(any({ kind: "has", what: "email" }, did()))), ["contradiction"]],
    ["not both of two, beside one of them, is fine", all(did(), not(all({ kind: "has", what: "email" }, did()))), []],
    ["a group of one part is both", all(times("at-least", 3), any(times("at-most", 2))), ["contradiction"]],
    ["a stage, and what it excludes", all({ kind: "lifecycle", stages: ["prospect"] }, did()), ["contradiction"]],
    ["overdue for longer than it is, beside another", all(did(), overdue(7, 7)), ["never", "empty-range"]],
    ["overdue for longer than it is", overdue(7, 7), ["empty-range"]],
  ])("%s", (_what, rule, codes) => {
    const found = check(rule, shop);
    expect(found.map((one) => one.code)).toEqual(codes);
    for (const one of found) expect(one.message).toMatch(/^[A-Z].*\.$/);
  });

  test("so many times are added up, and of numbers with a gap so many ways are tried, that it is known at once; beyond that nothing is said", () => {
    const dayByDay = (count: number, is: "at-most" | "exactly", n: number) =>
      Array.from({ length: count }, (_, index) => times(is, n, between(index, index + 1)));
    const codesOf = (...of: Node[]) => check(all(...of), shop).map((one) => one.code);
    expect(codesOf(...dayByDay(29, "at-most", 1), times("at-least", 30, last(29)))).toEqual(["contradiction"]);
    expect(codesOf(...dayByDay(30, "at-most", 1), times("at-least", 31, last(30)))).toEqual([]);
    const gaps = (count: number) => dayByDay(count, "exactly", 1).map(not);
    // None of them once, at most one in all: none at all.
    expect(codesOf(...gaps(4), times("exactly", 1, last(4)))).toEqual(["contradiction"]);
    expect(codesOf(...gaps(29), times("exactly", 1, last(29)))).toEqual([]);
  });

  test.each<[what: string, rule: Node, between: [...number[], boolean][]]>([
    [
      "two of several",
      all({ kind: "has", what: "email" }, times("at-least", 3), firstOrder(last(7)), times("at-most", 2)),
      [
        [1, true],
        [3, true],
      ],
    ],
    [
      "the first two, where there are more",
      all(times("at-least", 9), times("at-most", 2), times("at-least", 3), times("at-most", 1)),
      [
        [0, true],
        [1, true],
      ],
    ],
    [
      "three times, of which one is what the others come to",
      all({ kind: "has", what: "email" }, times("at-most", 1, last(7)), times("at-most", 1, between(7, 30)), times("at-least", 3, last(30))),
      [
        [1, true],
        [2, true],
        [3, true],
      ],
    ],
    [
      "one and what is asked for in a group",
      all(did(), all({ kind: "has", what: "email" }, not(did()))),
      [
        [0, true],
        [1, 1, 0, false],
      ],
    ],
    [
      "one and a group that is turned around",
      all(did(), not(any({ kind: "has", what: "email" }, did()))),
      [
        [0, true],
        [1, 0, 1, false],
      ],
    ],
    [
      "three, none of which can be left out, of four",
      all(times("at-least", 2, last(7)), times("at-least", 1), not(times("exactly", 2, last(7))), times("at-most", 2, last(30))),
      [
        [0, true],
        [2, 0, false],
        [3, true],
      ],
    ],
    [
      "two of which one is a stage",
      all({ kind: "has", what: "phone" }, { kind: "lifecycle", stages: ["prospect"] }, did()),
      [
        [1, true],
        [2, true],
      ],
    ],
    [
      "two of which one leaves nobody out",
      any(not(did()), { kind: "has", what: "phone" }, times("at-least", 1)),
      [
        [0, 0, false],
        [2, true],
      ],
    ],
  ])("which exclude each other or leave nobody out: %s", (_what, rule, between) => {
    const found = check(rule, shop).find((one) => one.between !== undefined);
    expect(found?.between?.map(({ path, wanted }) => [...path, wanted])).toEqual(between);
  });

  test("which of five hundred exclude each other is known at once, however far they lie from each other", () => {
    const many = Array.from({ length: 498 }, (_, index) => times(index % 2 === 0 ? "at-least" : "at-most", index % 2 === 0 ? 3 : 400, last(700 - index)));
    const fine = all(...many);
    expect(check(fine, shop)).toEqual([]);
    const began = performance.now();
    const found = check(all(times("at-most", 4, last(730)), ...many, times("at-least", 5, last(700))), shop);
    expect(found.flatMap((one) => one.between ?? []).map(({ path }) => path)).toEqual([[0], [499]]);
    // Three that only together: nothing but leaving out one after the other finds them.
    const three = check(all(...many, times("at-least", 2, last(7)), not(times("exactly", 2, last(7))), times("at-most", 2, last(30))), shop);
    expect(three.flatMap((one) => one.between ?? []).length).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test("a warning knows its place", () =>
    expect(check(all(did(), not(view(last(730)))), shop).map(({ code, path }) => ({ code, path }))).toEqual([{ code: "beyond-retention", path: [1, 0] }]));

  test.each<[what: string, rule: Node, where: string[]]>([
    ["more days than there are, beside another", all(did(), onDays("at-least", 40)), ["never at the whole", "never-by-days at 1"]],
    ["alone in a group, as the builder begins, it is said once", all(onDays("at-least", 40)), ["never-by-days at 0"]],
    ["turned around there", all(not(onDays("at-least", 40))), ["always-by-days at 0"]],
    ["turned around beside another", any(did(), not(onDays("at-least", 40))), ["always at the whole", "always-by-days at 1"]],
    ["a group alone in a group", all(all(times("at-least", 3), times("at-most", 2))), ["contradiction at 0"]],
    ["an empty range does not say it", all(overdue(7, 7)), ["never at the whole", "empty-range at 0"]],
    ["no days needed at all", onDays("at-least", 0), ["always at the whole"]],
  ])("that nobody or everybody matches is said where it is decided, and why: %s", (_what, rule, where) =>
    expect(check(rule, shop).map(({ code, path }) => `${code} at ${path.join() || "the whole"}`)).toEqual(where),
  );

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
    const rules = new Map<string, Node>([["b", not({ kind: "in-segment", segment: "a" })]]);
    expect(check({ kind: "in-segment", segment: "b" }, { ...shop, key: "a", rules })[0]).toMatchObject({ code: "cycle", path: [] });
  });

  test("what another segment asks for is looked at, too, also where that asks for a third; who is asked for by itself asks for nothing", () => {
    const asks = (segment: string): Node => ({ kind: "in-segment", segment });
    const rules = new Map([
      ["twice", all(asks("once"), times("at-least", 2))],
      ["once", did()],
      ["either", any(times("at-least", 2), { kind: "has", what: "phone" })],
      ["round", all(asks("round"), did())],
    ]);
    const codes = (rule: Node) => check(rule, { ...shop, rules }).map(({ code }) => code);
    expect(codes(all(asks("twice"), times("at-most", 1)))).toEqual(["contradiction"]);
    expect(codes(all(asks("twice"), times("at-most", 2)))).toEqual([]);
    expect(codes(all(asks("twice"), not(asks("once"))))).toEqual(["contradiction"]);
    expect(codes(any(asks("once"), times("exactly", 0)))).toEqual(["tautology"]);
    expect(codes(any(asks("twice"), times("at-most", 1)))).toEqual([]);
    expect(codes(any(asks("either"), times("at-most", 1)))).toEqual(["tautology"]);
    expect(codes(all(asks("either"), times("at-most", 1)))).toEqual([]);
    expect(verdictOf(asks("round"), { ...shop, rules })).toBe("never");
  });

  test("nothing is odd about the standard segments, but that some look back as far as they can", () => {
    for (const one of standard) expect(check(one.rule, { ...shop, key: one.key }).map(({ code }) => code)).toEqual([]);
  });
});
