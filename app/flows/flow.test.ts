import { describe, expect, test } from "vitest";
import { standardLive } from "../segments/standard.ts";
import {
  defaultSettings,
  flowKeyOf,
  flowKeys,
  flowSettings,
  lengthOf,
  liveSteps,
  lookSubject,
  missingFor,
  productOf,
  subjects,
  triggers,
  type Flow,
  type Step,
} from "./flow.ts";

const now = new Date("2026-11-21T09:00:00Z");
const shop = { senderName: "Harbour & Pine", senderAddress: "hello@shop.test", postalAddress: "1 Quay Street, Bristol" };
const flow = (change: Partial<Flow> = {}): Flow => ({
  key: "abandoned-checkout",
  name: "Abandoned checkout",
  enabledAt: null,
  version: 1,
  settings: defaultSettings["abandoned-checkout"],
  holdoutPercent: 10,
  testMailAt: now,
  testMailTo: "owner@shop.test",
  otherMailsOffAt: now,
  ...change,
});

describe.each([...flowKeys])("the flow %s", (key) => {
  test("begins with settings that may be saved", () => expect(flowSettings.parse(defaultSettings[key])).toEqual(defaultSettings[key]));
  test("is started by a segment that exists", () => expect(standardLive.map((one) => one.key)).toContain(triggers[key]));
  test("names each step once: a step and a run have one message", () => {
    const keys = defaultSettings[key].steps.map((step) => step.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

test("the default gives nothing away before the third mail: a reminder, proof on day 3, an offer on day 5", () => {
  const { steps } = defaultSettings["abandoned-checkout"];
  let hours = 0;
  expect(steps.map((step) => [step.kind, (hours += step.waitHours)])).toEqual([
    ["email", 0],
    ["email", 72],
    ["offer-email", 120],
  ]);
});

test("a look is answered with one mail four hours later and gives nothing away; the second waits for the merchant's word", () => {
  expect(defaultSettings["browse-abandonment"].steps.map((step) => [step.kind, step.enabled, step.waitHours])).toEqual([
    ["email", true, 4],
    ["email", false, 48],
  ]);
});

test.each([["abandoned-checkout"], ["browse-abandonment"]])("%s is a flow", (key) => expect(flowKeyOf(key)).toBe(key));
test.each([[undefined], [""], ["nonsense"], ["toString"], ["Abandoned-checkout"]])("%j is none", (key) => expect(flowKeyOf(key)).toBeNull());

test("a run about a product knows which, and shares its subject with no other", () => {
  expect(productOf(lookSubject("7234590834801", 12n))).toBe("7234590834801");
  expect(lookSubject("7", 12n)).not.toBe(lookSubject("7", 13n));
  expect(subjects).toEqual({ "abandoned-checkout": "checkout", "browse-abandonment": "product" });
});

test("a flow is as long as the waits of the steps that are on", () => {
  expect(lengthOf(flow())).toBe(120 * 3_600_000);
  expect(lengthOf(flow({ key: "browse-abandonment", settings: defaultSettings["browse-abandonment"] }))).toBe(4 * 3_600_000);
});

describe("what still stands between a flow and being switched on", () => {
  test.each<[law: string, flow: Flow, shop: Parameters<typeof missingFor>[1], missing: string[]]>([
    ["nothing", flow(), shop, []],
    ["who it is from", flow(), { ...shop, senderName: null }, ["sender"]],
    ["the address it is from", flow(), { ...shop, senderAddress: null }, ["sender"]],
    ["where the shop is", flow(), { ...shop, postalAddress: null }, ["postal-address"]],
    ["a look at it", flow({ testMailAt: null }), shop, ["test-mail"]],
    ["the word that nobody else reminds", flow({ otherMailsOffAt: null }), shop, ["other-mails"]],
    [
      "all of it",
      flow({ testMailAt: null, otherMailsOffAt: null }),
      { senderName: null, senderAddress: null, postalAddress: null },
      ["sender", "postal-address", "test-mail", "other-mails"],
    ],
  ])("%s", (_law, one, of, missing) => expect(missingFor(one, of)).toEqual(missing));
});

test("a step that is switched off is not counted", () => {
  const steps = defaultSettings["abandoned-checkout"].steps.map((step, index): Step => ({ ...step, enabled: index !== 1 }));
  expect(liveSteps(flow({ settings: { steps } })).map((step) => step.key)).toEqual(["reminder", "offer"]);
});

describe("what may be saved", () => {
  const first = defaultSettings["abandoned-checkout"].steps[0] as Step;
  const offer = defaultSettings["abandoned-checkout"].steps[2] as Step;
  test.each<[law: string, steps: unknown[], allowed: boolean]>([
    ["no step", [], false],
    ["eleven steps", Array.from({ length: 11 }, () => first), false],
    ["a wait of 60 days", [{ ...first, waitHours: 1440 }], true],
    ["a wait of more", [{ ...first, waitHours: 1441 }], false],
    ["a wait into the past", [{ ...first, waitHours: -1 }], false],
    ["a wait that is no number", [{ ...first, waitHours: "1" }], false],
    ["an offer of 90 %", [{ ...offer, percent: 90 }], true],
    ["an offer of 91 %", [{ ...offer, percent: 91 }], false],
    ["an offer of nothing", [{ ...offer, percent: 0 }], false],
    ["an offer that ends at once", [{ ...offer, validDays: 0 }], false],
    ["a discount on a reminder", [{ ...first, percent: 10 }], false],
    ["a key with signs in it", [{ ...first, key: "../x" }], false],
    ["a step of no kind", [{ ...first, kind: "sms" }], false],
  ])("%s", (_law, steps, allowed) => expect(flowSettings.safeParse({ steps }).success).toBe(allowed));
});
