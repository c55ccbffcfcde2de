import { describe, expect, test } from "vitest";
import { isProductId, standingOf, type Product } from "./product.ts";

const mug = (change: Partial<Product> = {}): Product => ({
  productId: "7",
  title: "Mug",
  handle: "mug",
  url: "https://shop.test/products/mug",
  imageUrl: null,
  priceMinor: 1200,
  priceVaries: false,
  currency: "GBP",
  status: "active",
  published: true,
  updatedAt: new Date("2026-11-21T09:00:00Z"),
  deletedAt: null,
  ...change,
});

describe("where a product stands", () => {
  test.each<[law: string, product: Product | null, kind: string]>([
    ["active and known, with or without a picture", mug(), "shown"],
    ["free", mug({ priceMinor: 0 }), "shown"],
    ["not yet told whether it is in the online store, but it has a page there", mug({ published: null }), "shown"],
    ["never heard of", null, "unknown"],
    ["without its address", mug({ url: null }), "unknown"],
    ["without a price", mug({ priceMinor: null }), "unknown"],
    ["without a title", mug({ title: null }), "unknown"],
    ["without a status", mug({ status: null }), "unknown"],
    ["deleted, whatever else is known", mug({ deletedAt: new Date(0) }), "gone"],
    ["deleted before anything was known", mug({ deletedAt: new Date(0), title: null, url: null, status: null }), "gone"],
    ["a draft", mug({ status: "draft" }), "gone"],
    ["archived", mug({ status: "archived" }), "gone"],
    ["unlisted: to be found by who has its link, not to be told of", mug({ status: "unlisted" }), "gone"],
    ["a status that did not exist when this was written", mug({ status: "resting" }), "gone"],
    ["not in the online store", mug({ published: false, url: null }), "gone"],
  ])("%s", (_law, product, kind) => expect(standingOf(product).kind).toBe(kind));
});

test.each([
  ["7234590834801", true],
  ["", false],
  ["gid://shopify/Product/1", false],
  ["1 OR 1=1", false],
  ["9".repeat(21), false],
])("%j is an id: %s", (text, is) => expect(isProductId(text)).toBe(is));
