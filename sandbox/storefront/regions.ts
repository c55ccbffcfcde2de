// Where a shopper may pretend to be, and what may be done with her data there. Pure, and read by the server and by the page alike.

/** As Shopify writes a region: country and subdivision without a separator. */
export type Region = { code: string; country: string; name: string; rule: "opt-in" | "opt-out" | "opt-out-of-sale" };

// The rules are those of a shop that shows its banner in the UK, the EEA and Switzerland, and offers an opt-out of sale in California.
export const regions: readonly Region[] = [
  { code: "GBENG", country: "GB", name: "United Kingdom", rule: "opt-in" },
  { code: "DEHH", country: "DE", name: "Germany", rule: "opt-in" },
  { code: "FRPDL", country: "FR", name: "France", rule: "opt-in" },
  { code: "CHZH", country: "CH", name: "Switzerland", rule: "opt-in" },
  { code: "USNY", country: "US", name: "United States, New York", rule: "opt-out" },
  { code: "USCA", country: "US", name: "United States, California", rule: "opt-out-of-sale" },
  { code: "CAON", country: "CA", name: "Canada", rule: "opt-out" },
  { code: "AUTAS", country: "AU", name: "Australia", rule: "opt-out" },
];

export const defaultRegion: Region = { code: "GBENG", country: "GB", name: "United Kingdom", rule: "opt-in" };

export const regionOf = (code: string | null | undefined): Region => regions.find((one) => one.code === code) ?? defaultRegion;

export const purposes = ["analytics", "marketing", "preferences", "sale_of_data"] as const;
export type Purpose = (typeof purposes)[number];

/** What the visitor said of each purpose; `""` = nothing yet. */
export type VisitorConsent = Record<Purpose, "yes" | "no" | "">;
export const undecided: VisitorConsent = { analytics: "", marketing: "", preferences: "", sale_of_data: "" };

/** What may be processed now. `optOutSignal` is the browser's own wish not to be sold (Global Privacy Control). */
export function processing(region: Region, consent: VisitorConsent, optOutSignal = false): Record<Purpose, boolean> {
  const may = (purpose: Purpose) => (region.rule === "opt-in" ? consent[purpose] === "yes" : consent[purpose] !== "no");
  return {
    analytics: may("analytics"),
    marketing: may("marketing"),
    preferences: may("preferences"),
    sale_of_data: may("sale_of_data") && !(optOutSignal && region.rule === "opt-out-of-sale" && consent.sale_of_data !== "yes"),
  };
}

/** Whether a banner has to ask: where nothing is allowed unasked, and she has not answered. */
export function mustAsk(region: Region, consent: VisitorConsent): boolean {
  return region.rule === "opt-in" && purposes.some((purpose) => purpose !== "sale_of_data" && consent[purpose] === "");
}

/** The purposes a pixel says it needs, as in `[customer_privacy]` of its toml. */
export type PixelNeeds = { analytics: boolean; marketing: boolean; preferences: boolean; sale_of_data: "enabled" | "disabled" | "ldu" };

/** Shopify loads a pixel only where everything it needs is allowed. `enabled` = what it does counts as a sale. */
export function pixelMayLoad(needs: PixelNeeds, allowed: Record<Purpose, boolean>): boolean {
  return (
    (!needs.analytics || allowed.analytics) &&
    (!needs.marketing || allowed.marketing) &&
    (!needs.preferences || allowed.preferences) &&
    (needs.sale_of_data !== "enabled" || allowed.sale_of_data)
  );
}
