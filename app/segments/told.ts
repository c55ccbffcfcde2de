// What speaks for or against somebody, as it is told on a screen: in words, with the moments and the figures behind them.
import type { Reason } from "./evaluate.ts";
import { foretells, type Expected } from "./foretold.ts";
import { ruleWords } from "./rule-words.ts";
import { say, type Names } from "./say.ts";

/**
 * `at`: the latest moments of what is counted, where something is. `lastOrderAt`: when she last ordered, where she is looked at from there on; it is nothing she
 * is asked to have done. `expected`: what is, where that is asked for.
 */
export type Told = { words: string; at: Date[]; lastOrderAt: Date | null; expected: Expected | null };

const momentsTold = 3;

export function told({ condition, wanted, holds, deeds, expected }: Reason, names: Names): Told {
  const text = ruleWords.ofOne(say(condition, names, wanted === holds), condition.kind === "rfm-group" || condition.kind === "lifecycle");
  // Of her something is expected, and said beside it.
  const known = expected !== null && expected.what !== "never-ordered" && expected.what !== "unknown";
  const words = known ? text.replace(ruleWords.orUnknown, "") : text;
  const moments = deeds.slice(0, momentsTold).map(({ at }) => at);
  const standing = foretells(condition) || condition.kind === "rfm";
  return { words, expected, at: standing ? [] : moments, lastOrderAt: standing ? (moments[0] ?? null) : null };
}
