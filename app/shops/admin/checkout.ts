// Checkouts that somebody left, as the Admin API tells of them. It gives neither token nor typed address: the cart's token stands in the recovery link.
import { z } from "zod";
import { pageInfo } from "./customer.ts";
import { buyer, lineNow, money, place } from "./order.ts";

const checkoutChanged = z.object({ id: z.string(), updatedAt: z.string(), completedAt: z.string().nullish(), abandonedCheckoutUrl: z.string() });
export type CheckoutChanged = z.infer<typeof checkoutChanged>;

/** Sorted by id, because nothing in it sorts by change: what changes meanwhile is met again by the next comparison. */
export const checkoutsChangedDocument = `#graphql
  query CheckoutsChanged($query: String!, $after: String) {
    abandonedCheckouts(first: 100, after: $after, sortKey: ID, query: $query) {
      nodes { id updatedAt completedAt abandonedCheckoutUrl }
      pageInfo { hasNextPage endCursor }
    }
  }`;
export const checkoutsChangedAnswer = z.object({ abandonedCheckouts: z.object({ nodes: z.array(checkoutChanged), pageInfo }) });

export const checkoutDocument = `#graphql
  query CheckoutNow($id: ID!) {
    node(id: $id) {
      ... on AbandonedCheckout {
        id
        createdAt
        updatedAt
        completedAt
        abandonedCheckoutUrl
        totalPriceSet { shopMoney { amount currencyCode } }
        customer {
          id
          firstName
          lastName
          defaultEmailAddress { emailAddress }
          defaultPhoneNumber { phoneNumber }
          defaultAddress { countryCodeV2 phone firstName lastName }
        }
        shippingAddress { countryCodeV2 phone firstName lastName }
        billingAddress { countryCodeV2 phone firstName lastName }
        lineItems(first: 50) {
          nodes {
            id
            title
            sku
            quantity
            originalUnitPriceSet { shopMoney { amount currencyCode } }
            product { id }
            variant { id }
          }
        }
      }
    }
  }`;

export const checkoutNow = checkoutChanged.extend({
  createdAt: z.string(),
  totalPriceSet: money,
  customer: buyer,
  shippingAddress: place.nullish(),
  billingAddress: place.nullish(),
  lineItems: z.object({ nodes: z.array(lineNow) }),
});
export type CheckoutNow = z.infer<typeof checkoutNow>;
export const checkoutAnswer = z.object({ node: checkoutNow.nullable() });
