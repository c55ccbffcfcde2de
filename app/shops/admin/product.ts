// Products as they stand now: one that was looked at and that no webhook has told enough of; or some of a shop of which none is known.
import { z } from "zod";
import { listedCollection } from "./collection.ts";
import { pageInfo } from "./customer.ts";

const text = (most: number) => z.string().transform((raw) => raw.replaceAll("\u0000", "").slice(0, most).toWellFormed());
const money = z.object({ amount: z.string(), currencyCode: z.string().regex(/^[A-Z]{3}$/) });

export const productDocument = `#graphql
  query ProductNow($id: ID!) {
    product(id: $id) {
      title
      handle
      status
      updatedAt
      vendor
      onlineStoreUrl
      featuredMedia { preview { image { url } } }
      priceRangeV2 { minVariantPrice { amount currencyCode } maxVariantPrice { amount currencyCode } }
      collections(first: 250) {
        nodes { id title handle }
        pageInfo { hasNextPage endCursor }
      }
    }
  }`;

export const productNow = z.object({
  title: text(160),
  handle: text(255),
  status: z.string(),
  updatedAt: z.iso.datetime({ offset: true }),
  vendor: text(255),
  /** Null where the online store does not show it. */
  onlineStoreUrl: z.string().nullable(),
  featuredMedia: z.object({ preview: z.object({ image: z.object({ url: z.string() }).nullable() }).nullable() }).nullable(),
  priceRangeV2: z.object({ minVariantPrice: money, maxVariantPrice: money }),
});
export type ProductNow = z.infer<typeof productNow>;

/** What it belongs to is said of one product alone: a page of them would ask for thousands of things at once. */
const productWhole = productNow.extend({ collections: z.object({ nodes: z.array(listedCollection), pageInfo }) });
export const productAnswer = z.object({ product: productWhole.nullable() });

export const productsDocument = `#graphql
  query ProductsLately {
    products(first: 5, sortKey: UPDATED_AT, reverse: true, query: "status:active") {
      nodes {
        id
        title
        handle
        status
        updatedAt
        vendor
        onlineStoreUrl
        featuredMedia { preview { image { url } } }
        priceRangeV2 { minVariantPrice { amount currencyCode } maxVariantPrice { amount currencyCode } }
      }
    }
  }`;

/** Which products changed since an instant, and when. */
export const productsChangedDocument = `#graphql
  query ProductsChanged($query: String!, $after: String) {
    products(first: 250, after: $after, sortKey: UPDATED_AT, query: $query) {
      nodes { id updatedAt }
      pageInfo { hasNextPage endCursor }
    }
  }`;
export const productsChangedAnswer = z.object({
  products: z.object({
    nodes: z.array(z.object({ id: z.string().regex(/^gid:\/\/shopify\/Product\/\d+$/), updatedAt: z.iso.datetime({ offset: true }) })),
    pageInfo,
  }),
});

export const listedProduct = productNow.extend({ id: z.string().regex(/^gid:\/\/shopify\/Product\/\d+$/) });
export const productsAnswer = z.object({ products: z.object({ nodes: z.array(listedProduct) }) });
