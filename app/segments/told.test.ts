import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyCondition } from "../../test/rules.ts";
import type { Reason } from "./evaluate.ts";
import type { Condition } from "./rule.ts";
import { told } from "./told.ts";

const names = { product: () => null, collection: () => null, segment: () => null, flow: () => null, currency: "GBP" };
const deeds = [4, 3, 2, 1].map((nth) => ({ id: `${nth}`, at: new Date(Date.UTC(2026, 10, nth)) }));
const at = deeds.map((one) => one.at);
const reason = (condition: Condition, change: Partial<Reason> = {}): Reason => ({
  ...{ path: [], condition, wanted: true, holds: true, deeds, expected: null },
  ...change,
});
const ordered: Condition = { kind: "did", did: "ordered", where: {}, times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "ever" } };
const chance: Condition = { kind: "chance-of-order", within: 90, chance: { is: "at-least", percent: 50 } };

test("what is counted is told with the latest moments of it", () =>
  expect(told(reason(ordered), names)).toEqual({ words: "ordered", at: at.slice(0, 3), lastOrderAt: null, expected: null }));

test("what hangs on where she stands has no moments of its own, but says when she ordered last", () => {
  expect(told(reason({ kind: "rfm", money: [5] }), names)).toMatchObject({ at: [], lastOrderAt: at[0] });
  expect(told(reason(chance, { deeds: [] }), names)).toMatchObject({ at: [], lastOrderAt: null });
});

test("of whom something is expected nobody need be told that of others nothing is", () => {
  const expected = { what: "chance", percent: 8, low: 2, high: 14 } as const;
  expect(told(reason(chance, { holds: false, expected }), names)).toEqual({
    ...{ words: "is less than 50% likely to order again within 90 days", at: [], lastOrderAt: at[0], expected },
  });
});

describe("of whom nothing is expected it is not told twice, nor with a figure that nobody knows", () => {
  const expectedIn = (days: number): Condition => ({ kind: "expected-order", due: { kind: "within", length: { amount: days, unit: "days" } } });
  const overdue: Condition = { kind: "expected-order", due: { kind: "overdue", atLeast: { amount: 7, unit: "days" } } };
  const chanceOf = (is: "at-least" | "at-most", percent: number): Condition => ({ kind: "chance-of-order", within: 90, chance: { is, percent } });
  const spendOf = (is: "at-least" | "at-most", value: number): Condition => ({ kind: "predicted-spend", spend: { is, value } });
  test.each<[condition: Condition, words: string]>([
    [chanceOf("at-least", 50), "has no known chance to order again within 90 days"],
    [chanceOf("at-most", 5), "has no known chance to order again within 90 days"],
    [chanceOf("at-least", 0), "has no known chance to order again within 90 days"],
    [chanceOf("at-most", 100), "has no known chance to order again within 90 days"],
    [spendOf("at-least", 25000), "is not expected to spend as much as £250.00 within a year"],
    [spendOf("at-most", 500), "has no expected spend within a year"],
    [expectedIn(14), "is not expected to order within 14 days"],
    [overdue, "was not expected back at least 7 days ago"],
  ])("%j: %s", (condition, words) => {
    for (const what of ["never-ordered", "unknown"] as const)
      // Whether it was asked for and is not so, or was asked not to be so.
      for (const wanted of [true, false]) expect(told(reason(condition, { wanted, holds: !wanted, deeds: [], expected: { what } }), names).words).toBe(words);
  });
});

test("it is told of one person", () => {
  const words = (condition: Condition, holds = true) => told(reason(condition, { holds }), names).words;
  expect(words({ kind: "has", what: "email" })).toBe("has an email address");
  expect(words({ kind: "language", languages: ["de"] })).toBe("reads German");
  expect(words({ kind: "language", languages: ["de"] }, false)).toBe("does not read German");
  expect(words({ kind: "rfm", money: [5] })).toBe("scores 5 for money");
  expect(words({ kind: "rfm-group", groups: ["champions", "at-risk"] })).toBe("is among champions or customers at risk (by score)");
  expect(words({ kind: "lifecycle", stages: ["lapsed"] }, false)).toBe("is not among lapsed customers");
  const overdue: Condition = { kind: "expected-order", due: { kind: "overdue", atLeast: { amount: 7, unit: "days" } } };
  expect(words(overdue)).toBe("was expected back at least 7 days ago and has not ordered");
  expect(words(ordered, false)).toBe("did not order");
  fc.assert(
    fc.property(anyCondition, fc.boolean(), (condition, holds) => {
      expect(words(condition, holds)).not.toMatch(/^(are|have|were|do|read|score)\b| have not\b/);
    }),
    { numRuns: 1000 },
  );
});
