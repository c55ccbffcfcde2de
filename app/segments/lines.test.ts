import { expect, test } from "vitest";
import { linesOf, type Change } from "./lines.ts";

const moved = (profileId: string, more: Partial<Change> = {}): Change => ({
  ...{ segmentKey: "viewers", profileId, change: "entered", subject: null, because: null, ...more },
});

test("those who move alike share a line, so many at most, and nobody is told twice or left out", () => {
  const alike = Array.from({ length: 5 }, (_, index) => moved(`p${index}`));
  const others = [moved("p0", { change: "left", segmentKey: "buyers" }), moved("p1", { subject: "31" }), moved("p2", { because: "edited" })];
  const lines = linesOf([alike[0], ...others, ...alike.slice(1)] as Change[], 2);
  expect(lines.map(({ segmentKey, change, subject, because, profileIds }) => [segmentKey, change, subject, because, profileIds])).toEqual([
    ["viewers", "entered", null, null, ["p0", "p1"]],
    ["viewers", "entered", null, null, ["p2", "p3"]],
    ["viewers", "entered", null, null, ["p4"]],
    ["buyers", "left", null, null, ["p0"]],
    ["viewers", "entered", "31", null, ["p1"]],
    ["viewers", "entered", null, "edited", ["p2"]],
  ]);
  expect(linesOf([], 2)).toEqual([]);
});
