import { describe, expect, test } from "vitest";
import type { ShownProduct } from "../products/product.ts";
import { pictureOf, shownOf, targetOf } from "./about.ts";
import { isOwnLink } from "./recovery-link.ts";

const shop = { name: "Harbour & Pine", storefrontHost: "shop.test", domain: "harbour-pine.myshopify.com" };
const product = (change: Partial<ShownProduct> = {}): ShownProduct => ({
  productId: "7",
  title: "Salt-glazed mug",
  url: "https://shop.test/products/mug?variant=1",
  imageUrl: null,
  priceMinor: 1850,
  priceVaries: false,
  currency: "EUR",
  ...change,
});

test("a mail about a product leads to its page, and says where the visit comes from", () => {
  const target = targetOf(shop, { kind: "product", product: product() }, null);
  expect(target).toBe("https://shop.test/products/mug?variant=1&utm_source=comeback&utm_medium=email");
  expect(isOwnLink(shop, target)).toBe(true);
  expect(isOwnLink(shop, targetOf(shop, { kind: "product", product: product({ url: "https://evil.test/products/mug" }) }, null))).toBe(false);
});

test("it is in the product's own currency, and says what was looked at as the reason", () => {
  expect(shownOf(shop, { kind: "product", product: product() }, true)).toEqual({
    cart: null,
    product: { title: "Salt-glazed mug", priceMinor: 1850, priceVaries: false, imageUrl: null },
    currency: "EUR",
    why: "You get this because you looked at Salt-glazed mug at Harbour & Pine and agreed to hear from us.",
  });
});

test("a mail that the law allows without her word does not claim one", () => {
  expect(shownOf(shop, { kind: "product", product: product() }, false).why).toBe("You get this because you looked at Salt-glazed mug at Harbour & Pine.");
  const checkout = { lines: [], totalMinor: 0, currency: "USD" };
  expect(shownOf(shop, { kind: "checkout", checkout }, false).why).toBe("You get this because you began a checkout at Harbour & Pine.");
});

describe("a picture that a mail may load", () => {
  test.each<[address: string | null, loaded: string | null]>([
    ["https://cdn.shopify.com/s/files/1/mug.png?v=1", "https://cdn.shopify.com/s/files/1/mug.png?v=1&width=720"],
    ["https://shop.test/cdn/mug.png", "https://shop.test/cdn/mug.png"],
    ["http://shop.test/mug.svg", "http://shop.test/mug.svg"],
    ["http://harbour-pine.myshopify.com/mug.svg", "http://harbour-pine.myshopify.com/mug.svg"],
    ["http://elsewhere.test/mug.png", null],
    ["http://shop.test:8080/mug.png", null],
    ["https://user:secret@cdn.shopify.com/mug.png", null],
    ["javascript:alert(1)", null],
    ["data:image/png;base64,AAAA", null],
    ["//cdn.shopify.com/mug.png", null],
    ["mug.png", null],
    ["", null],
    [null, null],
  ])("%j is loaded as %j", (address, loaded) => expect(pictureOf(shop, address)).toBe(loaded));
});
