import { beforeAll, expect, test } from "vitest";
import { checkout, order, webhook } from "../../test/factories/webhooks.ts";
import { receive } from "../capture/receive.server.ts";
import { db } from "../db.server.ts";
import { defaultSettings } from "../flows/flow.ts";
import { follow } from "../flows/start.server.ts";
import { after, day, hour } from "../lib/time.ts";
import { queue } from "../queue.server.ts";
import * as segments from "../segments/update.server.ts";
import { shopByDomain, updateShop } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { processBatch } from "./process-event.server.ts";

const domain = "late.myshopify.com";
const left = new Date("2026-11-20T09:00:00Z");
/** When the deliveries of that day come at last. */
const now = after(left, day);
let shop: Shop;

beforeAll(async () => {
  await queue();
  const { id } = await installed(domain, [], after(left, -day));
  await updateShop(id, { holdoutPercent: 0, senderName: "Late", senderAddress: "hello@late.example", postalAddress: "1 Quay, Leith", currency: "GBP" });
  shop = (await shopByDomain(domain)) ?? expect.unreachable();
  const settings = defaultSettings["abandoned-checkout"];
  const on = after(left, -day);
  await db.flow.create({
    data: { shopId: id, key: "abandoned-checkout", enabledAt: on, settings, holdoutPercent: 0, testMailAt: on, otherMailsOffAt: on, updatedAt: on },
  });
});

async function deliver(topic: string, payload: object): Promise<void> {
  expect(await receive(webhook(domain, topic, payload, now))).toBe("accepted");
  while ((await processBatch(shop, now)) > 0);
  await transaction((tx) => segments.sweep(shop, now, 500, tx));
  while ((await transaction((tx) => follow(shop, now, tx))) > 0);
}
const runs = (subject: string) => db.flowRun.count({ where: { shopId: shop.id, subject } });
const known = (token: string) =>
  db.checkout.findUnique({ where: { shopId_token: { shopId: shop.id, token } }, select: { totalMinor: true, completedAt: true } });

test("a checkout told a day late, after its order, is known as it was and starts nothing", async () => {
  await deliver("orders/paid", order(1, "bought", "bought@example.com", after(left, hour)));
  await deliver("checkouts/create", checkout("bought", "bought@example.com", left));
  expect(await known("bought")).toMatchObject({ totalMinor: 2500n });
  expect(await runs("bought")).toBe(0);
});

test.each([
  ["by its token", { token: "deleted-token", cart_token: "cart-deleted-token" }, "deleted-token"],
  ["by its cart alone", { token: null, cart_token: "cart-deleted-cart" }, "deleted-cart"],
])("one whose deletion was told before its beginning, %s, is gone when it comes", async (_, gone, token) => {
  await deliver("checkouts/delete", gone);
  await deliver("checkouts/create", checkout(token, `${token}@example.com`, after(now, -2 * hour)));
  expect(await db.checkout.findUnique({ where: { shopId_token: { shopId: shop.id, token } }, select: { deletedAt: true } })).toEqual({ deletedAt: now });
  const [person] = await db.profile.findMany({ where: { shopId: shop.id, email: `${token}@example.com` } });
  expect(await db.membership.count({ where: { shopId: shop.id, profileId: person?.id ?? "", segmentKey: "checkout-abandoners" } })).toBe(0);
  expect(await runs(token)).toBe(0);
  // And the other way round: what was there is gone.
  await deliver("checkouts/create", checkout(`${token}-2`, `${token}@example.com`, after(now, -2 * hour)));
  expect(await db.membership.count({ where: { shopId: shop.id, profileId: person?.id ?? "", segmentKey: "checkout-abandoners" } })).toBe(1);
});

test("one whose end was told before its beginning stays ended", async () => {
  await deliver(
    "checkouts/update",
    checkout("ended", "ended@example.com", left, {
      updated_at: after(left, hour).toISOString(),
      completed_at: after(left, hour).toISOString(),
      total_price: "30.00",
    }),
  );
  await deliver("checkouts/create", checkout("ended", "ended@example.com", left));
  expect(await known("ended")).toEqual({ totalMinor: 3000n, completedAt: after(left, hour) });
  expect(await runs("ended")).toBe(0);
});

test("one that was really left, heard of a day late, starts nothing; one heard of eleven hours late is worth a word, once", async () => {
  await deliver("checkouts/create", checkout("stale", "stale@example.com", left));
  expect(await known("stale")).toMatchObject({ completedAt: null });
  expect(await runs("stale")).toBe(0);
  const fresh = checkout("open", "open@example.com", after(now, -11 * hour));
  await deliver("checkouts/create", fresh);
  await deliver("checkouts/update", fresh);
  expect(await runs("open")).toBe(1);
});
