// What a profile has in hand: carts, checkouts and orders, as segments, flows and money ask for them.
import type { Line } from "../events/event.ts";
import { hour } from "../lib/time.ts";

export type CartFact = { token: string; updatedAt: Date; itemCount: number };
export type CheckoutFact = { token: string; cartToken: string | null; startedAt: Date; updatedAt: Date; completedAt: Date | null; reachable: boolean };
export type OrderFact = { orderId: string; placedAt: Date; cartToken: string | null; checkoutToken: string | null };
/** With what it brought: its total less what was given back. */
export type NetOrder = OrderFact & { netMinor: number };

/** Everything of one profile. `orders` holds only those that count (see ordered.ts), oldest first. */
export type Facts = { carts: CartFact[]; checkouts: CheckoutFact[]; orders: NetOrder[] };

/** A checkout as a message shows it. */
export type Checkout = {
  token: string;
  cartToken: string | null;
  profileId: string;
  updatedAt: Date;
  /** When we first read this state of it; null where it was not kept yet. */
  heardAt: Date | null;
  completedAt: Date | null;
  deletedAt: Date | null;
  email: string | null;
  country: string | null;
  locale: string | null;
  currency: string;
  totalMinor: number;
  recoverUrl: string | null;
  lines: Line[];
};

/** The token of a checkout that the Admin API alone told of: it gives none, so its cart's stands in for it. */
export const foundToken = (cartToken: string) => `cart/${cartToken}`;

/** How late we may hear that a checkout was left and still say something about it. */
export const heardWithin = 12 * hour;

/** Whether we heard of a checkout while it was fresh. Told a day late, by a webhook or by a comparison, it is known and starts nothing. */
export function heardInTime(checkout: { updatedAt: Date; heardAt: Date | null }): boolean {
  return checkout.heardAt === null || checkout.heardAt.getTime() - checkout.updatedAt.getTime() <= heardWithin;
}

export const noFacts: Facts = { carts: [], checkouts: [], orders: [] };

/** Whether an order finished this checkout: it names the checkout, or its cart. */
export function finishedBy(order: OrderFact, what: { token: string; cartToken: string | null }): boolean {
  return order.checkoutToken === what.token || order.cartToken === what.token || (what.cartToken !== null && order.cartToken === what.cartToken);
}
