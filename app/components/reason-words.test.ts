import { expect, test } from "vitest";
import { formatsOf } from "./format.ts";
import { reasonsLine, reasonWords } from "./reason-words.ts";

const format = formatsOf({ currency: "GBP", timezone: "Europe/London" });
const lastOrderAt = "2026-10-31T23:30:00.000Z";
type Told = Parameters<typeof reasonWords>[0];
const told = (change: Partial<Told>): Told => ({ words: "fit", at: [], lastOrderAt: null, expected: null, ...change });

test.each<[change: Partial<Told>, text: string]>([
  [{ at: ["2026-11-02T10:00:00Z", new Date("2026-11-01T09:05:00Z")] }, "fit (2 Nov 2026, 10:00; 1 Nov 2026, 09:05)"],
  [{ lastOrderAt }, "fit: her last order was on 31 Oct 2026"],
  [{ lastOrderAt, expected: { what: "chance", percent: 8, low: 2, high: 14 } }, "fit: now 8% (2 to 14%), her last order was on 31 Oct 2026"],
  [{ expected: { what: "date", at: "2026-12-03T12:00:00Z", passed: false } }, "fit: about 3 Dec 2026"],
  [{ expected: { what: "date", at: "2026-11-03T12:00:00Z", passed: true } }, "fit: it was expected about 3 Nov 2026"],
  [{ expected: { what: "spend", minor: 12_345, low: 0, high: 40_049 } }, "fit: now about £123 (£0 to £400)"],
  [{ expected: { what: "never-ordered" } }, "fit: no order of hers is known"],
  [{ expected: { what: "unknown" } }, "fit: too little is known of the shop yet"],
])("%j: %s", (change, text) => expect(reasonWords(told(change), format)).toBe(text));

test("several stand in one line, without the moments of what she did", () =>
  expect(reasonsLine([told({ at: ["2026-11-02T10:00:00Z"] }), told({ lastOrderAt })], format)).toBe("fit; fit: her last order was on 31 Oct 2026"));
