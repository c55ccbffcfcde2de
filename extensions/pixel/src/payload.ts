// Shopify's event → ours, as it travels. Only what segments and attribution ask for: no name, no address, no e-mail, nothing typed into a form.
import type { ShopifyEvent } from "./shopify.ts";

/** One event as it is sent. The door's reader of it is `app/capture/pixel-event.ts`; a test holds the two together. */
export type WireEvent = {
  id: string;
  name: string;
  at: string;
  /** The browser, as Shopify knows it. */
  visitor: string;
  cart: string | null;
  checkout: string | null;
  data: Record<string, unknown>;
};

/** How somebody came: campaign words and the click id of an advertisement. */
export type Landing = { path: string; referrer: string | null; utm: Record<string, string>; click: { kind: string; id: string } | null };

const steps: Partial<Record<string, string>> = {
  checkout_started: "started",
  checkout_contact_info_submitted: "contact",
  checkout_address_info_submitted: "address",
  checkout_shipping_info_submitted: "shipping",
  payment_info_submitted: "payment",
  checkout_completed: "completed",
};

const forms: Partial<Record<string, string>> = {
  "comeback:form_started": "form.started",
  "comeback:form_abandoned": "form.abandoned",
  "comeback:form_submitted": "form.submitted",
};

/** What the theme's embed says when a page opens; it carries the cart and how she came. */
export const arrived = "comeback:arrived";

/** After these the next page may come at once: a form sent or left, a payment, a theme that opens its cart. */
export const lastOfPage = [
  "comeback:form_abandoned",
  "comeback:form_submitted",
  "payment_info_submitted",
  "product_added_to_cart",
  "product_removed_from_cart",
];

/** The events that the pixel listens to. */
export const subscribed = [
  "page_viewed",
  "product_viewed",
  "collection_viewed",
  "search_submitted",
  "cart_viewed",
  "product_added_to_cart",
  "product_removed_from_cart",
  ...Object.keys(steps),
  ...Object.keys(forms),
  arrived,
];

const clickIds = ["comeback", "gclid", "gbraid", "wbraid", "fbclid", "ttclid", "msclkid", "epik", "li_fat_id"];
const utmWords = ["source", "medium", "campaign", "term", "content"];

const text = (value: unknown, most: number): string | null => (typeof value === "string" && value !== "" ? value.slice(0, most) : null);
const record = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {});
const whole = (value: unknown): number => (typeof value === "number" && Number.isInteger(value) ? Math.min(Math.max(value, 0), 100_000) : 0);

/** A cart's token: without the secret that follows a `?`, and without the words of a gid. */
export function cartToken(id: unknown): string | null {
  const token =
    text(id, 300)
      ?.replace(/^gid:\/\/shopify\/Cart\//, "")
      .split("?")[0] ?? null;
  return token === null || !/^[\w.:-]{8,100}$/.test(token) ? null : token;
}

/** Which page it was, without what only she knows: no query, and of an address that may hold a secret only its first word. */
export function pageOf(href: string | null | undefined): string {
  let parts: string[];
  try {
    parts = new URL(href ?? "").pathname.split("/").filter((part) => part !== "");
  } catch {
    return "/";
  }
  if (/^[a-z]{2}(-[a-z]{2})?$/i.test(parts[0] ?? "")) parts.shift();
  const open = { products: 2, collections: 2, pages: 2, blogs: 3 }[parts[0] ?? ""] ?? 1;
  return `/${parts.slice(0, open).join("/")}`.slice(0, 100);
}

/** How somebody came to a page, or null where its address says nothing of it. */
export function landingOf(href: string | null | undefined, referrer: string | null | undefined): Landing | null {
  let url: URL;
  try {
    url = new URL(href ?? "");
  } catch {
    return null;
  }
  const utm: Landing["utm"] = {};
  for (const word of utmWords) {
    const value = text(url.searchParams.get(`utm_${word}`)?.trim(), 50);
    // A campaign that writes addresses into its links is not followed into that.
    if (value !== null && !value.includes("@")) utm[word] = value;
  }
  const kind = clickIds.find((name) => url.searchParams.get(name)) ?? null;
  const click = kind === null ? null : { kind, id: (url.searchParams.get(kind) ?? "").slice(0, 150) };
  if (Object.keys(utm).length === 0 && click === null) return null;
  let from: string | null = null;
  try {
    from = new URL(referrer ?? "").hostname.slice(0, 60) || null;
  } catch {
    // No referrer, or one that is no address.
  }
  return { path: pageOf(href), referrer: from, utm, click };
}

function productOf(variant: NonNullable<ShopifyEvent["data"]>["productVariant"]): Record<string, unknown> {
  const amount = variant?.price?.amount;
  return {
    productId: text(variant?.product?.id, 60),
    variantId: text(variant?.id, 60),
    vendor: text(variant?.product?.vendor, 40),
    price: typeof amount === "number" && amount >= 0 ? String(amount) : null,
    currency: text(variant?.price?.currencyCode, 3),
  };
}

/** What she searched for; not where it looks like an address or a number of somebody. */
function queryOf(query: unknown): string | null {
  const words = text(query, 60)?.trim() ?? null;
  return words === null || /@|\d{7}/.test(words) ? null : words;
}

function bodyOf(event: ShopifyEvent): { name: string; data: Record<string, unknown> } | null {
  const path = pageOf(event.context?.document?.location?.href);
  const step = steps[event.name];
  if (step !== undefined) return { name: "checkout.step", data: { step } };
  const form = forms[event.name];
  if (form !== undefined) {
    const said = record(event.customData);
    return { name: form, data: { form: text(said["form"], 60) ?? "form", kind: text(said["kind"], 20) ?? "other", path } };
  }
  switch (event.name) {
    case "page_viewed":
      return { name: "page.viewed", data: { path } };
    case "product_viewed":
      return { name: "product.viewed", data: productOf(event.data?.productVariant) };
    case "collection_viewed":
      return { name: "collection.viewed", data: { collectionId: text(event.data?.collection?.id, 60), path } };
    case "search_submitted":
      return { name: "search.submitted", data: { query: queryOf(event.data?.searchResult?.query) } };
    case "cart_viewed":
      return { name: "cart.viewed", data: { quantity: whole(event.data?.cart?.totalQuantity) } };
    case "product_added_to_cart":
    case "product_removed_from_cart":
      return {
        name: event.name === "product_added_to_cart" ? "product.added-to-cart" : "product.removed-from-cart",
        data: { ...productOf(event.data?.cartLine?.merchandise), quantity: whole(event.data?.cartLine?.quantity) },
      };
    default:
      return null;
  }
}

/** The cart an event names, if it names one. */
export function cartOf(event: ShopifyEvent): string | null {
  return cartToken(event.data?.cart?.id) ?? (event.name.startsWith("comeback:") ? cartToken(record(event.customData)["cart"]) : null);
}

/**
 * What is sent for one of Shopify's events: nothing where it is not ours to tell or names no browser. `known` is the cart seen so far, and how she
 * came where that is news.
 */
export function toWire(event: ShopifyEvent, known: { cart: string | null; landing: Landing | null }): WireEvent[] {
  const visitor = text(event.clientId, 100);
  if (visitor === null) return [];
  const common = { at: event.timestamp, visitor, cart: cartOf(event) ?? known.cart, checkout: text(event.data?.checkout?.token, 100) };
  const sent: WireEvent[] = [];
  const body = bodyOf(event);
  if (body !== null) sent.push({ id: event.id, name: body.name, ...common, data: body.data });
  if (known.landing !== null) sent.push({ id: `${event.id}/landing`, name: "landing.arrived", ...common, data: known.landing });
  return sent;
}
