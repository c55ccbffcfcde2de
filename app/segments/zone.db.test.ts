// A shop that moves to another time zone: dates in rules are its days, so everybody is looked at by the new ones.
import { beforeAll, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { after, day } from "../lib/time.ts";
import { processBatch } from "../pipeline/process-event.server.ts";
import { sweep } from "../pipeline/sweep.server.ts";
import { queue } from "../queue.server.ts";
import { shopByDomain, updateShop } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { countEvery, countNext } from "./count.server.ts";
import { fillPage } from "./fill.server.ts";
import { saveSegment } from "./saved.server.ts";

const now = new Date("2026-11-20T12:00:00Z");
/** In London the first of October has begun, in Greenwich it has not. */
const night = new Date("2026-09-30T23:30:00Z");
let shop: Shop;
const keys = new Map<string, string>();

const again = async () => (await shopByDomain("zone.myshopify.com")) ?? expect.unreachable();
const members = async (name: string) => db.membership.count({ where: { shopId: shop.id, segmentKey: keys.get(name) ?? "" } });

beforeAll(async () => {
  await queue();
  await ensurePartitions([night, now]);
  await ensurePartitions([night, now], "pixel");
  await installed("zone.myshopify.com", [], after(night, -day));
  shop = await again();
  await sweep(now);
  const looked = { when: { kind: "dates", from: "2026-10-01" }, did: "viewed-product" };
  for (const [name, where] of [
    ["hot", {}],
    ["slow", { priceMinor: { atLeast: 1 } }],
  ] as const) {
    const saved = await saveSegment(
      shop,
      { key: null, name, rule: { version: 1, match: { kind: "did", ...looked, where } }, madeFrom: null, version: null },
      now,
    );
    keys.set(name, saved.outcome === "saved" ? saved.key : expect.unreachable(JSON.stringify(saved)));
  }
  const data = { productId: "1", variantId: null, vendor: null, priceMinor: 5, currency: "GBP", cartToken: null, checkoutToken: null };
  const event: NewEvent = { name: "product.viewed", sourceId: "pixel/a", sourceAt: night, occurredAt: night, subject: "visitor:a", data };
  await transaction((tx) => append([{ shopId: shop.id, event }], tx));
  while ((await processBatch(shop, now)) > 0);
  while (await fillPage(shop, now));
  for (let turn = 0; turn < 3; turn += 1) while (await countNext(shop, after(now, turn * countEvery)));
});

test("whoever a date lets in or out by the new days is found at the next sweep, and at the next count", async () => {
  expect([await members("hot"), await members("slow")]).toEqual([0, 0]);
  await updateShop(shop.id, { timezone: "Europe/London" });
  const later = after(now, day);
  await sweep(later);
  while (await countNext(await again(), later));
  expect([await members("hot"), await members("slow")]).toEqual([1, 1]);
});

test("a worker that knows the shop by its former zone goes by the new one; where nothing moved nobody is looked at", async () => {
  const stale = shop;
  const event = { name: "product.viewed", sourceId: "pixel/b", sourceAt: night, occurredAt: night, subject: "visitor:b" } as const;
  const data = { productId: "1", variantId: null, vendor: null, priceMinor: 5, currency: "GBP", cartToken: null, checkoutToken: null };
  await transaction((tx) => append([{ shopId: shop.id, event: { ...event, data } }], tx));
  while ((await processBatch(stale, after(now, day))) > 0);
  expect(await members("hot")).toBe(2);
  await db.membershipDue.deleteMany({ where: { shopId: shop.id } });
  await updateShop(shop.id, { name: "Another name" });
  await sweep(after(now, day));
  expect(await db.membershipDue.count({ where: { shopId: shop.id, dueAt: { lte: after(now, day) } } })).toBe(0);
  expect(await members("hot")).toBe(2);
});
