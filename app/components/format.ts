// Numbers and dates as the shop writes them: its currency, its time zone.
import { formatMoney } from "../lib/money.ts";
import { percent } from "../lib/percent.ts";

export type ShopFormat = { currency: string; timezone: string };
export type Formats = ReturnType<typeof formatsOf>;

type When = string | Date;

/** Makes the formats of a shop. The same text comes out on the server and in the browser. */
export function formatsOf({ currency, timezone }: ShopFormat) {
  const dates = (options: Intl.DateTimeFormatOptions) => {
    try {
      return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: timezone });
    } catch {
      return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
    }
  };
  const date: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
  const day = dates(date);
  const calendar = new Intl.DateTimeFormat("en-GB", { ...date, timeZone: "UTC" });
  const moment = dates({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
  const count = new Intl.NumberFormat("en");
  return {
    currency,
    money: (minor: number) => formatMoney(minor, currency, "en"),
    moneyIn: (minor: number, other: string) => formatMoney(minor, other, "en"),
    /** Without decimals, for estimates that are not exact to the penny. */
    about: (minor: number) => formatMoney(minor, currency, "en").replace(/\.\d+$/, ""),
    number: (value: number) => count.format(value),
    percent: (share: number) => percent(100 * share),
    /** A day of the calendar, `2026-11-21`: the same one everywhere. */
    day: (of: string) => calendar.format(new Date(`${of}T00:00:00Z`)),
    date: (when: When) => day.format(new Date(when)),
    dateTime: (when: When) => moment.format(new Date(when)),
  };
}

/** The label of a bar that begins on a calendar day: `21 Nov`, or `Nov 2026` for a month. */
export function barLabel(start: string, bucket: "day" | "week" | "month"): string {
  const options: Intl.DateTimeFormatOptions = bucket === "month" ? { month: "short", year: "numeric" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(new Date(`${start}T00:00:00Z`));
}
