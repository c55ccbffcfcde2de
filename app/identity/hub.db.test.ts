// A key that a whole town gave, such as the number a till fills in: it is nobody's, and joins nobody.
import { beforeAll, expect, test } from "vitest";
import { order, webhook } from "../../test/factories/webhooks.ts";
import { receive } from "../capture/receive.server.ts";
import { db } from "../db.server.ts";
import { after, minute } from "../lib/time.ts";
import { processBatch } from "../pipeline/process-event.server.ts";
import { queue } from "../queue.server.ts";
import { installed } from "../shops/refresh.server.ts";
import { neighboursOf } from "./store.server.ts";

const start = new Date("2026-10-01T10:00:00Z");
const domain = "hub.myshopify.com";
const town = 600;

beforeAll(() => queue());

test("six hundred people with one number are six hundred people, and nobody may be anybody else", async () => {
  const shop = await installed(domain, ["read_orders"], start);
  for (let first = 0; first < town; first += 200) {
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const number = first + index;
        const at = after(start, number * minute);
        return receive(webhook(domain, "orders/create", order(100_000 + number, null, `p${number}@example.com`, at, { phone: "+447400123456" }), at));
      }),
    );
    while ((await processBatch(shop, after(start, 5_000 * minute))) > 0);
  }
  const people = await db.profile.findMany({ where: { shopId: shop.id, mergedInto: null, email: { not: null } }, select: { id: true, email: true } });
  expect(new Set(people.map((one) => one.email)).size).toBe(town);
  expect(people).toHaveLength(town);
  const perPerson = await db.placedOrder.groupBy({ by: ["profileId"], where: { shopId: shop.id }, _count: true });
  expect(perPerson).toHaveLength(town);
  expect(perPerson.every((one) => one._count === 1)).toBe(true);
  expect(await neighboursOf(shop.id, people[0]?.id ?? "")).toEqual([]);
}, 60_000);

test("three people with one number may be one household: unsure, so each may be the other", async () => {
  const shop = await installed("household.myshopify.com", ["read_orders"], start);
  for (let number = 0; number < 3; number += 1) {
    const at = after(start, number * minute);
    const one = order(200_000 + number, null, `h${number}@example.com`, at, { phone: "+447400123456" });
    await receive(webhook("household.myshopify.com", "orders/create", one, at));
  }
  while ((await processBatch(shop, after(start, 60 * minute))) > 0);
  const people = await db.profile.findMany({ where: { shopId: shop.id, mergedInto: null, email: { not: null } } });
  expect(people).toHaveLength(3);
  for (const { id } of people) {
    const beside = new Set(await neighboursOf(shop.id, id));
    for (const other of people) expect(beside.has(other.id)).toBe(other.id !== id);
  }
});
