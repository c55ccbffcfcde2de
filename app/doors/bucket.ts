// Token buckets in memory: so many at once, so many a second after that.

type Bucket = { left: number; at: number };

/** Makes a gate: `take(key, now)` is false when `key` has used up what it may. At most `most` keys are remembered; the longest unused goes first. */
export function buckets(limits: { atOnce: number; perSecond: number; most: number }) {
  const all = new Map<string, Bucket>();
  return (key: string, now: number): boolean => {
    const before = all.get(key) ?? { left: limits.atOnce, at: now };
    // A clock that was turned back gives nothing.
    const left = Math.min(limits.atOnce, before.left + (Math.max(0, now - before.at) / 1000) * limits.perSecond);
    all.delete(key);
    all.set(key, { left: left >= 1 ? left - 1 : left, at: now });
    if (all.size > limits.most) for (const oldest of all.keys()) if (all.delete(oldest)) break;
    return left >= 1;
  };
}
