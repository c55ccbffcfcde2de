// How what is expected lies among a shop's customers: so that who asks for a bound knows what can be reached.
import { horizons, type Horizon, type Model } from "../predictions/model.ts";
import { tablesOf } from "../predictions/tables.ts";

/** The highest that anybody has, and what half of the customers have at most. */
export type Spread = { highest: number; half: number };

/** Chances in percent, spend in minor units; absent where no rule asks, or too little is known. */
export type Figures = { chance: Partial<Record<Horizon, Spread>>; spend: Spread | null };

export const noFigures: Figures = { chance: {}, spend: null };

function spreadOf(values: { value: number; people: number }[]): Spread | null {
  const rising = values.toSorted((a, b) => a.value - b.value);
  const highest = rising.at(-1);
  if (highest === undefined) return null;
  let left = rising.reduce((sum, { people }) => sum + people, 0) / 2;
  const half = rising.find(({ people }) => (left -= people) <= 0);
  return { highest: highest.value, half: half?.value ?? highest.value };
}

/** The chances of customers, by how many of them stand where. */
export function chancesAmong(places: { place: number; people: number }[], model: Model): Figures["chance"] {
  const tables = tablesOf(model);
  const found = horizons.flatMap((horizon) => {
    const chances = tables.chance[horizon];
    const spread = chances === null ? null : spreadOf(places.map(({ place, people }) => ({ value: chances[place] ?? 0, people })));
    return spread === null ? [] : [[horizon, spread] as const];
  });
  return Object.fromEntries(found);
}
