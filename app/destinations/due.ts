// What an audience still lacks and what it must lose: the difference between who should be in it and what the platform holds.

export type HeldState = "adding" | "held" | "removing";

/** One person of an audience: whether she should be in it, and what the platform was told so far (null: nothing). */
export type Standing = { profileId: string; wanted: boolean; held: HeldState | null };

export type Plan = { add: string[]; remove: string[] };

/**
 * Decides per person. Somebody who was only about to be added and is no longer wanted is removed all the same: the call that added her may have
 * arrived although its answer did not.
 */
export function plan(standings: Standing[]): Plan {
  const result: Plan = { add: [], remove: [] };
  for (const { profileId, wanted, held } of standings) {
    if (wanted && held !== "held" && held !== "adding") result.add.push(profileId);
    if (!wanted && (held === "held" || held === "adding")) result.remove.push(profileId);
  }
  return result;
}

const minute = 60_000;
const hour = 60 * minute;

/** When to ask again how a call of `at` went: after as long as it has taken so far, a minute at least and six hours at most; never after three days. */
export function nextCheck(at: Date, now: Date): Date | null {
  const age = now.getTime() - at.getTime();
  return age > 72 * hour ? null : new Date(now.getTime() + Math.min(6 * hour, Math.max(minute, age)));
}

/** How long to leave an audience alone after so many failures in a row: one minute, doubling, an hour at most. */
export function backoff(failures: number): number {
  return Math.min(60, 2 ** Math.min(Math.max(failures, 1) - 1, 6)) * minute;
}
