import { beforeAll, expect, test } from "vitest";
import { readPixelEvents } from "../capture/pixel-event.ts";
import { receivePixel } from "../capture/pixel.server.ts";
import { db } from "../db.server.ts";
import { after, day } from "../lib/time.ts";
import { transaction } from "../tx.server.ts";
import { queue } from "../queue.server.ts";
import * as segments from "../segments/update.server.ts";
import { ensureShop, shopById, updateShop } from "../shops/load.server.ts";
import type { Shop } from "../shops/shop.ts";
import { eraseVisits, findVisits } from "../visits/update.server.ts";
import { processBatch } from "./process-event.server.ts";

const domain = "browsing.myshopify.com";
const now = new Date("2026-11-21T09:00:00Z");
let shop: Shop;
let number = 0;

beforeAll(async () => {
  await queue();
  const made = await ensureShop(domain, now);
  await updateShop(made.id, { installedAt: now });
  shop = (await shopById(made.id)) ?? expect.unreachable();
});

/** A browser tells something, and it is worked through. */
async function browse(visitor: string, name: string, data: object, at: Date, tokens: { cart?: string } = {}): Promise<void> {
  const read = readPixelEvents([{ id: `e${(number += 1)}`, name, at: at.toISOString(), visitor, cart: tokens.cart ?? null, checkout: null, data }], at);
  if (!read.ok) expect.unreachable(read.message);
  expect(await receivePixel({ domain, events: read.value })).toBe("accepted");
  while ((await processBatch(shop, at)) > 0);
}

const profileOf = async (visitor: string) => (await db.profileAlias.findFirstOrThrow({ where: { shopId: shop.id, kind: "visitor", key: visitor } })).profileId;
const segmentsOf = async (visitor: string) => (await segments.membershipsOf(shop.id, [await profileOf(visitor)])).map((one) => one.segmentKey).sort();

const product = { productId: "7234590834801", variantId: "41327143321713", vendor: null, price: "12.50", currency: "GBP" };

test("who looks at a product is a product viewer until she takes one, and comes back by coming back", async () => {
  await browse("visitor-a", "product.viewed", product, now);
  expect(await segmentsOf("visitor-a")).toEqual(["new-visitors", "product-viewers"]);
  await browse("visitor-a", "product.added-to-cart", { ...product, quantity: 1 }, after(now, 60_000));
  expect(await segmentsOf("visitor-a")).toEqual(["new-visitors"]);
  await browse("visitor-a", "page.viewed", { path: "/" }, after(now, day));
  expect(await segmentsOf("visitor-a")).toEqual(["new-visitors", "returning-visitors"]);
  await transaction((tx) => segments.sweep(shop, after(now, 8 * day), 500, tx));
  expect(await segmentsOf("visitor-a")).toEqual(["returning-visitors"]);
});

test("another product of somebody who is in is a new entry, a day after the last one at the earliest", async () => {
  const entries = async () => {
    const profileId = await profileOf("visitor-e");
    return (
      await db.membershipChange.findMany({ where: { shopId: shop.id, profileIds: { has: profileId }, segmentKey: "product-viewers" }, orderBy: { seq: "asc" } })
    ).map((one) => one.subject);
  };
  await browse("visitor-e", "product.viewed", product, now);
  await browse("visitor-e", "product.viewed", { ...product, productId: "2" }, after(now, day - 1000));
  expect(await entries()).toEqual([product.productId]);
  await browse("visitor-e", "product.viewed", { ...product, productId: "3" }, after(now, day));
  await browse("visitor-e", "product.viewed", { ...product, productId: "3" }, after(now, 3 * day));
  expect(await entries()).toEqual([product.productId, "3"]);
  await browse("visitor-e", "product.viewed", { ...product, productId: "4" }, after(now, 3 * day + 1000));
  expect(await entries()).toEqual([product.productId, "3", "4"]);
});

test("who leaves a form is in until she sends one", async () => {
  const form = { form: "contact", kind: "contact", path: "/pages/contact" };
  await browse("visitor-b", "form.abandoned", form, now);
  expect(await segmentsOf("visitor-b")).toContain("form-abandoners");
  await browse("visitor-b", "form.submitted", form, after(now, 1000));
  expect(await segmentsOf("visitor-b")).not.toContain("form-abandoners");
});

test("two browsers that share a nameless cart are one visit, and nobody can be mailed by it", async () => {
  await browse("visitor-c", "product.viewed", product, now);
  await browse("visitor-d", "page.viewed", { path: "/" }, after(now, -1000), { cart: "hWN77vXVzuiaDszY8fXtTfm0" });
  const lost = await profileOf("visitor-c");
  await browse("visitor-c", "page.viewed", { path: "/" }, after(now, 2000), { cart: "hWN77vXVzuiaDszY8fXtTfm0" });
  const profileId = await profileOf("visitor-c");
  expect(await profileOf("visitor-d")).toBe(profileId);
  const visits = await findVisits(shop, [profileId, lost]);
  expect([...visits.keys()]).toEqual([profileId]);
  expect(visits.get(profileId)).toMatchObject({ firstSeenAt: after(now, -1000), productViewedAt: now, productId: product.productId });
  expect(await db.profile.count({ where: { shopId: shop.id, OR: [{ email: { not: null } }, { phone: { not: null } }] } })).toBe(0);
  expect(await db.consentRecord.count({ where: { shopId: shop.id } })).toBe(0);
});

test("visits go with whom they were of", async () => {
  const profileId = await profileOf("visitor-a");
  await transaction((tx) => eraseVisits(shop.id, [profileId], tx));
  expect(await findVisits(shop, [profileId, await profileOf("visitor-b")])).toHaveProperty("size", 1);
  await transaction((tx) => eraseVisits(shop.id, null, tx));
  expect(await db.visit.count({ where: { shopId: shop.id } })).toBe(0);
});
