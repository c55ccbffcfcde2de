// What shop staff do with products and collections, and the webhooks each deed makes.
import type { Collection } from "./catalogue.ts";
import { collectionDeletePayload, collectionPayload, inventoryPayload, productPayload } from "./payloads.ts";
import type { ProductFacts } from "./product-payload.ts";
import type { ShopState } from "./shop-state.ts";

type Settings = { now: () => Date; worldUrl: () => string; say: (shop: ShopState, topic: string, payload: unknown, about?: string) => Promise<void> };

export function shelfDeeds({ now, worldUrl, say }: Settings) {
  function collectionOf(shop: ShopState, handle: string): Collection {
    const found = shop.collections.find((one) => one.handle === handle);
    if (!found) throw new Error(`${shop.name} has no collection ${handle}`);
    return found;
  }

  function productOf(shop: ShopState, productId: number): ProductFacts {
    const found = shop.products.find((one) => one.id === productId);
    if (!found) throw new Error(`${shop.name} does not sell the product ${productId}`);
    return found;
  }

  async function tellProduct(shop: ShopState, product: ProductFacts): Promise<void> {
    product.updatedAt = now();
    await say(shop, "products/update", productPayload(shop, product, `${worldUrl()}/shop/pictures/${product.handle}.svg`), String(product.id));
  }

  /**
   * Puts a product into a collection or takes it out: by hand, which the collection tells, or because the product was changed and its rule fits it now, or no
   * longer: then Shopify tells of the product alone.
   */
  async function shelve(shop: ShopState, handle: string, productId: number, { into = true, byRule = false } = {}): Promise<void> {
    const collection = collectionOf(shop, handle);
    const product = productOf(shop, productId);
    const others = collection.productIds.filter((id) => id !== productId);
    collection.productIds = into ? [...others, productId] : others;
    if (byRule) await tellProduct(shop, product);
    else await say(shop, "collections/update", collectionPayload(shop, collection, now()), String(collection.id));
  }

  return {
    shelve,
    setVendor: async (shop: ShopState, productId: number, vendor: string): Promise<void> => {
      const product = productOf(shop, productId);
      product.vendor = vendor;
      await tellProduct(shop, product);
    },
    /** Counts what is left of a product. Collections with a rule on stock hold it or not, and say nothing: its stock alone is told. */
    setStock: async (shop: ShopState, productId: number, stock: number): Promise<void> => {
      const product = productOf(shop, productId);
      for (const collection of shop.collections) {
        const others = collection.productIds.filter((id) => id !== productId);
        if (collection.byStock === true) collection.productIds = stock > 0 ? [...others, productId] : others;
      }
      for (const variant of product.variants) {
        variant.stock = stock;
        await say(shop, "inventory_levels/update", inventoryPayload(shop, variant, now()), `${productId}/${variant.id}`);
      }
    },
    renameCollection: async (shop: ShopState, handle: string, title: string): Promise<void> => {
      const collection = collectionOf(shop, handle);
      collection.title = title;
      await say(shop, "collections/update", collectionPayload(shop, collection, now()), String(collection.id));
    },
    deleteCollection: async (shop: ShopState, handle: string): Promise<void> => {
      const { id } = collectionOf(shop, handle);
      shop.collections = shop.collections.filter((one) => one.id !== id);
      await say(shop, "collections/delete", collectionDeletePayload(id));
    },
  };
}
