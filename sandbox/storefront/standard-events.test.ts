import { expect, test } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { demoShop, openShop } from "../shopify/shop-state.ts";
import type { EventCheckout, EventShop } from "./event-objects.ts";
import {
  addedToCart,
  cartViewed,
  checkoutStep,
  collectionViewed,
  customEvent,
  type Happening,
  type Moment,
  pageViewed,
  productViewed,
  removedFromCart,
  searchSubmitted,
  standardEvent,
} from "./standard-events.ts";

const now = new Date("2026-11-21T09:00:00Z");
const state = openShop(demoShop, now);
const shop: EventShop = { ...state, pictureUrl: (handle) => `//shop.test/pictures/${handle}.svg` };
const product = state.products[0] ?? expect.unreachable();
const variant = product.variants[0] ?? expect.unreachable();
const moment: Moment = { id: "sh-1", at: now, clientId: "c1", page: { href: "https://shop.test:8/products/mug?a=1#b", referrer: "https://shop.test/" } };
const line = {
  ...{ id: 1, variantId: variant.id, productId: product.id, sku: variant.sku, title: product.title, variantTitle: variant.title },
  ...{ vendor: product.vendor, quantity: 2, priceMinor: variant.priceMinor },
};
const blank: EventCheckout = {
  ...{ token: "hWN1", email: null, firstName: "", lastName: "", country: "GB", acceptsMarketing: false, lines: [line], discountCodes: [] },
};
const filled: EventCheckout = {
  ...blank,
  ...{ email: "ada@example.com", firstName: "Ada", lastName: "Byrne", addressGiven: true, delivery: { title: "Standard", priceMinor: 395 } },
};

/** Every path in a value with the kind of what is there; of a list, only what its members have in common matters. */
function shape(value: unknown, path = ""): Map<string, string> {
  const found = new Map([[path, value === null ? "null" : Array.isArray(value) ? "list" : typeof value]]);
  const add = (more: Map<string, string>) => more.forEach((kind, at) => found.set(at, kind));
  if (Array.isArray(value)) value.forEach((member) => add(shape(member, `${path}[]`)));
  else if (typeof value === "object" && value !== null) for (const [key, member] of Object.entries(value)) add(shape(member, `${path}.${key}`));
  return found;
}

/** Where the two differ in keys or kinds; null stands for any kind, and an empty list says nothing of its members. */
function differences(ours: unknown, documented: unknown): string[] {
  const [mine, theirs] = [shape(ours), shape(documented)];
  const under = (other: Map<string, string>, path: string) =>
    [...path.matchAll(/\[\]|\./g)].some(({ index }) => {
      const parent = path.slice(0, index);
      return other.get(parent) === "null" || (path.startsWith("[]", index) && other.get(parent) === "list" && !other.has(`${parent}[]`));
    });
  return [...new Set([...mine.keys(), ...theirs.keys()])].flatMap((path) => {
    const [a, b] = [mine.get(path), theirs.get(path)];
    if ((a === undefined && under(mine, path)) || (b === undefined && under(theirs, path))) return [];
    if (a === b || (a !== undefined && b !== undefined && (a === "null" || b === "null"))) return [];
    return [`${path}: ${a ?? "not there"}, documented ${b ?? "not there"}`];
  });
}

test.each<[file: string, happening: Happening]>([
  ["page_viewed", pageViewed()],
  ["product_viewed", productViewed(shop, product, variant)],
  ["collection_viewed", collectionViewed(shop, { id: 4, title: "All", products: state.products })],
  ["search_submitted", searchSubmitted(shop, "mug", [product])],
  ["cart_viewed", cartViewed(shop, { token: "hWN1", lines: [line] })],
  ["product_added_to_cart", addedToCart(shop, line)],
  ["product_removed_from_cart", removedFromCart(shop, line)],
  ["checkout_started", checkoutStep(shop, "checkout_started", blank)],
  ["checkout_contact_info_submitted", checkoutStep(shop, "checkout_contact_info_submitted", { ...blank, email: "ada@example.com" })],
  ["checkout_address_info_submitted", checkoutStep(shop, "checkout_address_info_submitted", filled)],
  ["checkout_shipping_info_submitted", checkoutStep(shop, "checkout_shipping_info_submitted", filled)],
  ["payment_info_submitted", checkoutStep(shop, "payment_info_submitted", filled)],
  ["checkout_completed", checkoutStep(shop, "checkout_completed", { ...filled, order: { id: 5, customerId: 6, isFirst: true }, paid: true })],
])("%s has the keys and kinds that Shopify documents, at every level", (file, happening) => {
  const text = sharedData(`shopify/pixel-events/${file}.json`, `the documented ${file} is not compared`);
  if (text === null) return;
  const documented = JSON.parse(text) as { name: string };
  // The samples are of 2024; `seq` came later.
  const { seq, ...ours } = standardEvent(happening, moment);
  expect(seq).toBe(0);
  expect(documented.name).toBe(ours.name);
  expect(differences(ours, documented)).toEqual([]);
});

test("the comparison sees a missing key, a key too many and another kind", () => {
  const documented = { a: { b: 1, c: [{ d: "" }] }, e: null };
  expect(differences({ a: { c: [{ d: 1 }] }, e: "x", f: 1 }, documented)).toEqual([
    ".a.c[].d: number, documented string",
    ".f: number, documented not there",
    ".a.b: not there, documented number",
  ]);
  expect(differences({ a: { b: 2, c: [] }, e: {} }, documented)).toEqual([]);
});

test("money is a number of the currency's own places, and ids are strings", () => {
  expect(productViewed({ ...shop, currency: "JPY" }, product, variant).data).toMatchObject({
    productVariant: { id: String(variant.id), price: { amount: variant.priceMinor, currencyCode: "JPY" }, product: { id: String(product.id) } },
  });
  expect(addedToCart(shop, line).data).toMatchObject({ cartLine: { cost: { totalAmount: { amount: (variant.priceMinor * 2) / 100 } }, quantity: 2 } });
});

test("a checkout counts its delivery and its codes once each", () => {
  const { checkout } = checkoutStep(shop, "payment_info_submitted", { ...filled, discountCodes: [{ code: "B", amountMinor: 200, type: "fixed_amount" }] })
    .data as {
    checkout: Record<string, { amount: number }>;
  };
  const lines = (variant.priceMinor * 2) / 100;
  expect([checkout["subtotalPrice"]?.amount, checkout["totalPrice"]?.amount]).toEqual([lines - 2, lines - 2 + 3.95]);
});

test("a published event carries what was published, and the page with its own parts", () => {
  expect(customEvent("comeback:arrived", { cart: "t" }, moment)).toMatchObject({
    type: "custom",
    customData: { cart: "t" },
    timestamp: "2026-11-21T09:00:00.000Z",
    context: { document: { location: { host: "shop.test:8", pathname: "/products/mug", search: "?a=1", hash: "#b", port: "8" } } },
  });
});
