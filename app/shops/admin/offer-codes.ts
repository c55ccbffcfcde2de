// Codes for a pool, made in bulk: asked for, then looked at until they are done.
import { z } from "zod";

/** Shopify takes at most this many in one call. */
export const codesPerCall = 250;

export const codesAddDocument = `#graphql
  mutation OfferCodesAdd($discountId: ID!, $codes: [DiscountRedeemCodeInput!]!) {
    discountRedeemCodeBulkAdd(discountId: $discountId, codes: $codes) {
      bulkCreation { id }
      userErrors { message code }
    }
  }`;

export const codesAddAnswer = z.object({
  discountRedeemCodeBulkAdd: z.object({
    bulkCreation: z.object({ id: z.string() }).nullable(),
    userErrors: z.array(z.object({ message: z.string(), code: z.string().nullish() })),
  }),
});

export const codesStateDocument = `#graphql
  query OfferCodesState($id: ID!) {
    discountRedeemCodeBulkCreation(id: $id) {
      done
      codes(first: 250) { nodes { code errors { code message } } }
    }
  }`;

export const codesStateAnswer = z.object({
  discountRedeemCodeBulkCreation: z
    .object({ done: z.boolean(), codes: z.object({ nodes: z.array(z.object({ code: z.string(), errors: z.array(z.object({ message: z.string() })) })) }) })
    .nullable(),
});
