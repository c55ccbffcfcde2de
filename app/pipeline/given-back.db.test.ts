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

const at = (minutes: number) => after(firstMoment, minutes * minute);
const order: Happening = {
  ...{ kind: "order", at: at(1), order: 1, checkout: null, total: 25, source: "web", cancelled: false },
  ...{ email: 1, customer: null, country: null },
};
const refund = (minutes: number, minor: 5 | 25): Happening => ({ kind: "refund", at: at(minutes), order: 1, minor });

/** What is told, batch by batch; and what her orders come to then, null where none counts. */
const told: Record<string, { batches: Happening[][]; worth: number | null }> = {
  "after it": { batches: [[order], [refund(2, 25)]], worth: null },
  "in its own batch": { batches: [[order, refund(2, 25)]], worth: null },
  "before it": { batches: [[refund(2, 25)], [order]], worth: null },
  "in part": { batches: [[order], [refund(2, 5)]], worth: 20 },
  "in two parts, one in its own batch": { batches: [[order, refund(2, 5)], [refund(3, 25)]], worth: null },
};

test.each(Object.keys(told))("an order counts for what is left of it, and its buyer is one while anything is: given back %s", async (name) => {
  const { batches, worth } = told[name] ?? expect.unreachable();
  const domain = `given-back-${name.replaceAll(/\W+/g, "-")}.myshopify.com`;
  await installed(domain, [], firstMoment);
  const shop = (await shopByDomain(domain)) ?? expect.unreachable();
  const events = eventsOf(batches.flat());
  for (const batch of batches) {
    const some = events.splice(0, batch.length);
    await transaction((tx) => append(some.map((event) => ({ shopId: shop.id, event })), tx)); // prettier-ignore
    while ((await processBatch(shop, now)) > 0);
  }
  const buyers = await db.buyer.findMany({ where: { shopId: shop.id } });
  expect(buyers.map((one) => Number(one.netMinor))).toEqual(worth === null ? [] : [worth]);
  const members = await db.membership.findMany({ where: { shopId: shop.id, segmentKey: "past-purchasers" } });
  expect(members.map((one) => one.profileId)).toEqual(buyers.map((one) => one.profileId));
});
