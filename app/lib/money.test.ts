import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { currencyDigits, formatMoney, toDecimal, toMinor } from "./money.ts";

describe("minor units are those of ISO 4217, whatever this machine's Intl shows", () => {
  test.each([
    ["GBP", 2],
    ["JPY", 0],
    ["KWD", 3],
    ["CLF", 4],
    ["HUF", 2],
    ["COP", 2],
    ["IDR", 2],
    ["KRW", 0],
    ["XXZ", 2],
  ])("%s has %i", (currency, digits) => expect(currencyDigits(currency)).toBe(digits));
});

describe("an amount is read exactly, or not at all", () => {
  test.each<[string, string, number | null]>([
    ["12.34", "GBP", 1234],
    ["0.07", "GBP", 7],
    ["-5", "GBP", -500],
    ["0", "GBP", 0],
    ["-0.00", "GBP", 0],
    [" 12.3 ", "GBP", 1230],
    ["1000", "JPY", 1000],
    ["999.5", "JPY", 1000],
    ["1.234", "KWD", 1234],
    ["199.99", "HUF", 19999],
    ["0.005", "GBP", 1],
    ["0.0049", "GBP", 0],
    ["1000000000000", "GBP", 100_000_000_000_000],
    ["9999999999999", "KWD", null],
    ["12,34", "GBP", null],
    ["", "GBP", null],
    ["1e3", "GBP", null],
    ["NaN", "GBP", null],
    ["Infinity", "GBP", null],
    ["+1", "GBP", null],
    ["1.", "GBP", null],
    [".5", "GBP", null],
    ["0x10", "GBP", null],
    ["１２", "GBP", null],
  ])("%j %s is %s", (text, currency, minor) => expect(toMinor(text, currency)).toBe(minor));
});

test("what was written is read back as it was", () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), fc.constantFrom("GBP", "JPY", "KWD", "HUF", "CLF"), (minor, currency) => {
      expect(toMinor(toDecimal(minor, currency), currency)).toBe(minor === 0 ? 0 : minor);
    }),
  );
});

test("no text makes it throw, and every answer can be counted", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^-?\d{1,20}(\.\d{1,9})?$/)), (text) => {
      const minor = toMinor(text, "KWD");
      expect(minor === null || Number.isSafeInteger(minor)).toBe(true);
    }),
  );
});

describe("people see their own money", () => {
  test.each([
    [891_140_790, "GBP", "£8,911,407.90"],
    [1000, "JPY", "¥1,000"],
    [1234, "KWD", "KWD\u00a01.234"],
    [-5, "GBP", "-£0.05"],
    [1234, "no code", "12.34 no code"],
  ])("%i %s is %s", (minor, currency, shown) => expect(formatMoney(minor, currency)).toBe(shown));
});
