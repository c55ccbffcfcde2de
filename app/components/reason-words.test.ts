import { expect, test } from "vitest";
import { formatsOf } from "./format.ts";
import type { Expected } from "../segments/foretold.ts";
import type { Condition } from "../segments/rule.ts";
import { told as tell } from "../segments/told.ts";
import { reasonLines, reasonsLine } from "./reason-words.ts";

const format = formatsOf({ currency: "GBP", timezone: "Europe/London" });
const lastOrderAt = "2026-10-31T23:30:00.000Z";
type Told = Parameters<typeof reasonLines>[0][number];
const told = (change: Partial<Told>): Told => ({ words: "fit", at: [], lastOrderAt: null, expected: null, ...change });

test.each<[change: Partial<Told>, text: string]>([
  [{ at: ["2026-11-02T10:00:00Z", new Date("2026-11-01T09:05:00Z")] }, "fit (2 Nov 2026, 10:00; 1 Nov 2026, 09:05)"],
  [{ lastOrderAt }, "fit: last order on 31 Oct 2026"],
  [{ lastOrderAt, expected: { what: "chance", percent: 8, low: 2, high: 14 } }, "fit: now 8% (2 to 14%), last order on 31 Oct 2026"],
  [{ expected: { what: "date", at: "2026-12-03T12:00:00Z", passed: false } }, "fit: about 3 Dec 2026"],
  [{ expected: { what: "date", at: "2026-11-03T12:00:00Z", passed: true } }, "fit: it was expected about 3 Nov 2026"],
  [{ expected: { what: "spend", minor: 12_345, low: 0, high: 40_049 } }, "fit: now about £123 (£0 to £400)"],
  [{ expected: { what: "never-ordered" } }, "fit: no order is known"],
  [{ lastOrderAt, expected: { what: "unknown" } }, "fit: too little is known of the shop yet"],
])("%j: %s", (change, text) => expect(reasonLines([told(change)], format)).toEqual([text]));

test("several stand in one line, without the moments of what she did, and with her last order once", () => {
  const expected = { what: "chance", percent: 8, low: 2, high: 14 } as const;
  expect(reasonsLine([told({ lastOrderAt, expected }), told({ lastOrderAt }), told({ at: ["2026-11-02T10:00:00Z"] })], format)).toBe(
    "fit: now 8% (2 to 14%); fit: last order on 31 Oct 2026; fit",
  );
});

const names = { product: () => null, collection: () => null, segment: () => null, flow: () => null, currency: "GBP" };
const chance: Condition = { kind: "chance-of-order", within: 90, chance: { is: "at-least", percent: 50 } };
const spend: Condition = { kind: "predicted-spend", spend: { is: "at-most", value: 500 } };
const within: Condition = { kind: "expected-order", due: { kind: "within", length: { amount: 14, unit: "days" } } };

test.each<[condition: Condition, expected: Expected, text: string]>([
  [chance, { what: "chance", percent: 8, low: 2, high: 14 }, "is less than 50% likely to order again within 90 days: now 8% (2 to 14%)"],
  [chance, { what: "never-ordered" }, "has no known chance to order again within 90 days: no order is known"],
  [chance, { what: "unknown" }, "has no known chance to order again within 90 days: too little is known of the shop yet"],
  [spend, { what: "spend", minor: 12_345, low: 0, high: 40_049 }, "is expected to spend more than £5.00 within a year: now about £123 (£0 to £400)"],
  [spend, { what: "never-ordered" }, "has no expected spend within a year: no order is known"],
  [spend, { what: "unknown" }, "has no expected spend within a year: too little is known of the shop yet"],
  [within, { what: "never-ordered" }, "is not expected to order within 14 days: no order is known"],
  [within, { what: "date", at: new Date("2027-01-03T12:00:00Z"), passed: false }, "is not expected to order within 14 days: about 3 Jan 2027"],
])("a condition turned around, and what is expected of her: %j, %j", (condition, expected, text) => {
  for (const wanted of [true, false])
    expect(reasonLines([tell({ path: [], condition, wanted, holds: !wanted, deeds: [], expected }, names)], format)).toEqual([text]);
});
