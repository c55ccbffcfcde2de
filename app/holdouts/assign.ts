// Who receives nothing, so that the difference can be measured. A pure hash: the same person always falls on the same side.
import { fractionOf } from "../lib/hash.ts";

export type Arm = "treated" | "holdout";

/** The experiment that covers every channel of a shop. */
export const globalExperiment = "global";

/** The experiment of one flow. */
export function flowExperiment(flowKey: string): string {
  return `flow:${flowKey}`;
}

/** The arm of a profile: `percent` of all fall into the holdout, by shop salt, experiment and profile alone. */
export function armOf(salt: string, experiment: string, profileId: string, percent: number): Arm {
  return fractionOf(`${salt}\n${experiment}\n${profileId}`) * 100 < percent ? "holdout" : "treated";
}
