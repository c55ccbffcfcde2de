import { expect, test } from "vitest";
import { demoShop, openShop } from "../shopify/shop-state.ts";
import { add, change, difference, lineKey, update } from "./cart-change.ts";

const { products } = openShop(demoShop, new Date(0));
const variantOf = (handle: string, at = 0) => products.find((product) => product.handle === handle)?.variants[at]?.id ?? expect.unreachable();
const mug = variantOf("salt-glazed-mug");
const apron = variantOf("linen-apron");
const soldOut = variantOf("tea-towels", 1);
const scarce = variantOf("driftwood-lamp");
const lines = [
  { id: 1, variantId: mug, quantity: 2 },
  { id: 2, variantId: apron, quantity: 1 },
];
const wanted = [
  { variantId: mug, quantity: 2 },
  { variantId: apron, quantity: 1 },
];

test("what is added stands first, and what is there already grows", () => {
  expect(add(products, lines, { id: mug })).toMatchObject({ ok: true, wanted: [{ variantId: mug, quantity: 3 }, wanted[1]], short: null });
  expect(add(products, lines, { items: [{ id: String(scarce), quantity: 2 }] })).toMatchObject({
    ok: true,
    wanted: [{ variantId: scarce, quantity: 2 }, ...wanted],
  });
});

test.each<[what: string, body: Record<string, unknown>, status: number, message: string, description: string]>([
  ["nothing", {}, 400, "Required parameter missing or invalid: items", "Required parameter missing or invalid: items"],
  ["an empty list", { items: [] }, 400, "Required parameter missing or invalid: items", "Required parameter missing or invalid: items"],
  ["a list of numbers", { items: [1] }, 400, "Required parameter missing or invalid: items", "Required parameter missing or invalid: items"],
  ["what we do not sell", { id: 1 }, 404, "Cart Error", "Cannot find variant"],
  ["a half", { id: mug, quantity: 0.5 }, 400, "Required parameter missing or invalid: quantity", "Required parameter missing or invalid: quantity"],
  ["less than nothing", { id: mug, quantity: -1 }, 400, "Required parameter missing or invalid: quantity", "Required parameter missing or invalid: quantity"],
  ["what is sold out", { id: soldOut }, 422, "Cart Error", "The product 'Tea towels, set of two - Madder stripe' is already sold out."],
])("adding %s is refused in Shopify's words", (_what, body, status, message, description) => {
  expect(add(products, lines, body)).toMatchObject({ ok: false, status, body: { message, description } });
});

test("of what there is too little, all of it is added and it is said; and then there is no more", () => {
  const first = add(products, [], { id: scarce, quantity: 5 });
  expect(first).toMatchObject({ ok: true, wanted: [{ variantId: scarce, quantity: 3 }] });
  expect(first).toMatchObject({ short: { status: 422, body: { description: "Only 3 items were added to your cart due to availability." } } });
  expect(add(products, [{ id: 3, variantId: scarce, quantity: 3 }], { id: scarce })).toMatchObject({
    status: 422,
    body: { description: "The maximum quantity of this item is already in your cart." },
  });
});

test("one line is changed by its place, its key or its variant", () => {
  for (const by of [{ line: 1 }, { id: mug }, { id: String(mug) }, { id: lineKey({ id: 1, variantId: mug }) }]) {
    expect(change(products, lines, { ...by, quantity: 0 })).toMatchObject({ ok: true, wanted: [wanted[1]] });
  }
  expect(change(products, lines, { line: 3, quantity: 1 })).toMatchObject({ status: 400, body: { message: "no valid id or line parameter" } });
  expect(change(products, lines, { quantity: 1 })).toMatchObject({ status: 400 });
});

test("several are updated as a list or by name, and an update may bring something new", () => {
  expect(update(products, lines, [0, "4"])).toMatchObject({ ok: true, wanted: [{ variantId: apron, quantity: 4 }] });
  expect(update(products, lines, { [mug]: 1, [scarce]: 1 })).toMatchObject({
    ok: true,
    wanted: [{ variantId: scarce }, { variantId: mug, quantity: 1 }, wanted[1]],
  });
  expect(update(products, lines, { "17": 1 })).toMatchObject({ status: 404 });
  expect(update(products, lines, undefined)).toMatchObject({ ok: true, wanted });
});

test("what went in and what went out is told by pieces", () => {
  const line = { productId: 1, sku: "", title: "", priceMinor: 1 };
  const before = lines.map((one) => ({ ...line, ...one }));
  const after = [
    { ...line, id: 1, variantId: mug, quantity: 5 },
    { ...line, id: 4, variantId: scarce, quantity: 1 },
  ];
  const { added, removed } = difference(before, after);
  expect(added.map(({ variantId, quantity }) => [variantId, quantity])).toEqual([
    [mug, 3],
    [scarce, 1],
  ]);
  expect(removed.map(({ variantId, quantity }) => [variantId, quantity])).toEqual([[apron, 1]]);
});
