// `refunds/create`: which lines went back, and the money that followed them.
import type { LineFacts } from "./cart-payload.ts";
import type { ShopFacts } from "./customer-payload.ts";
import { gid } from "./ids.ts";
import { amount, decimalPlaces, moneySet } from "./money.ts";
import { orderLinePayload } from "./order-payload.ts";
import { shopTime } from "./shop-time.ts";

export type RefundFacts = {
  id: number;
  orderId: number;
  createdAt: Date;
  note?: string;
  restock?: boolean;
  /** `subtotalMinor` is what those pieces are worth after the order's codes. */
  lines: readonly { lineItemId: number; quantity: number; subtotalMinor: number; line: LineFacts }[];
  /** What the shopper gets back in money; 0 when only pieces went back. */
  amountMinor: number;
};

/** The body of `refunds/create`. */
export function refundPayload(shop: ShopFacts, refund: RefundFacts) {
  const { currency, timeZone } = shop;
  const createdAt = shopTime(refund.createdAt, timeZone);
  const asNumber = (minor: number) => minor / 10 ** decimalPlaces(currency);
  return {
    id: refund.id,
    order_id: refund.orderId,
    created_at: createdAt,
    note: refund.note ?? "",
    user_id: shop.id + 1,
    processed_at: createdAt,
    duties: [],
    total_duties_set: moneySet(0, currency),
    return: null,
    refund_shipping_lines: [],
    restock: refund.restock ?? true,
    admin_graphql_api_id: gid("Refund", refund.id),
    order_adjustments: [],
    refund_line_items: refund.lines.map((item, index) => ({
      id: refund.id + index + 1,
      quantity: item.quantity,
      line_item_id: item.lineItemId,
      location_id: null,
      restock_type: (refund.restock ?? true) ? "return" : "no_restock",
      subtotal: asNumber(item.subtotalMinor),
      total_tax: 0,
      subtotal_set: moneySet(item.subtotalMinor, currency),
      total_tax_set: moneySet(0, currency),
      line_item: orderLinePayload(item.line, currency),
    })),
    transactions: refund.amountMinor > 0 ? [transaction(refund, currency, createdAt)] : [],
  };
}

function transaction(refund: RefundFacts, currency: string, createdAt: string) {
  const id = refund.id + 500;
  const nothing = { amount: amount(0, currency), currency };
  return {
    id,
    order_id: refund.orderId,
    kind: "refund",
    gateway: "shopify_payments",
    status: "success",
    message: "Transaction approved",
    created_at: createdAt,
    test: false,
    authorization: null,
    location_id: null,
    user_id: null,
    parent_id: null,
    processed_at: createdAt,
    device_id: null,
    error_code: null,
    source_name: "web",
    receipt: {},
    amount: amount(refund.amountMinor, currency),
    amount_rounding: null,
    currency,
    payment_id: `#${refund.orderId}.1`,
    // The one amount whose currency is called `currency`.
    total_unsettled_set: { presentment_money: nothing, shop_money: nothing },
    manual_payment_gateway: false,
    admin_graphql_api_id: gid("OrderTransaction", id),
  };
}
