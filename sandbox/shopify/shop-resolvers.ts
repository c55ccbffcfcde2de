// The shop itself, the app's installation, and its products.
import { addressPayload, countryName } from "./address.ts";
import type { Collection } from "./catalogue.ts";
import { connection, search, type PageArgs } from "./connection.ts";
import type { ApiContext, Resolver } from "./graphql-execution.ts";
import { gid, idOf } from "./ids.ts";
import { amount } from "./money.ts";
import type { ProductFacts } from "./product-payload.ts";
import type { ShopState } from "./shop-state.ts";

/** Amount and currency as `MoneyV2` and `MoneyBag` have them. */
export function money(shop: ShopState, minor: number) {
  return { amount: amount(minor, shop.currency), currencyCode: shop.currency };
}

/** The same amount as shop and presentment money. */
export function moneyBag(shop: ShopState, minor: number) {
  return { shopMoney: money(shop, minor), presentmentMoney: money(shop, minor) };
}

function shopObject({ shop, worldUrl }: ApiContext) {
  const address = addressPayload({ firstName: "", lastName: "", country: shop.countryCode });
  const place = {
    id: gid("ShopAddress", shop.id),
    address1: address.address1,
    address2: null,
    city: address.city,
    company: shop.name,
    country: countryName(shop.countryCode),
    countryCodeV2: shop.countryCode,
    province: address.province,
    provinceCode: address.province_code,
    zip: address.zip,
    phone: null,
  };
  const world = new URL(worldUrl);
  return {
    id: gid("Shop", shop.id),
    name: shop.name,
    email: shop.email,
    contactEmail: shop.email,
    myshopifyDomain: shop.domain,
    url: world.origin,
    primaryDomain: { id: gid("Domain", shop.id), host: world.host, url: world.origin, sslEnabled: world.protocol === "https:" },
    currencyCode: shop.currency,
    enabledPresentmentCurrencies: [shop.currency],
    ianaTimezone: shop.timeZone,
    billingAddress: place,
    shopAddress: place,
    shopOwnerName: "Robin Harbour",
    plan: { displayName: "Basic", publicDisplayName: "Basic", partnerDevelopment: false, shopifyPlus: false },
    setupRequired: false,
    taxesIncluded: true,
    createdAt: shop.createdAt.toISOString(),
    updatedAt: shop.updatedAt.toISOString(),
  };
}

/** A product with what screens and feeds ask for. */
export function productObject(context: ApiContext, product: ProductFacts): Record<string, unknown> {
  const { shop, worldUrl } = context;
  const url = `${worldUrl}/shop/pictures/${product.handle}.svg`;
  const image = { id: gid("ProductImage", product.id + 50), url, src: url, originalSrc: url, altText: product.title, width: 800, height: 800 };
  return {
    __typename: "Product",
    id: gid("Product", product.id),
    legacyResourceId: String(product.id),
    handle: product.handle,
    title: product.title,
    description: product.description,
    descriptionHtml: product.description,
    productType: product.type,
    vendor: product.vendor,
    status: "ACTIVE",
    tags: [],
    featuredImage: image,
    featuredMedia: { __typename: "MediaImage", id: gid("MediaImage", product.id + 51), alt: product.title, preview: { status: "READY", image } },
    priceRangeV2: () => {
      const prices = product.variants.map((variant) => variant.priceMinor);
      return { minVariantPrice: money(shop, Math.min(...prices)), maxVariantPrice: money(shop, Math.max(...prices)) };
    },
    onlineStoreUrl: `${worldUrl}/products/${product.handle}`,
    totalInventory: product.variants.reduce((sum, variant) => sum + variant.stock, 0),
    createdAt: product.createdAt.toISOString(),
    updatedAt: product.updatedAt.toISOString(),
    collections: (args: PageArgs) =>
      connection(
        shop.collections.filter(({ productIds }) => productIds.includes(product.id)),
        args,
        (collection) => collectionObject(context, collection),
      ),
    variants: (args: PageArgs) =>
      connection(product.variants, args, (variant) => ({
        __typename: "ProductVariant",
        id: gid("ProductVariant", variant.id),
        legacyResourceId: String(variant.id),
        title: variant.title,
        displayName: `${product.title} - ${variant.title}`,
        sku: variant.sku,
        price: amount(variant.priceMinor, shop.currency),
        compareAtPrice: null,
        inventoryQuantity: variant.stock,
        availableForSale: variant.stock > 0,
        image: null,
        product: () => productObject(context, product),
      })),
  };
}

/** A collection, with its products in its own order. */
function collectionObject(context: ApiContext, collection: Collection): Record<string, unknown> {
  const { shop } = context;
  const products = collection.productIds.flatMap((id) => shop.products.filter((product) => product.id === id));
  return {
    __typename: "Collection",
    id: gid("Collection", collection.id),
    legacyResourceId: String(collection.id),
    handle: collection.handle,
    title: collection.title,
    description: collection.description,
    descriptionHtml: collection.description,
    updatedAt: shop.updatedAt.toISOString(),
    productsCount: { count: products.length, precision: "EXACT" },
    sources: [
      {
        ...{ __typename: "CollectionConditionsSource", id: gid("CollectionConditionsSource", collection.id), title: collection.title },
        inclusion: {
          __typename: "CollectionSourceInclusion",
          conditions:
            collection.byStock === true ? [{ __typename: "CollectionSourceInclusionConditionVariantInventory", relation: "GREATER_THAN", value: 0 }] : [],
        },
      },
    ],
    products: (args: PageArgs) => connection(products, args, (product) => productObject(context, product)),
  };
}

export const shopQueries: Record<string, Resolver> = {
  shop: (_args, context) => shopObject(context),
  currentAppInstallation: (_args, { shop, granted }) => ({
    id: gid("AppInstallation", shop.id + 9),
    accessScopes: granted.map((handle) => ({ handle, description: handle.replaceAll("_", " ") })),
    activeSubscriptions: [],
  }),
  products: (args, context) => {
    const matches = search<ProductFacts>(args["query"] as string | null, {
      id: (product) => product.id,
      title: (product) => product.title,
      handle: (product) => product.handle,
      status: () => "active",
      created_at: (product) => product.createdAt,
      updated_at: (product) => product.updatedAt,
    });
    const listed = context.shop.products.filter(matches);
    const byChange = (one: ProductFacts, other: ProductFacts) => one.updatedAt.getTime() - other.updatedAt.getTime() || one.id - other.id;
    return connection(args["sortKey"] === "UPDATED_AT" ? listed.sort(byChange) : listed, args, (product) => productObject(context, product));
  },
  collections: (args, context) => connection(context.shop.collections, args, (collection) => collectionObject(context, collection)),
  collection: (args, context) => {
    const id = idOf("Collection", String(args["id"]));
    const found = context.shop.collections.find((collection) => String(collection.id) === id);
    return found ? collectionObject(context, found) : null;
  },
  product: (args, context) => {
    const id = idOf("Product", String(args["id"]));
    const found = context.shop.products.find((product) => String(product.id) === id);
    return found ? productObject(context, found) : null;
  },
};
