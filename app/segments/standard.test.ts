import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { after, day, hour } from "../lib/time.ts";
import { evaluate, type World } from "./evaluate.ts";
import { rfmGroups, stages } from "./groups.ts";
import { nothingDone, type Ordered } from "./history.ts";
import { readRule } from "./rule.ts";
import { standard, standardOf } from "./standard.ts";

const start = new Date("2026-11-01T12:00:00Z");
const world: World = { timezone: "Pacific/Auckland", catalogue: new Map(), rfm: null, predictions: null, rules: new Map() };
const ruleOf = (key: string) => (standardOf(key) ?? expect.unreachable()).rule;

describe("every standard segment", () => {
  test("is a rule that can be exported and read back", () => {
    for (const one of standard) expect(readRule({ version: 1, match: one.rule })).toEqual({ ok: true, rule: { version: 1, match: one.rule } });
  });

  test("has a key, a name and a sentence of its own", () => {
    for (const field of ["key", "name", "template"] as const) expect(new Set(standard.map((one) => one[field])).size).toBe(standard.length);
    expect(standardOf("everybody")).toBeNull();
  });
});

const order = (id: string, placedAt: Date, netMinor = 1000): Ordered => ({ orderId: id, placedAt, cartToken: null, checkoutToken: null, netMinor, items: [] });
const scored: World = { ...world, rfm: { madeOn: "2026-11-01", recencyDays: [10, 30, 60, 120], orders: [1, 2, 3, 5], spentMinor: [1000, 2000, 5000, 9000] } };
const inNow = (key: string, orders: Ordered[], now: Date) => evaluate(ruleOf(key), { ...nothingDone, orders }, scored, now).member;

describe("the bands of past purchasers", () => {
  const bands = ["buyers-30", "buyers-90", "buyers-180", "buyers-365"];
  test.each([
    [0, "buyers-30"],
    [30 * day - 1, "buyers-30"],
    [30 * day, "buyers-90"],
    [90 * day - 1, "buyers-90"],
    [90 * day, "buyers-180"],
    [180 * day, "buyers-365"],
    [365 * day - 1, "buyers-365"],
    [365 * day, undefined],
  ])("%d ms after the last order: %s", (later, band) => {
    const orders = [order("1", after(start, -400 * day)), order("2", start)];
    expect(bands.filter((key) => inNow(key, orders, after(start, later)))).toEqual(band === undefined ? [] : [band]);
  });
});

test.each([
  ["repeat-buyers", 1, 0, false],
  ["repeat-buyers", 2, 0, true],
  ["lapsed-buyers", 2, 90 * day - hour, false],
  ["lapsed-buyers", 2, 90 * day, true],
  ["high-value", 9, 0, false],
  ["high-value", 10, 0, true],
])("%s: with %d orders, %d ms later: %s", (key, count, later, member) => {
  const orders = Array.from({ length: count }, (_, index) => order(`${index}`, start));
  expect(inNow(key, orders, after(start, later))).toBe(member);
});

describe("a customer is in exactly one", () => {
  const orders = fc
    .array(fc.record({ ago: fc.integer({ min: 0, max: 500 * 24 }), net: fc.integer({ min: 0, max: 4000 }) }), { maxLength: 8 })
    .map((all) => all.map((one, index) => order(`${index}`, after(start, -one.ago * hour), one.net)));

  test("stage of a customer's life, and so is who never ordered", () =>
    fc.assert(
      fc.property(orders, (mine) => {
        expect(stages.filter((stage) => inNow(`stage-${stage}`, mine, start))).toHaveLength(1);
      }),
    ));

  test("group of RFM, if she ever ordered", () =>
    fc.assert(
      fc.property(orders, (mine) => {
        expect(rfmGroups.filter((group) => inNow(`rfm-${group}`, mine, start))).toHaveLength(mine.length === 0 ? 0 : 1);
      }),
    ));
});
