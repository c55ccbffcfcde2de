import { expect, test } from "vitest";
import { pixelNeeds } from "./show.ts";
import { mustAsk, pixelMayLoad, processing, regionOf, regions, undecided, type VisitorConsent } from "./regions.ts";

const all = (said: "yes" | "no"): VisitorConsent => ({ analytics: said, marketing: said, preferences: said, sale_of_data: said });
const every = (value: boolean) => ({ analytics: value, marketing: value, preferences: value, sale_of_data: value });

test.each(regions.map((region) => [region.name, region] as const))("in %s, silence means what its law says", (_name, region) => {
  const asks = ["GB", "DE", "FR", "CH"].includes(region.country);
  expect(processing(region, undecided)).toEqual(every(!asks));
  expect(mustAsk(region, undecided)).toBe(asks);
});

test.each(regions.map((region) => [region.name, region] as const))("in %s a yes opens everything, a no nothing, and nobody is asked twice", (_name, region) => {
  expect(processing(region, all("yes"))).toEqual(every(true));
  expect(processing(region, all("no"))).toEqual(every(false));
  expect(mustAsk(region, all("no"))).toBe(false);
});

test("the browser's own signal is an opt-out of sale in California alone", () => {
  expect(processing(regionOf("USCA"), undecided, true)).toEqual({ ...every(true), sale_of_data: false });
  expect(processing(regionOf("USNY"), undecided, true)).toEqual(every(true));
});

test("a place nobody knows is the United Kingdom", () => expect(regionOf("XX").country).toBe("GB"));

test.each([
  ["everything is allowed", undecided, "USNY", true],
  ["nothing was decided in the UK", undecided, "GBENG", false],
  ["marketing is refused", { ...all("yes"), marketing: "no" as const }, "GBENG", false],
  ["the sale is refused", { ...undecided, sale_of_data: "no" as const }, "USCA", false],
  ["preferences, which it does not need, are refused", { ...undecided, preferences: "no" as const }, "USNY", true],
])("where %s the app's pixel may load or not, as its toml says", (_what, consent, code, loads) => {
  expect(pixelMayLoad(pixelNeeds(), processing(regionOf(code), consent))).toBe(loads);
});
