// What a replay says while it runs and when it is done.
import { demoShop } from "../shopify/shop-state.ts";
import { display } from "../shopify/money.ts";
import type { Totals } from "./place.ts";
import type { Progress, Summary } from "./replay.ts";

const number = new Intl.NumberFormat("en-GB");
const money = (minor: number): string => display(minor, demoShop.currency);

/** 12,345 sent │ 54 % │ 412/s │ 31 s left │ 3 Jun 2011. */
export function progressLine({ sent, share, seconds, clock }: Progress): string {
  const left = share <= 0 ? "" : ` │ ${duration((seconds / share) * (1 - share))} left`;
  return `  ${number.format(sent)} sent │ ${Math.floor(share * 100)}% │ ${number.format(Math.round(sent / Math.max(seconds, 0.001)))}/s${left} │ ${day(clock)}`;
}

export function summaryText(summary: Summary): string {
  const { sent, orders, customers, grossMinor, refunds, refundedMinor, unmatched, unmatchedMinor, answers, checked, seconds, from, until } = summary;
  const said = Object.entries(answers).map(([answer, times]) => `${number.format(times)} ${answer}`);
  return `
  ${number.format(sent)} webhooks in ${duration(seconds)} (${number.format(Math.round(sent / seconds))}/s), ${day(from)} to ${day(until)}: ${said.join(", ")}
  Orders       ${number.format(orders)} by ${number.format(customers)} customers, ${money(grossMinor)}
  Refunds      ${number.format(refunds)}, ${money(refundedMinor)}
  Unmatched    ${number.format(unmatched)} refunds of what was bought before these files begin, ${money(unmatchedMinor)}
  Net          ${money(grossMinor - refundedMinor)}; less the unmatched ones ${money(grossMinor - refundedMinor - unmatchedMinor)}
  ${number.format(checked)} of the bodies were checked against Shopify's published schemas.`;
}

export function totalsText({ orders, customers, grossMinor, refundedMinor, unmatchedMinor }: Totals): string {
  return `
  Comeback now holds ${number.format(orders)} orders by ${number.format(customers)} customers: gross ${money(grossMinor)}, net ${money(grossMinor - refundedMinor)}, unmatched refunds ${money(unmatchedMinor)}.`;
}

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function day(at: Date): string {
  return at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}
