// What is expected of one customer: whether she orders again, when, and for how much; each with the range that eight of ten lie in.
import { day } from "../lib/time.ts";
import { horizons, year, type Horizon, type Model } from "./model.ts";
import { groupOf, stepOf, usualGap, type Standing } from "./place.ts";
import { backBetween, chanceBetween, eightOfTen, placeOf, tablesOf } from "./tables.ts";

/** What one of her orders is expected to bring, as a fraction of whole numbers: her own orders, and some of the shop's average. */
function valueOf({ value }: Model, { count, netMinor }: Standing): { sum: number; of: number } {
  return { sum: Math.max(0, netMinor + value.weight * value.meanMinor), of: count + value.weight };
}

/** What she is expected to spend within a year, in whole minor units; null where too little is known. */
export function spendOf(model: Model, standing: Standing, group: number, step: number): number | null {
  const orders = tablesOf(model).orders?.[placeOf(group, step)];
  if (orders === undefined) return null;
  const { sum, of } = valueOf(model, standing);
  // Thousandths times a large sum are more than a number can hold exactly.
  return Number((BigInt(orders) * BigInt(sum)) / BigInt(1000 * of));
}

/** The smallest and the largest number of orders that eight of ten lie between: `chance` have one at all, and each that comes is followed by others alike. */
function numberBetween(chance: number, expected: number): [low: number, high: number] {
  const again = Math.max(0, 1 - chance / Math.max(chance, expected));
  const atLeast = (number: number) => chance * again ** (number - 1);
  let [low, high] = [0, 0];
  while (low < mostOrders && atLeast(low + 1) >= 0.9) low += 1;
  while (high < mostOrders && atLeast(high + 1) > 0.1) high += 1;
  return [low, high];
}

const mostOrders = 1000;

function spendBetween(model: Model, standing: Standing, place: number): [low: number, high: number] {
  const tables = tablesOf(model);
  const [low, high] = numberBetween((tables.chance[year]?.[place] ?? 0) / 100, (tables.orders?.[place] ?? 0) / 1000);
  const { sum, of } = valueOf(model, standing);
  // How far single orders lie apart is felt below: many orders that all bring little. Above, the number alone is the range: both at once hold nearly everybody.
  const least = low === 0 ? 0 : Math.max(0, 1 - (eightOfTen * model.value.spread) / Math.sqrt(low));
  return [Math.round((low * sum * least) / of), Math.round((high * sum) / of)];
}

export type Prediction = {
  /** Of another order within so many days, in percent. */
  chance: Record<Horizon, { percent: number; low: number; high: number } | null>;
  /** When the next one is expected, should it come within a year. */
  nextOrder: { at: Date; from: Date; until: Date } | null;
  /** Within a year, in minor units. */
  spend: { minor: number; low: number; high: number } | null;
  /** Days that usually lie between her orders; null where she has one only. */
  usualGap: number | null;
};

/** Everything that is expected of somebody who ordered. What too little is known for is null. */
export function predictionOf(model: Model, standing: Standing, now: Date): Prediction {
  const tables = tablesOf(model);
  const [group, step] = [groupOf(standing, model.typicalGap), stepOf(standing, now)];
  const place = placeOf(group, step);
  const chance = (horizon: Horizon) => {
    const percent = tables.chance[horizon]?.[place];
    if (percent === undefined) return null;
    const [low, high] = chanceBetween(model, group, step, horizon);
    return { percent, low, high };
  };
  const after = (days: number) => new Date(standing.lastAt.getTime() + days * day);
  const days = tables.expected?.[group];
  const minor = spendOf(model, standing, group, step);
  const [from, until] = backBetween(model, group);
  const [low, high] = spendBetween(model, standing, place);
  return {
    chance: { 30: chance(horizons[0]), 90: chance(horizons[1]), 365: chance(horizons[2]) },
    nextOrder: days === undefined ? null : { at: after(days), from: after(from), until: after(until) },
    spend: minor === null ? null : { minor, low: Math.min(low, minor), high: Math.max(high, minor) },
    usualGap: standing.count === 1 ? null : Math.round(usualGap(standing, model.typicalGap)),
  };
}
