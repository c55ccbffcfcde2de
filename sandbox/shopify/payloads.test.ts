import { describe, expect, test } from "vitest";
import { payloadErrors } from "./payload-schema.ts";
import {
  cartPayload,
  checkoutDeletePayload,
  type CheckoutFacts,
  checkoutPayload,
  collectionDeletePayload,
  collectionPayload,
  customerDeletePayload,
  type CustomerFacts,
  customerMergePayload,
  customerPayload,
  customerRedactPayload,
  dataRequestPayload,
  emailConsentPayload,
  inventoryPayload,
  type LineFacts,
  type OrderFacts,
  orderPayload,
  type ProductFacts,
  productDeletePayload,
  productPayload,
  refundPayload,
  scopesUpdatePayload,
  type ShopFacts,
  shopPayload,
  shopRedactPayload,
  smsConsentPayload,
} from "./payloads.ts";

const at = new Date("2026-07-01T09:30:00Z");
const shop: ShopFacts = {
  id: 6240981012345,
  domain: "comeback-demo.myshopify.com",
  name: "Harbour & Pine",
  email: "hello@harbourandpine.example",
  currency: "GBP",
  timeZone: "Europe/London",
  countryCode: "GB",
};
const customer: CustomerFacts & { createdAt: Date } = {
  id: 7358220173425,
  email: "ada@example.com",
  firstName: "Ada",
  lastName: "Byrne",
  country: "DE",
  createdAt: at,
};
const line: LineFacts = {
  id: 14234727743601,
  variantId: 41327142600817,
  productId: 7234590408817,
  sku: "HP-MUG",
  title: "Salt-glazed mug",
  variantTitle: "Kelp",
  quantity: 2,
  priceMinor: 1850,
};
const collection = { id: 408372092, handle: "wear", title: "To wear", description: "Made for weather." };
const checkout: CheckoutFacts = {
  token: "hWNcheckout0000000000001",
  cartToken: "hWNcart00000000000000001",
  name: "#35550298931313",
  email: customer.email,
  customer,
  acceptsMarketing: true,
  lines: [line],
  discountCodes: [{ code: "BACK10", amountMinor: 370, type: "percentage" }],
  recoverUrl: "http://127.0.0.1:4000/shop/comeback-demo/checkouts/ac/hWNcart00000000000000001/recover?key=abc",
  landingSite: "/?utm_source=comeback",
  noteAttributes: [{ name: "comeback", value: "v1" }],
  createdAt: at,
  updatedAt: at,
};
const order: OrderFacts = {
  id: 5778367414385,
  name: "#1017",
  customer,
  createdAt: at,
  lines: [line, { ...line, id: line.id + 1, quantity: 1, priceMinor: 999 }],
  shippingMinor: 395,
  cartToken: checkout.cartToken,
  checkoutToken: checkout.token,
  discountCodes: checkout.discountCodes,
  landingSite: checkout.landingSite,
  noteAttributes: [],
  financialStatus: "paid",
};
const product: ProductFacts = {
  id: 7234590408817,
  handle: "mug",
  title: "Salt-glazed mug",
  description: "Thrown by hand.",
  vendor: "Harbour & Pine",
  type: "Kitchen",
  variants: [{ id: line.variantId, inventoryItemId: 43421, title: "Kelp", sku: "HP-MUG", priceMinor: 1850, stock: 9, grams: 300 }],
  createdAt: at,
  updatedAt: at,
};
const subject = { id: customer.id, email: "ada@example.com", orderIds: [order.id] };
const shopNow = { ...shop, createdAt: at, updatedAt: at, primaryDomain: "127.0.0.1" };
const cart = { token: "hWNcart00000000000000001", lines: [line], createdAt: at, updatedAt: at };
const refund = {
  id: 890088186047,
  orderId: order.id,
  createdAt: at,
  lines: [{ lineItemId: line.id, quantity: 1, subtotalMinor: 1850, line }],
  amountMinor: 1850,
};

const payloads: [string, string, unknown][] = [
  ["carts/create", "a full cart", cartPayload(shop, cart)],
  ["carts/update", "an emptied cart", cartPayload(shop, { ...cart, lines: [] })],
  ["checkouts/create", "before the email is known", checkoutPayload(shop, { ...checkout, email: null, customer: null })],
  ["checkouts/update", "with email and code", checkoutPayload(shop, checkout)],
  ["checkouts/delete", "a deleted checkout", checkoutDeletePayload(shop, checkout)],
  ["orders/create", "an order", orderPayload(shop, { ...order, financialStatus: "pending" })],
  ["orders/create", "an order no cart made", orderPayload(shop, { ...order, cartToken: null, checkoutToken: null })],
  ["orders/paid", "a paid order", orderPayload(shop, order)],
  ["orders/updated", "a refunded order", orderPayload(shop, { ...order, financialStatus: "refunded", refundedMinor: 4724 })],
  ["orders/cancelled", "a cancelled order", orderPayload(shop, { ...order, cancelledAt: at, financialStatus: "voided" })],
  ["refunds/create", "a refund", refundPayload(shop, refund)],
  ["refunds/create", "pieces back, no money", refundPayload(shop, { ...refund, amountMinor: 0 })],
  ["customers/create", "a customer", customerPayload(shop, customer)],
  ["customers/update", "a customer in Britain", customerPayload(shop, { ...customer, country: "GB" })],
  ["customers/delete", "a deleted customer", customerDeletePayload(customer.id)],
  ["customers/merge", "a merge", customerMergePayload(1, 2)],
  [
    "customers_email_marketing_consent/update",
    "a yes",
    emailConsentPayload(shop, { customerId: 1, email: "a@example.com", state: "subscribed", optInLevel: "single_opt_in", updatedAt: at }),
  ],
  [
    "customers_marketing_consent/update",
    "a no to SMS",
    smsConsentPayload(shop, { customerId: 1, phone: "+442079460000", state: "unsubscribed", optInLevel: "unknown", updatedAt: at }),
  ],
  ["products/update", "a product", productPayload(shop, product, "http://127.0.0.1:4000/shop/pictures/mug.svg")],
  ["products/create", "a new product", productPayload(shop, product, "http://127.0.0.1:4000/shop/pictures/mug.svg")],
  ["collections/create", "a new collection", collectionPayload(shop, collection, at)],
  ["collections/update", "a collection", collectionPayload(shop, collection, at)],
  ["collections/delete", "a deleted collection", collectionDeletePayload(collection.id)],
  ["products/delete", "a deleted product", productDeletePayload(1)],
  ["inventory_levels/update", "a stock level", inventoryPayload(shop, product.variants[0] as never, at)],
  ["app/uninstalled", "an uninstall", shopPayload(shopNow)],
  ["shop/update", "a changed shop", shopPayload(shopNow)],
  ["app/scopes_update", "new scopes", scopesUpdatePayload(shop, ["read_orders"], ["read_orders", "read_products"], at)],
  ["customers/data_request", "a data request", dataRequestPayload(shop, subject)],
  ["customers/redact", "an erasure", customerRedactPayload(shop, subject)],
  ["shop/redact", "an erasure of the shop", shopRedactPayload(shop)],
];

describe("every payload is valid by Shopify's published schema", () => {
  test.each(payloads)("%s: %s", (topic, _name, payload) => {
    expect(payloadErrors(topic, JSON.parse(JSON.stringify(payload)))).toEqual([]);
  });
});

test("the schema refuses what it should refuse", () => {
  const { cart_token: _gone, ...without } = checkoutPayload(shop, checkout);
  expect(payloadErrors("checkouts/update", without)).toEqual(["/ must have required property 'cart_token'"]);
  expect(payloadErrors("orders/create", { ...orderPayload(shop, order), total_price: 12 })).toEqual(["/total_price must be string"]);
  expect(() => payloadErrors("orders/invented", {})).toThrow("No webhook schema");
});

test("there is nothing to join on but tokens: no checkout id, no order checkout_id", () => {
  expect(checkoutPayload(shop, checkout)).not.toHaveProperty("id");
  expect(orderPayload(shop, order)).not.toHaveProperty("checkout_id");
  expect(orderPayload(shop, order)).toMatchObject({ cart_token: checkout.cartToken, checkout_token: checkout.token });
});

test("an order adds up: lines less codes plus shipping, codes spread over the lines to the penny", () => {
  const payload = orderPayload(shop, order);
  expect(payload).toMatchObject({
    total_line_items_price: "46.99",
    total_discounts: "3.70",
    subtotal_price: "43.29",
    total_price: "47.24",
    total_outstanding: "0.00",
    created_at: "2026-07-01T10:30:00+01:00",
    number: 17,
    order_number: 1017,
  });
  const off = payload.line_items.flatMap((item) => item.discount_allocations).map((allocation) => Number(allocation.amount));
  expect(off.reduce((sum, value) => sum + value, 0)).toBeCloseTo(3.7);
});

test("money has the currency's own places", () => {
  const yen = orderPayload({ ...shop, currency: "JPY" }, { ...order, shippingMinor: 0, discountCodes: [] });
  expect(yen.total_price).toBe("4699");
  const dinar = orderPayload({ ...shop, currency: "KWD" }, { ...order, shippingMinor: 0, discountCodes: [] });
  expect(dinar.total_price).toBe("4.699");
});
