import type { Event, EventData, EventName, EventOf } from "../events/event.ts";
import { after, minute } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { askByStock, dropCollection, writeCollections } from "./catalogue-store.server.ts";
import { writeAskAgain, writeDeleted, writeProducts, type State } from "./store.server.ts";

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
    ...(data.vendor === undefined ? {} : { vendor: data.vendor }),
  };
}

/** How long after a product changed it is asked which collections it is in: Shopify works out anew who fits their rules, and tells nobody. */
const settles = minute;

/** How long after stock changed collections that hang on it are read again: a shop sells all day, and each is read whole. */
const stockSettles = 30 * minute;

const moving: ReadonlySet<string> = new Set(["product.updated", "product.deleted", "collection.updated", "collection.deleted"] satisfies EventName[]);

/**
 * Whether such an event may move products to another vendor or collection. What these are is kept in memory by a number (`catalogueVersion`): a commit that takes one
 * waits for the disk, or the same number might come to mean something else.
 */
export const movesProducts = (name: EventName): boolean => moving.has(name);

/** Folds a batch of events into products as they stand now. In whatever order deliveries come, the newest state by Shopify's own `updated_at` stays. */
export async function update(shopId: number, events: Event[], now: Date, tx: Tx): Promise<void> {
  const newest = new Map<string, State>();
  for (const event of events) {
    if (event.name !== "product.updated") continue;
    const state = stateOf(event.data, event.occurredAt);
    const before = newest.get(state.productId);
    if (before === undefined || before.updatedAt <= state.updatedAt) newest.set(state.productId, state);
  }
  await writeProducts(shopId, [...newest.values()], tx);
  if (newest.size > 0) await writeAskAgain(shopId, [...newest.keys()], after(now, settles), tx);
  const gone = events.filter((event): event is EventOf<"product.deleted"> => event.name === "product.deleted");
  await writeDeleted(
    shopId,
    gone.map((event) => ({ productId: event.data.productId, at: event.occurredAt })),
    tx,
  );
  if (events.some((event) => event.name === "inventory.changed")) await askByStock(shopId, after(now, stockSettles), tx);
  for (const event of events) {
    if (event.name === "collection.deleted") await dropCollection(shopId, event.data.collectionId, now, tx);
    // The webhook says that it changed, not what is in it now.
    if (event.name === "collection.updated") await writeCollections(shopId, [event.data], { ask: now }, tx);
  }
}
