// `carts/create` and `carts/update`: no email, no customer, no currency except inside the sets.
import { amount, moneySet } from "./money.ts";
import type { ShopFacts } from "./customer-payload.ts";

/** One line of a cart, checkout or order. `priceMinor` is the price of one piece. */
export type LineFacts = {
  id: number;
  variantId: number;
  productId: number;
  sku: string;
  title: string;
  variantTitle?: string;
  vendor?: string;
  grams?: number;
  quantity: number;
  priceMinor: number;
};

export type CartFacts = {
  token: string;
  lines: readonly LineFacts[];
  createdAt: Date;
  updatedAt: Date;
  note?: string | null;
};

/** `Title - Variant`, as a cart names a line; the variant called "Default Title" is not said. */
export function lineName(line: LineFacts): string {
  return line.variantTitle && line.variantTitle !== "Default Title" ? `${line.title} - ${line.variantTitle}` : line.title;
}

/** The body of both cart topics; an emptied cart has no line items. */
export function cartPayload(shop: ShopFacts, cart: CartFacts) {
  return {
    id: cart.token,
    token: cart.token,
    line_items: cart.lines.map((line) => cartLine(shop.currency, line)),
    note: cart.note ?? null,
    updated_at: cart.updatedAt.toISOString(),
    created_at: cart.createdAt.toISOString(),
  };
}

function cartLine(currency: string, line: LineFacts) {
  const total = line.priceMinor * line.quantity;
  const price = amount(line.priceMinor, currency);
  const linePrice = amount(total, currency);
  return {
    // Shopify gives a cart line the id of its variant; only the key is its own.
    id: line.variantId,
    properties: null,
    quantity: line.quantity,
    variant_id: line.variantId,
    key: `${line.variantId}:${line.id.toString(16).padStart(32, "0")}`,
    discounted_price: price,
    discounts: [],
    gift_card: false,
    grams: line.grams ?? 0,
    line_price: linePrice,
    original_line_price: linePrice,
    original_price: price,
    price,
    product_id: line.productId,
    sku: line.sku,
    taxable: true,
    title: lineName(line),
    total_discount: amount(0, currency),
    vendor: line.vendor ?? "",
    discounted_price_set: moneySet(line.priceMinor, currency),
    line_price_set: moneySet(total, currency),
    original_line_price_set: moneySet(total, currency),
    price_set: moneySet(line.priceMinor, currency),
    total_discount_set: moneySet(0, currency),
    parent_relationship: null,
  };
}
