// What came back because of us: the treated against those who received nothing, with the doubt that is in it.
import { day } from "../lib/time.ts";

/** One arm: how many people, and what each of them spent afterwards, zeros included, in minor units. */
export type ArmSpend = { people: number; buyers: number; sum: number; sumOfSquares: number };

export type Lift =
  | { kind: "not-enough"; have: { treated: number; holdout: number }; needHoldout: number; daysLeft: number | null }
  | { kind: "broken"; why: string }
  | { kind: "measured"; incrementalMinor: number; lowMinor: number; highMinor: number; perPersonMinor: number; proven: boolean };

/** Below this many people in the smaller arm, or buyers in all, an interval of the normal kind is not honest. */
export const fewest = { people: 100, buyers: 20 };

/** z for a two-sided 95 % interval. */
const z95 = 1.959963984540054;

function spread(arm: ArmSpend): { mean: number; variance: number } {
  const average = arm.sum / arm.people;
  return { mean: average, variance: Math.max(0, (arm.sumOfSquares - arm.people * average * average) / (arm.people - 1)) };
}

/**
 * The probability, by a normal approximation of the χ² test with one degree of freedom, that a split as uneven as this one came from the planned
 * share is below 0.001: then something assigns wrongly and no result may be shown.
 */
export function splitIsBroken(treated: number, holdout: number, holdoutShare: number): boolean {
  const all = treated + holdout;
  if (all === 0 || holdoutShare <= 0 || holdoutShare >= 1) return false;
  const expected = all * holdoutShare;
  const chiSquare = (holdout - expected) ** 2 / expected + (treated - (all - expected)) ** 2 / (all - expected);
  // 10.828 is the 99.9 % point of χ² with one degree of freedom.
  return chiSquare > 10.828;
}

/**
 * (treated mean − holdout mean) × treated people, with its 95 % interval; or what is still missing. `days` is how long it has run.
 * The error is Welch's or the pooled one, whichever is larger. A small holdout in which few happened to buy shows too little spread of its own:
 * with Welch alone, 6 to 16 of 100 tests of nothing against nothing came out as proven; with both it is 2 or fewer. Where the groups are equal
 * in size the two are the same.
 */
export function liftOf(treated: ArmSpend, holdout: ArmSpend, holdoutShare: number, days: number): Lift {
  if (splitIsBroken(treated.people, holdout.people, holdoutShare))
    return { kind: "broken", why: "The two groups are not split as planned, so no difference between them can be trusted." };
  const smaller = Math.min(treated.people, holdout.people);
  const buyers = treated.buyers + holdout.buyers;
  if (smaller < fewest.people || buyers < fewest.buyers) {
    const share = Math.min(smaller / fewest.people, buyers / fewest.buyers);
    const daysLeft = days < 1 || share <= 0 ? null : Math.ceil(days / share - days);
    return { kind: "not-enough", have: { treated: treated.people, holdout: holdout.people }, needHoldout: fewest.people, daysLeft };
  }
  const [t, h] = [spread(treated), spread(holdout)];
  const difference = t.mean - h.mean;
  const welch = Math.sqrt(t.variance / treated.people + h.variance / holdout.people);
  const pooledVariance = ((treated.people - 1) * t.variance + (holdout.people - 1) * h.variance) / (treated.people + holdout.people - 2);
  const pooled = Math.sqrt(pooledVariance * (1 / treated.people + 1 / holdout.people));
  const error = Math.max(welch, pooled);
  const scale = treated.people;
  const [low, high] = [(difference - z95 * error) * scale, (difference + z95 * error) * scale];
  return {
    kind: "measured",
    incrementalMinor: Math.round(difference * scale),
    lowMinor: Math.round(low),
    highMinor: Math.round(high),
    perPersonMinor: Math.round(difference),
    proven: low > 0,
  };
}

/** For how long after a run began what its person spends counts for her arm. */
export const spendWindow = 14 * day;
