import { appendHot, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { grouped } from "../lib/group.ts";
import { wakeSoon } from "../queue.server.ts";
import type { Shop } from "../shops/shop.ts";
import { recentShop } from "../shops/load.server.ts";
import { hotStatement } from "../tx.server.ts";
import type { Refusal } from "./pixel-event.ts";
import { addRefusals } from "./store.server.ts";

type Batch = { domain: string; events: NewEvent[] };

async function shopsOf(domains: (string | null)[]): Promise<Map<string | null, Shop>> {
  const shops = new Map<string | null, Shop>();
  for (const domain of new Set(domains)) {
    const shop = domain === null ? null : await recentShop(domain);
    if (shop !== null) shops.set(domain, shop);
  }
  return shops;
}

async function write(batches: Batch[]): Promise<("accepted" | "ignored")[]> {
  const shops = await shopsOf(batches.map((one) => one.domain));
  const open = (one: Batch): Shop | null => {
    const shop = shops.get(one.domain);
    return shop === undefined || shop.installedAt === null || shop.uninstalledAt !== null || shop.redactedAt !== null ? null : shop;
  };
  const items = batches.flatMap((one) => {
    const shop = open(one);
    return shop === null ? [] : one.events.map((event) => ({ shopId: shop.id, event }));
  });
  if (items.length > 0) {
    await ensurePartitions(items.map((one) => one.event.sourceAt));
    await hotStatement((tx) => appendHot(items, tx));
    for (const shopId of new Set(items.map((one) => one.shopId))) wakeSoon("events.process", shopId);
  }
  return batches.map((one) => (open(one) === null ? "ignored" : "accepted"));
}

/**
 * Keeps what a pixel sent, after its key was found right, and resolves once it is durable; `ignored` where the shop does not have us. Concurrent calls
 * share one transaction. Rejects with `TooBusy` when too much waits, and with the database's error when nothing could be written.
 */
export const receivePixel = grouped(write, { size: 200, most: 5000, source: (batch) => batch.domain, mostEach: 2000 });

export { refusalsSince } from "./store.server.ts";

/** Why the pixel's door turned something away. */
export type PixelRefusal = Refusal | "wrong-key" | "bot" | "too-fast";
type Refused = { domain: string | null; reason: PixelRefusal; at: Date };

async function writeRefusals(refused: Refused[]): Promise<null[]> {
  const shops = await shopsOf(refused.map((one) => one.domain));
  const counts = new Map<string, { shopId: number; day: string; reason: string; count: number }>();
  for (const { domain, reason, at } of refused) {
    const shop = shops.get(domain);
    const row = { shopId: shop?.id ?? 0, day: at.toISOString().slice(0, 10), reason, count: 0 };
    const key = `${row.shopId} ${row.day} ${row.reason}`;
    const known = counts.get(key) ?? row;
    known.count += 1;
    counts.set(key, known);
  }
  await addRefusals([...counts.values()]);
  return refused.map(() => null);
}

/** Counts what was turned away, by shop, day and reason; nothing of what was sent is kept. A `domain` of null stands for whoever had no right key. */
export const countRefusal = grouped(writeRefusals, { size: 2000, most: 10_000 });
