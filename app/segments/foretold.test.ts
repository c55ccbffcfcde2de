import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyForetelling, anyHistory, anyModel, anyMoment, firstMoment } from "../../test/rules.ts";
import { after, day } from "../lib/time.ts";
import { lacking, learn, type Model } from "../predictions/model.ts";
import { groupOf, standingOf, stepOf, steps } from "../predictions/place.ts";
import { predictionOf } from "../predictions/predict.ts";
import { decide, evaluate, type World } from "./evaluate.ts";
import { dueBounds, foretells, movedSteps, type Expected, type Foretelling } from "./foretold.ts";
import { nothingDone, type History } from "./history.ts";
import type { Node } from "./rule.ts";

const start = firstMoment;
/** Thirty people who order every ten days, for a year, five to twelve times; the last of them just now. */
const regulars = Array.from({ length: 30 }, (_, who) => {
  const orders = Array.from({ length: 5 + (who % 8) }, (_one, nth) => ({ at: after(start, -(360 - who * 9 - nth * 10) * day), netMinor: 2000 }));
  return { count: orders.length, firstAt: orders[0]?.at ?? start, orders };
});
const model = learn(regulars, start, "2026-09-20");
const world: World = { timezone: "UTC", catalogue: new Map(), rfm: null, predictions: model, rules: new Map() };
const order = (placedAt: Date, netMinor = 2000) => ({ orderId: placedAt.toISOString(), placedAt, cartToken: null, checkoutToken: null, netMinor, items: [] });
const ordered = (...days: number[]): History => ({ ...nothingDone, orders: days.map((one) => order(after(start, one * day))) });
const isIn = (rule: Node, history: History, now: Date, shop = world) => decide(rule, history, shop, now).member;

const chance = (percent: number, is: "at-least" | "at-most" = "at-least"): Node => ({ kind: "chance-of-order", within: 30, chance: { is, percent } });
const spend = (value: number, is: "at-least" | "at-most" = "at-least"): Node => ({ kind: "predicted-spend", spend: { is, value } });
const within = (amount: number): Node => ({ kind: "expected-order", due: { kind: "within", length: { amount, unit: "days" } } });
const overdue = (atLeast: number, lessThan?: number): Node => ({
  kind: "expected-order",
  due: {
    kind: "overdue",
    atLeast: { amount: atLeast, unit: "days" },
    ...(lessThan === undefined ? {} : { lessThan: { amount: lessThan, unit: "days" as const } }),
  },
});

describe("what is expected", () => {
  const regular = ordered(0, 10, 20);
  const standing = standingOf(regular.orders) ?? expect.unreachable();
  const at = predictionOf(model, standing, after(start, 20 * day)).nextOrder?.at ?? expect.unreachable();

  test("a regular customer is expected about when she usually comes", () => {
    expect((at.getTime() - standing.lastAt.getTime()) / day).toBeGreaterThanOrEqual(8);
    expect((at.getTime() - standing.lastAt.getTime()) / day).toBeLessThanOrEqual(16);
  });

  test.each<[rule: Node, later: number, member: boolean]>([
    [within(3), -3 * day - 1, false],
    [within(3), -3 * day, true],
    [within(3), -1, true],
    [within(3), 0, false],
    [overdue(2, 5), 2 * day - 1, false],
    [overdue(2, 5), 2 * day, true],
    [overdue(2, 5), 5 * day - 1, true],
    [overdue(2, 5), 5 * day, false],
    [overdue(2), 900 * day, true],
  ])("%j, %d ms after that moment: %s", (rule, ms, member) => expect(isIn(rule, regular, after(at, ms))).toBe(member));

  test("who grows quiet loses her chance, and what she is expected to spend", () => {
    const now = after(start, 21 * day);
    expect(isIn(chance(50), regular, now)).toBe(true);
    expect(isIn(chance(50), regular, after(now, 200 * day))).toBe(false);
    expect(isIn(chance(20, "at-most"), regular, after(now, 200 * day))).toBe(true);
    const { spend: expected } = predictionOf(model, standing, now);
    const minor = expected?.minor ?? expect.unreachable();
    expect(minor).toBeGreaterThan(3 * 2000);
    expect([isIn(spend(minor), regular, now), isIn(spend(minor + 1), regular, now), isIn(spend(minor, "at-most"), regular, now)]).toEqual([true, false, true]);
    expect(isIn(spend(minor - 1, "at-most"), regular, now)).toBe(false);
  });

  test("an order that lies ahead of our clock counts already", () => {
    const now = after(start, 21 * day);
    expect(isIn(within(30), { ...regular, orders: [...regular.orders, order(after(now, 5000))] }, now)).toBe(true);
  });

  const silent: [why: string, history: History, shop: World][] = [
    ["who never ordered", nothingDone, world],
    ["a shop that was never looked at", regular, { ...world, predictions: null }],
    ["a shop with too little of a past", regular, { ...world, predictions: learn(regulars.slice(0, 2), start, "2026-09-20") }],
  ];
  test.each(silent)("of %s nothing is expected: no condition is true, and each turned around is", (_why, history, shop) => {
    for (const rule of [chance(0), chance(100, "at-most"), within(3650), overdue(1), spend(0), spend(100_000_000, "at-most")]) {
      expect(isIn(rule, history, after(start, 60 * day), shop)).toBe(false);
      expect(isIn({ kind: "not", of: rule }, history, after(start, 60 * day), shop)).toBe(true);
    }
  });

  test("half a year is needed for a year ahead, and not for a month", () => {
    const young = learn(regulars, after(start, -240 * day), "2026-01-23");
    expect(lacking(young, 365)?.days ?? 0).toBeGreaterThan(0);
    expect(lacking(young, 30)).toBeNull();
    const shop = { ...world, predictions: young };
    expect([isIn(chance(0), regular, after(start, 21 * day), shop), isIn(spend(0), regular, after(start, 21 * day), shop)]).toEqual([true, false]);
  });
});

const later = new Map<string, Model>();
/** As two days' models of one shop: what is typical of it stays. Each pair is worked out once. */
function asAfter(before: Model, other: Model): Model {
  const key = JSON.stringify([other, before.typicalGap]);
  const next = later.get(key) ?? { ...other, typicalGap: before.typicalGap };
  later.set(key, next);
  return next;
}

test("who is not named when a model changes has the same answers by both, now and later", () => {
  let [named, passed] = [0, 0];
  const asked = fc.array(anyForetelling.filter(foretells), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(anyModel, anyModel, asked, anyHistory(anyMoment, 0), fc.nat(60), (before, other, conditions: Foretelling[], history, days) => {
      const next = asAfter(before, other);
      const standing = standingOf(history.orders);
      const moved = movedSteps(before, next, conditions) ?? expect.unreachable();
      if (standing === null) return;
      const now = after(firstMoment, (45 + days) * day);
      if (stepOf(standing, now) <= (moved[groupOf(standing, before.typicalGap)] ?? -1)) {
        named += 1;
        return;
      }
      passed += 1;
      for (const rule of conditions) {
        for (const more of [0, 1, 30, 200, 2000]) {
          const at = after(now, more * day);
          expect(isIn(rule, history, at, { ...world, predictions: next })).toBe(isIn(rule, history, at, { ...world, predictions: before }));
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(Math.min(named, passed)).toBeGreaterThan(20);
});

test("what is said to be expected is what decides", () => {
  const seen = { chance: 0, date: 0, spend: 0, "never-ordered": 0, unknown: 0 };
  const decides = (node: Foretelling, expected: Expected, now: Date): boolean => {
    const within = (is: "at-least" | "at-most", value: number, limit: number) => (is === "at-least" ? value >= limit : value <= limit);
    if (node.kind === "chance-of-order" && expected.what === "chance") return within(node.chance.is, expected.percent, node.chance.percent);
    if (node.kind === "predicted-spend" && expected.what === "spend") return within(node.spend.is, expected.minor, node.spend.value);
    if (node.kind !== "expected-order" || expected.what !== "date") return false;
    const { from, until } = dueBounds(node);
    const passed = now.getTime() - expected.at.getTime();
    return passed >= from && passed < until;
  };
  fc.assert(
    fc.property(
      anyForetelling.filter(foretells),
      fc.option(anyModel, { freq: 9 }),
      anyHistory(anyMoment, 0),
      fc.nat(120),
      (rule, predictions, history, days) => {
        const now = after(firstMoment, (45 + days) * day);
        const [reason] = evaluate(rule, history, { ...world, predictions }, now).because;
        const expected = reason?.expected ?? expect.unreachable();
        seen[expected.what] += 1;
        expect(reason?.holds).toBe(decides(rule, expected, now));
      },
    ),
    { numRuns: 1000 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
});

test("random conditions are true of some random customers and false of others", () => {
  const counts = { true: 0, false: 0 };
  const now = after(firstMoment, 50 * day);
  fc.assert(
    fc.property(anyForetelling, anyModel, anyHistory(anyMoment, 0), (rule, predictions, history) => {
      counts[`${isIn(rule, history, now, { ...world, predictions })}`] += 1;
    }),
    { numRuns: 500 },
  );
  expect(Math.min(counts.true, counts.false)).toBeGreaterThan(80);
  expect(steps.length).toBeLessThan(80);
});
