// May we? One decision from the ledger, the region and the law's table. Unknown is no.
import { after, day } from "../lib/time.ts";

/** What the ledger says now of one profile and channel. */
export type Consent = {
  /** The last explicit word: none where she never said any. */
  state: "none" | "single" | "confirmed" | "out";
  at: Date | null;
  /** Where the word was given: `checkout`, `order`, `shopify`, `unsubscribe`. */
  source: string | null;
  /** Her last order that counts as a sale, where there is one. */
  soldAt: Date | null;
  /** Suppressed for good: hard bounce, complaint, erasure. */
  suppressed: string | null;
};

/** What a message is for: reminding of a cart or checkout left behind, of something merely looked at, or anything else we would like to say. */
export type Purpose = "cart-reminder" | "browse-reminder" | "marketing" | "ad-audience";

/** `agreed`: she said yes herself; otherwise the law allows it without her word, and no mail may say that she agreed. */
export type Permission =
  { allowed: true; rule: string; because: string; agreed: boolean } | { allowed: false; rule: string; reason: "suppressed" | "opted-out" | "no-consent" };

const europe = new Set("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO CH".split(" "));
const doubleOptIn = new Set(["DE", "AT"]);
const no = (rule: string, reason: "suppressed" | "opted-out" | "no-consent"): Permission => ({ allowed: false, rule, reason });

/**
 * Decides whether a channel may be used for a purpose. `country` is an ISO country code (of the customer's address, else of the checkout, else of the
 * shop); null means unknown and is treated as the strictest. Each answer names the row of the rule table it stands on, so that it can be shown and checked.
 * Rows: EU/EEA 1–5, UK 8–10, CA 12–14, US 16, AU 17, others 18, ad audiences 32. Looking is no inquiry and no negotiation for a sale: a browse reminder
 * is allowed where marketing is.
 */
export function allows(country: string | null, channel: "email" | "ads", purpose: Purpose, consent: Consent, now: Date): Permission {
  const code = country?.trim().toUpperCase() ?? "";
  const region = /^[A-Z]{2}$/.test(code) ? code : null;
  if (consent.suppressed !== null) return no("order", "suppressed");
  if (consent.state === "out") return no("order", "opted-out");
  const explicit = consent.state === "single" || consent.state === "confirmed";
  const said = `consent given at ${consent.source ?? "an unknown place"}${consent.at === null ? "" : ` on ${consent.at.toISOString().slice(0, 10)}`}`;
  if (channel === "ads") return explicit ? { allowed: true, rule: "32", because: said, agreed: true } : no("32", "no-consent");
  if (region === null || doubleOptIn.has(region))
    return consent.state === "confirmed" ? { allowed: true, rule: "5", because: said, agreed: true } : no("5", "no-consent");
  if (explicit) return { allowed: true, rule: ruleOf(region), because: said, agreed: true };
  if (region === "US") return { allowed: true, rule: "16", because: "commercial mail is allowed there until somebody opts out", agreed: false };
  if (region === "CA" && consent.soldAt !== null && consent.soldAt > after(now, -730 * day)) {
    return { allowed: true, rule: "13", because: `bought on ${consent.soldAt.toISOString().slice(0, 10)}, less than two years ago`, agreed: false };
  }
  return no(refusals[europe.has(region) ? "EU" : region]?.[purpose] ?? ruleOf(region), "no-consent");
}

/** Reminders that nobody agreed to have rows of their own; all else is refused by the row that would have allowed it. */
const refusals: Partial<Record<string, Partial<Record<Purpose, string>>>> = {
  EU: { "cart-reminder": "3", "browse-reminder": "3" },
  GB: { "cart-reminder": "9", "browse-reminder": "10" },
  CA: { "cart-reminder": "14", "browse-reminder": "14" },
};

function ruleOf(region: string): string {
  if (europe.has(region)) return "1";
  return ({ GB: "8", CA: "12", US: "16", AU: "17" } as Partial<Record<string, string>>)[region] ?? "18";
}
