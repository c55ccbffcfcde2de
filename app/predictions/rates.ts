// How often people order, from what was counted: each count is weighed against what would be expected without it, so that little data says little.
import { edgesOf, laterEdges, type Counted, type Model } from "./model.ts";

/** Orders in a unit of time, by stretch, how many come together before each, and how unsure each is: its variance in units of its square. */
export type Rates = { edges: readonly number[]; each: number[]; before: number[]; unsure: number[] };

function rates(edges: readonly number[], each: number[], unsure: number[]): Rates {
  const before = [0];
  for (let index = 1; index < edges.length; index += 1) {
    before.push((before[index - 1] as number) + (each[index - 1] as number) * ((edges[index] as number) - (edges[index - 1] as number)));
  }
  return { edges, each, before, unsure };
}

const middle = (edges: readonly number[], index: number) => {
  const from = edges[index] as number;
  const until = edges[index + 1];
  return until === undefined ? from * 1.2 : (from + until) / 2;
};

/** How shops usually go, before anything is known of one: who waits twice as long is about half as likely to come. Only its shape matters much. */
const usual = {
  once: (days: number) => 0.35 / (90 + days),
  again: (gaps: number) => 1 / (1 + gaps) ** 1.25,
  laterOnce: (gaps: number) => 0.4 / (1 + 0.2 * gaps),
  later: (gaps: number) => 0.7 / (1 + 0.1 * gaps),
};

/** How far a shop may lie from how shops usually go, in any stretch: by as much as that itself. */
const usuallyUnsure = 1;

function from(edges: readonly number[], rate: (at: number) => number): Rates {
  return rates(
    edges,
    edges.map((_, index) => rate(middle(edges, index))),
    edges.map(() => usuallyUnsure),
  );
}

/**
 * What weighs as much as what was counted, in orders: of how shops usually go for the level of a whole band, for each stretch of it (little: shops differ most in how soon
 * who is gone is gone), and of the band before for each stretch of the next.
 */
const levelWeight = 3;
const stretchWeight = 1;
const bandWeight = 3;

/**
 * What was counted, beside what was expected: first the level of the whole, then each stretch for itself, each with a gamma prior worth so many orders. A stretch with a
 * hundred orders speaks nearly for itself, and one that nobody has been in yet is as expected.
 */
function weighed({ orders, time }: Counted, expected: Rates, weight: number): Rates {
  const sum = (values: number[]) => values.reduce((total, one) => total + one, 0);
  const all = sum(orders) + levelWeight;
  const level = all / (sum(time.map((one, index) => one * (expected.each[index] as number))) + levelWeight);
  const means = expected.each.map((one) => one * level);
  const each = means.map((mean, index) => ((orders[index] as number) + weight) / ((time[index] as number) + weight / mean));
  const unsure = means.map((mean, index) => {
    // How much of it still is what was expected.
    const share = weight / mean / ((time[index] as number) + weight / mean);
    return 1 / ((orders[index] as number) + weight) + share ** 2 * (1 / all + (expected.unsure[index] as number));
  });
  return rates(expected.edges, each, unsure);
}

/** Rates by band. Who ordered four times goes like who ordered three times, until the shop's own past says otherwise. */
export function ratesOf(model: Model): { next: Rates[]; later: Rates[] } {
  const chain = (counted: Counted[], first: (band: number) => Rates) =>
    counted.reduce<Rates[]>((done, one, band) => {
      const before = done[band - 1];
      return [...done, band < 2 || before === undefined ? weighed(one, first(band), stretchWeight) : weighed(one, before, bandWeight)];
    }, []);
  return {
    next: chain(model.next, (band) => from(edgesOf(band), band === 0 ? usual.once : usual.again)),
    later: chain(model.later, (band) => from(laterEdges, band === 0 ? usual.laterOnce : usual.later)),
  };
}

/** How many orders are expected up to `until`, if the rates hold. */
export function total({ edges, each, before }: Rates, until: number): number {
  let index = edges.length - 1;
  while (index > 0 && (edges[index] as number) > until) index -= 1;
  return (before[index] as number) + (each[index] as number) * (until - (edges[index] as number));
}

/** How unsure that is between two moments: its variance in units of its square. */
export function unsureBetween({ edges, each, unsure }: Rates, since: number, until: number): number {
  let [sum, off] = [0, 0];
  edges.forEach((edge, index) => {
    const part = (each[index] as number) * Math.max(0, Math.min(until, edges[index + 1] ?? Infinity) - Math.max(since, edge));
    sum += part;
    // What is wrong in one stretch is mostly wrong in the next one, too.
    off += part * Math.sqrt(unsure[index] as number);
  });
  return sum === 0 ? 0 : (off / sum) ** 2;
}
