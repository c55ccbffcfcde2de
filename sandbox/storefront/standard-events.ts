// Shopify's standard events for pixels, built by pure functions from plain facts. `standard-events.test.ts` holds them against the documented samples.
import type { LineFacts } from "../shopify/cart-payload.ts";
import type { ProductFacts, VariantFacts } from "../shopify/product-payload.ts";
import type { Happening } from "./event-envelope.ts";
import { cartLineObject, cartObject, checkoutObject, type EventCart, type EventCheckout, type EventShop, variantObject } from "./event-objects.ts";

// The envelope is a file of its own because a page in the browser fills it.
export { customEvent, type Happening, type Moment, type PixelEvent, standardEvent } from "./event-envelope.ts";

export type CheckoutStep =
  | "checkout_started"
  | "checkout_contact_info_submitted"
  | "checkout_address_info_submitted"
  | "checkout_shipping_info_submitted"
  | "payment_info_submitted"
  | "checkout_completed";

export const pageViewed = (): Happening => ({ name: "page_viewed", data: {} });

export const productViewed = (shop: EventShop, product: ProductFacts, variant: VariantFacts): Happening => ({
  name: "product_viewed",
  data: { productVariant: variantObject(shop, product, variant) },
});

/** A collection shows each product by its first variant. Shopify's own collection of everything, here 0, has no id. */
export const collectionViewed = (shop: EventShop, collection: { id: number; title: string; products: readonly ProductFacts[] }): Happening => ({
  name: "collection_viewed",
  data: {
    collection: { id: collection.id === 0 ? "" : String(collection.id), title: collection.title, productVariants: firstVariants(shop, collection.products) },
  },
});

export const searchSubmitted = (shop: EventShop, query: string, found: readonly ProductFacts[]): Happening => ({
  name: "search_submitted",
  data: { searchResult: { query, productVariants: firstVariants(shop, found) } },
});

export const cartViewed = (shop: EventShop, cart: EventCart | null): Happening => ({ name: "cart_viewed", data: { cart: cart && cartObject(shop, cart) } });

/** `line` with the number of pieces that were added, not those that are in the cart now. */
export const addedToCart = (shop: EventShop, line: LineFacts): Happening => ({ name: "product_added_to_cart", data: { cartLine: cartLineObject(shop, line) } });

export const removedFromCart = (shop: EventShop, line: LineFacts): Happening => ({
  name: "product_removed_from_cart",
  data: { cartLine: cartLineObject(shop, line) },
});

export const checkoutStep = (shop: EventShop, name: CheckoutStep, checkout: EventCheckout): Happening => ({
  name,
  data: { checkout: checkoutObject(shop, checkout) },
});

function firstVariants(shop: EventShop, products: readonly ProductFacts[]) {
  return products.flatMap((product) => product.variants.slice(0, 1).map((variant) => variantObject(shop, product, variant)));
}
