import { beforeAll, expect, test } from "vitest";
import { firstMoment } from "../../test/rules.ts";
import { eventsOf, type Happening } from "../../test/happenings.ts";
import { db } from "../db.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import { after, minute } from "../lib/time.ts";
import { queue } from "../queue.server.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import { transaction } from "../tx.server.ts";
import { processBatch } from "./process-event.server.ts";

const now = after(firstMoment, 90 * minute);

beforeAll(async () => {
  await queue();
  await ensurePartitions([firstMoment]);
});

const order = (minutes: number, email: number): Happening => ({
  ...{ kind: "order", at: after(firstMoment, minutes * minute), order: 1, checkout: null, total: 25, source: "web", cancelled: false },
  ...{ email, customer: null, country: null },
});
const refund = (minutes: number, minor: 5 | 25): Happening => ({ kind: "refund", at: after(firstMoment, minutes * minute), order: 1, minor });

/** What is told, batch by batch, and what the people are worth then who have bought. */
test.each<[string, string, [Happening, number][], number[]]>([
  [
    "in a batch of its own",
    "alone",
    [
      [order(1, 1), 0],
      [refund(2, 25), 1],
    ],
    [],
  ],
  [
    "in the batch of its order",
    "beside",
    [
      [order(1, 1), 0],
      [refund(2, 25), 0],
    ],
    [],
  ],
  [
    "before its order",
    "before",
    [
      [refund(2, 25), 0],
      [order(1, 1), 1],
    ],
    [],
  ],
  [
    "in part",
    "part",
    [
      [order(1, 1), 0],
      [refund(2, 5), 1],
    ],
    [20],
  ],
  [
    "in two parts, one with its order",
    "parts",
    [
      [order(1, 1), 0],
      [refund(2, 5), 0],
      [refund(3, 25), 1],
    ],
    [],
  ],
])("an order that is given back %s is no longer counted", async (_, name, telling, worth) => {
  const domain = `given-back-${name}.myshopify.com`;
  await installed(domain, [], firstMoment);
  const shop = (await shopByDomain(domain)) ?? expect.unreachable();
  const events = eventsOf(telling.map(([one]) => one));
  for (const batch of [0, 1]) {
    await transaction((tx) =>
      append(
        events.flatMap((event, index) => (telling[index]?.[1] === batch ? [{ shopId: shop.id, event }] : [])),
        tx,
      ),
    );
    while ((await processBatch(shop, now)) > 0);
  }
  const buyers = await db.buyer.findMany({ where: { shopId: shop.id } });
  expect(buyers.map((one) => Number(one.netMinor))).toEqual(worth);
  const members = await db.membership.findMany({ where: { shopId: shop.id, segmentKey: "past-purchasers" } });
  expect(members.map((one) => one.profileId)).toEqual(buyers.map((one) => one.profileId));
});
