// Recency, frequency and money as scores from 1 to 5, by the cut points of a shop.
import type { Ordered } from "./history.ts";

export type Four = readonly [number, number, number, number];

/** Where the fifths of a shop's customers end, rising, as they were on a day. Somebody exactly on a point belongs below it. */
export type CutPoints = { madeOn: string; recencyDays: Four; orders: Four; spentMinor: Four };

/** 1 for the lowest fifth, 5 for the highest. */
export function scoreOf(value: number, cuts: Four): number {
  return 1 + cuts.filter((cut) => value > cut).length;
}

/** The stretch of days since the last order that earns a score for recency, half-open: 5 for the freshest. */
export function recencyDays(score: number, cuts: Four): { from: number; until: number } {
  return { from: score === 5 ? -Infinity : (cuts[4 - score] ?? Infinity), until: score === 1 ? Infinity : (cuts[5 - score] ?? Infinity) };
}

/** What of an RFM score time does not move. */
export function frequencyAndMoney(orders: Ordered[], cuts: CutPoints): { frequency: number; money: number } {
  return {
    frequency: scoreOf(orders.length, cuts.orders),
    money: scoreOf(
      orders.reduce((sum, one) => sum + one.netMinor, 0),
      cuts.spentMinor,
    ),
  };
}

/** The values below which one, two, three and four fifths of them lie (nearest rank). Nobody has no fifths. */
export function quintiles(values: number[]): Four | null {
  if (values.length === 0) return null;
  const rising = [...values].sort((a, b) => a - b);
  const cut = (fifth: number) => rising[Math.ceil((fifth * rising.length) / 5) - 1] ?? 0;
  return [cut(1), cut(2), cut(3), cut(4)];
}
