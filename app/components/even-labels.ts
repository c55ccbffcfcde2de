// Which bars of a chart are named under it: as many as fit, all equally far from each other, counted back from the last.
import type { Bucket } from "../dashboard/period.ts";

/** How many bars may lie from one name to the next: whole weeks, months, quarters and years, so that a name means the same each time. */
const rhythms: Record<Bucket, readonly number[]> = { day: [1, 2, 7, 14, 28], week: [1, 2, 4, 8, 16, 32], month: [1, 2, 3, 6, 12] };

/** How wide a letter of a name is, at the size it is written in, and how far names keep from each other; in pixels. */
const letter = 6.5;
const apart = 14;
/** More names than these are not read any more. */
const most = 12;

/** The room a name takes, with what it keeps free beside it. */
export function roomOf(labels: readonly string[]): number {
  return Math.max(0, ...labels.map((label) => label.length)) * letter + apart;
}

/** How many bars lie from one name to the next, where so many share a width and each name takes that much room. */
function stepOf(count: number, width: number, room: number, bucket: Bucket): number {
  const least = width <= 0 ? count : Math.max((room * count) / width, count / most);
  const longest = Math.max(...rhythms[bucket]);
  return rhythms[bucket].find((step) => step >= least) ?? Math.ceil(least / longest) * longest;
}

/** The places of the bars that are named, from the first to the last. */
export function evenLabels(count: number, width: number, room: number, bucket: Bucket): number[] {
  const step = stepOf(count, width, room, bucket);
  return Array.from({ length: count }, (_, place) => place).filter((place) => (count - 1 - place) % step === 0);
}
