// `collections/create`, `collections/update` and `collections/delete`. What is in a collection is in none of them.
import type { ShopFacts } from "./customer-payload.ts";
import { gid } from "./ids.ts";
import { shopTime } from "./shop-time.ts";

export type CollectionFacts = { id: number; handle: string; title: string; description: string };

export function collectionPayload(shop: ShopFacts, collection: CollectionFacts, at: Date) {
  return {
    id: collection.id,
    handle: collection.handle,
    title: collection.title,
    updated_at: shopTime(at, shop.timeZone),
    body_html: collection.description,
    published_at: shopTime(at, shop.timeZone),
    sort_order: "manual",
    template_suffix: null,
    published_scope: "web",
    admin_graphql_api_id: gid("Collection", collection.id),
  };
}

export function collectionDeletePayload(collectionId: number) {
  return { id: collectionId, published_scope: "web", admin_graphql_api_id: gid("Collection", collectionId) };
}
