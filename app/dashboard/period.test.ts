import { describe, expect, test } from "vitest";
import { beginning, bucketFor, dayOf, knownZone, periodOf, withoutGaps } from "./period.ts";

const now = new Date("2026-11-21T01:30:00Z");

describe("a period is whole days in the shop's time zone, today included", () => {
  test.each([
    ["7", "Europe/London", "2026-11-15T00:00:00.000Z"],
    // In New York it is still the evening of the 20th.
    ["7", "America/New_York", "2026-11-14T05:00:00.000Z"],
    ["30", "Pacific/Auckland", "2026-10-22T11:00:00.000Z"],
    // Summer time ended in between: the first day begins by the clock of that day.
    ["90", "Europe/London", "2026-08-23T23:00:00.000Z"],
  ])("%s days in %s begin at %s", (key, timezone, from) => {
    expect(periodOf(key, timezone, now)).toEqual({ key, from: new Date(from), until: now });
  });

  test("all time has no beginning", () => expect(periodOf("all", "Europe/London", now).from).toEqual(beginning));
  test.each([null, "", "12", "7 days"])("what is not known (%s) is 30 days", (text) => expect(periodOf(text, "UTC", now).key).toBe("30"));
  test("a time zone that nobody knows is UTC", () =>
    expect([knownZone("Mars/Base"), periodOf("7", "Mars/Base", now).from.toISOString()]).toEqual(["UTC", "2026-11-15T00:00:00.000Z"]));
});

test("an instant belongs to the local day", () => {
  expect(dayOf(now, "America/New_York")).toBe("2026-11-20");
  expect(dayOf(now, "Pacific/Auckland")).toBe("2026-11-21");
});

describe("bars", () => {
  test.each([
    [30, "day"],
    [36, "week"],
    [190, "week"],
    [191, "month"],
  ])("%i days are shown by %s", (days, bucket) => expect(bucketFor(new Date(now.getTime() - days * 86_400_000), now)).toBe(bucket));

  const bar = (start: string, grossMinor: number) => ({ start, grossMinor, attributedMinor: 0 });

  test("a day without an order is a bar of zero", () => {
    const bars = withoutGaps([bar("2026-11-19", 500)], "day", new Date("2026-11-18T12:00:00Z"), now, "UTC");
    expect(bars).toEqual([bar("2026-11-18", 0), bar("2026-11-19", 500), bar("2026-11-20", 0), bar("2026-11-21", 0)]);
  });
  test("weeks begin on Monday, months on the first", () => {
    expect(withoutGaps([], "week", new Date("2026-11-04T12:00:00Z"), now, "UTC").map((one) => one.start)).toEqual(["2026-11-02", "2026-11-09", "2026-11-16"]);
    expect(withoutGaps([], "month", new Date("2026-09-30T12:00:00Z"), now, "UTC").map((one) => one.start)).toEqual(["2026-09-01", "2026-10-01", "2026-11-01"]);
  });
});
