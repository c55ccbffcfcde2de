// Orders as the Admin API tells of them: which have changed, and one whole.
import { z } from "zod";
import { pageInfo } from "./customer.ts";

export const money = z.object({ shopMoney: z.object({ amount: z.string(), currencyCode: z.string().regex(/^[A-Z]{3}$/) }) });
export const place = z.object({
  countryCodeV2: z.string().nullish(),
  phone: z.string().nullish(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
});

/** Who stands in an order or a checkout. All of it may be null: protected data that the app was not given is a normal case. */
export const buyer = z
  .object({
    id: z.string(),
    firstName: z.string().nullish(),
    lastName: z.string().nullish(),
    defaultEmailAddress: z.object({ emailAddress: z.string() }).nullish(),
    defaultPhoneNumber: z.object({ phoneNumber: z.string() }).nullish(),
    defaultAddress: place.nullish(),
  })
  .nullish();

const thing = z.object({ id: z.string() }).nullish();
export const lineNow = z.object({
  id: z.string(),
  title: z.string().nullish(),
  sku: z.string().nullish(),
  quantity: z.number().int(),
  originalUnitPriceSet: money,
  product: thing,
  variant: thing,
});
export type LineNow = z.infer<typeof lineNow>;

const refund = z.object({
  id: z.string(),
  createdAt: z.string().nullish(),
  processedAt: z.string(),
  totalRefundedSet: money,
  refundLineItems: z.object({ nodes: z.array(z.object({ subtotalSet: money, totalTaxSet: money })) }).optional(),
});
export type RefundNow = z.infer<typeof refund>;

export const orderNow = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  processedAt: z.string().nullish(),
  updatedAt: z.string(),
  cancelledAt: z.string().nullish(),
  test: z.boolean(),
  sourceName: z.string().nullish(),
  currencyCode: z.string().regex(/^[A-Z]{3}$/),
  totalPriceSet: money,
  totalDiscountsSet: money.nullish(),
  cartToken: z.string().nullish(),
  checkoutToken: z.string().nullish(),
  discountCodes: z.array(z.string()),
  customerAcceptsMarketing: z.boolean(),
  customerLocale: z.string().nullish(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
  customer: buyer,
  shippingAddress: place.nullish(),
  billingAddress: place.nullish(),
  refunds: z.array(refund),
  lineItems: z.object({ nodes: z.array(lineNow) }).optional(),
});
export type OrderNow = z.infer<typeof orderNow>;

/** Just enough to see whether we know it: most of what changed was told by a webhook. */
export const ordersChangedDocument = `#graphql
  query OrdersChanged($query: String!, $after: String) {
    orders(first: 100, after: $after, sortKey: UPDATED_AT, query: $query) {
      nodes { id updatedAt cancelledAt refunds(first: 50) { id } }
      pageInfo { hasNextPage endCursor }
    }
  }`;

const orderChanged = z.object({
  id: z.string(),
  updatedAt: z.string(),
  cancelledAt: z.string().nullish(),
  refunds: z.array(z.object({ id: z.string() })),
});
export type OrderChanged = z.infer<typeof orderChanged>;
export const ordersChangedAnswer = z.object({ orders: z.object({ nodes: z.array(orderChanged), pageInfo }) });

export const orderDocument = `#graphql
  query OrderNow($id: ID!) {
    order(id: $id) {
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
        refundLineItems(first: 50) {
          nodes {
            subtotalSet { shopMoney { amount currencyCode } }
            totalTaxSet { shopMoney { amount currencyCode } }
          }
        }
      }
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
  }`;

export const orderAnswer = z.object({ order: orderNow.nullable() });
