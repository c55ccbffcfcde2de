// The segments that a rule stands on: those it asks for, and those that these ask for.
import { ruleWords } from "./rule-words.ts";
import { conditionsOf, limits, type Node, type Problem } from "./rule.ts";

/** The segments that lead from a key back to it, or null where none do: what may not be saved. */
export function cycleOf(key: string, rule: Node, rules: ReadonlyMap<string, Node>): string[] | null {
  const done = new Set<string>();
  const walk = (node: Node, way: string[]): string[] | null => {
    for (const { condition } of conditionsOf(node)) {
      if (condition.kind !== "in-segment") continue;
      if (condition.segment === key) return [...way, key];
      const next = rules.get(condition.segment);
      if (next === undefined || done.has(condition.segment)) continue;
      done.add(condition.segment);
      const found = walk(next, [...way, condition.segment]);
      if (found !== null) return found;
    }
    return null;
  };
  return walk(rule, [key]);
}

/**
 * What is wrong with a rule that is more than can be worked out, with the rules of all segments it asks for, each as often as it is asked for; null where it is not. A
 * few that ask for each other twice come to millions of conditions, and nothing else may be asked of such a rule.
 */
export function tooLarge(rule: Node, rules: ReadonlyMap<string, Node>): Problem | null {
  const known = new Map<string, number>();
  const sizeOf = (node: Node): number =>
    conditionsOf(node).reduce((sum, { condition }) => {
      if (condition.kind !== "in-segment") return sum + 1;
      const { segment } = condition;
      const other = rules.get(segment);
      if (!known.has(segment) && other !== undefined) {
        // What leads back to itself is asked for no further.
        known.set(segment, 0);
        known.set(segment, sizeOf(other));
      }
      return sum + 1 + (known.get(segment) ?? 0);
    }, 0);
  return sizeOf(rule) > limits.conditionsInAll ? { path: ["match"], message: ruleWords.problem.conditionsInAll(limits.conditionsInAll) } : null;
}
