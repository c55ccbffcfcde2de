// What happens to a mail: software looks at it first, perhaps; then a person does with it what she would.
import type { Letter } from "./front.ts";
import { scanners } from "./names.ts";
import type { Intent, Person } from "./plan.ts";
import { rates } from "./rates.ts";
import { stream } from "./stream.ts";

const minute = 60_000;

export type Reading = {
  clicks: boolean;
  /** She is won by this mail, and buys so long after it. */
  buysAfterMs: number | null;
  unsubscribes: "one-click" | "page" | null;
};

/** What she does with her n-th mail (from 0) about a checkout she left, at the moment she reads it. */
export function readingOf(seed: string, intent: Intent, mail: number, at: Date): Reading {
  const { outcome } = intent;
  const chance = stream(seed, intent.key, "mail", mail);
  const [idly, anyway, leaves, oneClick] = [chance.share(), chance.share(), chance.share(), chance.share()];
  if (outcome.kind === "won" && outcome.byMail === mail) return { clicks: outcome.clicks, buysAfterMs: outcome.afterMs, unsubscribes: null };
  // She is about to come anyway, today or next week: she may click, and it changes nothing.
  if (outcome.kind === "anyway" && outcome.at.getTime() > at.getTime() + minute)
    return { clicks: anyway < rates.anywayClick, buysAfterMs: null, unsubscribes: null };
  if (leaves < rates.unsubscribes && outcome.kind === "gone")
    return { clicks: false, buysAfterMs: null, unsubscribes: oneClick < rates.oneClickUnsubscribe ? "one-click" : "page" };
  return { clicks: idly < rates.idleClick, buysAfterMs: null, unsubscribes: null };
}

export type Look = { url: "click" | "unsubscribe"; method: "HEAD" | "GET"; userAgent: string };

/** What software does to a mail in the second it arrives: asks for the heads, or opens every link there is. Nothing where her address has none. */
export function scanOf(seed: string, person: Person, letter: Letter): Look[] {
  if (!person.scanned || letter.click === null) return [];
  const chance = stream(seed, person.key, "scan", letter.subject);
  const userAgent = chance.pick(scanners);
  const heads: Look[] = chance.chance(0.5) ? [{ url: "click", method: "HEAD", userAgent }] : [];
  return [...heads, { url: "click", method: "GET", userAgent }, { url: "unsubscribe", method: "GET", userAgent }];
}
