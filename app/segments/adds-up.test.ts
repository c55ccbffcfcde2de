import fc from "fast-check";
import { expect, test } from "vitest";
import { addsUp, type Stretch } from "./adds-up.ts";

test("as if all ways were tried in which things can lie along a line", () => {
  const end = fc.integer({ min: 0, max: 4 });
  const stretch = fc
    .tuple(end, end, fc.nat(4), fc.nat(4))
    .filter(([from, until]) => from < until)
    .map(([from, until, a, b]): Stretch => ({ from, until, least: Math.min(a, b), most: Math.max(a, b) }));
  // What lies in each of four places.
  const some = Array.from({ length: 5 }, (_, index) => index);
  const ways = some.flatMap((a) => some.flatMap((b) => some.flatMap((c) => some.map((d) => [a, b, c, d]))));
  const seen = { true: 0, false: 0 };
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 6 }), (stretches) => {
      const fits = ways.some((way) =>
        stretches.every(({ from, until, least, most }) => {
          const sum = way.slice(from, until).reduce((all, one) => all + one, 0);
          return sum >= least && sum <= most;
        }),
      );
      expect(addsUp(stretches)).toBe(fits);
      seen[`${fits}`] += 1;
    }),
    { numRuns: 2000 },
  );
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(200);
});
