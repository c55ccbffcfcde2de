import { describe, expect, test } from "vitest";
import { beganAmong, daysSince } from "./began.ts";

const still = { entered: 0, left: 0, editedIn: 0, editedOut: 0 };
const daysOf = (...sizes: number[]) => sizes.map((size, index) => ({ ...still, day: `2026-11-1${index}`, size }));
const days = daysOf(0, 0, 0, 2, 2);

describe("when the history of a segment begins", () => {
  test.each<[what: string, days: ReturnType<typeof daysOf>, made: string | null, began: string | null]>([
    ["on the day it was made", days, "2026-11-13", "2026-11-13"],
    ["on that day also where nobody came before the next", days, "2026-11-12", "2026-11-12"],
    ["on that day also where nobody came at all", daysOf(0, 0, 0, 0, 0), "2026-11-14", "2026-11-14"],
    ["it was made before all of these days", days, "2026-10-01", null],
    ["it was made on the first of them", days, "2026-11-10", null],
    ["earlier, where it knows of an earlier day", days, "2026-11-14", "2026-11-13"],
    ["earlier, where somebody went on an earlier day", [...daysOf(0, 0), { ...still, day: "2026-11-12", size: 0, left: 1 }], "2026-11-14", "2026-11-12"],
    ["before all of them, where somebody was in it as they began", daysOf(1, 1, 0, 0, 0), "2026-11-14", null],
    ["nobody knows when it was made", days, null, null],
    ["there are no days", [], "2026-11-14", null],
  ])("%s", (_, all, made, began) => expect(beganAmong(all, made)).toBe(began));

  test.each<[began: string | null, fewest: number, from: string]>([
    [null, 2, "2026-11-10"],
    ["2026-11-11", 2, "2026-11-11"],
    ["2026-11-13", 2, "2026-11-13"],
    ["2026-11-14", 2, "2026-11-13"],
    ["2026-11-14", 9, "2026-11-10"],
  ])("began %s, at least %i days: from %s", (began, fewest, from) => expect(daysSince(days, began, fewest).map(({ day }) => day)).toEqual(days.map(({ day }) => day).filter((day) => day >= from))); // prettier-ignore
});
