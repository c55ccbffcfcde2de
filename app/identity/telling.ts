// What an event tells about who did it: the keys it carries, which of them belong together and how surely, and what it says of the person.
import type { Event, EventOf, Person } from "../events/event.ts";
import { normalEmail, normalPhone } from "../lib/address.ts";
import { minute } from "../lib/time.ts";

/** Keys that lead to a profile, strongest first. */
export const keyKinds = ["customer", "email", "phone", "order", "checkout", "cart", "click", "visitor"] as const;
export type KeyKind = (typeof keyKinds)[number];
/** A key with its kind before it: `email:ann@x.test`. */
export type Key = `${KeyKind}:${string}`;

/**
 * How two keys were found together, surest first: Shopify merged two customers; Shopify's own record of a customer; an address typed at a checkout;
 * Shopify's tokens of one cart, checkout and order; a person who followed a link in a mail; a phone, which households share; a browser's word.
 */
export const levels = ["merged", "customer", "typed", "token", "click", "phone", "browser"] as const;
export type Level = (typeof levels)[number];

/** How sure that is, in the words of the screens. */
export const surety: Record<Level, "certain" | "likely" | "possible"> = {
  ...{ merged: "certain", customer: "certain", typed: "likely", token: "likely", click: "possible", phone: "possible", browser: "possible" },
};

/** Two keys that were found together. Of a merge by Shopify `a` is the customer it kept. */
export type Link = { a: Key; b: Key; level: Level };

export const fields = ["email", "phone", "firstName", "lastName", "country", "locale"] as const;
export type Field = (typeof fields)[number];
export type Said = Partial<Record<Field, string>>;

/** `anchor`: the key that stands for the event itself; whose that is, hers is the event. */
export type Telling = { anchor: Key | null; links: Link[]; said: Said };

const nothing: Telling = { anchor: null, links: [], said: {} };

export const kindOf = (key: Key): KeyKind => key.slice(0, key.indexOf(":")) as KeyKind;
export const valueOf = (key: Key): string => key.slice(key.indexOf(":") + 1);

/** What is said of a person beside an anchor: a checkout, an order, or the customer herself. */
function told(anchor: Key | null, person: Person, tokens: { checkout?: string | null; cart?: string | null } = {}): Telling {
  const email = normalEmail(person.email);
  const phone = normalPhone(person.phone, person.country ?? null);
  const customer: Key | null = person.customerGid ? `customer:${person.customerGid}` : null;
  const first = anchor ?? customer ?? (email === null ? null : (`email:${email}` as const)) ?? (phone === null ? null : (`phone:${phone}` as const));
  if (first === null) return nothing;
  // An address in the customer's own record is Shopify's word; beside a checkout it was typed.
  const byRecord: Level = kindOf(first) === "customer" ? "customer" : "typed";
  const links: (Link | null)[] = [
    customer === null ? null : { a: first, b: customer, level: "customer" },
    email === null ? null : { a: first, b: `email:${email}`, level: byRecord },
    phone === null ? null : { a: first, b: `phone:${phone}`, level: "phone" },
    tokens.checkout ? { a: first, b: `checkout:${tokens.checkout}`, level: "token" } : null,
    tokens.cart ? { a: first, b: `cart:${tokens.cart}`, level: "token" } : null,
  ];
  const said: Said = {};
  for (const [field, value] of Object.entries({ ...person, email, phone })) {
    if (fields.includes(field as Field) && typeof value === "string" && value !== "") said[field as Field] = value;
  }
  return { anchor: first, links: links.filter((one): one is Link => one !== null && one.a !== one.b), said };
}

/** How long after a click the browser may say that it came by it: an address that is passed on, or kept, is somebody else's or later. */
const clickHolds = 30 * minute;

/** When an id was made (UUID version 7), or null where it is none. */
function madeAt(id: string): Date | null {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id) ? new Date(parseInt(id.slice(0, 8) + id.slice(9, 13), 16)) : null;
}

/** The mark that a link in a mail carries when a person has opened it. */
export const clickMark = "comeback";

function byClick(event: EventOf<"landing.arrived">): Key | null {
  const id = event.data.click === clickMark ? event.data.clickId : null;
  const at = id === null ? null : madeAt(id);
  return at === null || Math.abs(event.occurredAt.getTime() - at.getTime()) > clickHolds ? null : `click:${id}`;
}

/** What a browser tells: itself, and the cart and checkout it has in hand. */
function claim(event: Event, tokens: { checkoutToken: string | null; cartToken: string | null }, click: Key | null): Telling {
  if (event.subject?.startsWith("visitor:") !== true || event.subject === "visitor:") return nothing;
  const visitor = event.subject as Key;
  const links: Link[] = [];
  if (click !== null) links.push({ a: visitor, b: click, level: "click" });
  if (tokens.checkoutToken) links.push({ a: visitor, b: `checkout:${tokens.checkoutToken}`, level: "browser" });
  if (tokens.cartToken) links.push({ a: visitor, b: `cart:${tokens.cartToken}`, level: "browser" });
  return { anchor: visitor, links, said: {} };
}

/** What an event tells about who did it; no anchor where it is about nobody. */
export function tellingOf(event: Event): Telling {
  switch (event.name) {
    case "cart.updated":
      return { ...nothing, anchor: `cart:${event.data.token}` };
    case "checkout.updated":
      return told(`checkout:${event.data.token}`, event.data.person, { cart: event.data.cartToken });
    case "order.placed":
    case "order.paid":
    case "order.updated":
    case "order.cancelled": {
      const order = told(`order:${event.data.orderId}`, event.data.person, { checkout: event.data.checkoutToken, cart: event.data.cartToken });
      // An order that names nobody at all, as from a till, is nobody's.
      return order.links.length === 0 ? nothing : order;
    }
    case "customer.updated":
      return told(null, event.data);
    case "email-consent.changed":
    case "sms-consent.changed":
      return told(null, { customerGid: event.data.customerGid, email: event.data.email, phone: event.data.phone });
    case "customer.merged":
      return {
        ...nothing,
        anchor: `customer:${event.data.keptGid}`,
        links: [{ a: `customer:${event.data.keptGid}`, b: `customer:${event.data.deletedGid}`, level: "merged" }],
      };
    case "landing.arrived":
      return claim(event, event.data, byClick(event));
    case "page.viewed":
    case "product.viewed":
    case "collection.viewed":
    case "search.submitted":
    case "cart.viewed":
    case "product.added-to-cart":
    case "product.removed-from-cart":
    case "checkout.step":
    case "form.started":
    case "form.abandoned":
    case "form.submitted":
      return claim(event, event.data, null);
    default:
      return nothing;
  }
}

/** What is known at a key: each field with the moment it was said. */
export type Known = Partial<Record<Field, { value: string; at: string }>>;

/** Of two sayings the later one, at the same moment always the same of the two. */
const later = (a: { value: string; at: string }, b: { value: string; at: string }) => (a.at !== b.at ? a.at > b.at : a.value >= b.value);

/** Adds what was said at a moment. Neither order nor repetition changes the result. */
export function learn(known: Known, said: Said, at: Date): Known {
  const result: Known = { ...known };
  for (const [field, value] of Object.entries(said) as [Field, string][]) {
    const news = { value, at: at.toISOString() };
    const before = result[field];
    if (before === undefined || later(news, before)) result[field] = news;
  }
  return result;
}

/** What is known of a person from all of her keys: the customer's own record first, then what was said last. Each field with the key it stands on. */
export function knownOf(keys: { key: Key; known: Known }[]): Partial<Record<Field, { value: string; at: string; from: Key }>> {
  const result: Partial<Record<Field, { value: string; at: string; from: Key }>> = {};
  for (const { key, known } of keys) {
    for (const [field, one] of Object.entries(known) as [Field, { value: string; at: string }][]) {
      const before = result[field];
      const record = kindOf(key) === "customer";
      const stands = before === undefined || (record !== (kindOf(before.from) === "customer") ? record : later(one, before));
      if (stands) result[field] = { ...one, from: key };
    }
  }
  return result;
}
