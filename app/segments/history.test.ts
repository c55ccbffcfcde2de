import { describe, expect, test } from "vitest";
import { after, day, hour } from "../lib/time.ts";
import { deedsOf, keptOf, momentsKept, nothingDone, type Deed } from "./history.ts";

const start = new Date("2026-11-01T12:00:00Z");
const dayOf = (at: Date) => at.toISOString().slice(0, 10);
const look = (index: number, productId: string): Deed => ({ id: `${index}`, at: after(start, index * hour), item: { productId, priceMinor: null } });

describe("what is kept", () => {
  test("the last ten of a kind, and the last ten of each product however long ago", () => {
    const rare = Array.from({ length: 12 }, (_, index) => look(index, "rare"));
    const common = Array.from({ length: 30 }, (_, index) => look(100 + index, "common"));
    const kept = keptOf({ ...nothingDone, deeds: { "viewed-product": [...rare, ...common] } }, dayOf).deeds["viewed-product"] ?? [];
    expect(kept).toEqual([...rare.slice(-momentsKept), ...common.slice(-momentsKept)]);
  });

  test("the last ten of a kind that has no product, in the order they came in", () => {
    const searched = Array.from({ length: 12 }, (_, index) => ({ id: `${index}`, at: after(start, -index * hour) }));
    expect(keptOf({ ...nothingDone, deeds: { searched } }, dayOf).deeds.searched).toEqual(searched.slice(0, momentsKept));
  });

  test("of visits the last moment of each of her last ten days, and no other", () => {
    const visited = Array.from({ length: 180 }, (_, index) => ({ id: `${index}`, at: after(start, Math.floor(index / 15) * day + (index % 15) * 60_000) }));
    const days = (keptOf({ ...nothingDone, deeds: { visited } }, dayOf).deeds.visited ?? []).map(({ at }) => at);
    expect(days).toEqual(Array.from({ length: 10 }, (_, index) => after(start, (index + 2) * day + 14 * 60_000)));
  });
});

describe("deeds that commerce tells of", () => {
  const checkout = { token: "k", cartToken: null, startedAt: start, updatedAt: after(start, hour), completedAt: null, reachable: false };
  const mine = {
    ...nothingDone,
    carts: [
      { token: "full", updatedAt: start, itemCount: 1 },
      { token: "empty", updatedAt: start, itemCount: 0 },
    ],
    checkouts: [checkout],
    orders: [{ orderId: "o", placedAt: start, cartToken: null, checkoutToken: null, netMinor: 500, items: [{ productId: "1", priceMinor: 250 }] }],
  };
  test("a cart with something in it, at its last change", () => expect(deedsOf(mine, "filled-cart").map((one) => one.subject)).toEqual(["full"]));
  test("a checkout, at its last change", () => expect(deedsOf(mine, "was-in-checkout")).toMatchObject([{ id: "k", at: checkout.updatedAt }]));
  test("an order, with what it brought", () => expect(deedsOf(mine, "ordered")).toMatchObject([{ subject: "o", netMinor: 500, items: [{ productId: "1" }] }]));
});

test.each([
  ["viewed-product", { item: { productId: "7", priceMinor: null } }, "7"],
  ["viewed-product", { item: { productId: null, priceMinor: null } }, null],
  ["viewed-collection", { collectionId: "c" }, "c"],
  ["left-form", { form: "contact" }, `contact/${start.toISOString()}`],
  ["left-form", { form: null }, `form/${start.toISOString()}`],
  ["clicked-message", {}, "id"],
  ["visited", {}, null],
] as const)("what %s %j is about: %s", (kind, rest, subject) => {
  expect(deedsOf({ ...nothingDone, deeds: { [kind]: [{ id: "id", at: start, ...rest }] } }, kind)[0]?.subject).toBe(subject);
});
