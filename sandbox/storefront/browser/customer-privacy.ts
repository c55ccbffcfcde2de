// Shopify's Customer Privacy API: what the visitor said, where she is, and what may be done.
import type { PageFacts } from "../page-facts.ts";
import { mustAsk, processing, type Purpose, purposes, undecided, type VisitorConsent } from "../regions.ts";

const cookieName = "_tracking_consent";
const yearSeconds = 365 * 86_400;
const letters: Record<Purpose, string> = { analytics: "a", marketing: "m", preferences: "p", sale_of_data: "s" };

export type Wish = Partial<Record<Purpose, boolean>>;
/** As pixels are told of it. */
export type Processing = { analyticsProcessingAllowed: boolean; marketingAllowed: boolean; preferencesProcessingAllowed: boolean; saleOfDataAllowed: boolean };
export type Privacy = ReturnType<typeof customerPrivacy>;

/** A cookie of this page, as it was set. */
export function readCookie(name: string): string | null {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}

function remembered(): VisitorConsent {
  try {
    const { con } = JSON.parse(decodeURIComponent(readCookie(cookieName) ?? "")) as { con: { CMP: Record<string, string> } };
    const said = (purpose: Purpose) => ({ "1": "yes" as const, "0": "no" as const })[con.CMP[letters[purpose]] ?? ""] ?? "";
    return { analytics: said("analytics"), marketing: said("marketing"), preferences: said("preferences"), sale_of_data: said("sale_of_data") };
  } catch {
    return undecided;
  }
}

export function customerPrivacy({ region, root }: Pick<PageFacts, "region" | "root">) {
  let consent = remembered();
  const heard: (() => void)[] = [];
  const optOutSignal = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
  const allowed = () => processing(region, consent, optOutSignal);

  function setTrackingConsent(wish: Wish, done?: (error?: { error: string }) => void): void {
    const wrong = Object.entries(wish).find(([purpose, value]) => !purposes.includes(purpose as Purpose) || typeof value !== "boolean");
    if (wrong) {
      done?.({ error: `setTrackingConsent takes booleans for ${purposes.join(", ")}; not ${wrong[0]}` });
      return;
    }
    for (const purpose of purposes) {
      const value = wish[purpose];
      if (value !== undefined) consent = { ...consent, [purpose]: value ? "yes" : "no" };
    }
    const CMP = Object.fromEntries(purposes.map((purpose) => [letters[purpose], { yes: "1", no: "0", "": "" }[consent[purpose]]]));
    const value = encodeURIComponent(JSON.stringify({ con: { CMP }, v: "2.1", region: region.code, reg: region.rule === "opt-in" ? "GDPR" : "" }));
    document.cookie = `${cookieName}=${value}; path=${root}; max-age=${yearSeconds}; samesite=lax`;
    const now = allowed();
    const detail = {
      analyticsAllowed: now.analytics,
      marketingAllowed: now.marketing,
      preferencesAllowed: now.preferences,
      saleOfDataAllowed: now.sale_of_data,
      firstPartyMarketingAllowed: now.marketing,
      thirdPartyMarketingAllowed: now.marketing && now.sale_of_data,
    };
    for (const tell of heard) tell();
    document.dispatchEvent(new CustomEvent("visitorConsentCollected", { detail }));
    done?.();
  }

  return {
    api: {
      setTrackingConsent,
      currentVisitorConsent: () => ({ ...consent }),
      analyticsProcessingAllowed: () => allowed().analytics,
      marketingAllowed: () => allowed().marketing,
      preferencesProcessingAllowed: () => allowed().preferences,
      saleOfDataAllowed: () => allowed().sale_of_data,
      saleOfDataRegion: () => region.rule === "opt-out-of-sale",
      shouldShowBanner: () => mustAsk(region, consent),
      getRegion: () => region.code,
    },
    allowed,
    processing: (): Processing => {
      const now = allowed();
      return {
        analyticsProcessingAllowed: now.analytics,
        marketingAllowed: now.marketing,
        preferencesProcessingAllowed: now.preferences,
        saleOfDataAllowed: now.sale_of_data,
      };
    },
    /** Called before the page's own listeners hear of a decision. */
    changed: (tell: () => void) => void heard.push(tell),
  };
}
