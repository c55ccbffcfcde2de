import { describe, expect, test } from "vitest";
import { readBatch, readPixelEvents, slimBytes } from "../../../app/capture/pixel-event.ts";
import { sharedData } from "../../../test/shared-data.ts";
import { cartToken, landingOf, pageOf, toWire } from "./payload.ts";
import type { ShopifyEvent } from "./shopify.ts";

const at = "2026-11-21T09:00:00.000Z";
const received = new Date("2026-11-21T09:00:01Z");
const event = (name: string, change: Partial<ShopifyEvent> = {}): ShopifyEvent => ({
  id: "sh-1",
  name,
  clientId: "c7b3f99b-4d34-463b-835f-c879482a7750",
  timestamp: at,
  context: { document: { location: { href: "https://shop.test/products/lamp?variant=1" }, referrer: "" } },
  ...change,
});
const nothing = { cart: null, landing: null };

/** What the door makes of what the pixel sends. */
function through(from: ShopifyEvent, known: Parameters<typeof toWire>[1] = nothing) {
  const batch = readBatch(JSON.stringify({ shop: "a.myshopify.com", key: "k", events: toWire(from, known) }));
  if (!batch.ok) expect.unreachable(batch.message);
  const read = readPixelEvents(batch.value.events, received);
  return read.ok ? read.value : expect.unreachable(read.message);
}

describe("what the pixel sends, the door reads", () => {
  test.each<[name: string, ours: string]>([
    ["page_viewed", "page.viewed"],
    ["product_viewed", "product.viewed"],
    ["collection_viewed", "collection.viewed"],
    ["search_submitted", "search.submitted"],
    ["cart_viewed", "cart.viewed"],
    ["product_added_to_cart", "product.added-to-cart"],
    ["product_removed_from_cart", "product.removed-from-cart"],
    ["checkout_started", "checkout.step"],
    ["checkout_contact_info_submitted", "checkout.step"],
    ["checkout_address_info_submitted", "checkout.step"],
    ["checkout_shipping_info_submitted", "checkout.step"],
    ["payment_info_submitted", "checkout.step"],
    ["checkout_completed", "checkout.step"],
  ])("%s as Shopify documents it, and with every protected field gone", (name, ours) => {
    expect(through(event(name, { data: {} }))).toMatchObject([{ name: ours, subject: "visitor:c7b3f99b-4d34-463b-835f-c879482a7750" }]);
    const text = sharedData(`shopify/pixel-events/${name}.json`, `the documented ${name} is not read`);
    if (text === null) return;
    const documented = JSON.parse(text) as ShopifyEvent;
    const made = through({ ...documented, timestamp: at });
    expect(made).toMatchObject([{ name: ours }]);
    expect(JSON.stringify(made)).not.toMatch(/sampleemail|test-user/);
    for (const one of made) expect(JSON.stringify(one.data).length).toBeLessThanOrEqual(slimBytes);
  });

  test("a product carries its id, variant and price in minor units", () => {
    const productVariant = { id: "41", price: { amount: 749.95, currencyCode: "USD" }, product: { id: "72", vendor: "Hydrogen" } };
    expect(through(event("product_viewed", { data: { productVariant } }))[0]?.data).toEqual({
      productId: "72",
      variantId: "41",
      vendor: "Hydrogen",
      priceMinor: 74995,
      currency: "USD",
      cartToken: null,
      checkoutToken: null,
    });
  });

  test.each(["started", "abandoned", "submitted"])("a form that the theme saw %s", (what) => {
    const [made] = through(event(`comeback:form_${what}`, { customData: { form: "contact", kind: "contact", cart: "hWN77vXVzuiaDszY8fXtTfm0?key=secret" } }));
    expect(made).toMatchObject({
      name: `form.${what}`,
      data: { form: "contact", kind: "contact", path: "/products/lamp", cartToken: "hWN77vXVzuiaDszY8fXtTfm0" },
    });
  });

  test("how she came is an event of its own, and stays slim however long the campaign", () => {
    const long = "ü".repeat(80);
    const landing = landingOf(
      `https://shop.test/?utm_source=${long}&utm_medium=${long}&utm_campaign=${long}&utm_term=${long}&utm_content=${long}&fbclid=${"a".repeat(150)}`,
      "https://l.facebook.com/x",
    );
    const [, made] = through(event("page_viewed"), { cart: "Z2NwLXVzLWVhc3QxOjAxSjY5OVpIRURQNERFMDBKUTVaRkI4UzdU", landing });
    expect(made).toMatchObject({ name: "landing.arrived", data: { source: "ü".repeat(50), click: "fbclid" } });
    expect(new TextEncoder().encode(JSON.stringify(made?.data)).length).toBeLessThanOrEqual(slimBytes);
  });
});

test.each<[what: string, from: ShopifyEvent]>([
  ["an event that is not ours", event("alert_displayed")],
  ["an event of no browser", event("page_viewed", { clientId: null })],
])("%s is not sent", (_what, from) => expect(toWire(from, nothing)).toEqual([]));

test.each<[href: string | null, page: string]>([
  ["https://shop.test/products/lamp?email=a@b.test#x", "/products/lamp"],
  ["https://shop.test/en-gb/collections/all/extra", "/collections/all"],
  ["https://shop.test/account/activate/1/secret", "/account"],
  ["https://shop.test/checkouts/cn/secret", "/checkouts"],
  ["https://shop.test/", "/"],
  [null, "/"],
])("the page of %s is %s", (href, page) => expect(pageOf(href)).toBe(page));

test.each<[id: unknown, token: string | null]>([
  ["gid://shopify/Cart/hWN77vXVzuiaDszY8fXtTfm0?key=abc", "hWN77vXVzuiaDszY8fXtTfm0"],
  ["short", null],
  [{}, null],
  ["has a space in it", null],
])("the cart token of %j is %j", (id, token) => expect(cartToken(id)).toBe(token));

test.each([
  ["a search for somebody's address", "anna@example.test"],
  ["a search for somebody's number", "07700900123"],
])("%s leaves without its words", (_what, query) =>
  expect(toWire(event("search_submitted", { data: { searchResult: { query } } }), nothing)[0]?.data).toEqual({ query: null }),
);

test("a campaign's link with an address in it says nothing of the address", () => {
  expect(landingOf("https://shop.test/?utm_source=news&utm_term=anna@example.test", null)).toMatchObject({ utm: { source: "news" } });
});
