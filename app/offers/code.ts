// The look of an offer code: short, easy to type, no two signs that look alike.
import { Temporal } from "temporal-polyfill";
import { after, day } from "../lib/time.ts";

const signs = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** A code from random bytes: `BACK-` and eight signs, 40 bits. */
export function codeFrom(bytes: Uint8Array): string {
  return `BACK-${Array.from(bytes.subarray(0, 8), (byte) => signs[byte % 32]).join("")}`;
}

/**
 * When the discount of a new pool ends: at the end of a day in the shop's time zone, late enough that for the next `validDays` every code that is given is
 * good for at least that long.
 */
export function poolEnd(now: Date, validDays: number, timezone: string): Date {
  const zone = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timezone);
  return new Date(zone.add({ days: 2 * validDays }).withPlainTime("23:59:59").epochMilliseconds);
}

/** Whether a pool's codes are good for `validDays` more: else it is time for a new one. */
export function lastsLongEnough(endsAt: Date, validDays: number, now: Date): boolean {
  return endsAt >= after(now, validDays * day);
}

/** How many codes a pool keeps ready, and below which number it is filled again. */
export const poolSize = 200;
export const poolLow = 50;
