// Payloads about the shop and the app's life in it, and the three compliance topics.
import { gid, newId } from "./ids.ts";
import { addressPayload, countryName } from "./address.ts";
import type { ShopFacts } from "./customer-payload.ts";
import { shopTime } from "./shop-time.ts";

/** The body of `shop/update` and `app/uninstalled`: the same shop resource. */
export function shopPayload(shop: ShopFacts & { createdAt: Date; updatedAt: Date; primaryDomain: string }) {
  const address = addressPayload({ firstName: "", lastName: "", country: shop.countryCode });
  const symbol = new Intl.NumberFormat("en", { style: "currency", currency: shop.currency, currencyDisplay: "narrowSymbol" })
    .formatToParts(1)
    .find((part) => part.type === "currency")?.value;
  const format = `${symbol ?? shop.currency}{{amount}}`;
  return {
    id: shop.id,
    name: shop.name,
    email: shop.email,
    domain: shop.primaryDomain,
    province: address.province ?? "",
    country: shop.countryCode,
    address1: address.address1,
    zip: address.zip,
    city: address.city,
    source: null,
    phone: "",
    latitude: null,
    longitude: null,
    primary_locale: "en",
    address2: null,
    created_at: shopTime(shop.createdAt, shop.timeZone),
    updated_at: shopTime(shop.updatedAt, shop.timeZone),
    country_code: shop.countryCode,
    country_name: countryName(shop.countryCode),
    currency: shop.currency,
    customer_email: shop.email,
    timezone: `(GMT) ${shop.timeZone}`,
    iana_timezone: shop.timeZone,
    shop_owner: "Robin Harbour",
    money_format: format,
    money_with_currency_format: `${format} ${shop.currency}`,
    weight_unit: "kg",
    province_code: address.province_code ?? "",
    taxes_included: true,
    auto_configure_tax_inclusivity: null,
    tax_shipping: null,
    county_taxes: null,
    plan_display_name: "Basic",
    plan_name: "basic",
    has_discounts: true,
    has_gift_cards: false,
    myshopify_domain: shop.domain,
    google_apps_domain: null,
    google_apps_login_enabled: null,
    money_in_emails_format: format,
    money_with_currency_in_emails_format: `${format} ${shop.currency}`,
    eligible_for_payments: true,
    requires_extra_payments_agreement: false,
    password_enabled: false,
    has_storefront: true,
    finances: true,
    primary_location_id: shop.id + 2,
    checkout_api_supported: true,
    multi_location_enabled: false,
    setup_required: false,
    pre_launch_enabled: false,
    enabled_presentment_currencies: [shop.currency],
    marketing_sms_consent_enabled_at_checkout: false,
    transactional_sms_disabled: false,
  };
}

/** `app/scopes_update`: what the app may do from now on. */
export function scopesUpdatePayload(shop: ShopFacts, previous: readonly string[], current: readonly string[], at: Date) {
  return { id: 1, shop_id: gid("Shop", shop.id), previous: [...previous], current: [...current], updated_at: at.toISOString() };
}

export type DataSubject = { id: number; email: string; phone?: string | null; orderIds: readonly number[] };

/** `customers/data_request`. */
export function dataRequestPayload(shop: ShopFacts, subject: DataSubject) {
  return {
    shop_id: shop.id,
    shop_domain: shop.domain,
    customer: { id: subject.id, email: subject.email, phone: subject.phone ?? null },
    orders_requested: [...subject.orderIds],
    data_request: { id: newId() },
  };
}

/** `customers/redact`. */
export function customerRedactPayload(shop: ShopFacts, subject: DataSubject) {
  return {
    shop_id: shop.id,
    shop_domain: shop.domain,
    customer: { id: subject.id, email: subject.email, phone: subject.phone ?? null },
    orders_to_redact: [...subject.orderIds],
  };
}

/** `shop/redact`, sent 48 hours after an uninstall that lasted. */
export function shopRedactPayload(shop: ShopFacts) {
  return { shop_id: shop.id, shop_domain: shop.domain };
}
