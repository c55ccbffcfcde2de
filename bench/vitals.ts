// LCP, CLS and INP as the browser itself reports them. https://web.dev/articles/vitals, read 2026-11.
import type { Frame } from "playwright-core";

export type Vitals = { lcp: number; cls: number; inp: number };

/** Runs in every frame before anything else, and keeps what the browser reports. */
export function observe(): void {
  const kept = { lcp: 0, cls: 0, inp: 0 };
  Object.assign(window, { vitals: kept });
  const watch = (type: string, read: (entry: PerformanceEntry) => void, options: object = {}) => {
    new PerformanceObserver((list) => list.getEntries().forEach(read)).observe({ type, buffered: true, ...options });
  };
  watch("largest-contentful-paint", (entry) => (kept.lcp = entry.startTime));
  // One window would do for CLS; the sum over the whole visit is never smaller.
  watch("layout-shift", (entry) => {
    const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
    if (!hadRecentInput) kept.cls += value;
  });
  // The slowest interaction; the browser reports none under 16 ms.
  watch(
    "event",
    (entry) => {
      if ((entry as PerformanceEntry & { interactionId: number }).interactionId > 0) kept.inp = Math.max(kept.inp, entry.duration);
    },
    { durationThreshold: 16 },
  );
}

export async function vitalsOf(frame: Frame): Promise<Vitals> {
  return frame.evaluate(() => (window as unknown as { vitals: Vitals }).vitals);
}
