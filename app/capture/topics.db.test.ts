import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse as parseToml } from "smol-toml";
import { beforeAll, describe, expect, test } from "vitest";
import { sampleOf, sampleVersion } from "../../test/samples.ts";
import { db } from "../db.server.ts";
import { unread } from "../events/load.server.ts";
import { processBatch } from "../pipeline/process-event.server.ts";
import { queue } from "../queue.server.ts";
import { installed } from "../shops/refresh.server.ts";
import { lifecycleTopics } from "../shops/lifecycle.server.ts";
import { whichShops } from "../tx.server.ts";
import { receive, type ReceiveOutcome, type Webhook } from "./receive.server.ts";
import { eventTopics } from "./webhook.ts";

const root = join(import.meta.dirname, "../..");
const shared = join(root, "../shared/data/shopify");
const now = new Date("2026-11-21T09:00:00Z");

type Subscription = { topics?: string[]; compliance_topics?: string[] };
const toml = parseToml(readFileSync(join(root, "shopify.app.toml"), "utf8")) as { webhooks: { subscriptions: Subscription[] } };
const subscribed = toml.webhooks.subscriptions.flatMap((one) => [...(one.topics ?? []), ...(one.compliance_topics ?? [])]);

let counter = 0;

/** Feeds one body to a shop of its own, through the door's use case and the whole story. */
async function feed(topic: string, body: string, extra: Partial<Webhook> = {}): Promise<{ outcome: ReceiveOutcome; shopId: number; reason: string | null }> {
  counter += 1;
  const domain = `topic-${counter}.myshopify.com`;
  const shop = await installed(domain, ["read_orders"], new Date(now.getTime() - 1000));
  const outcome = await receive({
    domain,
    topic,
    webhookId: `w${counter}`,
    eventId: `e${counter}`,
    apiVersion: "2026-10",
    triggeredAt: now.toISOString(),
    receivedAt: now,
    body,
    ...extra,
  });
  while ((await processBatch(shop, now)) > 0);
  const delivery = await db.delivery.findFirst({ where: { shopId: shop.id }, select: { reason: true } });
  return { outcome, shopId: shop.id, reason: delivery?.reason ?? null };
}

beforeAll(async () => {
  await queue();
});

describe("what the app asks Shopify for", () => {
  test("is what it can read: every subscribed topic, and no other", () => {
    expect([...subscribed].sort()).toEqual([...eventTopics, ...lifecycleTopics].sort());
  });
});

describe(`Shopify's own sample (${sampleVersion})`, () => {
  test.each(subscribed)("of %s is taken and worked through", async (topic) => {
    const body = sampleOf(topic);
    expect(body, "Shopify publishes no sample").not.toBeNull();
    const { outcome, reason, shopId } = await feed(topic, body ?? "");
    expect({ outcome, reason }).toEqual({ outcome: "accepted", reason: null });
    // A merge that Shopify only announces is the one thing that is read and makes no event.
    const merging = topic === "customers/merge" && !(body ?? "").includes('"completed"');
    const events = await db.event.count({ where: { shopId } });
    expect(events).toBe(eventTopics.includes(topic) && !merging ? 1 : 0);
  });
});

/** `checkouts_create`, `checkouts__create`, `2024-01__checkouts__2`: the topic in the name of a file. */
function topicOf(file: string): string | undefined {
  const name = basename(file, ".json");
  const observed = /^\d{4}-\d\d__([a-z]+)__\d+$/.exec(name)?.[1];
  if (observed !== undefined)
    return (
      { carts: "carts/update", checkouts: "checkouts/update", customers: "customers/update", orders: "orders/updated", refunds: "refunds/create" } as Record<
        string,
        string
      >
    )[observed];
  return subscribed.find((topic) => name === topic.replace("/", "__") || name === topic.replace("/", "_"));
}

/** Edited by whoever recorded it: `"created_at": "2024-09-16T03:50:1500:00"`. */
const broken = "webhooks-devstore/checkouts_update.json";
const folders = ["webhooks-docs-2026-01", "webhooks-docs-2026-07", "webhooks-devstore", "webhooks-observed-shapes"];
const recorded = folders
  .filter((folder) => existsSync(join(shared, folder)))
  .flatMap((folder) => readdirSync(join(shared, folder)).map((file) => ({ file: `${folder}/${file}`, topic: topicOf(file) })))
  .flatMap(({ file, topic }) => (topic === undefined ? [] : [{ file, topic }]));

if (recorded.length === 0) console.warn("SKIPPED: recorded webhooks, because ../shared/data/shopify is not here");

describe.skipIf(recorded.length === 0)("recorded and documented bodies", () => {
  test.each(recorded.filter(({ file }) => file !== broken))("$file is taken as $topic and worked through", async ({ file, topic }) => {
    const { outcome, reason } = await feed(topic, bodyOf(readFileSync(join(shared, file), "utf8")));
    expect({ outcome, reason }).toEqual({ outcome: "accepted", reason: null });
  });
});

describe.skipIf(!recorded.some(({ file }) => file === broken))("a body whose time is none", () => {
  test("is kept with a reason that names the field", async () => {
    const { outcome, reason } = await feed("checkouts/update", readFileSync(join(shared, broken), "utf8"));
    expect({ outcome, reason }).toEqual({ outcome: "rejected", reason: "The payload of checkouts/update is not as documented (created_at: is not a time)." });
  });
});

/** A body as it would have come: in the observed ones every scalar is blotted out, and only what may be null is theirs. */
function bodyOf(text: string): string {
  if (!text.includes('"example string"')) return text;
  return JSON.stringify(JSON.parse(text), (key, value: unknown) => {
    if (typeof value !== "string") return value;
    if (/^\d{4}-\d\d-\d\d /.test(value)) return value.replace(" ", "T");
    if (value !== "example string") return value;
    if (/currency/.test(key)) return "GBP";
    if (key === "id") return "example-string";
    return /amount|price|total|tax$|discounts$/.test(key) ? "1.00" : value;
  });
}

describe("long numbers", () => {
  test("keep every digit, from the body to the tables", async () => {
    const sample = sampleOf("orders/create") ?? "";
    const { id } = JSON.parse(sample) as { id: number | string };
    const long = "820982911946154508";
    // Exactly as it may come: a JSON number that no double holds.
    const body = sample.replaceAll(String(id), long).replace(new RegExp(`"id":\\s*"?${long}"?`), `"id":${long}`);
    const { outcome, shopId } = await feed("orders/create", body);
    expect(outcome).toBe("accepted");
    expect(await db.placedOrder.findMany({ where: { shopId }, select: { orderId: true } })).toEqual([{ orderId: long }]);

    const refund = `{"id":820982911946154509,"order_id":${long},"created_at":"2026-11-20T10:00:00Z","transactions":[{"kind":"refund","status":"success","amount":"1.00","currency":"USD"}],"refund_line_items":[]}`;
    const { shopId: other } = await feed("refunds/create", refund);
    expect(await db.refund.findMany({ where: { shopId: other }, select: { refundId: true, orderId: true } })).toEqual([
      { refundId: "820982911946154509", orderId: long },
    ]);

    const { shopId: third } = await feed(
      "customers/update",
      `{"id":706405506930370084,"admin_graphql_api_id":"gid://shopify/Customer/706405506930370084","email":null}`,
    );
    expect(await db.profile.findMany({ where: { shopId: third }, select: { customerGid: true } })).toEqual([
      { customerGid: "gid://shopify/Customer/706405506930370084" },
    ]);

    const { shopId: fourth } = await feed(
      "orders/create",
      body.replaceAll(/"admin_graphql_api_id":\s*"gid:\/\/shopify\/(Order|Customer)\/[^"]*"/g, `"admin_graphql_api_id":null`),
    );
    expect(await db.placedOrder.findMany({ where: { shopId: fourth }, select: { orderId: true } })).toEqual([{ orderId: long }]);
  });
});

describe("a copy that comes after its delivery was forgotten", () => {
  test("is in the log once, and leaves nothing unread", async () => {
    const extra = { domain: "late-copy.myshopify.com", webhookId: "late", eventId: "late" };
    await feed("products/update", sampleOf("products/update") ?? "", extra);
    const shop = await installed(extra.domain, ["read_orders"], now);
    while ((await processBatch(shop, now)) > 0);
    await db.delivery.deleteMany({ where: { shopId: shop.id } });
    await feed("products/update", sampleOf("products/update") ?? "", extra);
    expect((await whichShops({ behind: [unread()] })).behind).toContain(shop.id);
    while ((await processBatch(shop, now)) > 0);
    expect(await db.event.count({ where: { shopId: shop.id } })).toBe(1);
    expect((await whichShops({ behind: [unread()] })).behind).not.toContain(shop.id);
  });
});
