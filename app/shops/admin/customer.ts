// Customers as the Admin API tells of them, with what each agreed to.
import { z } from "zod";

const place = z.object({ countryCodeV2: z.string().nullish(), phone: z.string().nullish() }).nullish();

export const customerNow = z.object({
  id: z.string(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  createdAt: z.string(),
  updatedAt: z.string(),
  defaultAddress: place,
  defaultEmailAddress: z
    .object({
      emailAddress: z.string(),
      marketingState: z.string(),
      marketingOptInLevel: z.string().nullish(),
      marketingUpdatedAt: z.string().nullish(),
    })
    .nullish(),
  defaultPhoneNumber: z
    .object({
      phoneNumber: z.string(),
      smsMarketingConsent: z.object({ state: z.string(), optInLevel: z.string().nullish(), updatedAt: z.string().nullish() }).nullish(),
    })
    .nullish(),
});
export type CustomerNow = z.infer<typeof customerNow>;

/** A page of what changed since an instant. */
export const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });

export const customersChangedDocument = `#graphql
  query CustomersChanged($query: String!, $after: String) {
    customers(first: 50, after: $after, sortKey: UPDATED_AT, query: $query) {
      nodes {
        id
        firstName
        lastName
        createdAt
        updatedAt
        defaultAddress { countryCodeV2 phone }
        defaultEmailAddress { emailAddress marketingState marketingOptInLevel marketingUpdatedAt }
        defaultPhoneNumber { phoneNumber smsMarketingConsent { state optInLevel updatedAt } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }`;

export const customersChangedAnswer = z.object({ customers: z.object({ nodes: z.array(customerNow), pageInfo }) });
