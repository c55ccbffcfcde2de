// Customers, their consent, and the catalogue, as Shopify sends them.
import { z } from "zod";
import type { EventData } from "../events/event.ts";
import { toMinor } from "../lib/money.ts";
import { reader, saidAt } from "./reader.ts";
import * as shape from "./shapes.ts";

const person = z.object({
  id: shape.nullableId,
  admin_graphql_api_id: shape.text,
  email: shape.nullableText,
  phone: shape.nullableText,
  first_name: shape.nullableText,
  last_name: shape.nullableText,
  updated_at: shape.nullableInstant,
  default_address: shape.address,
});

const consentFields = z.object({ state: z.string().nullish(), opt_in_level: z.string().nullish(), consent_updated_at: shape.nullableInstant });

/** Shopify's consent states in ours; pending and never asked are no consent. */
export function consentState(fields: { state?: string | null | undefined; opt_in_level?: string | null | undefined }): "none" | "single" | "confirmed" | "out" {
  const state = fields.state?.toLowerCase();
  if (state === "subscribed") return fields.opt_in_level?.toLowerCase() === "confirmed_opt_in" ? "confirmed" : "single";
  return state === "unsubscribed" || state === "redacted" ? "out" : "none";
}

export const readCustomer = reader(person, (raw, envelope) => {
  const updatedAt = raw.updated_at ?? saidAt(envelope);
  return [
    { name: "customer.updated", subject: `customer:${raw.admin_graphql_api_id}`, at: updatedAt, data: { ...shape.toPerson({ customer: raw }), updatedAt } },
  ];
});

export const readCustomerDelete = reader(z.object({ admin_graphql_api_id: shape.text }), (raw, envelope) => [
  { name: "customer.deleted", subject: `customer:${raw.admin_graphql_api_id}`, at: saidAt(envelope), data: { customerGid: raw.admin_graphql_api_id } },
]);

const merge = z.object({ admin_graphql_api_customer_kept_id: shape.text, admin_graphql_api_customer_deleted_id: shape.text, status: z.string() });

export const readCustomerMerge = reader(merge, (raw, envelope) => {
  const keptGid = raw.admin_graphql_api_customer_kept_id;
  // Shopify tells of failed and of started merges too; only a completed one has happened.
  if (raw.status !== "completed") return [];
  return [
    { name: "customer.merged", subject: `customer:${keptGid}`, at: saidAt(envelope), data: { keptGid, deletedGid: raw.admin_graphql_api_customer_deleted_id } },
  ];
});

export const readEmailConsent = reader(
  z.object({ customer_id: shape.id, email_address: shape.nullableText, email_marketing_consent: consentFields }),
  (raw, envelope) => {
    const customerGid = `gid://shopify/Customer/${raw.customer_id}`;
    const at = raw.email_marketing_consent.consent_updated_at ?? saidAt(envelope);
    return [
      {
        name: "email-consent.changed",
        subject: `customer:${customerGid}`,
        at,
        data: { customerGid, email: raw.email_address, phone: null, state: consentState(raw.email_marketing_consent), at },
      },
    ];
  },
);

export const readSmsConsent = reader(z.object({ id: shape.id, phone: shape.nullableText, sms_marketing_consent: consentFields.nullish() }), (raw, envelope) => {
  const customerGid = `gid://shopify/Customer/${raw.id}`;
  const at = raw.sms_marketing_consent?.consent_updated_at ?? saidAt(envelope);
  return [
    {
      name: "sms-consent.changed",
      subject: `customer:${customerGid}`,
      at,
      data: { customerGid, email: null, phone: raw.phone, state: consentState(raw.sms_marketing_consent ?? {}), at },
    },
  ];
});

const product = z.object({
  id: shape.id,
  admin_graphql_api_id: shape.nullableText,
  title: shape.text,
  status: shape.nullableText,
  handle: shape.nullableText,
  updated_at: shape.nullableInstant,
  published_at: z.string().nullish(),
  image: z.object({ src: shape.nullableText }).nullish(),
  variants: z.array(z.object({ price: shape.amount })).nullish(),
  vendor: shape.nullableText,
});

/** The largest event of a product. What does not fit is left out, and asked of the Admin API once somebody wants to show it. */
const productBytes = 400;

function productData(raw: z.output<typeof product>, inCurrency: string, heardAt: string): EventData<"product.updated"> {
  const updatedAt = raw.updated_at ?? heardAt;
  const short = {
    productId: raw.admin_graphql_api_id === null ? raw.id : shape.gidNumber(raw.admin_graphql_api_id),
    title: shape.clean(raw.title, 160),
    status: raw.status === null ? null : shape.clean(raw.status, 20).toLowerCase(),
    updatedAt,
  };
  const prices = (raw.variants ?? []).flatMap((one) => toMinor(one.price, inCurrency) ?? []);
  const whole = {
    ...short,
    ...(raw.handle === null ? {} : { handle: raw.handle }),
    ...(raw.published_at === undefined ? {} : { published: raw.published_at !== null }),
    ...(raw.image === undefined ? {} : { imageUrl: raw.image?.src ?? null }),
    ...(prices.length === 0 ? {} : { priceMinor: Math.min(...prices), priceVaries: Math.min(...prices) !== Math.max(...prices), currency: inCurrency }),
  };
  const withVendor = raw.vendor === null ? whole : { ...whole, vendor: shape.clean(raw.vendor, 255) };
  const fits = [withVendor, whole].find((one) => Buffer.byteLength(JSON.stringify(one)) <= productBytes);
  return fits ?? { ...short, title: shape.clean(raw.title, 80) };
}

export const readProduct = reader(product, (raw, envelope) => [
  { name: "product.updated", subject: null, at: saidAt(envelope), data: productData(raw, envelope.currency, saidAt(envelope)) },
]);

export const readProductDelete = reader(z.object({ id: shape.id }), (raw, envelope) => [
  { name: "product.deleted", subject: null, at: saidAt(envelope), data: { productId: raw.id } },
]);

const collection = z.object({ id: shape.id, admin_graphql_api_id: shape.nullableText });
/** The exact number: in JSON a long one may have been rounded. */
const collectionId = (raw: z.output<typeof collection>) => (raw.admin_graphql_api_id === null ? raw.id : shape.gidNumber(raw.admin_graphql_api_id));

export const readCollection = reader(collection.extend({ title: shape.text, handle: shape.text }), (raw, envelope) => [
  {
    ...{ name: "collection.updated", subject: null, at: saidAt(envelope) },
    data: { collectionId: collectionId(raw), title: shape.clean(raw.title, 160), handle: shape.clean(raw.handle, 160) },
  },
]);

export const readCollectionDelete = reader(collection, (raw, envelope) => [
  { name: "collection.deleted", subject: null, at: saidAt(envelope), data: { collectionId: collectionId(raw) } },
]);

export const readInventory = reader(z.object({ inventory_item_id: shape.id, location_id: shape.id, available: z.number().nullish() }), (raw, envelope) => [
  {
    name: "inventory.changed",
    subject: null,
    at: saidAt(envelope),
    data: { inventoryItemId: raw.inventory_item_id, locationId: raw.location_id, available: raw.available ?? null },
  },
]);
