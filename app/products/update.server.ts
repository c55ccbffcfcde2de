import type { Event, EventData, EventOf } from "../events/event.ts";
import type { Tx } from "../lib/tx.ts";
import { writeDeleted, writeProducts, type State } from "./store.server.ts";

export { eraseProducts, findProducts, latestShown, shopsToAsk } from "./store.server.ts";

function stateOf(data: EventData<"product.updated">, heardAt: Date): State {
  return {
    productId: data.productId,
    title: data.title,
    handle: data.handle ?? null,
    imageUrl: data.imageUrl ?? null,
    priceMinor: data.priceMinor ?? null,
    priceVaries: data.priceVaries ?? false,
    currency: data.currency ?? null,
    status: data.status,
    published: data.published ?? null,
    updatedAt: data.updatedAt === undefined ? heardAt : new Date(data.updatedAt),
  };
}

/** Folds a batch of events into products as they stand now. In whatever order deliveries come, the newest state by Shopify's own `updated_at` stays. */
export async function update(shopId: number, events: Event[], tx: Tx): Promise<void> {
  const newest = new Map<string, State>();
  for (const event of events) {
    if (event.name !== "product.updated") continue;
    const state = stateOf(event.data, event.occurredAt);
    const before = newest.get(state.productId);
    if (before === undefined || before.updatedAt <= state.updatedAt) newest.set(state.productId, state);
  }
  await writeProducts(shopId, [...newest.values()], tx);
  const gone = events.filter((event): event is EventOf<"product.deleted"> => event.name === "product.deleted");
  await writeDeleted(
    shopId,
    gone.map((event) => ({ productId: event.data.productId, at: event.occurredAt })),
    tx,
  );
}
