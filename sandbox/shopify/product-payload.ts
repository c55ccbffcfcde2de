// `products/update`, `products/delete` and `inventory_levels/update`.
import { gid } from "./ids.ts";
import { amount } from "./money.ts";
import type { ShopFacts } from "./customer-payload.ts";
import { shopTime } from "./shop-time.ts";

export type VariantFacts = {
  id: number;
  inventoryItemId: number;
  title: string;
  sku: string;
  priceMinor: number;
  stock: number;
  grams: number;
};

export type ProductFacts = {
  id: number;
  handle: string;
  title: string;
  description: string;
  vendor: string;
  type: string;
  variants: readonly VariantFacts[];
  createdAt: Date;
  updatedAt: Date;
};

/** The body of `products/update`; `imageUrl` must be absolute. */
export function productPayload(shop: ShopFacts, product: ProductFacts, imageUrl: string) {
  const createdAt = shopTime(product.createdAt, shop.timeZone);
  const updatedAt = shopTime(product.updatedAt, shop.timeZone);
  const image = {
    id: product.id + 50,
    alt: product.title,
    position: 1,
    product_id: product.id,
    created_at: createdAt,
    updated_at: updatedAt,
    admin_graphql_api_id: gid("ProductImage", product.id + 50),
    width: 800,
    height: 800,
    src: imageUrl,
    variant_ids: [],
  };
  return {
    admin_graphql_api_id: gid("Product", product.id),
    body_html: product.description,
    created_at: createdAt,
    handle: product.handle,
    id: product.id,
    product_type: product.type,
    published_at: createdAt,
    template_suffix: null,
    title: product.title,
    updated_at: updatedAt,
    vendor: product.vendor,
    status: "active",
    published_scope: "web",
    tags: "",
    variants: product.variants.map((variant, index) => ({
      admin_graphql_api_id: gid("ProductVariant", variant.id),
      barcode: null,
      compare_at_price: null,
      created_at: createdAt,
      id: variant.id,
      inventory_policy: "deny",
      position: index + 1,
      price: amount(variant.priceMinor, shop.currency),
      product_id: product.id,
      sku: variant.sku,
      taxable: true,
      title: variant.title,
      updated_at: updatedAt,
      option1: variant.title,
      option2: null,
      option3: null,
      image_id: null,
      inventory_item_id: variant.inventoryItemId,
      inventory_quantity: variant.stock,
      old_inventory_quantity: variant.stock,
    })),
    options: [
      {
        id: product.id + 10,
        product_id: product.id,
        name: "Title",
        position: 1,
        values: product.variants.map((variant) => variant.title),
      },
    ],
    images: [image],
    image,
    media: [],
    variant_gids: product.variants.map((variant) => ({
      admin_graphql_api_id: gid("ProductVariant", variant.id),
      updated_at: product.updatedAt.toISOString(),
    })),
    has_variants_that_requires_components: false,
    category: null,
  };
}

/** `products/delete`. */
export function productDeletePayload(productId: number) {
  return { id: productId };
}

/** `inventory_levels/update`. */
export function inventoryPayload(shop: ShopFacts, variant: VariantFacts, at: Date) {
  const locationId = shop.id + 2;
  return {
    inventory_item_id: variant.inventoryItemId,
    location_id: locationId,
    available: variant.stock,
    updated_at: shopTime(at, shop.timeZone),
    admin_graphql_api_id: `${gid("InventoryLevel", locationId)}?inventory_item_id=${variant.inventoryItemId}`,
  };
}
