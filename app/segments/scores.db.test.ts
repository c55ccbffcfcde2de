// Where the customers of a shop stand among each other: made once a day from all of them, and what moves by it.
import { beforeAll, expect, test } from "vitest";
import { addUpOrders } from "../commerce/update.server.ts";
import { db } from "../db.server.ts";
import { ensurePartitions } from "../events/append.server.ts";
import { newId } from "../lib/id.server.ts";
import { after, day, hour } from "../lib/time.ts";
import { sweep } from "../pipeline/sweep.server.ts";
import { queue } from "../queue.server.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import { transaction } from "../tx.server.ts";
import { quintiles } from "./rfm.ts";
import { lookAgain } from "./update.server.ts";

const now = new Date("2026-10-25T10:00:00Z");
let shopId: number;
let orders = 0;

beforeAll(async () => {
  await queue();
  await ensurePartitions([now]);
  await installed("scores.myshopify.com", ["read_orders"], now);
  shopId = ((await shopByDomain("scores.myshopify.com")) ?? expect.unreachable()).id;
});

async function order(profileId: string, placedAt: Date, totalMinor: number, change: object = {}): Promise<void> {
  const rest = { name: "#", updatedAt: placedAt, test: false, source: "web", currency: "GBP", discountMinor: 0n, discountCodes: [] };
  await db.placedOrder.create({ data: { shopId, orderId: `o${(orders += 1)}`, profileId, placedAt, totalMinor: BigInt(totalMinor), ...rest, ...change } });
}

const cuts = async () => (await db.cutPoints.findUniqueOrThrow({ where: { shopId } })).cuts;
const highValue = async () => (await db.membership.findMany({ where: { shopId, segmentKey: "high-value" } })).map((one) => one.profileId);

test("a shop without orders has none; then fifths are what `quintiles` says, and the best fifth is of high value", async () => {
  await sweep(now);
  expect(await db.cutPoints.count({ where: { shopId } })).toBe(0);

  // Seven and thirteen customers divide badly into fifths.
  const customers = Array.from({ length: 13 }, (_, index) => ({
    id: newId(after(now, index)),
    spent: ((index * 7) % 13) * 100 + 50,
    ago: (index * index) % 40,
    count: 1 + (index % 4),
  }));
  await db.profile.createMany({ data: customers.map(({ id }) => ({ shopId, id, firstSeenAt: now })) });
  for (const one of customers) {
    for (let index = 0; index < one.count; index += 1) await order(one.id, after(now, -(one.ago + index) * day - hour), index === 0 ? one.spent : 0);
    // None of these is an order that counts.
    await order(one.id, now, 99_000, { cancelledAt: now });
    await order(one.id, now, 99_000, { refundedMinor: 99_000n });
    await order(one.id, now, 99_000, { source: "pos" });
    await order(one.id, now, 99_000, { test: true });
  }
  await transaction((tx) => addUpOrders(shopId, null, tx));
  await sweep(now);
  const expected = {
    madeOn: "2026-10-25",
    recencyDays: quintiles(customers.map((one) => one.ago + 1)),
    orders: quintiles(customers.map((one) => one.count)),
    spentMinor: quintiles(customers.map((one) => one.spent)),
  };
  expect(await cuts()).toEqual(expected);
  const best = customers.filter((one) => one.spent > (expected.spentMinor?.[3] ?? Infinity)).map((one) => one.id);
  expect(best.length).toBeGreaterThan(1);
  expect((await highValue()).sort()).toEqual(best.sort());
});

test("they stay for a day, whatever is bought; then they are made anew, and everybody whom they move moves", async () => {
  const before = await cuts();
  const rich = newId(after(now, 99));
  await db.profile.create({ data: { shopId, id: rich, firstSeenAt: now } });
  for (let index = 0; index < 30; index += 1) {
    const id = newId(after(now, 100 + index));
    await db.profile.create({ data: { shopId, id, firstSeenAt: now } });
    await order(id, now, 5000);
  }
  await order(rich, now, 9000);
  // As their orders' own events would have them looked at.
  await lookAgain(shopId, now);
  await sweep(now);
  const members = await highValue();
  expect(members.length).toBeGreaterThan(30);
  await sweep(after(now, day - 1));
  expect([await cuts(), (await highValue()).sort()]).toEqual([before, members.sort()]);
  await sweep(after(now, day));
  expect(await cuts()).toMatchObject({ spentMinor: [350, 5000, 5000, 5000].map(() => expect.any(Number) as number) });
  expect(await highValue()).toEqual([rich]);
  // Whose score did not move was not looked at for it.
  const lookedAt = await db.membershipChange.findMany({ where: { shopId, at: after(now, day), segmentKey: "high-value" }, select: { profileIds: true } });
  expect(new Set(lookedAt.flatMap((one) => one.profileIds))).toEqual(new Set(members.filter((id) => id !== rich)));
});

test("where a segment asks how fresh somebody is among the others, everybody is looked at: the moment of change moves, too", async () => {
  const rule = { version: 1, match: { kind: "rfm", recency: [5] } };
  const segment = { shopId, key: "freshest", name: "Freshest", rule, createdAt: now, updatedAt: now };
  await db.segment.create({ data: segment });
  const later = after(now, 2 * day);
  await order((await db.placedOrder.findFirstOrThrow({ where: { shopId } })).profileId ?? "", after(later, -hour), 100_000);
  await sweep(later);
  const fresh = await db.membership.count({ where: { shopId, segmentKey: "freshest" } });
  const [row] = await db.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM (SELECT profile_id, max(placed_at) AS last FROM placed_order
      WHERE shop_id = ${shopId} AND cancelled_at IS NULL AND NOT test AND source <> 'pos' AND (total_minor = 0 OR refunded_minor < total_minor) GROUP BY 1) c
    WHERE extract(epoch FROM ${later}::timestamptz - c.last) < (SELECT (cuts->'recencyDays'->>0)::int FROM cut_points WHERE shop_id = ${shopId}) * 86400`;
  expect(fresh).toBe(row?.n);
  expect(fresh).toBeGreaterThan(0);
});
