// Payloads about one customer: the slim resource and the two consent topics.
import { customerAddressPayload } from "./address.ts";
import { gid } from "./ids.ts";
import { maybeShopTime, shopTime } from "./shop-time.ts";

/** What payload builders need to know about a shop. */
export type ShopFacts = {
  id: number;
  /** `comeback-demo.myshopify.com` */
  domain: string;
  name: string;
  email: string;
  currency: string;
  timeZone: string;
  countryCode: string;
};

export type ConsentState = "not_subscribed" | "pending" | "subscribed" | "unsubscribed" | "redacted" | "invalid";

export type CustomerFacts = {
  id: number;
  email: string | null;
  firstName: string;
  lastName: string;
  country: string;
  phone?: string | null;
  createdAt?: Date;
  updatedAt?: Date;
};

/** The slim customer inside orders and checkouts: no tags, no counts, no consent. */
export function nestedCustomerPayload(shop: ShopFacts, customer: CustomerFacts) {
  return {
    id: customer.id,
    created_at: maybeShopTime(customer.createdAt, shop.timeZone),
    updated_at: maybeShopTime(customer.updatedAt ?? customer.createdAt, shop.timeZone),
    first_name: customer.firstName,
    last_name: customer.lastName,
    state: "disabled",
    note: null,
    verified_email: true,
    multipass_identifier: null,
    tax_exempt: false,
    email: customer.email,
    phone: customer.phone ?? null,
    currency: shop.currency,
    tax_exemptions: [],
    admin_graphql_api_id: gid("Customer", customer.id),
    default_address: customerAddressPayload(customer),
  };
}

/** `customers/create` and `customers/update`. */
export function customerPayload(shop: ShopFacts, customer: CustomerFacts & { createdAt: Date }) {
  const { default_address, ...rest } = nestedCustomerPayload(shop, customer);
  return {
    ...rest,
    created_at: shopTime(customer.createdAt, shop.timeZone),
    updated_at: shopTime(customer.updatedAt ?? customer.createdAt, shop.timeZone),
    addresses: [default_address],
    default_address,
  };
}

/** `customers/delete`. */
export function customerDeletePayload(customerId: number) {
  return { id: customerId, tax_exemptions: [], admin_graphql_api_id: gid("Customer", customerId) };
}

/** `customers/merge`: the second customer is gone, the first goes on. */
export function customerMergePayload(keptId: number, deletedId: number) {
  return {
    admin_graphql_api_customer_kept_id: gid("Customer", keptId),
    admin_graphql_api_customer_deleted_id: gid("Customer", deletedId),
    admin_graphql_api_job_id: null,
    status: "completed",
    errors: [],
  };
}

export type EmailConsent = {
  customerId: number;
  email: string;
  state: ConsentState;
  optInLevel: "single_opt_in" | "confirmed_opt_in" | "unknown" | null;
  updatedAt: Date | null;
};

/** `customers_email_marketing_consent/update`. */
export function emailConsentPayload(shop: ShopFacts, consent: EmailConsent) {
  return {
    customer_id: consent.customerId,
    email_address: consent.email,
    email_marketing_consent: {
      state: consent.state,
      opt_in_level: consent.optInLevel,
      consent_updated_at: maybeShopTime(consent.updatedAt, shop.timeZone),
    },
  };
}

export type SmsConsent = {
  customerId: number;
  phone: string;
  state: ConsentState;
  optInLevel: "single_opt_in" | "confirmed_opt_in" | "unknown" | null;
  updatedAt: Date | null;
};

/** `customers_marketing_consent/update`, which is about SMS in spite of its name. */
export function smsConsentPayload(shop: ShopFacts, consent: SmsConsent) {
  return {
    id: consent.customerId,
    phone: consent.phone,
    sms_marketing_consent: {
      state: consent.state,
      opt_in_level: consent.optInLevel,
      consent_updated_at: maybeShopTime(consent.updatedAt, shop.timeZone),
      consent_collected_from: "SHOPIFY",
    },
  };
}
