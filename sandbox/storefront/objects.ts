// The objects of Shopify's Liquid, as far as our theme reads them.
import type { Collection } from "../shopify/catalogue.ts";
import type { ProductFacts, VariantFacts } from "../shopify/product-payload.ts";
import { orderTotalMinor } from "../shopify/order-payload.ts";
import { lineName } from "../shopify/cart-payload.ts";
import type { Customer, Order, ShopState } from "../shopify/shop-state.ts";

export type ProductObject = ReturnType<typeof productObject>;

export function variantObject(product: ProductFacts, variant: VariantFacts, root: string) {
  return {
    id: variant.id,
    title: variant.title,
    price: variant.priceMinor,
    sku: variant.sku,
    available: variant.stock > 0,
    inventory_quantity: variant.stock,
    url: `${root}products/${product.handle}?variant=${variant.id}`,
  };
}

export function productObject(product: ProductFacts, root: string, selectedId?: number) {
  const variants = product.variants.map((variant) => variantObject(product, variant, root));
  const prices = variants.map(({ price }) => price);
  const available = variants.some((variant) => variant.available);
  return {
    id: product.id,
    handle: product.handle,
    title: product.title,
    description: product.description,
    vendor: product.vendor,
    type: product.type,
    url: `${root}products/${product.handle}`,
    price: Math.min(...prices),
    price_varies: new Set(prices).size > 1,
    available,
    featured_image: { src: `/shop/pictures/${product.handle}.svg`, alt: product.title, width: 800, height: 800 },
    variants,
    has_only_default_variant: variants.length === 1 && variants[0]?.title === "Default Title",
    selected_or_first_available_variant: variants.find(({ id }) => id === selectedId) ?? variants.find((variant) => variant.available) ?? variants[0] ?? null,
  };
}

export function collectionObject(shop: ShopState, collection: Collection, root: string) {
  const first = shop.products.find(({ id }) => id === collection.productIds[0]);
  return {
    id: collection.id,
    handle: collection.handle,
    title: collection.title,
    description: collection.description,
    url: `${root}collections/${collection.handle}`,
    products_count: collection.productIds.length,
    featured_image: first ? { src: `/shop/pictures/${first.handle}.svg`, alt: collection.title, width: 800, height: 800 } : null,
  };
}

/** Everything there is: the collection that every shop has. */
export const everything = (shop: ShopState): Collection => ({
  ...{ id: 0, handle: "all", title: "Everything", description: "All that we make, find and mend." },
  productIds: shop.products.map(({ id }) => id),
});

export const allCollections = (shop: ShopState, root: string) => shop.collections.map((one) => collectionObject(shop, one, root));

export function customerObject(shop: ShopState, customer: Customer | null, root: string) {
  if (!customer) return null;
  const orders = shop.orders.filter((order) => order.customerId === customer.id);
  return {
    id: customer.id,
    email: customer.email,
    first_name: customer.firstName,
    last_name: customer.lastName,
    name: `${customer.firstName} ${customer.lastName}`.trim(),
    accepts_marketing: customer.emailMarketing.state === "subscribed",
    orders: [...orders].reverse().map((order) => orderObject(order, root)),
  };
}

export function orderObject(order: Order, root: string) {
  return {
    name: order.name,
    created_at: order.createdAt.toISOString(),
    financial_status: order.cancelledAt ? "cancelled" : order.financialStatus.replaceAll("_", " "),
    total_price: orderTotalMinor(order),
    email: order.email,
    shipping_price: order.shippingMinor,
    line_items: order.lines.map((line) => ({ title: lineName(line), quantity: line.quantity, final_line_price: line.priceMinor * line.quantity })),
    discounts: order.discountCodes.map((code) => ({ code: code.code, amount: code.amountMinor })),
    status_url: order.checkoutToken ? `${root}checkouts/cn/${order.checkoutToken}/thank-you` : root,
  };
}
