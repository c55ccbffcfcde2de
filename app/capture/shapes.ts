// The pieces that Shopify's payloads are made of, read strictly where we rely on them and gently where they may be null.
import { z } from "zod";
import { toMinor } from "../lib/money.ts";
import { readInstant } from "../lib/time.ts";
import type { Line, Person } from "../events/event.ts";

/** Text that PostgreSQL can hold: no NUL, no half of a surrogate pair, not endless. */
export function clean(text: string, most = 1000): string {
  return text.replaceAll("\u0000", "").slice(0, most).toWellFormed();
}

export const text = z.string().transform((raw) => clean(raw));
export const nullableText = z
  .string()
  .nullish()
  .transform((raw) => (raw === null || raw === undefined || raw === "" ? null : clean(raw)));
/** Ids are kept as text: 18 digits do not fit a JSON number. */
export const id = z.union([z.string().regex(/^[\w:/?=.-]{1,200}$/), z.number().int()]).transform(String);
export const nullableId = id.nullish().transform((value) => value ?? null);
export const token = z
  .string()
  .min(1)
  .max(200)
  .transform((raw) => clean(raw));
export const nullableToken = z
  .string()
  .max(200)
  .nullish()
  .transform((raw) => (raw === null || raw === undefined || raw === "" ? null : clean(raw)));
export const instant = z.string().transform((raw, context) => {
  const at = readInstant(raw);
  if (at === null) {
    context.addIssue({ code: "custom", message: "is not a time" });
    return z.NEVER;
  }
  return at.toISOString();
});
export const nullableInstant = instant.nullish().transform((at) => at ?? null);
export const currency = z.string().regex(/^[A-Z]{3}$/);
/** A decimal amount as text (or, in a few places, a number), kept as text until the currency is known. */
export const amount = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^-?\d{1,12}(\.\d{1,6})?$/, "is not an amount"));

export const address = z
  .object({ country_code: nullableText, phone: nullableText, first_name: nullableText, last_name: nullableText })
  .nullish()
  // An address may be an empty array where there is none: observed on real checkouts.
  .or(z.array(z.unknown()).transform(() => null));

export const customer = z
  .object({
    id: nullableId,
    admin_graphql_api_id: nullableText,
    email: nullableText,
    phone: nullableText,
    first_name: nullableText,
    last_name: nullableText,
    default_address: address,
  })
  .nullish();

export const lineItem = z.object({
  id: nullableId,
  key: nullableText,
  product_id: nullableId,
  variant_id: nullableId,
  title: nullableText,
  sku: nullableText,
  quantity: z.number().int(),
  price: amount,
});

/** The gid of a customer: the exact one where the payload has it, else made of the number. */
export function customerGid(value: { id?: string | null; admin_graphql_api_id?: string | null } | null | undefined): string | null {
  return value?.admin_graphql_api_id ?? (value?.id ? `gid://shopify/Customer/${value.id}` : null);
}

/** The number at the end of a gid, as text. */
export function gidNumber(gid: string): string {
  return gid.slice(gid.lastIndexOf("/") + 1);
}

/** Lines in our words. `full` keeps titles, which a message will show. */
export function toLines(items: z.output<typeof lineItem>[], inCurrency: string, full: boolean): Line[] {
  return items.map((item) => ({
    ...(full || item.id === null ? {} : { lineId: item.id }),
    productId: item.product_id,
    variantId: item.variant_id,
    ...(full && item.title !== null ? { title: clean(item.title, 160) } : {}),
    ...(item.sku === null ? {} : { sku: item.sku }),
    quantity: item.quantity,
    priceMinor: toMinor(item.price, inCurrency) ?? 0,
  }));
}

type WithPerson = {
  email?: string | null;
  contact_email?: string | null;
  phone?: string | null;
  customer_locale?: string | null;
  customer?: z.output<typeof customer>;
  shipping_address?: z.output<typeof address>;
  billing_address?: z.output<typeof address>;
};

// What careless forms and imports write where nothing was given; nobody wants to be greeted so.
const noNames = new Set(["null", "undefined", "[object object]", "n/a", "none", "-", "."]);

export function realName(given: string | null | undefined): string | null {
  const text = given?.trim() ?? "";
  return text === "" || noNames.has(text.toLowerCase()) ? null : text;
}

/** Who stands in a checkout or order. Every field may be null: protected data that the app was not given is a normal case. */
export function toPerson(from: WithPerson): Person {
  const place = from.shipping_address ?? from.billing_address ?? from.customer?.default_address ?? null;
  return {
    customerGid: customerGid(from.customer),
    email: from.email ?? from.contact_email ?? from.customer?.email ?? null,
    phone: from.phone ?? from.customer?.phone ?? place?.phone ?? null,
    firstName: realName(from.customer?.first_name) ?? realName(place?.first_name),
    lastName: realName(from.customer?.last_name) ?? realName(place?.last_name),
    country: place?.country_code ?? null,
    locale: from.customer_locale ?? null,
  };
}
