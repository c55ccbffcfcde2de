// Where a customer stands: how often she ordered, how far apart that usually was, and how long ago the last one is. What is predicted hangs on nothing else but
// what her orders brought. Whole numbers throughout, so that a database can say the same.
import { day } from "../lib/time.ts";

/** What somebody's orders that count come to. Only who ordered has it. */
export type Standing = { count: number; netMinor: number; firstAt: Date; lastAt: Date };

/** One order that counts, with what it brought. */
export type Placed = { placedAt: Date; netMinor: number };

/** What somebody's orders come to, or null where there are none. */
export function standingOf(orders: readonly Placed[]): Standing | null {
  const [first] = orders;
  if (first === undefined) return null;
  return orders.reduce<Standing>(
    (sum, { placedAt, netMinor }) => ({
      count: sum.count + 1,
      netMinor: sum.netMinor + netMinor,
      firstAt: placedAt < sum.firstAt ? placedAt : sum.firstAt,
      lastAt: placedAt > sum.lastAt ? placedAt : sum.lastAt,
    }),
    { count: 0, netMinor: 0, firstAt: first.placedAt, lastAt: first.placedAt },
  );
}

/** How many orders: the beginnings of the bands that are told apart. */
export const bands = [1, 2, 3, 4, 6, 10, 20] as const;
/** How many days usually lie between two orders: the beginnings of the classes, each a quarter above the one before. The first one begins at nothing. */
export const paces = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 19, 24, 30, 37, 46, 57, 71, 89, 111, 139, 174, 217, 271, 339, 424] as const;
const classes = paces.length + 1;
/** Who ordered once has no gap of her own: one group. All others by band and class. */
export const groupCount = 1 + (bands.length - 1) * classes;

/** Days since the last order at which a prediction may change: every day at first, then ever wider apart. */
export const steps: readonly number[] = stepsUpTo(1000);

function stepsUpTo(last: number): number[] {
  const found = [0];
  for (let at = 0; at < last;) {
    at = Math.max(at + 1, Math.round(at * 1.08));
    found.push(at);
  }
  return found;
}

/** How many of some rising numbers a value has reached. */
const reached = (rising: readonly number[], value: number) => rising.filter((one) => value >= one).length;

const wholeDays = (from: Date, to: Date) => Math.floor((to.getTime() - from.getTime()) / day);

/** How many days usually lie between her orders: her own gaps, and one that is typical of the shop, so that a single gap does not say everything. */
export function usualGap({ count, firstAt, lastAt }: Pick<Standing, "count" | "firstAt" | "lastAt">, typicalGap: number): number {
  return (wholeDays(firstAt, lastAt) + typicalGap) / count;
}

export function groupAt(band: number, pace: number): number {
  return band === 0 ? 0 : 1 + (band - 1) * classes + pace;
}

/** The group of somebody, by what is typical of the shop. */
export function groupOf(standing: Pick<Standing, "count" | "firstAt" | "lastAt">, typicalGap: number): number {
  return groupAt(bandOf(standing.count), reached(paces, Math.floor(usualGap(standing, typicalGap))));
}

export const bandOf = (count: number) => reached(bands, count) - 1;

/** The band and the class of a group. */
export function partsOf(group: number): { band: number; pace: number } {
  return group === 0 ? { band: 0, pace: 0 } : { band: 1 + Math.floor((group - 1) / classes), pace: (group - 1) % classes };
}

/** Days that stand for a class of gaps. */
export function paceDays(pace: number): number {
  const from = paces[pace - 1] ?? 0.5;
  return Math.sqrt(from * (paces[pace] ?? from * 1.25));
}

/** The step somebody is in. An order that lies a little ahead of our clock was just placed. */
export function stepOf({ lastAt }: Pick<Standing, "lastAt">, now: Date): number {
  return Math.max(0, reached(steps, wholeDays(lastAt, now)) - 1);
}
