// Groups and stages written out in the rest of the language: they mean what these rules mean.
import { groupScores, stageDays, type RfmGroup, type Stage } from "./groups.ts";
import type { Node } from "./rule.ts";

const days = (amount: number) => ({ amount, unit: "days" as const });
const ordered = (is: "at-least" | "exactly", n: number): Node => ({
  ...{ kind: "did", did: "ordered", where: {}, times: { is, n }, onDays: false, when: { kind: "ever" } },
});
const lastOrder = (from: number, until: number): Node => ({
  ...{ kind: "order-date", which: "last", where: {}, when: { kind: "ago", atLeast: days(from), lessThan: days(until) } },
});
const fresh: Node = { kind: "order-date", which: "last", where: {}, when: { kind: "last", length: days(stageDays.atRisk) } };

/** Everybody is in exactly one stage at any time. */
export const stageRules: Record<Stage, Node> = {
  prospect: ordered("exactly", 0),
  new: { kind: "all", of: [ordered("exactly", 1), fresh] },
  active: { kind: "all", of: [ordered("at-least", 2), fresh] },
  "at-risk": lastOrder(stageDays.atRisk, stageDays.lapsed),
  lapsed: lastOrder(stageDays.lapsed, stageDays.lost),
  lost: { kind: "order-date", which: "last", where: {}, when: { kind: "ago", atLeast: days(stageDays.lost) } },
};

/** A group or stage written out in the rest of the language. */
export function writtenOut(one: { kind: "rfm-group"; groups: RfmGroup[] } | { kind: "lifecycle"; stages: Stage[] }): Node {
  return one.kind === "lifecycle"
    ? { kind: "any", of: one.stages.map((stage) => stageRules[stage]) }
    : { kind: "any", of: one.groups.map((group) => ({ kind: "rfm", ...groupScores[group] })) };
}
