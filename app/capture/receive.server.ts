import { append, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { grouped } from "../lib/group.ts";
import { readInstant } from "../lib/time.ts";
import { wake } from "../queue.server.ts";
import { applyLifecycle, lifecycleProblem, lifecycleTopics } from "../shops/lifecycle.server.ts";
import type { Shop } from "../shops/shop.ts";
import { ensureShop, shopByDomain } from "../shops/load.server.ts";
import type { TaskName } from "../tasks.ts";
import { transaction } from "../tx.server.ts";
import { deliveryKey, insertDeliveries, type DeliveryRow } from "./store.server.ts";
import { clean } from "./shapes.ts";
import { readJson, readWebhook } from "./webhook.ts";

export { dropDeliveries, eraseDeliveries, redactDeliveries, rejectedDeliveries } from "./store.server.ts";

/** A webhook whose signature was found right. `domain` comes from its signed delivery, never from a parameter. */
export type Webhook = {
  domain: string;
  topic: string;
  webhookId: string;
  eventId: string | null;
  apiVersion: string;
  triggeredAt: string | null;
  body: string;
  receivedAt: Date;
};

export type ReceiveOutcome = "accepted" | "duplicate" | "rejected" | "ignored";

type Prepared = { shop: Shop; row: DeliveryRow; events: NewEvent[]; lifecycle: unknown };

function prepare(shop: Shop, webhook: Webhook): Prepared {
  const eventKey = clean(webhook.eventId ?? webhook.webhookId, 200);
  const triggeredAt = readInstant(webhook.triggeredAt);
  const row: DeliveryRow = {
    shopId: shop.id,
    topic: webhook.topic,
    eventKey,
    webhookId: clean(webhook.webhookId, 200),
    apiVersion: clean(webhook.apiVersion, 40),
    triggeredAt,
    receivedAt: webhook.receivedAt,
    fate: "accepted",
    reason: null,
    copies: 1,
    body: clean(webhook.body, webhook.body.length),
  };
  if (lifecycleTopics.includes(webhook.topic)) return prepareLifecycle(shop, row);
  const reading = readWebhook(webhook.topic, webhook.body, { eventKey, triggeredAt, receivedAt: webhook.receivedAt, currency: shop.currency });
  if (reading.ok) return { shop, row, events: reading.events, lifecycle: null };
  return { shop, row: { ...row, fate: "rejected", reason: reading.reason }, events: [], lifecycle: null };
}

function prepareLifecycle(shop: Shop, row: DeliveryRow): Prepared {
  try {
    const json = readJson(row.body);
    const problem = lifecycleProblem(row.topic, json);
    if (problem === null) return { shop, row, events: [], lifecycle: json };
    return { shop, row: { ...row, fate: "rejected", reason: problem }, events: [], lifecycle: null };
  } catch {
    return { shop, row: { ...row, fate: "rejected", reason: "The body is not JSON." }, events: [], lifecycle: null };
  }
}

async function shopsOf(webhooks: Webhook[]): Promise<Map<string, Shop>> {
  const shops = new Map<string, Shop>();
  for (const { domain, receivedAt } of webhooks) {
    if (!shops.has(domain)) shops.set(domain, (await shopByDomain(domain)) ?? (await ensureShop(domain, receivedAt)));
  }
  return shops;
}

/** Writes a group of webhooks in one transaction: the deliveries, the events they stand for, and the wake-ups. */
async function write(webhooks: Webhook[]): Promise<ReceiveOutcome[]> {
  const shops = await shopsOf(webhooks);
  const prepared = webhooks.map((webhook) => {
    const shop = shops.get(webhook.domain) as Shop;
    // After shop/redact nothing of a shop is kept, whatever still comes in late.
    return shop.redactedAt !== null && shop.uninstalledAt !== null ? null : prepare(shop, webhook);
  });
  const unique = new Map<string, Prepared>();
  for (const item of prepared) {
    if (item === null) continue;
    const key = deliveryKey(item.shop.id, item.row.topic, item.row.eventKey);
    const first = unique.get(key);
    if (first === undefined) unique.set(key, item);
    else first.row.copies += 1;
  }
  // One order for everybody: two processes with the same keys then cannot lock each other out.
  const ordered = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  await ensurePartitions(ordered.flatMap((item) => item.events.map((event) => event.sourceAt)));

  const fresh = await transaction(async (tx) => {
    const keys =
      ordered.length === 0
        ? new Set<string>()
        : await insertDeliveries(
            ordered.map((item) => item.row),
            tx,
          );
    const added = ordered.filter((item) => keys.has(deliveryKey(item.shop.id, item.row.topic, item.row.eventKey)));
    await append(
      added.flatMap((item) => item.events.map((event) => ({ shopId: item.shop.id, event }))),
      tx,
    );
    const wakes = new Map<string, { name: TaskName; shopId: number }>();
    for (const item of added) {
      if (item.events.length > 0) wakes.set(`events.process ${item.shop.id}`, { name: "events.process", shopId: item.shop.id });
      const name =
        item.row.fate === "accepted" && lifecycleTopics.includes(item.row.topic)
          ? await applyLifecycle(
              {
                shop: item.shop,
                topic: item.row.topic,
                json: item.lifecycle,
                eventKey: item.row.eventKey,
                at: item.row.triggeredAt ?? item.row.receivedAt,
                now: item.row.receivedAt,
              },
              tx,
            )
          : null;
      if (name !== null) wakes.set(`${name} ${item.shop.id}`, { name, shopId: item.shop.id });
    }
    for (const { name, shopId } of wakes.values()) await wake(name, shopId, { tx });
    return keys;
  });

  const told = new Set<string>();
  return prepared.map((item) => {
    if (item === null) return "ignored";
    const key = deliveryKey(item.shop.id, item.row.topic, item.row.eventKey);
    const outcome = fresh.has(key) && !told.has(key) ? item.row.fate : "duplicate";
    told.add(key);
    return outcome;
  });
}

/**
 * Keeps a webhook and resolves once it is durable: only then may it be acknowledged. Concurrent calls share one transaction.
 * Rejects with `TooBusy` when too much waits, and with the database's error when nothing could be written: both mean that Shopify should come back.
 */
export const receive = grouped(write, { size: 200, most: 5000 });
