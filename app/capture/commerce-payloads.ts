// Carts, checkouts, orders and refunds, as Shopify sends them.
import { z } from "zod";
import { toMinor } from "../lib/money.ts";
import { reader, saidAt, type Reader } from "./reader.ts";
import * as shape from "./shapes.ts";

const cart = z.object({ token: shape.token, created_at: shape.nullableInstant, updated_at: shape.instant, line_items: z.array(shape.lineItem) });

const checkout = z.object({
  token: shape.token,
  cart_token: shape.nullableToken,
  created_at: shape.instant,
  updated_at: shape.instant,
  completed_at: shape.nullableInstant,
  currency: shape.currency,
  total_price: shape.amount,
  abandoned_checkout_url: shape.nullableText,
  buyer_accepts_marketing: z.boolean().nullish(),
  line_items: z.array(shape.lineItem),
  email: shape.nullableText,
  phone: shape.nullableText,
  customer_locale: shape.nullableText,
  customer: shape.customer,
  shipping_address: shape.address,
  billing_address: shape.address,
});

const order = z.object({
  id: shape.id,
  admin_graphql_api_id: shape.nullableText,
  name: shape.text,
  created_at: shape.instant,
  processed_at: shape.nullableInstant,
  updated_at: shape.instant,
  cancelled_at: shape.nullableInstant,
  test: z.boolean().nullish(),
  source_name: shape.nullableText,
  currency: shape.currency,
  total_price: shape.amount,
  total_discounts: shape.amount.nullish(),
  cart_token: shape.nullableToken,
  checkout_token: shape.nullableToken,
  discount_codes: z.array(z.object({ code: shape.text })).nullish(),
  buyer_accepts_marketing: z.boolean().nullish(),
  line_items: z.array(shape.lineItem),
  email: shape.nullableText,
  contact_email: shape.nullableText,
  phone: shape.nullableText,
  customer_locale: shape.nullableText,
  customer: shape.customer,
  shipping_address: shape.address,
  billing_address: shape.address,
});

const money = z.object({ shop_money: z.object({ amount: shape.amount }) }).nullish();
const refund = z.object({
  id: shape.id,
  admin_graphql_api_id: shape.nullableText,
  order_id: shape.id,
  created_at: shape.instant,
  processed_at: shape.nullableInstant,
  transactions: z.array(z.object({ kind: z.string(), status: z.string(), amount: shape.amount, currency: z.string().nullish() })),
  refund_line_items: z.array(z.object({ subtotal: shape.amount, total_tax: shape.amount.nullish(), subtotal_set: money, total_tax_set: money })),
});

export const readCart = reader(cart, (raw, envelope) => [
  {
    name: "cart.updated",
    subject: `cart:${raw.token}`,
    at: raw.updated_at,
    data: {
      token: raw.token,
      createdAt: raw.created_at ?? raw.updated_at,
      updatedAt: raw.updated_at,
      lines: shape.toLines(raw.line_items, envelope.currency, true),
    },
  },
]);

export const readCheckout = reader(checkout, (raw) => [
  {
    name: "checkout.updated",
    subject: `checkout:${raw.token}`,
    at: raw.updated_at,
    data: {
      token: raw.token,
      cartToken: raw.cart_token,
      startedAt: raw.created_at,
      updatedAt: raw.updated_at,
      completedAt: raw.completed_at,
      currency: raw.currency,
      totalMinor: toMinor(raw.total_price, raw.currency) ?? 0,
      recoverUrl: raw.abandoned_checkout_url,
      acceptsMarketing: raw.buyer_accepts_marketing ?? false,
      lines: shape.toLines(raw.line_items, raw.currency, true),
      person: shape.toPerson(raw),
    },
  },
]);

export const readCheckoutDelete = reader(z.object({ token: shape.nullableToken, cart_token: shape.nullableToken }), (raw, envelope) => [
  {
    name: "checkout.deleted",
    subject: raw.token ? `checkout:${raw.token}` : raw.cart_token ? `cart:${raw.cart_token}` : null,
    at: saidAt(envelope),
    data: { token: raw.token, cartToken: raw.cart_token, at: saidAt(envelope) },
  },
]);

export function readOrder(name: "order.placed" | "order.paid" | "order.updated" | "order.cancelled"): Reader {
  return reader(order, (raw) => {
    const orderId = raw.admin_graphql_api_id === null ? raw.id : shape.gidNumber(raw.admin_graphql_api_id);
    const placedAt = raw.processed_at ?? raw.created_at;
    return [
      {
        name,
        subject: `order:${orderId}`,
        at: name === "order.placed" ? placedAt : raw.updated_at,
        data: {
          orderId,
          name: shape.clean(raw.name, 60),
          placedAt,
          updatedAt: raw.updated_at,
          cancelledAt: raw.cancelled_at,
          test: raw.test ?? false,
          source: raw.source_name ?? "unknown",
          currency: raw.currency,
          totalMinor: toMinor(raw.total_price, raw.currency) ?? 0,
          discountMinor: toMinor(raw.total_discounts ?? "0", raw.currency) ?? 0,
          cartToken: raw.cart_token,
          checkoutToken: raw.checkout_token,
          discountCodes: (raw.discount_codes ?? []).map((one) => shape.clean(one.code, 255)),
          acceptsMarketing: raw.buyer_accepts_marketing ?? false,
          lines: shape.toLines(raw.line_items, raw.currency, false),
          person: shape.toPerson(raw),
        },
      },
    ];
  });
}

export const readRefund = reader(refund, (raw, envelope) => {
  const paid = raw.transactions.filter((one) => one.kind === "refund" && one.status === "success" && (!one.currency || one.currency === envelope.currency));
  const lines = raw.refund_line_items.flatMap((one) => [
    one.subtotal_set?.shop_money.amount ?? one.subtotal,
    one.total_tax_set?.shop_money.amount ?? one.total_tax ?? "0",
  ]);
  // What was paid back is the refund; only where no payment is named do the returned lines stand in for it.
  const amounts = paid.length > 0 ? paid.map((one) => one.amount) : lines;
  const at = raw.processed_at ?? raw.created_at;
  return [
    {
      name: "order.refunded",
      subject: `order:${raw.order_id}`,
      at,
      data: {
        refundId: raw.admin_graphql_api_id === null ? raw.id : shape.gidNumber(raw.admin_graphql_api_id),
        orderId: raw.order_id,
        at,
        amountMinor: amounts.reduce((sum, one) => sum + (toMinor(one, envelope.currency) ?? 0), 0),
      },
    },
  ];
});
