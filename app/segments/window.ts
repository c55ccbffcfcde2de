// Which moments a condition looks at, and while what lies there counts.
import type { Done } from "./history.ts";
import { milliseconds, type When } from "./rule.ts";
import { startOf } from "../lib/shop-days.ts";
import type { Span } from "./timeline.ts";

/** A deed counts from `opens` after its moment until `closes` after it, if its moment lies at or after `since` and before `before`. */
export type Window = { opens: number; closes: number; since: number; before: number };

const open: Window = { opens: 0, closes: Infinity, since: -Infinity, before: Infinity };

/** The window of a *when*. What *since the last time* adds hangs on the other deed, and is not here. */
export function windowOf(when: When, timezone: string): Window {
  switch (when.kind) {
    case "ever":
    case "since":
      return open;
    case "last":
      return { ...open, closes: milliseconds(when.length) };
    case "ago":
      return { ...open, opens: milliseconds(when.atLeast), closes: when.lessThan === undefined ? Infinity : milliseconds(when.lessThan) };
    case "dates":
      return {
        ...open,
        since: when.from === undefined ? -Infinity : startOf(when.from, timezone).getTime(),
        before: when.before === undefined ? Infinity : startOf(when.before, timezone).getTime(),
      };
  }
}

/** Whether a moment is one that the window looks at. */
export function inside({ since, before }: Window, at: Date): boolean {
  return at.getTime() >= since && at.getTime() < before;
}

/**
 * While each deed counts. `known`: from the beginning, also before its own moment. What stopped to count by `now` says nothing about the time from then on.
 */
export function spansOf(deeds: readonly Done[], { opens, closes }: Window, how: { known: boolean; now: Date; group?: (deed: Done) => string }): Span[] {
  const now = how.now.getTime();
  return deeds
    .filter((deed) => deed.at.getTime() + closes > now)
    .map((deed) => ({
      from: how.known && opens === 0 ? -Infinity : deed.at.getTime() + opens,
      until: deed.at.getTime() + closes,
      subject: deed.subject,
      weight: deed.netMinor,
      group: how.group?.(deed),
    }));
}
