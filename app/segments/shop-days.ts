// The days of a shop: from midnight to midnight where the merchant is, 23 hours long in spring and 25 in autumn.
import { Temporal } from "temporal-polyfill";

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

/** The date an instant falls on. */
export function dateOf(at: Date, timezone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(knownZone(timezone)).toPlainDate().toString();
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
