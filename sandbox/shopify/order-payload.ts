// `orders/create`, `/paid`, `/updated` and `/cancelled`: one body, whose state fields tell the story. No `checkout_id`.
import { addressPayload } from "./address.ts";
import { type LineFacts, lineName } from "./cart-payload.ts";
import { type AppliedCode, type Attribute, codesPayload, totals, weight } from "./checkout-payload.ts";
import { type CustomerFacts, nestedCustomerPayload, type ShopFacts } from "./customer-payload.ts";
import { gid } from "./ids.ts";
import { amount, moneySet } from "./money.ts";
import { maybeShopTime, shopTime } from "./shop-time.ts";

export type FinancialStatus = "pending" | "authorized" | "partially_paid" | "paid" | "partially_refunded" | "refunded" | "voided";

export type OrderFacts = {
  id: number;
  /** `#1001`; the number is read from it. */
  name: string;
  /** 32 hexadecimal digits; made from the id when absent. */
  token?: string;
  customer: CustomerFacts;
  /** The address the order was placed with, when it differs from the customer's. */
  email?: string | null;
  createdAt: Date;
  updatedAt?: Date;
  lines: readonly LineFacts[];
  shippingMinor?: number;
  /** Null for orders that no online cart made: drafts, POS, the API. */
  cartToken: string | null;
  checkoutToken: string | null;
  discountCodes: readonly AppliedCode[];
  landingSite: string | null;
  referringSite?: string | null;
  noteAttributes: readonly Attribute[];
  financialStatus: FinancialStatus;
  acceptsMarketing?: boolean;
  cancelledAt?: Date | null;
  cancelReason?: "customer" | "inventory" | "fraud" | "declined" | "other" | null;
  refundedMinor?: number;
  sourceName?: string;
  test?: boolean;
  locale?: string;
};

/** What the shopper pays: lines − codes + shipping, in minor units. */
export function orderTotalMinor(order: Pick<OrderFacts, "lines" | "discountCodes" | "shippingMinor">): number {
  return totals(order.lines, order.discountCodes).totalMinor + (order.shippingMinor ?? 0);
}

/** The body of every orders topic, from plain facts. Prices include tax, and no tax is charged apart. */
export function orderPayload(shop: ShopFacts, order: OrderFacts) {
  const { currency, timeZone } = shop;
  const { lineItemsMinor, discountMinor, totalMinor: subtotalMinor } = totals(order.lines, order.discountCodes);
  const shippingMinor = order.shippingMinor ?? 0;
  const totalMinor = subtotalMinor + shippingMinor;
  const gone = order.cancelledAt ? totalMinor : (order.refundedMinor ?? 0);
  const currentMinor = Math.max(0, totalMinor - gone);
  const number = Number(order.name.replace(/\D/g, ""));
  const token = order.token ?? order.id.toString(16).padStart(32, "0");
  const email = order.email === undefined ? order.customer.email : order.email;
  const at = (date: Date) => shopTime(date, timeZone);
  const paid = ["paid", "partially_refunded", "refunded"].includes(order.financialStatus);
  return {
    id: order.id,
    admin_graphql_api_id: gid("Order", order.id),
    app_id: 580111,
    browser_ip: "203.0.113.7",
    buyer_accepts_marketing: order.acceptsMarketing ?? false,
    cancel_reason: order.cancelledAt ? (order.cancelReason ?? "customer") : null,
    cancelled_at: maybeShopTime(order.cancelledAt, timeZone),
    cart_token: order.cartToken,
    checkout_token: order.checkoutToken,
    client_details: {
      accept_language: order.locale ?? "en-GB",
      browser_height: null,
      browser_ip: "203.0.113.7",
      browser_width: null,
      session_hash: null,
      user_agent: "Mozilla/5.0 (X11; Linux x64) Sandbox",
    },
    closed_at: maybeShopTime(order.cancelledAt, timeZone),
    confirmation_number: token.slice(-9).toUpperCase(),
    confirmed: true,
    contact_email: email,
    created_at: at(order.createdAt),
    currency,
    current_shipping_price_set: moneySet(shippingMinor, currency),
    current_subtotal_price: amount(Math.max(0, subtotalMinor - gone), currency),
    current_subtotal_price_set: moneySet(Math.max(0, subtotalMinor - gone), currency),
    current_total_additional_fees_set: null,
    current_total_discounts: amount(discountMinor, currency),
    current_total_discounts_set: moneySet(discountMinor, currency),
    current_total_duties_set: null,
    current_total_price: amount(currentMinor, currency),
    current_total_price_set: moneySet(currentMinor, currency),
    current_total_tax: amount(0, currency),
    current_total_tax_set: moneySet(0, currency),
    customer_locale: order.locale ?? "en",
    device_id: null,
    discount_codes: codesPayload(order.discountCodes, currency),
    duties_included: false,
    email,
    estimated_taxes: false,
    financial_status: order.financialStatus,
    fulfillment_status: null,
    landing_site: order.landingSite,
    landing_site_ref: null,
    location_id: null,
    merchant_business_entity_id: "MTU0ODM4MDAwOQ",
    merchant_of_record_app_id: null,
    name: order.name,
    note: null,
    note_attributes: order.noteAttributes.map(({ name, value }) => ({ name, value })),
    number: number - 1000,
    order_number: number,
    order_status_url: `https://${shop.domain}/${shop.id}/orders/${token}/authenticate?key=${token.slice(0, 16)}`,
    original_total_additional_fees_set: null,
    original_total_duties_set: null,
    payment_gateway_names: paid ? ["shopify_payments"] : [],
    phone: null,
    po_number: null,
    presentment_currency: currency,
    processed_at: at(order.createdAt),
    reference: null,
    referring_site: order.referringSite ?? "",
    source_identifier: null,
    source_name: order.sourceName ?? "web",
    source_url: null,
    subtotal_price: amount(subtotalMinor, currency),
    subtotal_price_set: moneySet(subtotalMinor, currency),
    tags: "",
    tax_exempt: false,
    tax_lines: [],
    taxes_included: true,
    test: order.test ?? false,
    token,
    total_cash_rounding_payment_adjustment_set: moneySet(0, currency),
    total_cash_rounding_refund_adjustment_set: moneySet(0, currency),
    total_discounts: amount(discountMinor, currency),
    total_discounts_set: moneySet(discountMinor, currency),
    total_line_items_price: amount(lineItemsMinor, currency),
    total_line_items_price_set: moneySet(lineItemsMinor, currency),
    total_outstanding: amount(paid ? 0 : currentMinor, currency),
    total_price: amount(totalMinor, currency),
    total_price_set: moneySet(totalMinor, currency),
    total_shipping_price_set: moneySet(shippingMinor, currency),
    total_tax: amount(0, currency),
    total_tax_set: moneySet(0, currency),
    total_tip_received: amount(0, currency),
    total_weight: weight(order.lines),
    updated_at: at(order.updatedAt ?? order.createdAt),
    user_id: null,
    billing_address: addressPayload(order.customer),
    customer: nestedCustomerPayload(shop, order.customer),
    discount_applications: order.discountCodes.map((code) => application(code, currency)),
    fulfillments: [],
    line_item_groups: [],
    line_items: orderLines(order.lines, order.discountCodes, currency),
    payment_terms: null,
    refunds: [],
    returns: [],
    shipping_address: addressPayload(order.customer),
    shipping_lines: shippingMinor > 0 ? [shippingLine(order.id, shippingMinor, currency)] : [],
  };
}

function application(code: AppliedCode, currency: string) {
  return {
    target_type: "line_item",
    type: "discount_code",
    value: amount(code.amountMinor, currency),
    value_type: "fixed_amount",
    allocation_method: "across",
    target_selection: "all",
    code: code.code,
  };
}

/** Spreads what a code took off over the lines, by price, to the last penny. */
function spread(offMinor: number, lines: readonly LineFacts[]): number[] {
  const all = lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0);
  let left = Math.min(offMinor, all);
  let rest = all;
  return lines.map((line) => {
    const own = line.priceMinor * line.quantity;
    const share = rest === 0 ? 0 : Math.round((left * own) / rest);
    left -= share;
    rest -= own;
    return share;
  });
}

function orderLines(lines: readonly LineFacts[], codes: readonly AppliedCode[], currency: string) {
  const shares = codes.map((code) => spread(code.amountMinor, lines));
  return lines.map((line, lineIndex) => ({
    ...orderLinePayload(line, currency),
    attributed_staffs: [],
    current_quantity: line.quantity,
    sales_line_item_group_id: null,
    discount_allocations: shares
      .map((share, codeIndex) => ({
        amount: amount(share[lineIndex] ?? 0, currency),
        amount_set: moneySet(share[lineIndex] ?? 0, currency),
        discount_application_index: codeIndex,
      }))
      .filter((allocation) => Number(allocation.amount) > 0),
  }));
}

/** One line item as orders and refunds both carry it. */
export function orderLinePayload(line: LineFacts, currency: string) {
  return {
    id: line.id,
    admin_graphql_api_id: gid("LineItem", line.id),
    fulfillable_quantity: line.quantity,
    fulfillment_service: "manual",
    fulfillment_status: null,
    gift_card: false,
    grams: line.grams ?? 0,
    name: lineName(line),
    price: amount(line.priceMinor, currency),
    price_set: moneySet(line.priceMinor, currency),
    product_exists: true,
    product_id: line.productId,
    properties: [],
    quantity: line.quantity,
    requires_shipping: true,
    sku: line.sku,
    taxable: true,
    title: line.title,
    total_discount: amount(0, currency),
    total_discount_set: moneySet(0, currency),
    variant_id: line.variantId,
    variant_inventory_management: "shopify",
    variant_title: line.variantTitle ?? null,
    vendor: line.vendor ?? null,
    tax_lines: [],
    duties: [],
    discount_allocations: [],
  };
}

function shippingLine(orderId: number, priceMinor: number, currency: string) {
  const price = amount(priceMinor, currency);
  return {
    id: orderId + 7,
    carrier_identifier: null,
    code: "Standard",
    current_discounted_price_set: moneySet(priceMinor, currency),
    discounted_price: price,
    discounted_price_set: moneySet(priceMinor, currency),
    is_removed: false,
    phone: null,
    price,
    price_set: moneySet(priceMinor, currency),
    requested_fulfillment_service_id: null,
    source: "shopify",
    title: "Standard",
    tax_lines: [],
    discount_allocations: [],
  };
}
