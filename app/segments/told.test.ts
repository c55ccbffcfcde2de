import { expect, test } from "vitest";
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
    ...{ words: "are less than 50% likely to order again within 90 days", at: [], lastOrderAt: at[0], expected },
  });
  for (const what of ["never-ordered", "unknown"] as const)
    expect(told(reason(chance, { holds: false, expected: { what } }), names).words).toBe(
      "are less than 50% likely to order again within 90 days (or nobody can say)",
    );
});
