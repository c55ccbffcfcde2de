import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evenLabels, roomOf } from "./even-labels.ts";

const day = roomOf(["26 Nov"]);
const month = roomOf(["Nov 2026"]);
/** What is left of a card for the bars, in a window 1280 and 390 pixels wide. */
const [desktop, phone] = [850, 270];

test.each([
  ["a month of days", 30, desktop, day, "day", [1, 8, 15, 22, 29]],
  ["a month of days on a phone", 30, phone, day, "day", [1, 8, 15, 22, 29]],
  ["a month of days in little room", 30, 200, day, "day", [1, 15, 29]],
  ["a week", 7, desktop, day, "day", [0, 1, 2, 3, 4, 5, 6]],
  ["a week on a phone", 7, phone, day, "day", [0, 2, 4, 6]],
  ["a quarter in weeks", 14, desktop, day, "week", [1, 3, 5, 7, 9, 11, 13]],
  ["a quarter in weeks on a phone", 14, phone, day, "week", [1, 5, 9, 13]],
  ["a year in months", 12, desktop, month, "month", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
  ["a year in months on a phone", 12, phone, month, "month", [2, 5, 8, 11]],
  ["ten years in months on a phone", 120, phone, month, "month", [11, 47, 83, 119]],
  ["one day", 1, phone, day, "day", [0]],
  ["none", 0, phone, day, "day", []],
  ["no room yet", 30, 0, day, "day", [29]],
] as const)("%s", (_, count, width, room, bucket, places) => expect(evenLabels(count, width, room, bucket)).toEqual(places));

describe("whatever there is to be named, and however wide it is,", () => {
  const asked = fc.record({
    count: fc.integer({ min: 1, max: 1000 }),
    width: fc.integer({ min: 0, max: 3000 }),
    room: fc.integer({ min: 1, max: 200 }),
    bucket: fc.constantFrom("day" as const, "week" as const, "month" as const),
  });
  const holds = (name: string, law: (places: number[], of: { count: number; width: number; room: number }) => void) =>
    test(name, () =>
      fc.assert(
        fc.property(asked, (one) => law(evenLabels(one.count, one.width, one.room, one.bucket), one)),
        { numRuns: 500 },
      ),
    );
  const steps = (places: number[]) => places.slice(1).map((place, index) => place - (places[index] ?? 0));

  holds("the names are equally far from each other", (places) => {
    expect(new Set(steps(places)).size).toBeLessThanOrEqual(1);
  });
  holds("the last is named", (places, { count }) => {
    expect(places.at(-1)).toBe(count - 1);
  });
  holds("none is left out before the first", (places, { count }) => {
    const [step = count] = steps(places);
    expect(places[0]).toBeLessThan(step);
  });
  holds("none comes too near to the next", (places, { count, width, room }) => {
    // A share of a pixel is nothing that anybody sees.
    for (const step of steps(places)) expect((step * width) / count).toBeGreaterThan(room - 1e-6);
  });
  holds("there are never more than can be read", (places) => {
    expect(places.length).toBeLessThanOrEqual(12);
  });
});
