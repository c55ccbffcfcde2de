// Which orders count is said twice, for one order and in SQL for many: both say the same of every order there can be.
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { revenueIn } from "../dashboard/store.server.ts";
import { newId } from "../lib/id.server.ts";
import { sql, type Sql } from "../lib/sql-text.ts";
import { findBought } from "../predictions/store.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { inside, toPrisma, transaction } from "../tx.server.ts";
import { counted, placed } from "./ordered-sql.ts";
import { counts, isPlaced, type OrderState } from "./ordered.ts";
import { addUpOrders, factsOf } from "./store.server.ts";

const now = new Date("2026-11-20T12:00:00Z");
const span = { from: now, until: now };
const settings = [false, true];

/** Every kind of order: of each way it can be called off, placed and given back, one. */
const orders: (OrderState & { orderId: string; profileId: string })[] = [null, now].flatMap((cancelledAt) =>
  [false, true].flatMap((isTest) =>
    ["web", "580111", "unknown", "pos", "shopify_draft_order"].flatMap((source) =>
      [
        ["whole price kept", 5000, 0],
        ["given back in part", 5000, 4999],
        ["given back whole", 5000, 5000],
        ["more given back", 5000, 5001],
        ["free", 0, 0],
        ["free, and given back", 0, 100],
      ].map(([money, totalMinor, refundedMinor]) => ({
        ...{ orderId: [cancelledAt === null ? "stands" : "cancelled", isTest ? "test" : "real", source, money].join(", "), profileId: newId(now) },
        ...{ cancelledAt, test: isTest, source, totalMinor: Number(totalMinor), refundedMinor: Number(refundedMinor) },
      })),
    ),
  ),
);

let shop: Shop;

beforeAll(async () => {
  shop = await installed("ordered.myshopify.com", ["read_orders"], now);
  await db.profile.createMany({ data: orders.map((one) => ({ shopId: shop.id, id: one.profileId, firstSeenAt: now })) });
  await db.placedOrder.createMany({
    data: orders.map((one) => ({ ...one, shopId: shop.id, name: "#1", placedAt: now, updatedAt: now, currency: "EUR", discountMinor: 0, discountCodes: [] })),
  });
});

const namesOf = (some: { orderId: string }[]) => some.map((one) => one.orderId).sort();

async function found(which: Sql): Promise<string[]> {
  return namesOf(
    await inside().$queryRaw<
      { orderId: string }[]
    >`SELECT o.order_id AS "orderId" FROM placed_order o JOIN shop s ON s.id = o.shop_id WHERE o.shop_id = ${shop.id} AND ${toPrisma(which)}`,
  );
}

describe.each(settings)("till and drafts counted: %s", (countOffline) => {
  const meant = (one: (typeof orders)[number]) => counts(one, { countOffline });
  const people = (some: { profileId: string }[]) => some.map((one) => one.profileId).sort();

  beforeAll(async () => {
    await db.shop.update({ where: { id: shop.id }, data: { countOffline } });
    await transaction((tx) => addUpOrders(shop.id, null, tx));
  });

  test("what is placed, and what counts, is the same in SQL, wherever the setting is read", async () => {
    for (const setting of [countOffline, sql`s.count_offline`]) {
      expect(await found(placed(setting))).toEqual(namesOf(orders.filter((one) => isPlaced(one, { countOffline }))));
      expect(await found(counted(setting))).toEqual(namesOf(orders.filter(meant)));
    }
  });

  test("both can be turned around, and stand beside anything", async () => {
    expect(await found(sql`NOT ${placed(countOffline)}`)).toEqual(namesOf(orders.filter((one) => !isPlaced(one, { countOffline }))));
    expect(await found(sql`(false OR NOT ${counted(countOffline)})`)).toEqual(namesOf(orders.filter((one) => !meant(one))));
  });

  test("whoever asks for orders means these: facts, what is kept of buyers, predictions and the figures", async () => {
    const facts = await factsOf(
      shop.id,
      orders.map((one) => one.profileId),
      countOffline,
    );
    expect([...facts.values()].flatMap((one) => one.orders.map((order) => order.orderId)).sort()).toEqual(namesOf(orders.filter(meant)));
    expect(people(await db.buyer.findMany({ where: { shopId: shop.id }, select: { profileId: true } }))).toEqual(people(orders.filter(meant)));
    const net = (await transaction((tx) => findBought(shop.id, tx))).flatMap((one) => one.orders.map((order) => order.netMinor));
    expect(net.sort()).toEqual(
      orders
        .filter(meant)
        .map((one) => one.totalMinor - one.refundedMinor)
        .sort(),
    );
    const really = orders.filter((one) => isPlaced(one, { countOffline }));
    const grossMinor = really.reduce((sum, one) => sum + one.totalMinor, 0);
    expect(await revenueIn({ id: shop.id, countOffline }, span)).toEqual({ orders: really.length, customers: really.length, grossMinor });
  });
});
