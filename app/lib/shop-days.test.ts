import fc from "fast-check";
import { expect, test } from "vitest";
import { after } from "./time.ts";
import { dateBefore, dateOf, isDate, startOf } from "./shop-days.ts";

test.each([
  ["2026-11-25", "Europe/London", "2026-11-25T00:00:00.000Z"],
  ["2026-07-01", "Europe/London", "2026-06-30T23:00:00.000Z"],
  ["2026-01-01", "Pacific/Auckland", "2025-12-31T11:00:00.000Z"],
  // Clocks go forward at midnight there: the day begins at one.
  ["2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"],
  ["2026-11-25", "Mars/Olympus", "2026-11-25T00:00:00.000Z"],
])("%s in %s begins at %s", (date, timezone, first) => expect(startOf(date, timezone).toISOString()).toBe(first));

test("an instant falls on the day that began last", () => {
  const zone = fc.constantFrom("Europe/London", "Pacific/Auckland", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata");
  fc.assert(
    fc.property(fc.date({ min: new Date("2015-01-01"), max: new Date("2030-01-01"), noInvalidDate: true }), zone, (at, timezone) => {
      const date = dateOf(at, timezone);
      const begins = startOf(date, timezone);
      expect(begins <= at).toBe(true);
      expect(dateOf(begins, timezone)).toBe(date);
      expect(dateOf(after(begins, -1), timezone)).toBe(dateBefore(date));
    }),
  );
});

test.each([
  ["2026-02-28", true],
  ["2026-02-29", false],
  ["2028-02-29", true],
  ["2026-13-01", false],
  ["2026-00-10", false],
  ["1899-01-01", false],
  ["2026-1-1", false],
  ["2026-11-25T00:00:00Z", false],
  ["'; --", false],
])("%s is a date: %s", (text, is) => expect(isDate(text)).toBe(is));
