// What speaks for or against somebody, as it is told on a screen: in words, with the moments and the figures behind them.
import type { Reason } from "./evaluate.ts";
import { foretells, type Expected } from "./foretold.ts";
import { ruleWords } from "./rule-words.ts";
import type { Condition } from "./rule.ts";
import { say, type Names } from "./say.ts";

/**
 * `at`: the latest moments of what is counted, where something is. `lastOrderAt`: when she last ordered, where she is looked at from there on; it is nothing she
 * is asked to have done. `expected`: what is, where that is asked for.
 */
export type Told = { words: string; at: Date[]; lastOrderAt: Date | null; expected: Expected | null };

const momentsTold = 3;

/** What is said of many is said of her: either something is expected, or nothing, and why stands beside it. A figure that nobody knows is not told of her. */
function saidOfHer(condition: Condition, names: Names, holds: boolean, expected: Expected | null): string {
  const text = say(condition, names, holds);
  if (expected === null || !text.endsWith(ruleWords.orUnknown)) return text;
  if (expected.what !== "never-ordered" && expected.what !== "unknown") return text.slice(0, -ruleWords.orUnknown.length);
  return condition.kind === "chance-of-order" ? ruleWords.chance.unknown(condition.within) : ruleWords.spend.unknown;
}

export function told({ condition, wanted, holds, deeds, expected }: Reason, names: Names): Told {
  const among = condition.kind === "rfm-group" || condition.kind === "lifecycle";
  const words = ruleWords.ofOne(saidOfHer(condition, names, wanted === holds, expected), among);
  const moments = deeds.slice(0, momentsTold).map(({ at }) => at);
  const standing = foretells(condition) || condition.kind === "rfm";
  return { words, expected, at: standing ? [] : moments, lastOrderAt: standing ? (moments[0] ?? null) : null };
}
