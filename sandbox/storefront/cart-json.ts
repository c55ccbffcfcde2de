// A cart as `/cart.js` answers it: every amount in minor units, every key that Shopify documents.
import { lineName, type LineFacts } from "../shopify/cart-payload.ts";
import type { ProductFacts } from "../shopify/product-payload.ts";
import type { Cart, ShopState } from "../shopify/shop-state.ts";
import { lineKey } from "./cart-change.ts";

export type CartView = { shop: ShopState; root: string; pictureUrl: (handle: string) => string };

/** What the `cart` cookie holds and `/cart.js` calls the token. */
export const cartToken = (cart: Pick<Cart, "token" | "key">): string => `${cart.token}?key=${cart.key ?? ""}`;

export function cartJson({ shop, root, pictureUrl }: CartView, cart: Cart | null) {
  const lines = cart?.lines ?? [];
  const total = lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0);
  return {
    token: cart ? cartToken(cart) : "",
    note: cart?.note ?? "",
    attributes: Object.fromEntries((cart?.attributes ?? []).map(({ name, value }) => [name, value])),
    original_total_price: total,
    total_price: total,
    total_discount: 0,
    total_weight: lines.reduce((sum, line) => sum + (line.grams ?? 0) * line.quantity, 0),
    item_count: lines.reduce((sum, line) => sum + line.quantity, 0),
    items: lines.map((line) => itemJson({ shop, root, pictureUrl }, line)),
    requires_shipping: lines.length > 0,
    currency: shop.currency,
    items_subtotal_price: total,
    cart_level_discount_applications: [],
    discount_codes: [],
  };
}

export function itemJson({ shop, root, pictureUrl }: CartView, line: LineFacts) {
  const product = shop.products.find((one) => one.id === line.productId);
  const linePrice = line.priceMinor * line.quantity;
  const image = product ? pictureUrl(product.handle) : null;
  return {
    id: line.variantId,
    properties: {},
    quantity: line.quantity,
    variant_id: line.variantId,
    key: lineKey(line),
    title: lineName(line),
    price: line.priceMinor,
    original_price: line.priceMinor,
    presentment_price: line.priceMinor / 100,
    discounted_price: line.priceMinor,
    line_price: linePrice,
    original_line_price: linePrice,
    total_discount: 0,
    discounts: [],
    sku: line.sku,
    grams: line.grams ?? 0,
    vendor: line.vendor ?? "",
    taxable: true,
    product_id: line.productId,
    product_has_only_default_variant: hasOnlyDefault(product),
    gift_card: false,
    final_price: line.priceMinor,
    final_line_price: linePrice,
    url: `${root}products/${product?.handle ?? ""}?variant=${line.variantId}`,
    featured_image: { aspect_ratio: 1, alt: product?.title ?? line.title, height: 800, url: image, width: 800 },
    image,
    handle: product?.handle ?? "",
    requires_shipping: true,
    product_type: product?.type ?? "",
    product_title: line.title,
    product_description: product?.description ?? "",
    variant_title: line.variantTitle === "Default Title" ? null : (line.variantTitle ?? null),
    variant_options: [line.variantTitle ?? "Default Title"],
    options_with_values: [{ name: "Title", value: line.variantTitle ?? "Default Title" }],
    line_level_discount_allocations: [],
    line_level_total_discount: 0,
    has_components: false,
  };
}

function hasOnlyDefault(product: ProductFacts | undefined): boolean {
  return product?.variants.length === 1 && product.variants[0]?.title === "Default Title";
}
