import type { Event, EventOf } from "../events/event.ts";
import type { Moves, Resolved } from "../identity/resolve.server.ts";
import { together } from "../lib/together.ts";
import type { Tx } from "../lib/tx.ts";
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

/**
 * The same checkout under one token. One that a comparison found is known by its cart, because the Admin API gives no token of its own; whichever of the two
 * came first stays, so that what was begun for it goes on.
 */
async function underOneToken(shopId: number, checkouts: CheckoutEvent[], tx: Tx): Promise<CheckoutEvent[]> {
  const carts = checkouts.flatMap((event) => event.data.cartToken ?? []);
  const first = new Map((await checkoutsOfCarts(shopId, carts, tx)).map((one) => [one.cartToken, one.token]));
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
  await addUpOrders(shopId, await giveToOwners(shopId, moves, tx), tx);
}

/** Returns the profiles whose orders may be others now. */
async function giveToOwners(shopId: number, { merges, revived, moved }: Moves, tx: Tx): Promise<string[]> {
  await together(moveProfiles(shopId, merges, tx), reown(shopId, moved, tx));
  return [...new Set([...[...merges, ...revived].flatMap((one) => [one.loserId, one.survivorId]), ...moved])];
}

/**
 * Folds a batch of events into carts, checkouts, orders and refunds as they stand now. In whatever order deliveries come, the newest state by
 * Shopify's own `updated_at` stays. Returns the profiles whose facts may have changed beyond those the events name.
 */
export async function update(shopId: number, events: Event[], resolved: Resolved, now: Date, tx: Tx): Promise<string[]> {
  const moved = await giveToOwners(shopId, resolved, tx);
  // Events are known by themselves: one that was laid under another token still means the same person.
  const owners = new Map(events.map((event) => [event.seq, resolved.of(event)]));
  const owned = <One extends Event>(event: One) => ({ data: event.data as One["data"], profileId: owners.get(event.seq) ?? null });
  const of = <Name extends Event["name"]>(name: Name) => events.filter((event): event is EventOf<Name> & Event => event.name === name);

  const carts = newest(of("cart.updated"), (event) => event.data.token).map(owned);
  const updateCheckouts = async () => {
    const checkouts = await underOneToken(shopId, of("checkout.updated"), tx);
    await writeCheckouts(shopId, newest(checkouts, (event) => event.data.token).map(owned), now, tx);
    const gone = of("checkout.deleted").map((event) => event.data);
    await deleteCheckouts(shopId, gone, tx);
  };
  const updateOrders = async () => {
    const orders = newest(events.filter(isOrder), (event) => event.data.orderId);
    const orderIds = orders.map((event) => event.data.orderId);
    const refunds = of("order.refunded").map((event) => event.data);
    const refundedIds = refunds.map((one) => one.orderId);
    // An order may change hands with its own event: whoever had it has one less.
    const [before, , , refunded] = await together(
      ownersOfOrders(shopId, orderIds, tx),
      writeOrders(shopId, orders.map(owned), tx),
      writeRefunds(shopId, refunds, orderIds, tx),
      ownersOfOrders(shopId, refundedIds, tx),
    );
    const ordered = orders.flatMap((event) => owners.get(event.seq) ?? []);
    await addUpOrders(shopId, [...new Set([...moved, ...before, ...ordered, ...refunded])], tx);
    return refunded;
  };
  const [refunded] = await together(updateOrders(), updateCheckouts(), writeCarts(shopId, carts, tx));
  return refunded;
}
