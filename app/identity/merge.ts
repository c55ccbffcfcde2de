// Who did it: the keys an event came with, and what they say together.
import type { Event, Person } from "../events/event.ts";
import { normalEmail, normalPhone } from "../lib/address.ts";

/** Keys that lead to a profile, strongest first. A phone is kept but never joins two people: households share one. */
export type KeyKind = "customer" | "email" | "checkout" | "cart" | "visitor";
export type Key = { kind: KeyKind; key: string };

/** What we know of a profile when we decide about it. `named`: it has a customer or an address, so it is a person and no longer just a browser. */
export type Known = { id: string; customerGid: string | null; firstSeenAt: Date; named: boolean };

/** What an event tells about the person. */
export type Telling = {
  keys: Key[];
  /** A browser said so. It may lay a nameless profile to a person; it makes nobody's cart somebody else's, and no two persons one. */
  claimed: boolean;
  fields: {
    customerGid: string | null;
    email: string | null;
    phone: string | null;
    firstName: string | null;
    lastName: string | null;
    country: string | null;
    locale: string | null;
  };
};

const strength: KeyKind[] = ["customer", "email", "checkout", "cart", "visitor"];

function telling(person: Person | null, tokens: { checkout?: string | null; cart?: string | null }): Telling {
  const email = normalEmail(person?.email);
  const keys: Key[] = [];
  if (person?.customerGid) keys.push({ kind: "customer", key: person.customerGid });
  if (email !== null) keys.push({ kind: "email", key: email });
  if (tokens.checkout) keys.push({ kind: "checkout", key: tokens.checkout });
  if (tokens.cart) keys.push({ kind: "cart", key: tokens.cart });
  return {
    keys,
    claimed: false,
    fields: {
      customerGid: person?.customerGid ?? null,
      email,
      phone: normalPhone(person?.phone, person?.country ?? null),
      firstName: person?.firstName ?? null,
      lastName: person?.lastName ?? null,
      country: person?.country ?? null,
      locale: person?.locale ?? null,
    },
  };
}

/** What a browser tells: itself, and the cart and checkout it has in hand. */
function claim(event: Event, tokens: { checkoutToken: string | null; cartToken: string | null }): Telling {
  const told = telling(null, { checkout: tokens.checkoutToken, cart: tokens.cartToken });
  const visitor = event.subject?.startsWith("visitor:") === true ? event.subject.slice("visitor:".length) : "";
  return { ...told, claimed: true, keys: visitor === "" ? [] : [...told.keys, { kind: "visitor", key: visitor }] };
}

/** What an event tells about who did it; no keys where it is about nobody. */
export function tellingOf(event: Event): Telling {
  switch (event.name) {
    case "cart.updated":
      return telling(null, { cart: event.data.token });
    case "checkout.updated":
      return telling(event.data.person, { checkout: event.data.token, cart: event.data.cartToken });
    case "order.placed":
    case "order.paid":
    case "order.updated":
    case "order.cancelled":
      return telling(event.data.person, { checkout: event.data.checkoutToken, cart: event.data.cartToken });
    case "customer.updated":
      return telling(event.data, {});
    case "email-consent.changed":
    case "sms-consent.changed":
      return telling({ customerGid: event.data.customerGid, email: event.data.email, phone: event.data.phone }, {});
    case "customer.merged":
      return {
        ...telling(null, {}),
        keys: [
          { kind: "customer", key: event.data.keptGid },
          { kind: "customer", key: event.data.deletedGid },
        ],
      };
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
    case "landing.arrived":
      return claim(event, event.data);
    default:
      return telling(null, {});
  }
}

export type Decision =
  | { kind: "nobody" }
  /** None of the keys is known: a new profile. */
  | { kind: "new" }
  /** This profile it is; `absorbs` were found to be the same person. */
  | { kind: "known"; id: string; absorbs: string[] };

/**
 * Decides whom a set of keys means. Two profiles that stand for different customers of the shop are never joined, whatever cart or address they
 * share: the stronger key wins and the other stays as it is. `forced` (Shopify itself merged the customers) joins them all the same.
 */
export function decide(told: Telling, find: (key: Key) => Known | undefined, forced = false): Decision {
  if (told.keys.length === 0) return { kind: "nobody" };
  // A browser that is a person's stays hers, and whatever cart is in it is not hers by that: somebody else may sit there now. She says so herself at
  // the checkout, or in her account.
  const browser = told.claimed ? told.keys.map((key) => (key.kind === "visitor" ? find(key) : undefined)).find((one) => one?.named) : undefined;
  if (browser !== undefined) return { kind: "known", id: browser.id, absorbs: [] };
  const found: Known[] = [];
  for (const kind of strength) {
    for (const key of told.keys.filter((one) => one.kind === kind)) {
      const known = find(key);
      if (known !== undefined && !found.some((one) => one.id === known.id)) found.push(known);
    }
  }
  const gid = told.fields.customerGid;
  // Whoever holds the customer key is her, under whichever gid she is known since Shopify merged two customers.
  const hers = told.keys.filter((one) => one.kind === "customer").map((key) => find(key)?.id);
  const target = found.find((one) => forced || gid === null || one.customerGid === null || one.customerGid === gid || hers.includes(one.id));
  if (target === undefined) return { kind: "new" };
  // Grows with whom it absorbs: two anonymous finds may join, but not one customer and then another.
  let joinedGid = target.customerGid ?? gid;
  const absorbs: string[] = [];
  for (const one of found) {
    if (one.id === target.id || !(forced || one.customerGid === null || joinedGid === null || one.customerGid === joinedGid)) continue;
    if (told.claimed && one.named) continue;
    joinedGid ??= one.customerGid;
    absorbs.push(one.id);
  }
  return { kind: "known", id: target.id, absorbs };
}
