import { expect, test } from "vitest";
import { buckets } from "./bucket.ts";

test("so many at once, then as many as the seconds give, and never more than at once", () => {
  const take = buckets({ atOnce: 3, perSecond: 2, most: 10 });
  const tries = (count: number, now: number) => Array.from({ length: count }, () => take("a", now)).filter(Boolean).length;
  expect(tries(5, 0)).toBe(3);
  expect(tries(5, 1000)).toBe(2);
  expect(tries(5, 60_000)).toBe(3);
  expect(tries(5, 0)).toBe(0);
});

test("one does not pay for another", () => {
  const take = buckets({ atOnce: 1, perSecond: 0, most: 10 });
  expect([take("a", 0), take("a", 0), take("b", 0)]).toEqual([true, false, true]);
});

test("whom nobody has seen for longest is forgotten first", () => {
  const take = buckets({ atOnce: 1, perSecond: 0, most: 4 });
  for (const key of ["a", "b", "a", "c"]) take(key, 0);
  expect([take("a", 0), take("b", 0)]).toEqual([false, true]);
});
