import { appendHot, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { grouped } from "../lib/group.ts";
import { wakeSoon } from "../queue.server.ts";
import type { ShopAtDoor } from "../shops/shop.ts";
import { recentShop } from "../shops/load.server.ts";
import { databaseIsAway, hotStatement } from "../tx.server.ts";
import { originFits } from "./origin.ts";
import type { Refusal } from "./pixel-event.ts";
import { addRefusals } from "./store.server.ts";

/** `origin` is what the browser said of the page, or nothing. */
type Batch = { domain: string; origin?: string | null; events: NewEvent[] };

async function shopsOf(domains: (string | null)[]): Promise<Map<string | null, ShopAtDoor>> {
  const shops = new Map<string | null, ShopAtDoor>();
  for (const domain of new Set(domains)) {
    const shop = domain === null ? null : await recentShop(domain);
    if (shop !== null) shops.set(domain, shop);
  }
  return shops;
}

async function write(batches: Batch[]): Promise<("accepted" | "ignored" | "wrong-origin")[]> {
  const shops = await shopsOf(batches.map((one) => one.domain));
  const judged = batches.map((one): { outcome: "accepted"; shop: ShopAtDoor } | { outcome: "ignored" | "wrong-origin" } => {
    const shop = shops.get(one.domain);
    if (shop === undefined || shop.installedAt === null || shop.uninstalledAt !== null || shop.redactedAt !== null) return { outcome: "ignored" };
    return originFits(one.origin ?? null, shop) ? { outcome: "accepted", shop } : { outcome: "wrong-origin" };
  });
  const items = judged.flatMap((one, index) =>
    one.outcome === "accepted" ? (batches[index]?.events ?? []).map((event) => ({ shopId: one.shop.id, event })) : [],
  );
  if (items.length > 0) {
    await ensurePartitions(
      items.map((one) => one.event.sourceAt),
      "pixel",
    );
    await hotStatement((tx) => appendHot(items, tx));
    for (const shopId of new Set(items.map((one) => one.shopId))) wakeSoon("events.process", shopId);
  }
  return judged.map((one) => one.outcome);
}

/**
 * Keeps what a pixel sent, after its key was found right, and resolves once it is durable; `ignored` where the shop does not have us,
 * `wrong-origin` where the page was somebody else's. Concurrent calls share one transaction. Rejects with `TooBusy` when too much waits, and with the database's error when nothing could be written.
 */
export const receivePixel = grouped(write, { size: 200, most: 5000, source: (batch) => batch.domain, mostEach: 2000, nobodysFault: databaseIsAway });

export { refusalsSince } from "./store.server.ts";

/** Why the pixel's door turned something away. */
export type PixelRefusal = Refusal | "wrong-key" | "wrong-origin" | "bot" | "too-fast";
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
