// How much of its hourly allowance an ad account has used, as the rate headers tell it.
import { GraphError } from "./error.ts";

export type UsageOverride = { percent: number; regainMinutes: number };

const hour = 3_600_000;

export type Usage = ReturnType<typeof createUsage>;

/** Counts calls per account over the last hour. Allowance of a limited app: 5,000 + 40 per audience (rate limits page, 2026-09). */
export function createUsage() {
  const calls = new Map<string, number[]>();
  let override: UsageOverride | undefined;

  return {
    setOverride(value: UsageOverride | undefined): void {
      override = value;
    },
    /** Counts a call; the header comes back, or the error when the allowance is used up. */
    count(accountId: string, audiences: number, now: number): { header: string; error?: GraphError } {
      const recent = (calls.get(accountId) ?? []).filter((at) => at > now - hour && at <= now);
      recent.push(now);
      calls.set(accountId, recent);
      const allowance = 5000 + 40 * audiences;
      const percent = override?.percent ?? Math.floor((recent.length / allowance) * 100);
      const full = percent >= 100;
      const regain = !full ? 0 : (override?.regainMinutes ?? Math.ceil(((recent[0] ?? now) + hour - now) / 60_000));
      const header = JSON.stringify({
        [accountId]: [
          {
            type: "custom_audience",
            call_count: Math.min(percent, 100),
            total_cputime: Math.min(percent, 100),
            total_time: Math.min(percent, 100),
            estimated_time_to_regain_access: regain,
            ads_api_access_tier: "development_access",
          },
        ],
      });
      if (!full) return { header };
      const message = "(#80003) There have been too many calls to this ad-account. Wait a bit and try again.";
      return { header, error: new GraphError({ message, code: 80003, subcode: 2446079, transient: false }) };
    },
  };
}
