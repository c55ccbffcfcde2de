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

test("six hundred people with one number are six hundred people, and no question about one of them lists them all", async () => {
  const shop = await installed(domain, ["read_orders"], start);
  for (let first = 0; first < town; first += 200) {
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const number = first + index;
        const at = after(start, number * minute);
        return receive(webhook(domain, "orders/create", order(100_000 + number, null, `p${number}@example.com`, at, { phone: "+441632960000" }), at));
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
  // Unsure means pause: they may be one household. But never more than a screen, or a decision, can look at.
  const beside = await neighboursOf(shop.id, people[0]?.id ?? "");
  expect(beside.length).toBeGreaterThan(0);
  expect(beside.length).toBeLessThanOrEqual(200);
}, 60_000);
