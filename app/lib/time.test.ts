import { describe, expect, test } from "vitest";
import { after, day, earliest, hour, readInstant } from "./time.ts";

const noon = new Date("2026-11-21T12:00:00Z");

describe("an instant is read only where it says when", () => {
  test.each<[string | null | undefined, string | null]>([
    ["2026-11-21T12:00:00Z", "2026-11-21T12:00:00.000Z"],
    ["2026-11-21T12:00:00-05:00", "2026-11-21T17:00:00.000Z"],
    ["2026-11-21T12:00:00+0530", "2026-11-21T06:30:00.000Z"],
    ["2026-11-21T12:00:00.123456Z", "2026-11-21T12:00:00.123Z"],
    ["2026-11-21T12:00Z", "2026-11-21T12:00:00.000Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"],
    ["2999-12-31T23:59:59Z", "2999-12-31T23:59:59.000Z"],
    ["2026-02-29T00:00:00Z", null],
    ["2026-02-30T10:00:00Z", null],
    ["2026-13-01T00:00:00Z", null],
    ["2026-11-21T25:00:00Z", null],
    ["2026-11-21T12:00:00", null],
    ["2026-11-21", null],
    ["21/11/2026 12:00", null],
    ["2024-09-16T03:50:1500:00", null],
    ["yesterday", null],
    ["1700000000", null],
    ["", null],
    [null, null],
    [undefined, null],
  ])("%j is %s", (text, at) => expect(readInstant(text)?.toISOString() ?? null).toBe(at));
});

test("after counts forwards, and backwards where it is negative", () => {
  expect(after(noon, hour).toISOString()).toBe("2026-11-21T13:00:00.000Z");
  expect(after(noon, -day).toISOString()).toBe("2026-11-20T12:00:00.000Z");
});

test("the earliest of nothing is null, of some it is the first, and what is missing does not count", () => {
  expect(earliest([])).toBeNull();
  expect(earliest([null, undefined])).toBeNull();
  expect(earliest([after(noon, hour), null, noon, after(noon, day)])).toEqual(noon);
});
