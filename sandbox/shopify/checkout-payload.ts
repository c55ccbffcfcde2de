// `checkouts/create`, `/update` and `/delete` in the shape since 2026-04: there is no `id` to join on.
import { addressPayload } from "./address.ts";
import type { LineFacts } from "./cart-payload.ts";
import { type CustomerFacts, nestedCustomerPayload, type ShopFacts } from "./customer-payload.ts";
import { newId } from "./ids.ts";
import { amount } from "./money.ts";
import { maybeShopTime, shopTime } from "./shop-time.ts";

export type Attribute = { name: string; value: string };

/** A code on a checkout or order, with what it took off. */
export type AppliedCode = { code: string; amountMinor: number; type: "percentage" | "fixed_amount" };

export type CheckoutFacts = {
  token: string;
  cartToken: string | null;
  name: string;
  email: string | null;
  phone?: string | null;
  /** Without an email there is no customer yet and no address, as observed in real deliveries. */
  customer: CustomerFacts | null;
  acceptsMarketing: boolean;
  acceptsSmsMarketing?: boolean;
  lines: readonly LineFacts[];
  discountCodes: readonly AppliedCode[];
  recoverUrl: string;
  landingSite: string | null;
  referringSite?: string | null;
  noteAttributes: readonly Attribute[];
  createdAt: Date;
  updatedAt: Date;
  completedAt?: Date | null;
  locale?: string;
};

/** Sum of the lines and what is left after the codes, in minor units. */
export function totals(lines: readonly LineFacts[], codes: readonly AppliedCode[]) {
  const lineItemsMinor = lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0);
  const discountMinor = Math.min(
    lineItemsMinor,
    codes.reduce((sum, code) => sum + code.amountMinor, 0),
  );
  return { lineItemsMinor, discountMinor, totalMinor: lineItemsMinor - discountMinor };
}

/** The body of `checkouts/create` and `checkouts/update`. */
export function checkoutPayload(shop: ShopFacts, checkout: CheckoutFacts) {
  const { currency, timeZone } = shop;
  const { lineItemsMinor, discountMinor, totalMinor } = totals(checkout.lines, checkout.discountCodes);
  return {
    token: checkout.token,
    cart_token: checkout.cartToken,
    email: checkout.email,
    gateway: null,
    buyer_accepts_marketing: checkout.acceptsMarketing,
    created_at: shopTime(checkout.createdAt, timeZone),
    updated_at: shopTime(checkout.updatedAt, timeZone),
    landing_site: checkout.landingSite,
    note: "",
    note_attributes: checkout.noteAttributes.map(({ name, value }) => ({ name, value })),
    referring_site: checkout.referringSite ?? "",
    shipping_lines: [],
    taxes_included: true,
    total_weight: weight(checkout.lines),
    currency,
    completed_at: maybeShopTime(checkout.completedAt, timeZone),
    closed_at: null,
    user_id: null,
    location_id: null,
    source_identifier: null,
    source_url: null,
    device_id: null,
    phone: checkout.phone ?? null,
    customer_locale: checkout.locale ?? "en",
    line_items: checkout.lines.map((line) => checkoutLine(currency, line)),
    name: checkout.name,
    source: null,
    abandoned_checkout_url: checkout.recoverUrl,
    discount_codes: codesPayload(checkout.discountCodes, currency),
    tax_lines: [],
    source_name: "web",
    presentment_currency: currency,
    buyer_accepts_sms_marketing: checkout.acceptsSmsMarketing ?? false,
    sms_marketing_phone: null,
    total_discounts: amount(discountMinor, currency),
    total_line_items_price: amount(lineItemsMinor, currency),
    total_price: amount(totalMinor, currency),
    total_tax: amount(0, currency),
    subtotal_price: amount(totalMinor, currency),
    total_duties: amount(0, currency),
    reservation_token: null,
    ...(checkout.customer && {
      billing_address: addressPayload(checkout.customer),
      shipping_address: addressPayload(checkout.customer),
      customer: nestedCustomerPayload(shop, checkout.customer),
    }),
  };
}

/** `checkouts/delete`, which the published schema still shows with a numeric `id` and without a token. */
export function checkoutDeletePayload(shop: ShopFacts, checkout: CheckoutFacts) {
  const { currency } = shop;
  const { lineItemsMinor, discountMinor, totalMinor } = totals(checkout.lines, checkout.discountCodes);
  return {
    id: newId(),
    presentment_currency: currency,
    buyer_accepts_sms_marketing: checkout.acceptsSmsMarketing ?? false,
    sms_marketing_phone: null,
    total_discounts: amount(discountMinor, currency),
    total_line_items_price: amount(lineItemsMinor, currency),
    total_price: amount(totalMinor, currency),
    total_tax: amount(0, currency),
    subtotal_price: amount(totalMinor, currency),
    cart_token: checkout.cartToken,
    total_duties: amount(0, currency),
    reservation_token: null,
  };
}

/** `discount_codes` of checkouts and orders. */
export function codesPayload(codes: readonly AppliedCode[], currency: string) {
  return codes.map((code) => ({ code: code.code, amount: amount(code.amountMinor, currency), type: code.type }));
}

/** Total weight in grams. */
export function weight(lines: readonly LineFacts[]): number {
  return lines.reduce((sum, line) => sum + (line.grams ?? 0) * line.quantity, 0);
}

function checkoutLine(currency: string, line: LineFacts) {
  const price = amount(line.priceMinor, currency);
  return {
    applied_discounts: [],
    discount_allocations: [],
    key: String(line.id),
    destination_location_id: null,
    fulfillment_service: "manual",
    gift_card: false,
    grams: line.grams ?? 0,
    origin_location_id: null,
    presentment_title: line.title,
    presentment_variant_title: line.variantTitle ?? "",
    product_id: line.productId,
    properties: {},
    quantity: line.quantity,
    requires_shipping: true,
    sku: line.sku,
    tax_lines: [],
    taxable: true,
    title: line.title,
    variant_id: line.variantId,
    variant_title: line.variantTitle ?? "",
    variant_price: price,
    vendor: line.vendor ?? "",
    user_id: null,
    unit_price_measurement: {
      measured_type: null,
      quantity_value: null,
      quantity_unit: null,
      reference_value: null,
      reference_unit: null,
    },
    rank: null,
    compare_at_price: null,
    line_price: amount(line.priceMinor * line.quantity, currency),
    price,
  };
}
