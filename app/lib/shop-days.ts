// The days of a shop: from midnight to midnight where the merchant is, 23 hours long in spring and 25 in autumn.
import { Temporal } from "temporal-polyfill";
import { recent } from "./recent.ts";
import { day } from "./time.ts";

const zones = new Map<string, string>();

/** The time zone, or UTC where Shopify named one that is not known here: an odd setting must not hold up a shop. */
function knownZone(timezone: string): string {
  let zone = zones.get(timezone);
  if (zone !== undefined) return zone;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone);
    zone = timezone;
  } catch {
    zone = "UTC";
  }
  zones.set(timezone, zone);
  return zone;
}

/** The first instant of a date (`2026-11-21`). Where midnight does not exist, because clocks go forward then, the day begins at the first moment that does. */
export function startOf(date: string, timezone: string): Date {
  return new Date(Temporal.PlainDate.from(date).toZonedDateTime(knownZone(timezone)).epochMilliseconds);
}

type Day = { date: string; until: number };
/** The days that touch a day of UTC, by zone and its number: most instants that are asked about lie in the same few days. */
const known = recent<string, Day[]>(5_000);

function daysAround(number: number, zone: string): Day[] {
  const key = `${zone} ${number}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const found: Day[] = [];
  let date = Temporal.Instant.fromEpochMilliseconds(number * day)
    .toZonedDateTimeISO(zone)
    .toPlainDate();
  do {
    const next = date.add({ days: 1 });
    found.push({ date: date.toString(), until: next.toZonedDateTime(zone).epochMilliseconds });
    date = next;
  } while ((found.at(-1)?.until ?? 0) < (number + 1) * day);
  known.set(key, found);
  return found;
}

/** The date an instant falls on. */
export function dateOf(at: Date, timezone: string): string {
  const instant = at.getTime();
  const days = daysAround(Math.floor(instant / day), knownZone(timezone));
  return (days.find((one) => instant < one.until) as Day).date;
}

/** Whether a text is a date that exists: 30 February does not. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const [year, month, day] = text.split("-").map(Number) as [number, number, number];
  return year >= 1990 && month >= 1 && month <= 12 && new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

/** The date so many days after (or, negative, before) a date. */
export function dateAfter(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** The date before a date. */
export function dateBefore(date: string): string {
  return Temporal.PlainDate.from(date).subtract({ days: 1 }).toString();
}
