// Products that come to other vendors and collections at random, and what they belong to by what was told: apart from what the product made of it.
import type { NewEvent } from "../app/events/event.ts";
import { newId } from "../app/lib/id.server.ts";
import { writeProductsIn } from "../app/products/catalogue-store.server.ts";
import type { Catalogue } from "../app/segments/match.ts";
import type { Shop } from "../app/shops/shop.ts";
import { transaction } from "../app/tx.server.ts";

const shelves = new Map<number, Map<string, { vendor: string | null; collections: string[] }>>();

export const catalogueTold = (shop: Shop): Catalogue => shelves.get(shop.id) ?? new Map<string, never>();

/** Moves one product. Its vendor is told by itself, its place in a collection by the collection. */
export async function shelve(shop: Shop, draw: (below: number) => number, now: Date, tell: (event: NewEvent) => Promise<void>): Promise<void> {
  const mine = shelves.get(shop.id) ?? new Map<string, { vendor: string | null; collections: string[] }>();
  shelves.set(shop.id, mine);
  const productId = String(1 + draw(2));
  const held = mine.get(productId) ?? { vendor: null, collections: [] };
  if (draw(2) === 0) {
    const vendor = draw(2) === 0 ? "a" : "b";
    const data = { productId, title: "Mug", status: "active", updatedAt: now.toISOString(), vendor };
    await tell({ name: "product.updated", sourceId: `product.updated/${newId(now)}`, sourceAt: now, occurredAt: now, subject: null, data });
    mine.set(productId, { ...held, vendor });
    return;
  }
  const collection = `c${1 + draw(2)}`;
  const others = [...mine].filter(([id, one]) => id !== productId && one.collections.includes(collection)).map(([id]) => id);
  const into = !held.collections.includes(collection);
  await transaction((tx) => writeProductsIn(shop.id, collection, into ? [...others, productId] : others, now, tx));
  mine.set(productId, { ...held, collections: into ? [...held.collections, collection] : held.collections.filter((one) => one !== collection) });
}
