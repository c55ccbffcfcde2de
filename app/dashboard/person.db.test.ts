// The page of one person: who was merged into her.
import { beforeAll, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import { after, minute } from "../lib/time.ts";
import { readLog } from "../pipeline/read-log.server.ts";
import { queue } from "../queue.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { personView } from "./person.server.ts";

const now = new Date("2026-10-10T10:00:00Z");
const gid = (customer: number) => `gid://shopify/Customer/${customer}`;
let shop: Shop;
/** Whose page each customer's is before anybody is merged. */
const ids = new Map<number, string>();
const of = (customer: number) => ids.get(customer) as string;

/** Shopify merges two customers: a step of its own. */
async function merge(kept: number, gone: number, minutes: number): Promise<void> {
  const at = after(now, minutes * minute);
  const event = {
    ...{ name: "customer.merged" as const, sourceId: `merge/${gone}`, sourceAt: at, occurredAt: at, subject: null },
    data: { keptGid: gid(kept), deletedGid: gid(gone) },
  };
  await transaction((tx) => append([{ shopId: shop.id, event }], tx));
  await readLog(shop, () => at);
}

/** The page that a customer's leads to: whose it is, and of whom it tells that they went into whom, the newest first. */
async function page(customer: number): Promise<{ id: string; merges: string[] }> {
  const asked = await personView(shop, of(customer), now);
  const found = asked?.kind === "elsewhere" ? await personView(shop, asked.id, now) : asked;
  if (found?.kind !== "here") throw new Error("Nobody is there.");
  return { id: found.view.profile.id, merges: found.view.merges.map((one) => `${one.loser} into ${one.survivor}`) };
}

beforeAll(async () => {
  await queue();
  shop = await installed("person.myshopify.com", ["read_orders"], now);
  await ensurePartitions([now], "told");
  const people = [1, 2, 3, 4, 5].map((one) => {
    const at = after(now, one * minute);
    const data = { customerGid: gid(one), email: `p${one}@x.test`, phone: null, updatedAt: at.toISOString() };
    return { shopId: shop.id, event: { name: "customer.updated" as const, sourceId: `customer/${one}`, sourceAt: at, occurredAt: at, subject: null, data } };
  });
  await transaction((tx) => append(people, tx));
  await readLog(shop, () => now);
  for (const row of await db.profile.findMany({ where: { shopId: shop.id } })) ids.set(Number(row.customerGid?.split("/").at(-1)), row.id);
  // Of two the one who was known first stays: the third goes into the second, and the second into the first.
  await merge(2, 3, 11);
  await merge(1, 2, 12);
  await merge(4, 5, 13);
});

test("who was merged into her over several steps is told with each step, and nobody else", async () => {
  const [first, other] = [await page(1), await page(4)];
  expect(first.merges).toEqual(["customer 2 into customer 1", "customer 3 into customer 2"]);
  expect([await page(2), await page(3)]).toEqual([first, first]);
  expect(other.merges).toEqual(["customer 5 into customer 4"]);
  expect(await page(5)).toEqual(other);
});
