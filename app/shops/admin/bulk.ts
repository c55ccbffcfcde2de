// Everything of a kind at once: Shopify writes it into a file, one object a line.
import { z } from "zod";

export const bulkRunDocument = `#graphql
  mutation BulkRun($query: String!, $groupObjects: Boolean!) {
    bulkOperationRunQuery(query: $query, groupObjects: $groupObjects) {
      bulkOperation { id status }
      userErrors { code message }
    }
  }`;
export const bulkRunAnswer = z.object({
  bulkOperationRunQuery: z.object({
    bulkOperation: z.object({ id: z.string() }).nullable(),
    userErrors: z.array(z.object({ code: z.string().nullish() })),
  }),
});

export const bulkDocument = `#graphql
  query BulkNow($id: ID!) {
    bulkOperation(id: $id) { id status errorCode rootObjectCount objectCount url }
  }`;
export const bulkAnswer = z.object({
  bulkOperation: z
    .object({
      status: z.enum(["CANCELED", "CANCELING", "COMPLETED", "CREATED", "EXPIRED", "FAILED", "RUNNING"]),
      errorCode: z.string().nullish(),
      objectCount: z.coerce.number().int(),
      rootObjectCount: z.coerce.number().int(),
      url: z.string().nullish(),
    })
    .nullable(),
});

export const allCustomers = `#graphql
  query AllCustomers {
    customers {
      edges {
        node {
          id
          firstName
          lastName
          createdAt
          updatedAt
          defaultAddress { countryCodeV2 phone }
          defaultEmailAddress { emailAddress marketingState marketingOptInLevel marketingUpdatedAt }
          defaultPhoneNumber { phoneNumber smsMarketingConsent { state optInLevel updatedAt } }
        }
      }
    }
  }`;

// No connection may stand below a list, so what a refund gave back is known only as a sum.
export const allOrders = `#graphql
  query AllOrders {
    orders {
      edges {
        node {
          id
          name
          createdAt
          processedAt
          updatedAt
          cancelledAt
          test
          sourceName
          currencyCode
          totalPriceSet { shopMoney { amount currencyCode } }
          totalDiscountsSet { shopMoney { amount currencyCode } }
          cartToken
          checkoutToken
          discountCodes
          customerAcceptsMarketing
          customerLocale
          email
          phone
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
          refunds(first: 50) {
            id
            createdAt
            processedAt
            totalRefundedSet { shopMoney { amount currencyCode } }
          }
          lineItems {
            edges {
              node {
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
      }
    }
  }`;

export const allProducts = `#graphql
  query AllProducts {
    products {
      edges {
        node {
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
    }
  }`;
