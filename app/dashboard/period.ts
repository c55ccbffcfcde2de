// Which days a screen looks at: whole days in the shop's own time zone, today included.
import { Temporal } from "temporal-polyfill";

export const periodKeys = ["7", "30", "90", "all"] as const;
export type PeriodKey = (typeof periodKeys)[number];
export type Bucket = "day" | "week" | "month";
export type Period = { key: PeriodKey; from: Date; until: Date };

/** Before anything was ever sold on the internet: the beginning of "all time". */
export const beginning = new Date("1990-01-01T00:00:00Z");

function known(text: string | null): PeriodKey {
  return periodKeys.find((key) => key === text) ?? "30";
}

/** The time zone, or UTC where Shopify named one that is not known here. */
export function knownZone(timezone: string): string {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone);
    return timezone;
  } catch {
    return "UTC";
  }
}

/** The local calendar day of an instant, as `2026-11-21`. */
export function dayOf(at: Date, timezone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(knownZone(timezone)).toPlainDate().toString();
}

/** Reads what the address asks for: 7, 30 or 90 days, or all time; 30 days where it asks for nothing we know. */
export function periodOf(text: string | null, timezone: string, now: Date): Period {
  const key = known(text);
  if (key === "all") return { key, from: beginning, until: now };
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(knownZone(timezone)).startOfDay();
  return { key, from: new Date(today.subtract({ days: Number(key) - 1 }).epochMilliseconds), until: now };
}

/** How wide the bars of a chart are: days up to five weeks, weeks up to half a year, months beyond. */
export function bucketFor(from: Date, until: Date): Bucket {
  const days = (until.getTime() - from.getTime()) / 86_400_000;
  return days <= 35 ? "day" : days <= 190 ? "week" : "month";
}

function startOf(day: Temporal.PlainDate, bucket: Bucket): Temporal.PlainDate {
  if (bucket === "month") return day.with({ day: 1 });
  return bucket === "week" ? day.subtract({ days: day.dayOfWeek - 1 }) : day;
}

export type Bar = { start: string; grossMinor: number; attributedMinor: number };

/** One bar per day, week (from Monday) or month from the first to the last, with zero where nothing was sold. */
export function withoutGaps(bars: Bar[], bucket: Bucket, from: Date, until: Date, timezone: string): Bar[] {
  const found = new Map(bars.map((bar) => [bar.start, bar]));
  const last = Temporal.PlainDate.from(dayOf(until, timezone));
  const step = bucket === "day" ? { days: 1 } : bucket === "week" ? { weeks: 1 } : { months: 1 };
  const filled: Bar[] = [];
  let day = startOf(Temporal.PlainDate.from(dayOf(from, timezone)), bucket);
  while (Temporal.PlainDate.compare(day, last) <= 0 && filled.length < 1000) {
    filled.push(found.get(day.toString()) ?? { start: day.toString(), grossMinor: 0, attributedMinor: 0 });
    day = day.add(step);
  }
  return filled;
}
