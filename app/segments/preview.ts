// What a rule would find in a shop, as the builder shows it.
import type { Warning } from "./check.ts";
import type { Reason } from "./evaluate.ts";
import type { Problem } from "./rule.ts";
import type { Told } from "./told.ts";

/** How many of a segment, reckoned from those that were looked at; exact where all of them were. */
export type Estimate = { people: number; exact: boolean };

/** Why somebody is in, or what keeps her out: as it is told, and as evaluate.ts has it. */
export type Because = Told & { reason: Reason };
export type Sampled = { profileId: string; name: string | null; because: Because[] };

export type Preview =
  /** It cannot be read: what is wrong, and where in its JSON. */
  | { outcome: "problems"; problems: Problem[] }
  | {
      outcome: "counted";
      count: number;
      /** People in the shop. */
      of: number;
      /** How many may be mailed today. */
      reachableByEmail: Estimate;
      /** By connector; empty where nobody said how to match. */
      matchable: Record<string, Estimate>;
      sample: Sampled[];
      /** Of those who were to be looked at along with it, how each stands; nobody where that took too long. */
      beside: ReadonlyMap<string, Standing>;
      warnings: Warning[];
      slow: boolean;
      tookMs: number;
    }
  /** `tooSlow`: stopped after two seconds. `cannot`: the rule is fine and cannot be counted this way. */
  | { outcome: "tooSlow" | "cannot"; warnings: Warning[]; slow: boolean; tookMs: number };

/** One person before a rule. */
export type Standing = { member: boolean; because: Because[] };

/** `sample`: the ids of some of them, the same ones each time. */
export type Coming = { count: number; sample: string[] };
/** Who would enter and who would leave a segment if it had another rule. */
export type Diff = { enter: Coming; leave: Coming; stay: number };

/** `tooSlow`: it was stopped after its time. `cannot`: the rule has no SQL that means the same; deciding for each profile is the way then. */
export type WholeShop<T> = { ok: true; answer: T } | { ok: false; reason: "tooSlow" | "cannot" };
