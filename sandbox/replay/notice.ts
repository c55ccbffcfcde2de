// A deed as the webhook Shopify would send of it. Every id comes from the data, so that a second run repeats the first.
import { createHash } from "node:crypto";
import { orderPayload, refundPayload, type CustomerFacts, type LineFacts, type ShopFacts } from "../shopify/payloads.ts";
import type { Deed, Line, Order, Refund } from "./retail-orders.ts";

export type Notice = { topic: "orders/create" | "refunds/create"; eventId: string; at: Date; payload: unknown };

/** The webhook of a deed in a shop. */
export function noticeOf(shop: ShopFacts, deed: Deed): Notice {
  return deed.kind === "order" ? orderNotice(shop, deed) : refundNotice(shop, deed);
}

const digits = (invoice: string): number => Number(invoice.replace(/\D/g, ""));
const orderIdOf = (invoice: string): number => 5_000_000_000_000 + digits(invoice);
/** An order nobody has ever sent: what is given back was bought before the files begin. */
const unknownOrderIdOf = (invoice: string): number => 4_000_000_000_000 + digits(invoice);
const lineIdOf = (invoice: string, index: number): number => 12_000_000_000_000 + digits(invoice) * 10_000 + index;
const refundIdOf = (refund: Refund): number => 900_000_000_000 + digits(refund.invoice) * 1_000 + refund.part;

const productIds = new Map<string, number>();

function productIdOf(stockCode: string): number {
  const known = productIds.get(stockCode);
  if (known !== undefined) return known;
  const id = 8_000_000_000_000 + (createHash("sha256").update(stockCode).digest().readUIntBE(0, 6) % 900_000_000_000);
  productIds.set(stockCode, id);
  return id;
}

function factsOf(line: Line, id: number): LineFacts {
  const productId = productIdOf(line.stockCode);
  return {
    id,
    productId,
    variantId: productId + 30_000_000_000_000,
    sku: line.stockCode,
    title: line.title,
    quantity: line.quantity,
    priceMinor: line.priceMinor,
  };
}

// The files know a number and a country of a customer, and neither name nor address.
function customerOf(order: Order): CustomerFacts {
  return {
    id: 7_000_000_000_000 + order.customer,
    email: null,
    firstName: "Customer",
    lastName: String(order.customer),
    country: order.country,
    createdAt: order.at,
  };
}

function orderNotice(shop: ShopFacts, order: Order): Notice {
  const payload = orderPayload(shop, {
    id: orderIdOf(order.invoice),
    name: `#${order.invoice}`,
    token: createHash("md5").update(`order ${order.invoice}`).digest("hex"),
    customer: customerOf(order),
    createdAt: order.at,
    lines: order.lines.map((line, index) => factsOf(line, lineIdOf(order.invoice, index))),
    cartToken: null,
    checkoutToken: null,
    discountCodes: [],
    landingSite: null,
    noteAttributes: [],
    financialStatus: "paid",
  });
  return { topic: "orders/create", eventId: `online-retail-order-${order.invoice}`, at: order.at, payload };
}

function refundNotice(shop: ShopFacts, refund: Refund): Notice {
  const from = refund.orderInvoice;
  const lines = refund.lines.map((line) => {
    const lineItemId = lineIdOf(from ?? refund.invoice, line.index);
    return { lineItemId, quantity: line.quantity, subtotalMinor: line.quantity * line.priceMinor, line: factsOf(line, lineItemId) };
  });
  const payload = refundPayload(shop, {
    id: refundIdOf(refund),
    orderId: from === null ? unknownOrderIdOf(refund.invoice) : orderIdOf(from),
    createdAt: refund.at,
    lines,
    amountMinor: lines.reduce((sum, line) => sum + line.subtotalMinor, 0),
  });
  return { topic: "refunds/create", eventId: `online-retail-refund-${refund.invoice}-${refund.part}`, at: refund.at, payload };
}
