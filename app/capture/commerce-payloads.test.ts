import { describe, expect, test } from "vitest";
import type { NewEvent } from "../events/event.ts";
import { readWebhook } from "./webhook.ts";

const receivedAt = new Date("2026-11-21T12:00:00Z");
const triggeredAt = new Date("2026-11-21T11:59:58Z");

function one<Name extends NewEvent["name"]>(topic: string, body: unknown, name: Name, currency = "GBP"): Extract<NewEvent, { name: Name }> {
  const reading = readWebhook(topic, JSON.stringify(body), { eventKey: "e1", triggeredAt, receivedAt, currency });
  if (!reading.ok) return expect.unreachable(reading.reason);
  expect(reading.events.map((event) => event.name)).toEqual([name]);
  return reading.events[0] as Extract<NewEvent, { name: Name }>;
}
const refused = (topic: string, body: unknown) => {
  const reading = readWebhook(topic, JSON.stringify(body), { eventKey: "e1", triggeredAt, receivedAt, currency: "GBP" });
  return reading.ok ? null : reading.reason;
};

const line = (change: object = {}) => ({ id: 1, product_id: 10, variant_id: 100, title: "Mug", sku: "HP-MUG", quantity: 2, price: "18.50", ...change });
const cart = (change: object = {}) => ({
  token: "c1",
  created_at: "2026-11-21T11:00:00Z",
  updated_at: "2026-11-21T11:30:00Z",
  line_items: [line()],
  ...change,
});
const checkout = (change: object = {}) => ({
  token: "k1",
  cart_token: "c1",
  created_at: "2026-11-21T11:00:00Z",
  updated_at: "2026-11-21T11:30:00Z",
  completed_at: null,
  currency: "GBP",
  total_price: "37.00",
  abandoned_checkout_url: "https://shop.test/recover",
  buyer_accepts_marketing: true,
  line_items: [line()],
  email: "ann@x.test",
  ...change,
});
const order = (change: object = {}) => ({
  id: 1,
  admin_graphql_api_id: "gid://shopify/Order/820982911946154508",
  name: "#1001",
  created_at: "2026-11-21T11:00:00Z",
  updated_at: "2026-11-21T11:30:00Z",
  currency: "GBP",
  total_price: "37.00",
  cart_token: "c1",
  checkout_token: "k1",
  line_items: [line()],
  ...change,
});
const refund = (change: object = {}) => ({ id: 5, order_id: 1, created_at: "2026-11-21T11:30:00Z", transactions: [], refund_line_items: [], ...change });

describe("carts", () => {
  test("a cart is counted in the shop's money: it names none of its own", () => {
    expect(one("carts/update", cart(), "cart.updated", "JPY").data.lines[0]?.priceMinor).toBe(19);
    expect(one("carts/update", cart(), "cart.updated").data).toEqual({
      token: "c1",
      createdAt: "2026-11-21T11:00:00.000Z",
      updatedAt: "2026-11-21T11:30:00.000Z",
      lines: [{ productId: "10", variantId: "100", title: "Mug", sku: "HP-MUG", quantity: 2, priceMinor: 1850 }],
    });
  });
  test("an emptied cart is an event too", () => expect(one("carts/update", cart({ line_items: [] }), "cart.updated").data.lines).toEqual([]));
});

describe("checkouts", () => {
  test("everything a reminder needs", () => {
    expect(one("checkouts/create", checkout(), "checkout.updated")).toMatchObject({
      subject: "checkout:k1",
      data: {
        token: "k1",
        cartToken: "c1",
        totalMinor: 3700,
        recoverUrl: "https://shop.test/recover",
        acceptsMarketing: true,
        person: { email: "ann@x.test" },
      },
    });
  });
  test("what was withheld is null, and a tick box that was not shown is no yes", () => {
    expect(
      one("checkouts/create", checkout({ email: null, cart_token: "", buyer_accepts_marketing: null, abandoned_checkout_url: null }), "checkout.updated").data,
    ).toMatchObject({ cartToken: null, acceptsMarketing: false, recoverUrl: null, person: { email: null } });
  });
  test("a deletion may name nothing but the cart", () => {
    expect(one("checkouts/delete", { cart_token: "c1" }, "checkout.deleted")).toMatchObject({
      subject: "cart:c1",
      data: { token: null, cartToken: "c1", at: triggeredAt.toISOString() },
    });
  });
});

describe("money in payloads", () => {
  test.each([
    ["GBP", "37.00", 3700],
    ["JPY", "1850", 1850],
    ["KWD", "1.234", 1234],
    ["GBP", "0.00", 0],
    ["GBP", "-1.00", -100],
  ])("%s %s", (currency, total, minor) => expect(one("orders/create", order({ currency, total_price: total }), "order.placed").data.totalMinor).toBe(minor));

  test.each([["12,34"], ["1000000000000"], [1e12], ["free"], [null]])("%j is refused, not guessed", (total) =>
    expect(refused("orders/create", order({ total_price: total }))).toMatch(/total_price/),
  );
  test.each([["gbp"], [""], ["POUND"], [null]])("the currency %j is refused", (currency) =>
    expect(refused("orders/create", order({ currency }))).toMatch(/currency/),
  );
});

describe("orders", () => {
  test("an order is placed when it was processed, and told by its gid", () => {
    expect(one("orders/create", order({ processed_at: "2026-11-20T10:00:00+01:00" }), "order.placed")).toMatchObject({
      subject: "order:820982911946154508",
      occurredAt: new Date("2026-11-20T09:00:00Z"),
      data: { orderId: "820982911946154508", placedAt: "2026-11-20T09:00:00.000Z" },
    });
  });
  test("a change of it happened when it was changed", () =>
    expect(one("orders/updated", order(), "order.updated").occurredAt).toEqual(new Date("2026-11-21T11:30:00Z")));

  test.each<[law: string, change: object, data: object]>([
    ["cancelled", { cancelled_at: "2026-11-21T11:30:00Z" }, { cancelledAt: "2026-11-21T11:30:00.000Z" }],
    ["a test", { test: true }, { test: true }],
    ["at the till", { source_name: "pos" }, { source: "pos" }],
    ["a draft", { source_name: "shopify_draft_order" }, { source: "shopify_draft_order" }],
    ["from nowhere named", { source_name: null }, { source: "unknown" }],
    [
      "for nothing, by a code",
      { total_price: "0.00", total_discounts: "37.00", discount_codes: [{ code: "BACK-ABCDEFGH" }] },
      { totalMinor: 0, discountMinor: 3700, discountCodes: ["BACK-ABCDEFGH"] },
    ],
    [
      "a gift card, of no product",
      { line_items: [line({ product_id: null, variant_id: null, sku: null })] },
      { lines: [{ lineId: "1", productId: null, variantId: null, quantity: 2, priceMinor: 1850 }] },
    ],
    ["without tokens", { cart_token: null, checkout_token: null }, { cartToken: null, checkoutToken: null }],
  ])("%s", (_law, change, data) => expect(one("orders/create", order(change), "order.placed").data).toMatchObject(data));

  test("every topic of orders is read alike", () => {
    expect(one("orders/paid", order(), "order.paid").data).toEqual(one("orders/cancelled", order(), "order.cancelled").data);
  });
});

describe("refunds: what was paid back, in the shop's money", () => {
  const paid = (change: object) => ({ kind: "refund", status: "success", amount: "10.00", currency: "GBP", ...change });
  const item = (change: object = {}) => ({ subtotal: "8.00", total_tax: "1.60", ...change });
  test.each<[law: string, change: object, minor: number]>([
    ["one payment", { transactions: [paid({})] }, 1000],
    ["two payments", { transactions: [paid({}), paid({ amount: "0.50" })] }, 1050],
    ["a payment that failed gave nothing", { transactions: [paid({ status: "failure" })] }, 0],
    ["a sale is no refund", { transactions: [paid({ kind: "sale" })] }, 0],
    ["payment goes before lines", { transactions: [paid({})], refund_line_items: [item()] }, 1000],
    ["lines stand in where no payment is named", { refund_line_items: [item(), item({ total_tax: null })] }, 1760],
    [
      "a shopper's own currency is not ours: the shop's side of the lines is",
      {
        transactions: [paid({ currency: "USD", amount: "99.00" })],
        refund_line_items: [item({ subtotal: "99.00", subtotal_set: { shop_money: { amount: "75.00" } }, total_tax_set: { shop_money: { amount: "15.00" } } })],
      },
      9000,
    ],
    ["nothing given back", {}, 0],
  ])("%s", (_law, change, minor) => expect(one("refunds/create", refund(change), "order.refunded").data.amountMinor).toBe(minor));
});
