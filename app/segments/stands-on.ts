// The segments that a rule stands on: those it asks for, and those that these ask for.
import { conditionsOf, type Node } from "./rule.ts";

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
