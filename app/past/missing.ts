// What of the things that Shopify tells was never told to us.
import { normalEmail } from "../lib/address.ts";
import { readInstant } from "../lib/time.ts";
import type { NewEvent } from "../events/event.ts";

export type KnownOrder = {
  updatedAt: Date;
  cancelledAt: Date | null;
  /** Whether what her placing it says about consent stands in the ledger. */
  placedTold: boolean;
};

/** What an order is to be told as; null where we know all of it. */
export function orderNews(
  order: { updatedAt: string; cancelledAt?: string | null | undefined },
  known: KnownOrder | undefined,
): "order.placed" | "order.updated" | "order.cancelled" | null {
  // Told later, it carries all that happened since.
  if (known === undefined || !known.placedTold) return "order.placed";
  const cancelled = (order.cancelledAt ?? null) !== null && known.cancelledAt === null;
  if (cancelled) return "order.cancelled";
  const updatedAt = readInstant(order.updatedAt);
  return updatedAt !== null && updatedAt > known.updatedAt ? "order.updated" : null;
}

export type KnownCheckout = {
  token: string;
  cartToken: string;
  email: string | null;
  phone: string | null;
  updatedAt: Date;
  completedAt: Date | null;
  deletedAt: Date | null;
};

/** Whether a checkout has moved on without us. One that Shopify told us is gone is left alone. */
export function checkoutIsNews(checkout: { updatedAt: string; completedAt?: string | null | undefined }, known: KnownCheckout | undefined): boolean {
  if (known === undefined) return true;
  if (known.deletedAt !== null) return false;
  // Only one with an address or a number is listed: what we hold is from before she typed it, be it of the same second.
  if (known.email === null && known.phone === null) return true;
  if ((checkout.completedAt ?? null) !== null && known.completedAt === null) return true;
  const updatedAt = readInstant(checkout.updatedAt);
  return updatedAt !== null && updatedAt > known.updatedAt;
}

export type KnownPerson = { email: string | null; firstName: string | null; lastName: string | null; country: string | null };

/** Whether a customer's record says anything that we do not hold. What it does not say is nothing new. */
export function customerIsNews(event: NewEvent & { name: "customer.updated" }, known: KnownPerson | undefined): boolean {
  if (known === undefined) return true;
  const { email, firstName, lastName, country } = event.data;
  const differs = (said: string | null | undefined, held: string | null) => said !== null && said !== undefined && said !== held;
  return (
    differs(normalEmail(email), known.email) || differs(firstName, known.firstName) || differs(lastName, known.lastName) || differs(country, known.country)
  );
}

export type Said = { channel: string; state: string; occurredAt: Date };

/** Whether the ledger already has this word of hers, by its own date; a newer one of the same kind says it too. */
export function consentIsNews(event: NewEvent & { name: "email-consent.changed" | "sms-consent.changed" }, ledger: Said[]): boolean {
  const channel = event.name === "email-consent.changed" ? "email" : "sms";
  const at = new Date(event.data.at);
  return !ledger.some((one) => one.channel === channel && one.state === event.data.state && one.occurredAt.getTime() === at.getTime());
}
