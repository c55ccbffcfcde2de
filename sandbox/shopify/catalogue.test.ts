import { expect, test } from "vitest";
import { catalogue, collectionsOf, picture } from "./catalogue.ts";

const products = catalogue(0, new Date(0));

test("thirty products and more, each with an id, a handle and a picture of its own", () => {
  expect(products.length).toBeGreaterThanOrEqual(30);
  expect(new Set(products.map(({ handle }) => handle)).size).toBe(products.length);
  const ids = products.flatMap((product) => [product.id, ...product.variants.flatMap(({ id, inventoryItemId }) => [id, inventoryItemId])]);
  expect(new Set(ids).size).toBe(ids.length);
  const pictures = products.map(({ handle }) => picture(handle) ?? "");
  expect(new Set(pictures).size).toBe(products.length);
  for (const drawn of pictures) {
    expect(drawn).toMatch(/^<svg [^>]*aria-label="[^"]+">.*<\/svg>$/);
    expect(drawn).not.toMatch(/NaN|undefined/);
  }
});

test("the eight of the first day keep their ids, so that saved worlds and links go on", () => {
  expect(products.slice(0, 8).map(({ handle, id }) => [handle, id])).toEqual(
    ["salt-glazed-mug", "harbour-throw", "pine-candle", "linen-apron", "fishermans-jumper", "oak-board", "sea-soap", "storm-lantern"].map((handle, at) => [
      handle,
      7_000_000_000_000 + at * 1_000_000,
    ]),
  );
});

test("five collections hold everything, and some things twice", () => {
  const collections = collectionsOf({ id: 60_000_000_000, products });
  const placed = collections.flatMap(({ productIds }) => productIds);
  expect(collections.map(({ handle }) => handle)).toEqual(["kitchen", "living", "wear", "bath", "outdoor"]);
  expect(new Set(placed).size).toBe(products.length);
  expect(placed.length).toBeGreaterThan(products.length);
  for (const { productIds } of collections) expect(productIds.length).toBeGreaterThanOrEqual(5);
});
