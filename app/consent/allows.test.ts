import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { after, day } from "../lib/time.ts";
import { allows, type Consent, type Purpose } from "./allows.ts";

const now = new Date("2026-11-21T09:00:00Z");
const consent = (change: Partial<Consent> = {}): Consent => ({ state: "none", at: null, source: null, soldAt: null, suppressed: null, ...change });
const none = consent();
const single = consent({ state: "single", at: after(now, -day), source: "checkout" });
const confirmed = consent({ state: "confirmed", at: after(now, -day), source: "shopify" });
const sold = (daysAgo: number) => consent({ soldAt: after(now, -daysAgo * day) });

describe("the rows of the rule table that are in force for mail and ads", () => {
  test.each<[row: string, law: string, region: string | null, channel: "email" | "ads", purpose: Purpose, consent: Consent, allowed: boolean]>([
    ["1", "EU: marketing mail with an opt-in", "FR", "email", "marketing", single, true],
    ["1", "EU: marketing mail with a confirmed opt-in", "NL", "email", "marketing", confirmed, true],
    ["1", "EU: no marketing mail without a word", "FR", "email", "marketing", none, false],
    ["1", "EU: a sale alone is not taken for consent", "IT", "email", "marketing", sold(1), false],
    ["1", "EEA: the same in Norway", "NO", "email", "marketing", single, true],
    ["3", "EU: no cart reminder without a word", "ES", "email", "cart-reminder", none, false],
    ["1", "EU: a cart reminder with an opt-in", "ES", "email", "cart-reminder", single, true],
    ["5", "DE: one click is not enough", "DE", "email", "marketing", single, false],
    ["5", "DE: no cart reminder without a word", "DE", "email", "cart-reminder", none, false],
    ["5", "DE: confirmed is", "DE", "email", "cart-reminder", confirmed, true],
    ["5", "AT: one click is not enough", "AT", "email", "cart-reminder", single, false],
    ["5", "AT: confirmed is", "AT", "email", "marketing", confirmed, true],
    ["1", "CH: an opt-in is enough; confirming is the merchant's choice", "CH", "email", "marketing", single, true],
    ["8", "UK: marketing mail with an opt-in", "GB", "email", "marketing", single, true],
    ["8", "UK: no marketing mail without a word", "GB", "email", "marketing", none, false],
    ["9", "UK: a guest checkout without an opt-out box is not consent", "GB", "email", "cart-reminder", none, false],
    ["12", "CA: express consent holds", "CA", "email", "marketing", single, true],
    ["12", "CA: no word, no sale, no mail", "CA", "email", "marketing", none, false],
    ["13", "CA: a sale within two years", "CA", "email", "marketing", sold(729), true],
    ["12", "CA: a sale two years ago is over", "CA", "email", "marketing", sold(730), false],
    ["14", "CA: a checkout alone is no inquiry until the merchant says so", "CA", "email", "cart-reminder", none, false],
    ["16", "US: until somebody opts out", "US", "email", "cart-reminder", none, true],
    ["17", "AU: no default for a cart without a purchase", "AU", "email", "cart-reminder", none, false],
    ["17", "AU: express", "AU", "email", "marketing", single, true],
    ["18", "elsewhere: opt-in only", "BR", "email", "marketing", none, false],
    ["18", "elsewhere: opt-in", "JP", "email", "marketing", single, true],
    ["18", "elsewhere: a sale is not enough", "NZ", "email", "marketing", sold(1), false],
    ["5", "unknown region: like the strictest", null, "email", "marketing", single, false],
    ["5", "unknown region: confirmed", null, "email", "marketing", confirmed, true],
    ["1", "EU: a browse reminder with an opt-in", "FR", "email", "browse-reminder", single, true],
    ["3", "EU: no browse reminder without a word", "FR", "email", "browse-reminder", none, false],
    ["3", "EU: a sale is no word for a browse reminder", "FR", "email", "browse-reminder", sold(1), false],
    ["5", "DE: a browse reminder needs a confirmed word", "DE", "email", "browse-reminder", single, false],
    ["8", "UK: a browse reminder with an opt-in", "GB", "email", "browse-reminder", single, true],
    ["10", "UK: looking is no negotiation for a sale", "GB", "email", "browse-reminder", none, false],
    ["13", "CA: a sale within two years allows a browse reminder", "CA", "email", "browse-reminder", sold(729), true],
    ["14", "CA: looking is no inquiry", "CA", "email", "browse-reminder", none, false],
    ["16", "US: a browse reminder until somebody opts out", "US", "email", "browse-reminder", none, true],
    ["17", "AU: no browse reminder without a word", "AU", "email", "browse-reminder", none, false],
    ["18", "elsewhere: no browse reminder without a word", "BR", "email", "browse-reminder", none, false],
    ["5", "unknown region: no browse reminder on one click", null, "email", "browse-reminder", single, false],
    ["32", "ads: an opt-in, everywhere", "US", "ads", "ad-audience", single, true],
    ["32", "ads: no upload without a word, not even in the US", "US", "ads", "ad-audience", none, false],
    ["32", "ads: a sale is not enough", "CA", "ads", "ad-audience", sold(1), false],
  ])("row %s, %s", (row, _law, region, channel, purpose, given, allowed) => {
    const answer = allows(region, channel, purpose, given, now);
    expect(answer).toMatchObject({ allowed, rule: row });
    if (!answer.allowed) expect(answer.reason).toBe("no-consent");
  });
});

test("a yes says when and where she said so", () => {
  expect(allows("GB", "email", "cart-reminder", single, now)).toMatchObject({ because: "consent given at checkout on 2026-11-20" });
});

test("only a word of hers is called one: not a sale, and not the law's silence", () => {
  expect(allows("US", "email", "browse-reminder", none, now)).toMatchObject({ allowed: true, agreed: false });
  expect(allows("CA", "email", "browse-reminder", sold(1), now)).toMatchObject({ allowed: true, agreed: false });
  for (const country of ["US", "CA", "GB", "FR"])
    expect(allows(country, "email", "browse-reminder", single, now)).toMatchObject({ allowed: true, agreed: true });
});

const regions = ["DE", "AT", "FR", "CH", "NO", "GB", "CA", "US", "AU", "BR", "JP", "ZZ"];
const anyRegion = fc.oneof(fc.constantFrom(null, ...regions), fc.string());
const anyUse = fc.constantFrom(
  ["email", "cart-reminder"] as const,
  ["email", "browse-reminder"] as const,
  ["email", "marketing"] as const,
  ["ads", "ad-audience"] as const,
);
const anyConsent = fc.record({
  state: fc.constantFrom("none" as const, "single" as const, "confirmed" as const, "out" as const),
  at: fc.option(fc.date({ noInvalidDate: true, min: new Date("2000-01-01"), max: new Date("2030-01-01") })),
  source: fc.option(fc.string()),
  soldAt: fc.option(fc.date({ noInvalidDate: true, min: new Date("2000-01-01"), max: new Date("2030-01-01") })),
  suppressed: fc.option(fc.constantFrom("bounced", "complained", "erased", "unsubscribed")),
});

describe("laws, for any region and any ledger", () => {
  test("who is suppressed or has opted out is never written to and never uploaded", () => {
    fc.assert(
      fc.property(anyRegion, anyUse, anyConsent, (region, [channel, purpose], given) => {
        if (given.state !== "out" && given.suppressed === null) return;
        expect(allows(region, channel, purpose, given, now)).toMatchObject({ allowed: false, reason: given.suppressed === null ? "opted-out" : "suppressed" });
      }),
    );
  });

  test("an unknown region is never more permissive than the strictest", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(null, "", "  ", "unknown", "D"),
        fc.constantFrom(...regions),
        anyUse,
        anyConsent,
        (unknown, region, [channel, purpose], given) => {
          if (allows(unknown, channel, purpose, given, now).allowed) expect(allows(region, channel, purpose, given, now).allowed).toBe(true);
        },
      ),
    );
  });

  test("a stronger word never takes away what a weaker one allowed", () => {
    fc.assert(
      fc.property(anyRegion, anyUse, anyConsent, (region, [channel, purpose], given) => {
        const states = ["none", "single", "confirmed"] as const;
        const answers = states.map((state) => allows(region, channel, purpose, { ...given, state }, now).allowed);
        expect(answers.map(Number)).toEqual(answers.map(Number).sort());
      }),
    );
  });

  test("a browse reminder is allowed exactly where marketing is", () => {
    fc.assert(
      fc.property(anyRegion, anyConsent, (region, given) => {
        expect(allows(region, "email", "browse-reminder", given, now).allowed).toBe(allows(region, "email", "marketing", given, now).allowed);
      }),
    );
  });

  test("small letters are the same country", () => {
    fc.assert(
      fc.property(fc.constantFrom(...regions), anyUse, anyConsent, (region, [channel, purpose], given) => {
        expect(allows(region.toLowerCase(), channel, purpose, given, now)).toEqual(allows(region, channel, purpose, given, now));
      }),
    );
  });
});
