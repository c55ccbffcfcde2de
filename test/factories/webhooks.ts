// Small payloads with what the product relies on, and one way to hand them in. Whole, official ones: test/samples.ts and the sandbox's builders.
import type { Webhook } from "../../app/capture/receive.server.ts";

export const line = { id: 11, product_id: 21, variant_id: 31, title: "Lamp", sku: "L1", quantity: 2, price: "12.50" };

type Extra = Record<string, unknown>;

/** A checkout left by somebody who ticked the box; its cart is `cart-<token>`. */
export function checkout(token: string, email: string, at: Date, extra: Extra = {}): Extra {
  return {
    token,
    cart_token: `cart-${token}`,
    email,
    created_at: at.toISOString(),
    updated_at: at.toISOString(),
    completed_at: null,
    currency: "GBP",
    total_price: "25.00",
    abandoned_checkout_url: `https://shop.example.com/1/checkouts/ac/cart-${token}/recover?key=k`,
    buyer_accepts_marketing: true,
    line_items: [line],
    ...extra,
  };
}

/** An order that finishes the checkout `token`. */
export function order(id: number, token: string | null, email: string | null, at: Date, extra: Extra = {}): Extra {
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    name: `#${id}`,
    created_at: at.toISOString(),
    processed_at: at.toISOString(),
    updated_at: at.toISOString(),
    cancelled_at: null,
    test: false,
    source_name: "web",
    currency: "GBP",
    total_price: "25.00",
    total_discounts: "0.00",
    cart_token: token === null ? null : `cart-${token}`,
    checkout_token: token,
    discount_codes: [],
    buyer_accepts_marketing: true,
    email,
    line_items: [line],
    ...extra,
  };
}

let counter = 0;

/** A verified webhook, as the door hands it on; each has ids of its own. */
export function webhook(domain: string, topic: string, payload: unknown, at: Date): Webhook {
  counter += 1;
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  return { domain, topic, webhookId: `w${counter}`, eventId: `e${counter}`, apiVersion: "2026-10", triggeredAt: at.toISOString(), receivedAt: at, body };
}
