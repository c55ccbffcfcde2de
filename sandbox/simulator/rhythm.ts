// When people shop: more before Christmas, less in summer, on Sunday evenings rather than on Friday nights.
import { Temporal } from "temporal-polyfill";
import type { Stream } from "./stream.ts";

/** By month, January first. Before Christmas the most: Online Retail, a gift shop, made 1.7 times an average month's invoices in November 2011. */
const months = [0.8, 0.85, 0.9, 0.9, 0.95, 0.85, 0.8, 0.8, 0.95, 1.05, 1.5, 1.65];
/** Monday first. */
const weekdays = [1.05, 1, 1, 1, 0.85, 0.95, 1.15];
/** By hour of the shop's day. */
const hours = [3, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 13, 14, 13, 12, 11, 11, 12, 14, 17, 20, 20, 15, 8];

type Day = { start: number; length: number; upTo: number };
export type Rhythm = ReturnType<typeof rhythmOf>;

/** The days of a period, each as likely as its season and weekday make it, growing a little towards the end. Gives moments as whole seconds. */
export function rhythmOf(from: Date, until: Date, timeZone: string) {
  const zoned = (at: Date) => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  const days: Day[] = [];
  let sum = 0;
  for (let day = zoned(from).startOfDay(); day.epochMilliseconds < until.getTime(); day = day.add({ days: 1 })) {
    const start = Math.max(day.epochMilliseconds, from.getTime());
    const length = Math.min(day.add({ days: 1 }).epochMilliseconds, until.getTime()) - start;
    const growth = 1 + (0.35 * (start - from.getTime())) / Math.max(1, until.getTime() - from.getTime());
    sum += ((months[day.month - 1] ?? 1) * (weekdays[day.dayOfWeek - 1] ?? 1) * growth * length) / 86_400_000;
    days.push({ start: day.epochMilliseconds, length: day.add({ days: 1 }).epochMilliseconds - day.epochMilliseconds, upTo: sum });
  }
  const hourWeights = hours.map((weight, hour) => [hour, weight] as const);

  /** A moment of the period, by chance. */
  return (chance: Stream): Date => {
    for (;;) {
      const wanted = chance.share() * sum;
      let [low, high] = [0, days.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((days[middle] as Day).upTo > wanted) high = middle;
        else low = middle + 1;
      }
      const day = days[low] as Day;
      // Days on which the clocks change are longer or shorter; an hour of 24 is near enough.
      const at = day.start + ((chance.weighted(hourWeights) + chance.share()) / 24) * day.length;
      const second = Math.floor(at / 1000) * 1000;
      if (second >= from.getTime() && second < until.getTime()) return new Date(second);
    }
  };
}
