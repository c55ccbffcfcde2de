import { describe, expect, test } from "vitest";
import { defaultSettings, type Step } from "#app/flows/flow.ts";
import type { SampleAbout } from "#app/messages/sample.ts";
import type { Shop } from "#app/shops/shop.ts";
import { draftOf, readStep, type StepDraft } from "./editing.server.ts";

const now = new Date("2026-11-21T09:00:00Z");
const shop = {
  name: "Harbour & Pine",
  senderName: null,
  postalAddress: "1 Quay, Leith",
  currency: "GBP",
  timezone: "Europe/London",
  storefrontHost: "shop.test",
  domain: "harbour-pine.myshopify.com",
} as Shop;
const [reminder, , offer] = defaultSettings["abandoned-checkout"].steps as [Step, Step, Step];

function read(step: Step, change: Partial<StepDraft>, about: SampleAbout = { kind: "checkout" }) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...draftOf(step), ...change })) form.set(name, String(value));
  return readStep(shop, step, about, form, now);
}

const errors = async (step: Step, change: Partial<StepDraft>) => {
  const result = await read(step, change);
  return result.ok ? {} : result.errors;
};

describe("a step as it is typed", () => {
  test("what was not touched comes back as it was", async () => {
    for (const step of [reminder, offer]) expect(await read(step, {})).toMatchObject({ ok: true, step });
  });
  test("the preview is filled with a sample, and what the merchant writes is text, not HTML", async () => {
    const result = await read(offer, { heading: "<b>{{ offer_percent }}</b> for {{ first_name }}", percent: "15" });
    if (!result.ok) expect.unreachable();
    else {
      expect(result.step).toMatchObject({ percent: 15 });
      expect(result.preview.subject).toBe("15% off what you left at Harbour & Pine");
      expect(result.preview.html).not.toContain("<b>15</b>");
      expect(result.preview.text).toContain("<b>15</b> for Robin");
    }
  });
  test("a mail about a product is previewed with one: the shop's own where it is given", async () => {
    const [look] = defaultSettings["browse-abandonment"].steps as [Step];
    const own = {
      productId: "7",
      title: "Oak board",
      url: "https://shop.test/products/oak-board",
      imageUrl: null,
      priceMinor: 4200,
      priceVaries: false,
      currency: "GBP",
    };
    for (const [product, title] of [
      [null, "Linen shirt, blue"],
      [own, "Oak board"],
    ] as const) {
      const result = await read(look, { body: "{{ product_title }} at {{ product_price }}[{{ cart_total }}]" }, { kind: "product", product });
      if (!result.ok) expect.unreachable();
      else expect(result.preview.subject).toBe(`Still looking at ${title}?`);
      if (result.ok && product !== null) expect(result.preview.text).toContain("Oak board at £42.00[]");
    }
  });
  test("broken Liquid is told beside its field", async () =>
    expect(Object.keys(await errors(reminder, { subject: "You left {{ first_item" }))).toEqual(["subject"]));
  test("an empty or broken number is no zero", async () => {
    expect(await errors(offer, { waitHours: "", percent: "1.5", validDays: "many" })).toEqual({
      waitHours: "Write a whole number",
      percent: "Write a whole number",
      validDays: "Write a whole number",
    });
  });
  test("numbers have their limits", async () => {
    expect(await errors(offer, { waitHours: "-1", percent: "91", validDays: "0" })).toEqual({
      waitHours: "Wait at least 0 hours",
      percent: "Give at most 90%",
      validDays: "Make it last at least a day",
    });
  });
  test("an empty text is told beside its field, all of them at once", async () => {
    expect(Object.keys(await errors(reminder, { subject: " ", heading: "", button: "" })).sort()).toEqual(["button", "heading", "subject"]);
  });
});
