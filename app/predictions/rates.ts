// How often people order, from what was counted: each count is weighed against what would be expected without it, so that little data says little.
import { edgesOf, laterEdges, priorOrders, type Counted, type Model } from "./model.ts";

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

function from(edges: readonly number[], rate: (at: number) => number): Rates {
  return rates(
    edges,
    edges.map((_, index) => rate(middle(edges, index))),
    edges.map(() => 0),
  );
}

/**
 * What was counted, beside what was expected: first the level of the whole, then each stretch for itself. A gamma prior worth `priorOrders` orders each time, so a
 * stretch with a hundred orders speaks nearly for itself, and one with none is as expected.
 */
function weighed({ orders, time }: Counted, expected: Rates): Rates {
  const sum = (values: number[]) => values.reduce((total, one) => total + one, 0);
  const all = sum(orders) + priorOrders;
  const level = all / (sum(time.map((one, index) => one * (expected.each[index] as number))) + priorOrders);
  const means = expected.each.map((one) => one * level);
  const each = means.map((mean, index) => ((orders[index] as number) + priorOrders) / ((time[index] as number) + priorOrders / mean));
  const unsure = means.map((mean, index) => {
    // How much of it still is what was expected.
    const share = priorOrders / mean / ((time[index] as number) + priorOrders / mean);
    return 1 / ((orders[index] as number) + priorOrders) + share ** 2 * (1 / all + (expected.unsure[index] as number));
  });
  return rates(expected.edges, each, unsure);
}

/** Rates by band. Who ordered four times goes like who ordered three times, until the shop's own past says otherwise. */
export function ratesOf(model: Model): { next: Rates[]; later: Rates[] } {
  const chain = (counted: Counted[], first: (band: number) => Rates) =>
    counted.reduce<Rates[]>((done, one, band) => {
      const before = done[band - 1];
      return [...done, weighed(one, band < 2 || before === undefined ? first(band) : before)];
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
  let [sum, variance] = [0, 0];
  edges.forEach((edge, index) => {
    const part = (each[index] as number) * Math.max(0, Math.min(until, edges[index + 1] ?? Infinity) - Math.max(since, edge));
    sum += part;
    variance += part ** 2 * (unsure[index] as number);
  });
  return sum === 0 ? 0 : variance / sum ** 2;
}
