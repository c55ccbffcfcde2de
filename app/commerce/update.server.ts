import type { Event, EventOf } from "../events/event.ts";
import { movedIn, type Moves, type Resolved } from "../identity/resolve.server.ts";
import { together } from "../lib/together.ts";
import type { Reader, Tx } from "../lib/tx.ts";
import { foundToken } from "./facts.ts";
import {
  addUpOrders,
  checkoutsOfCarts,
  deleteCheckouts,
  moveProfiles,
  ownersOfOrders,
  reown,
  writeCarts,
  writeCheckouts,
  writeOrders,
  writeRefunds,
} from "./store.server.ts";

export {
  addUpOrders,
  checkoutsOfCarts,
  commerceOf,
  contactsOf,
  eraseCommerce,
  factsOf,
  findCheckout,
  findCheckouts,
  findRefunds,
  orderedSince,
  orderFinished,
  ordersKnown,
  redactCommerce,
} from "./store.server.ts";

type OrderEvent = EventOf<"order.placed" | "order.paid" | "order.updated" | "order.cancelled">;

const isOrder = (event: Event): event is OrderEvent => ["order.placed", "order.paid", "order.updated", "order.cancelled"].includes(event.name);

/** The newest state of each thing: by its own `updatedAt`, and by the log where that is equal. */
function newest<One extends { data: { updatedAt: string } }>(events: One[], key: (event: One) => string): One[] {
  const best = new Map<string, One>();
  for (const event of events) {
    const before = best.get(key(event));
    if (before === undefined || before.data.updatedAt <= event.data.updatedAt) best.set(key(event), event);
  }
  return [...best.values()];
}

type CheckoutEvent = EventOf<"checkout.updated">;

const of = <Name extends Event["name"]>(events: Event[], name: Name) => events.filter((event): event is EventOf<Name> & Event => event.name === name);
const refundsIn = (events: Event[]) => of(events, "order.refunded").map((event) => event.data);

/** What a batch finds, as it was before: whose the orders were that it names, and under which token the checkout of a cart is known. */
export type Found = { owners: ReadonlyMap<string, string>; tokens: ReadonlyMap<string, string> };

/** Looks it up. It hangs on nothing but the batch, so it can be asked before anybody knows whose that is. */
export async function lookUp(shopId: number, events: Event[], tx: Reader): Promise<Found> {
  const orderIds = [...events.filter(isOrder).map((event) => event.data.orderId), ...refundsIn(events).map((one) => one.orderId)];
  const carts = of(events, "checkout.updated").flatMap((event) => event.data.cartToken ?? []);
  const [owners, checkouts] = await together(ownersOfOrders(shopId, [...new Set(orderIds)], tx), checkoutsOfCarts(shopId, [...new Set(carts)], tx));
  return { owners: new Map(owners.map((one) => [one.orderId, one.profileId])), tokens: new Map(checkouts.map((one) => [one.cartToken, one.token])) };
}

/** Whose orders a batch gives back: whoever had them, and whoever comes with them in it. */
export function givenBack(events: Event[], { owners }: Found, { merges, of: whose }: Resolved): string[] {
  const survivors = new Map(merges.map((one) => [one.loserId, one.survivorId]));
  const before = refundsIn(events).flatMap((one) => owners.get(one.orderId) ?? []);
  const refunded = new Set(refundsIn(events).map((one) => one.orderId));
  const named = events.filter((event) => isOrder(event) && refunded.has(event.data.orderId)).flatMap((event) => whose(event) ?? []);
  return [...before.map((id) => survivors.get(id) ?? id), ...named];
}

/**
 * The same checkout under one token. One that a comparison found is known by its cart, because the Admin API gives no token of its own; whichever of the two
 * came first stays, so that what was begun for it goes on.
 */
function underOneToken(checkouts: CheckoutEvent[], { tokens }: Found): CheckoutEvent[] {
  const first = new Map(tokens);
  return checkouts.map((event) => {
    const { token, cartToken } = event.data;
    if (cartToken === null) return event;
    const before = first.get(cartToken);
    if (before === undefined) first.set(cartToken, token);
    const found = foundToken(cartToken);
    return before === undefined || before === token || (before !== found && token !== found) ? event : { ...event, data: { ...event.data, token: before } };
  });
}

/** Gives carts, checkouts and orders to whoever has their keys now. */
export async function follow(shopId: number, moves: Moves, tx: Tx): Promise<void> {
  await together(giveToOwners(shopId, moves, tx), addUpOrders(shopId, movedIn(moves), tx));
}

const giveToOwners = (shopId: number, { merges, moved }: Moves, tx: Tx) => together(moveProfiles(shopId, merges, tx), reown(shopId, moved, tx));

/**
 * Folds a batch of events into carts, checkouts, orders and refunds as they stand now. In whatever order deliveries come, the newest state by
 * Shopify's own `updated_at` stays. One statement after the other, each seeing what those before it did, and nobody waits in between.
 */
export async function update(shopId: number, events: Event[], resolved: Resolved, found: Found, now: Date, tx: Tx): Promise<void> {
  // Events are known by themselves: one that was laid under another token still means the same person.
  const owners = new Map(events.map((event) => [event.seq, resolved.of(event)]));
  const owned = <One extends Event>(event: One) => ({ data: event.data as One["data"], profileId: owners.get(event.seq) ?? null });
  const carts = newest(of(events, "cart.updated"), (event) => event.data.token);
  const checkouts = newest(underOneToken(of(events, "checkout.updated"), found), (event) => event.data.token);
  const orders = newest(events.filter(isOrder), (event) => event.data.orderId);
  const orderIds = orders.map((event) => event.data.orderId);
  const ordered = orders.flatMap((event) => owners.get(event.seq) ?? []);
  const gone = of(events, "checkout.deleted").map((event) => event.data);
  await together(
    giveToOwners(shopId, resolved, tx),
    writeOrders(shopId, orders.map(owned), tx),
    writeRefunds(shopId, refundsIn(events), orderIds, tx),
    // An order may change hands with its own event: whoever had it has one less. And whoever is given something back had one before, or comes with it here.
    addUpOrders(shopId, [...new Set([...movedIn(resolved), ...ordered, ...found.owners.values()])], tx),
    writeCheckouts(shopId, checkouts.map(owned), now, tx),
    deleteCheckouts(shopId, gone, tx),
    writeCarts(shopId, carts.map(owned), tx),
  );
}
