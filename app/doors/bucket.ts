// Token buckets in memory: so many at once, so many a second after that.
import { recent } from "../lib/recent.ts";

type Bucket = { left: number; at: number };

/** Makes a gate: `take(key, now)` is false when `key` has used up what it may. At most `most` keys are remembered; the longest unused go first. */
export function buckets(limits: { atOnce: number; perSecond: number; most: number }) {
  const all = recent<string, Bucket>(limits.most);
  return (key: string, now: number): boolean => {
    const before = all.get(key) ?? { left: limits.atOnce, at: now };
    // A clock that was turned back gives nothing.
    const left = Math.min(limits.atOnce, before.left + (Math.max(0, now - before.at) / 1000) * limits.perSecond);
    all.set(key, { left: left >= 1 ? left - 1 : left, at: now });
    return left >= 1;
  };
}
