// What a person can have done, as a merchant names it, and what a rule may ask of each.
import type { EventName } from "../events/event.ts";
import { visitEvents } from "../visits/visit.ts";

/** What narrows a deed down. `product` stands for the product itself, its collections and its vendor. */
export type Filter = "product" | "price" | "collection" | "form" | "utm" | "flow";

type Kind = {
  /** The events that can add such a deed, or take one away. */
  events: readonly EventName[];
  filters: readonly Filter[];
  /** Whether only a browser tells of it: then the log keeps it for 13 months. */
  browser: boolean;
};

const orderEvents = ["order.placed", "order.paid", "order.updated", "order.cancelled", "order.refunded"] as const;
const checkoutEvents = ["checkout.updated", "checkout.deleted", ...orderEvents] as const;
const browser = (events: readonly EventName[], filters: readonly Filter[] = []): Kind => ({ events, filters, browser: true });
const told = (events: readonly EventName[], filters: readonly Filter[] = []): Kind => ({ events, filters, browser: false });

export const deedKinds = {
  visited: browser(visitEvents),
  landed: browser(["landing.arrived"], ["utm"]),
  "viewed-product": browser(["product.viewed"], ["product", "price"]),
  "viewed-collection": browser(["collection.viewed"], ["collection"]),
  searched: browser(["search.submitted"]),
  "viewed-cart": browser(["cart.viewed"]),
  "added-to-cart": browser(["product.added-to-cart"], ["product", "price"]),
  "removed-from-cart": browser(["product.removed-from-cart"], ["product", "price"]),
  "started-form": browser(["form.started"], ["form"]),
  "left-form": browser(["form.abandoned"], ["form"]),
  "sent-form": browser(["form.submitted"], ["form"]),
  /** A cart that holds something, at its last change. */
  "filled-cart": told(["cart.updated"]),
  /** A checkout, finished or not, at its last change. */
  "was-in-checkout": told(checkoutEvents),
  "was-sent-message": told(["message.sent"], ["flow"]),
  /** A click by a person, not by a scanner. */
  "clicked-message": told(["message.clicked"], ["flow"]),
  unsubscribed: told(["message.unsubscribed"]),
  /** An order that counts (commerce/ordered.ts). */
  ordered: told(orderEvents, ["product", "price"]),
} as const satisfies Record<string, Kind>;

export type DeedKind = keyof typeof deedKinds;
export const deedKindNames = Object.keys(deedKinds) as [DeedKind, ...DeedKind[]];

/** What can change what an order, a cart or a checkout says. */
export const commerceEvents = {
  ordered: orderEvents,
  cart: ["cart.updated", ...orderEvents],
  checkout: checkoutEvents,
} as const satisfies Record<string, readonly EventName[]>;

const identityEvents = ["customer.updated", "customer.merged", "customer.deleted", "email-consent.changed", "sms-consent.changed"] as const;

/** What can change who she is: her fields, her consent, her first visit. */
export const profileEvents = {
  fields: [...identityEvents, "checkout.updated", ...orderEvents],
  consent: ["email-consent.changed", "checkout.updated", "order.placed", "message.unsubscribed"],
  firstSeen: visitEvents,
  firstLanding: ["landing.arrived"],
} as const satisfies Record<string, readonly EventName[]>;
