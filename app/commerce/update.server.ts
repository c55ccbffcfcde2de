import type { Event, EventOf } from "../events/event.ts";
import type { Moves, Resolved } from "../identity/resolve.server.ts";
import type { Tx } from "../lib/tx.ts";
import { deleteCheckouts, moveProfile, ownersOfOrders, reown, writeCarts, writeCheckouts, writeOrders, writeRefunds } from "./store.server.ts";

export { commerceOf, eraseCommerce, factsOf, findCheckout, findCheckouts, orderedSince, orderFinished, redactCommerce } from "./store.server.ts";

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

/** Gives carts, checkouts and orders to whoever has their keys now. */
export async function follow(shopId: number, { merges, moved }: Moves, tx: Tx): Promise<void> {
  for (const { loserId, survivorId } of merges) await moveProfile(shopId, loserId, survivorId, tx);
  if (moved.length > 0) await reown(shopId, moved, tx);
}

/**
 * Folds a batch of events into carts, checkouts, orders and refunds as they stand now. In whatever order deliveries come, the newest state by
 * Shopify's own `updated_at` stays. Returns the profiles whose facts may have changed beyond those the events name.
 */
export async function update(shopId: number, events: Event[], resolved: Resolved, tx: Tx): Promise<string[]> {
  await follow(shopId, resolved, tx);
  const owned = <One extends Event>(event: One) => ({ data: event.data as One["data"], profileId: resolved.of(event) });
  const of = <Name extends Event["name"]>(name: Name) => events.filter((event): event is EventOf<Name> & Event => event.name === name);

  await writeCarts(shopId, newest(of("cart.updated"), (event) => event.data.token).map(owned), tx);
  await writeCheckouts(shopId, newest(of("checkout.updated"), (event) => event.data.token).map(owned), tx);
  await deleteCheckouts(
    shopId,
    of("checkout.deleted").map((event) => event.data),
    tx,
  );
  const orders = newest(events.filter(isOrder), (event) => event.data.orderId);
  await writeOrders(shopId, orders.map(owned), tx);
  const refunds = of("order.refunded").map((event) => event.data);
  await writeRefunds(
    shopId,
    refunds,
    orders.map((event) => event.data.orderId),
    tx,
  );
  return ownersOfOrders(
    shopId,
    refunds.map((one) => one.orderId),
    tx,
  );
}
