// One person, several reasons to write: the highest intent is served, and the others make way.
import { flowKeys, subjects, type FlowKey } from "./flow.ts";

/** Another run of the same person that is under way; or, for somebody in its holdout, that would be. */
export type Other = { id: string; flowKey: FlowKey; subject: string; active: boolean };

export type Ruling = { start: boolean; ends: { id: string; reason: "a newer checkout took over" | "a checkout took over" }[] };

/** Of the runs of one person, found to be one only now, those that make way: the highest intent goes on, and of its runs the one that began last. */
export function meet(runs: { id: string; flowKey: FlowKey; startedAt: Date }[]): { id: string; reason: "another run of the same person goes on" }[] {
  const [, ...rest] = [...runs].sort(
    (a, b) => flowKeys.indexOf(a.flowKey) - flowKeys.indexOf(b.flowKey) || b.startedAt.getTime() - a.startedAt.getTime() || (a.id < b.id ? -1 : 1),
  );
  return rest.map(({ id }) => ({ id, reason: "another run of the same person goes on" as const }));
}

/**
 * Whether a run may start beside the others of its person, and which of them it ends. A checkout comes before a look, and a newer checkout before an older; a
 * look waits for nobody: while something else is under way it starts nothing. A holdout's run is in the way exactly as long as a treated one would
 * be, so that both arms meet the other flows alike.
 */
export function arbitrate(wanted: { flowKey: FlowKey; subject: string }, others: Other[]): Ruling {
  const nothing: Ruling = { start: false, ends: [] };
  const rank = (key: FlowKey) => flowKeys.indexOf(key);
  if (others.some((one) => rank(one.flowKey) < rank(wanted.flowKey))) return nothing;
  const same = others.filter((one) => one.flowKey === wanted.flowKey);
  if (same.some((one) => one.subject === wanted.subject) || (subjects[wanted.flowKey] === "product" && same.length > 0)) return nothing;
  return {
    start: true,
    ends: others
      .filter((one) => one.active)
      .map((one) => ({ id: one.id, reason: one.flowKey === wanted.flowKey ? "a newer checkout took over" : "a checkout took over" })),
  };
}
