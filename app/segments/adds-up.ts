// Whether numbers that were counted in several stretches of one line can all be what they are claimed to be.

/** A stretch from one point to another, and what it may come to: both ends included. */
export type Stretch = { from: number; until: number; least: number; most: number };

/**
 * Whether things, none of them less than nothing, can lie along a line so that each stretch comes to what it may. Between the beginning of the line and a point lies a sum
 * that never falls; each claim bounds the difference of two such sums, and such bounds can all hold unless some of them lead around in a circle to less than nothing
 * (Bellman and Ford). Whole numbers are no harder: where any fit, whole ones do.
 */
export function addsUp(stretches: readonly Stretch[]): boolean {
  const points = [...new Set(stretches.flatMap(({ from, until }) => [from, until]))].sort((a, b) => a - b);
  const place = new Map(points.map((point, index) => [point, index]));
  const at = (point: number) => place.get(point) ?? 0;
  // The sum up to `to` is at most that up to `of`, and so much more.
  const bounds = [
    ...points.slice(1).map((_, index) => ({ to: index, of: index + 1, more: 0 })),
    ...stretches.flatMap(({ from, until, least, most }) => [
      { to: at(from), of: at(until), more: -least },
      { to: at(until), of: at(from), more: most },
    ]),
  ];
  const sums = points.map(() => 0);
  for (let round = 0; round <= points.length; round += 1) {
    let moved = false;
    for (const { to, of, more } of bounds) {
      const most = (sums[of] ?? 0) + more;
      if (most < (sums[to] ?? 0)) {
        sums[to] = most;
        moved = true;
      }
    }
    if (!moved) return true;
  }
  return false;
}
