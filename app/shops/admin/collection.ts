// Collections as they stand now: which there are, and which products each holds.
import { z } from "zod";
import { pageInfo } from "./customer.ts";

const text = (most: number) => z.string().transform((raw) => raw.replaceAll("\u0000", "").slice(0, most).toWellFormed());
const gidOf = (kind: string) => z.string().regex(new RegExp(`^gid://shopify/${kind}/\\d+$`));

export const listedCollection = z.object({ id: gidOf("Collection"), title: text(160), handle: text(160) });
export type ListedCollection = z.infer<typeof listedCollection>;

export const collectionsDocument = `#graphql
  query CollectionsListed($after: String) {
    collections(first: 250, after: $after) {
      nodes { id title handle }
      pageInfo { hasNextPage endCursor }
    }
  }`;
export const collectionsAnswer = z.object({ collections: z.object({ nodes: z.array(listedCollection), pageInfo }) });

export const collectionDocument = `#graphql
  query CollectionNow($id: ID!, $after: String) {
    collection(id: $id) {
      id
      title
      handle
      sources {
        __typename
        ... on CollectionConditionsSource { inclusion { conditions { __typename } } }
      }
      products(first: 250, after: $after) {
        nodes { id }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`;
const typed = z.object({ __typename: z.string() });
const source = typed.extend({ inclusion: z.object({ conditions: z.array(typed) }).optional() });
export const collectionAnswer = z.object({
  collection: listedCollection
    .extend({ sources: z.array(source), products: z.object({ nodes: z.array(z.object({ id: gidOf("Product") })), pageInfo }) })
    .nullable(),
});

/** Whether what is in a collection changes with stock: by a condition of its own, or because it takes what others hold, of which nothing tells. */
export function hangsOnStock(sources: z.infer<typeof source>[]): boolean {
  return sources.some(
    (one) =>
      one.__typename === "CollectionSubCollectionsSource" ||
      one.inclusion?.conditions.some((condition) => condition.__typename === "CollectionSourceInclusionConditionVariantInventory") === true,
  );
}
