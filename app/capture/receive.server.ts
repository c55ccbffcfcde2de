import { ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { grouped } from "../lib/group.ts";
import { readInstant } from "../lib/time.ts";
import { wake, wakeSoon } from "../queue.server.ts";
import { applyLifecycle, lifecycleProblem, lifecycleTopics } from "../shops/lifecycle.server.ts";
import type { ShopAtDoor } from "../shops/shop.ts";
import { ensureRecentShop } from "../shops/load.server.ts";
import { databaseIsAway, hotStatement, transaction } from "../tx.server.ts";
import { deliveryKey, insertDeliveries, insertDelivered, type DeliveryRow } from "./store.server.ts";
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

type Prepared = { shop: ShopAtDoor; row: DeliveryRow; events: NewEvent[]; lifecycle: unknown };

function prepare(shop: ShopAtDoor, webhook: Webhook): Prepared {
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

function prepareLifecycle(shop: ShopAtDoor, row: DeliveryRow): Prepared {
  try {
    const json = readJson(row.body);
    const problem = lifecycleProblem(row.topic, json);
    if (problem === null) return { shop, row, events: [], lifecycle: json };
    return { shop, row: { ...row, fate: "rejected", reason: problem }, events: [], lifecycle: null };
  } catch {
    return { shop, row: { ...row, fate: "rejected", reason: "The body is not JSON." }, events: [], lifecycle: null };
  }
}

async function shopsOf(webhooks: Webhook[]): Promise<Map<string, ShopAtDoor>> {
  const shops = new Map<string, ShopAtDoor>();
  for (const { domain, receivedAt } of webhooks) {
    if (!shops.has(domain)) shops.set(domain, await ensureRecentShop(domain, receivedAt));
  }
  return shops;
}

const keyOf = (item: Prepared) => deliveryKey(item.shop.id, item.row.topic, item.row.eventKey);

/** Deliveries and the events they stand for. Returns the keys that are new. */
async function keep(items: Prepared[]): Promise<Set<string>> {
  if (items.length === 0) return new Set();
  await ensurePartitions(items.flatMap((item) => item.events.map((event) => event.sourceAt)));
  const rows = items.map((item) => item.row);
  const events = items.flatMap((item) => item.events.map((event) => ({ shopId: item.shop.id, event, of: keyOf(item) })));
  const fresh = await hotStatement((tx) => insertDelivered(rows, events, tx));
  for (const item of items) if (item.events.length > 0 && fresh.has(keyOf(item))) wakeSoon("events.process", item.shop.id);
  return fresh;
}

/** Lifecycle and compliance: rare, and what they change commits with the delivery and its wake-up. */
async function keepLifecycle(items: Prepared[]): Promise<Set<string>> {
  if (items.length === 0) return new Set();
  return transaction(async (tx) => {
    const fresh = await insertDeliveries(
      items.map((item) => item.row),
      tx,
    );
    for (const item of items) {
      if (item.row.fate !== "accepted" || !fresh.has(keyOf(item))) continue;
      const at = item.row.triggeredAt ?? item.row.receivedAt;
      const { topic, eventKey, receivedAt: now } = item.row;
      const name = await applyLifecycle({ shop: item.shop, topic, json: item.lifecycle, eventKey, at, now }, tx);
      if (name !== null) await wake(name, item.shop.id, { tx });
    }
    return fresh;
  });
}

/** Writes a group of webhooks in one transaction, by the way that keeps them. */
async function write(webhooks: Webhook[], way: (items: Prepared[]) => Promise<Set<string>>): Promise<ReceiveOutcome[]> {
  const shops = await shopsOf(webhooks);
  const prepared = webhooks.map((webhook) => {
    const shop = shops.get(webhook.domain) as ShopAtDoor;
    // After shop/redact nothing of a shop is kept, whatever still comes in late.
    return shop.redactedAt !== null && shop.uninstalledAt !== null ? null : prepare(shop, webhook);
  });
  const unique = new Map<string, Prepared>();
  for (const item of prepared) {
    if (item === null) continue;
    const first = unique.get(keyOf(item));
    if (first === undefined) unique.set(keyOf(item), item);
    else first.row.copies += 1;
  }
  // One order for everybody: two processes with the same keys then cannot lock each other out.
  const ordered = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  const fresh = await way(ordered);

  const told = new Set<string>();
  return prepared.map((item) => {
    if (item === null) return "ignored";
    const key = keyOf(item);
    const outcome = fresh.has(key) && !told.has(key) ? item.row.fate : "duplicate";
    told.add(key);
    return outcome;
  });
}

/**
 * Keeps a webhook and resolves once it is durable: only then may it be acknowledged. Concurrent calls share one transaction.
 * Rejects with `TooBusy` when too much waits, and with the database's error when nothing could be written: both mean that Shopify should come back.
 */
export function receive(webhook: Webhook): Promise<ReceiveOutcome> {
  return lifecycleTopics.includes(webhook.topic) ? receiveLifecycle(webhook) : receiveOrdinary(webhook);
}

const limits = { size: 200, most: 5000, source: (webhook: Webhook) => webhook.domain, mostEach: 2000, nobodysFault: databaseIsAway };
const receiveOrdinary = grouped((webhooks: Webhook[]) => write(webhooks, keep), limits);
// In a line of its own: what it changes takes more than the doors' own statements, and nobody else shall wait for that.
const receiveLifecycle = grouped((webhooks: Webhook[]) => write(webhooks, keepLifecycle), limits);
