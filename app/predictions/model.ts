// What a shop's own past says about who comes back: counted from its customers' orders, once a day. The model holds nothing but these counts.
import { day } from "../lib/time.ts";
import { bandOf, bands, usualGap } from "./place.ts";

/** One customer's orders that count: how many, when the first was, and the last ones (or all), oldest first. */
export type Bought = { count: number; firstAt: Date; orders: { at: Date; netMinor: number }[] };

/** How many there were, and over how long people could have: in days for who ordered once, else in her usual gaps. */
export type Counted = { orders: number[]; time: number[] };

export type Model = {
  /** Of the way it was counted: one of another version is made anew before it is used. */
  version: 1;
  madeOn: string;
  /** What it was learned from. `days`: since the first of them. */
  customers: number;
  orders: number;
  days: number;
  /** Days between two orders, as is typical here. */
  typicalGap: number;
  /** By band: the next order, by how long the last one was ago; and all later orders, by how long after one they came. */
  next: Counted[];
  later: Counted[];
  /** What an order brings on average, how many orders of her own weigh as much as that, and how far single orders lie apart (of the average). */
  value: { meanMinor: number; weight: number; spread: number };
};

export const modelVersion = 1;

/** Where the stretches begin over which the chance of an order is taken to be the same: days since the only order … */
export const dayEdges = [0, 1, 4, 8, 15, 22, 31, 46, 61, 91, 121, 181, 241, 301, 366, 546, 731] as const;
/** … and, of all others, her usual gaps since the last one; */
export const gapEdges = [0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4, 5.6, 8, 12, 18, 27, 40, 60] as const;
/** … and, for how many follow, usual gaps since any one. */
export const laterEdges = [0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64] as const;

export const edgesOf = (band: number): readonly number[] => (band === 0 ? dayEdges : gapEdges);

/** The gap that shops have before anything is known of them, in days, and how many gaps of its own weigh as much. */
export const usualElsewhere = { gap: 60, weight: 10 } as const;
/** Orders older than this say little about today. */
const lookBack = 3 * 365;
/** Nobody's usual gap is shorter: what comes by the hour is one purchase. */
export const shortestGap = 0.5;

const nothing = (edges: readonly number[]): Counted => ({ orders: edges.map(() => 0), time: edges.map(() => 0) });

/** Adds the time that somebody could have ordered in, up to `until`. */
function addTime(to: Counted, edges: readonly number[], until: number): void {
  for (let index = 0; index < edges.length; index += 1) {
    const from = edges[index] as number;
    if (until <= from) return;
    to.time[index] = (to.time[index] as number) + Math.min(until, edges[index + 1] ?? Infinity) - from;
  }
}

function addOrder(to: Counted, edges: readonly number[], at: number): void {
  const index = edges.findLastIndex((edge) => at >= edge);
  to.orders[index] = (to.orders[index] as number) + 1;
}

/** Counts a shop's past as it is known at `now`. */
export function learn(customers: readonly Bought[], now: Date, madeOn: string): Model {
  const days = (from: Date, to: Date) => Math.max(0, (to.getTime() - from.getTime()) / day);
  const gaps = customers.reduce((sum, one) => sum + one.count - 1, 0);
  const apart = customers.reduce((sum, one) => sum + days(one.firstAt, one.orders.at(-1)?.at ?? one.firstAt), 0);
  const typicalGap = Math.max(1, Math.round((apart + usualElsewhere.gap * usualElsewhere.weight) / (gaps + usualElsewhere.weight)));
  const next = bands.map((_, band) => nothing(edgesOf(band)));
  const later = bands.map(() => nothing(laterEdges));
  for (const { count, firstAt, orders } of customers) {
    orders.forEach(({ at }, index) => {
      if (days(at, now) > lookBack) return;
      const nth = count - orders.length + index + 1;
      const band = bandOf(nth);
      const gap = Math.max(shortestGap, nth === 1 ? typicalGap : usualGap({ count: nth, firstAt, lastAt: at }, typicalGap));
      const unit = band === 0 ? 1 : gap;
      const [own, all, edges] = [next[band] as Counted, later[band] as Counted, edgesOf(band)];
      const following = orders.slice(index + 1);
      const first = following[0];
      addTime(own, edges, days(at, first?.at ?? now) / unit);
      if (first !== undefined) addOrder(own, edges, days(at, first.at) / unit);
      addTime(all, laterEdges, days(at, now) / gap);
      for (const one of following) addOrder(all, laterEdges, days(at, one.at) / gap);
    });
  }
  const short = ({ orders, time }: Counted): Counted => ({ orders, time: time.map((one) => Math.round(one * 1000) / 1000) });
  const first = customers.reduce<Date | null>((earliest, { firstAt }) => (earliest === null || firstAt < earliest ? firstAt : earliest), null);
  return {
    ...{ version: modelVersion, madeOn, customers: customers.length, orders: gaps + customers.length },
    ...{ days: first === null ? 0 : Math.floor(days(first, now)), typicalGap, next: next.map(short), later: later.map(short) },
    value: valueOf(customers),
  };
}

/** How much her own orders say about her next one: the more customers differ from each other, and the less one's orders do, the sooner. */
function valueOf(customers: readonly Bought[]): Model["value"] {
  const all = customers.map(({ orders }) => orders.map(({ netMinor }) => netMinor)).filter((one) => one.length > 0);
  const count = all.reduce((sum, one) => sum + one.length, 0);
  if (count === 0) return { meanMinor: 0, weight: mostWeight, spread: 0 };
  const mean = all.flat().reduce((sum, one) => sum + one, 0) / count;
  const means = all.map((one) => one.reduce((sum, value) => sum + value, 0) / one.length);
  const inside = all.reduce((sum, one, index) => sum + one.reduce((inner, value) => inner + (value - (means[index] as number)) ** 2, 0), 0);
  const within = count > all.length ? inside / (count - all.length) : mean ** 2;
  const squares = all.reduce((sum, one) => sum + one.length ** 2, 0);
  const between = all.reduce((sum, one, index) => sum + one.length * ((means[index] as number) - mean) ** 2, 0) - (all.length - 1) * within;
  const apart = between / Math.max(1, count - squares / count);
  const weight = apart <= 0 ? mostWeight : Math.min(mostWeight, Math.max(1, Math.round(within / apart)));
  return { meanMinor: Math.max(0, Math.round(mean)), weight, spread: mean <= 0 ? 0 : Math.round((1000 * Math.sqrt(within)) / mean) / 1000 };
}

const mostWeight = 20;

/** Horizons, in days. */
export const horizons = [30, 90, 365] as const;
export type Horizon = (typeof horizons)[number];
/** How far ahead spend is predicted, and how soon a next order is expected. */
export const year = 365;

/** For the date of the next order as much must be known as for a chance so far ahead. */
export const expectedNeeds: Horizon = 90;

/** What a shop must have before anything is predicted; and for each horizon at least half as long a past. */
export const least = { orders: 50, repeats: 5 } as const;

/** What is still missing before anything can be predicted so far ahead; null where nothing is. */
export function lacking(model: Model, horizon: Horizon): { orders: number; repeats: number; days: number } | null {
  const lack = {
    orders: Math.max(0, least.orders - model.orders),
    repeats: Math.max(0, least.repeats - (model.orders - model.customers)),
    days: Math.max(0, Math.ceil(horizon / 2) - model.days),
  };
  return lack.orders + lack.repeats + lack.days === 0 ? null : lack;
}
