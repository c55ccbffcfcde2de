// A standard segment that comes with a newer version: a shop that was there before gets it as if a merchant had made it that day.
import { beforeAll, expect, test } from "vitest";
import { checkout, webhook } from "../../test/factories/webhooks.ts";
import { receive } from "../capture/receive.server.ts";
import { segmentBoard, segmentLines } from "../dashboard/segments.server.ts";
import { db } from "../db.server.ts";
import { defaultSettings } from "../flows/flow.ts";
import { follow } from "../flows/start.server.ts";
import { after, day, hour, minute } from "../lib/time.ts";
import { processBatch } from "../pipeline/process-event.server.ts";
import { sweep } from "../pipeline/sweep.server.ts";
import { queue } from "../queue.server.ts";
import { shopByDomain, updateShop } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction, whichShops } from "../tx.server.ts";
import { shopsWithArrivals } from "./arrived.server.ts";
import { fillPage, shopsFilling } from "./fill.server.ts";
import { standardLive } from "./standard.ts";

const key = "checkout-abandoners";
const begun = new Date("2026-11-01T10:00:00Z");
let now = new Date("2026-11-20T12:00:00Z");
let shop: Shop;

async function tell(topic: string, token: string, at: Date, change: Record<string, string> = {}): Promise<void> {
  expect(await receive(webhook(shop.domain, topic, checkout(token, `${token}@example.com`, at, change), now))).toBe("accepted");
  while ((await processBatch(shop, now)) > 0);
}
const flowsFollow = async () => {
  while ((await transaction((tx) => follow(shop, now, tx))) > 0);
};
const lines = () => db.membershipChange.findMany({ where: { shopId: shop.id, segmentKey: key }, orderBy: { seq: "asc" } });
const members = () => db.membership.findMany({ where: { shopId: shop.id, segmentKey: key }, orderBy: { subject: "asc" } });
const runs = async () => (await db.flowRun.findMany({ where: { shopId: shop.id } })).map((one) => one.subject);
const line = async (at: Date) => (await segmentLines(shop, at)).find((one) => one.key === key);
const waits = () => whichShops({ arriving: [shopsWithArrivals()], filling: [shopsFilling()] });

beforeAll(async () => {
  await queue();
  const { id } = await installed("arrived.myshopify.com", [], begun);
  await updateShop(id, { holdoutPercent: 0, senderName: "A", senderAddress: "hello@a.example", postalAddress: "1 Quay, Leith", currency: "GBP" });
  shop = (await shopByDomain("arrived.myshopify.com")) ?? expect.unreachable();
  await sweep(begun);
  for (const token of ["ann", "bea", "cleo"]) await tell("checkouts/create", token, after(now, -3 * hour));
  await sweep(now);
  await flowsFollow();
  expect((await members()).map((one) => one.subject)).toEqual(["ann", "bea", "cleo"]);
});

test("a shop that is new has all of them from its first day", async () => {
  expect((await db.segmentBasis.findUniqueOrThrow({ where: { shopId: shop.id } })).standard).toEqual(standardLive.map((one) => one.key));
  expect(await waits()).toEqual({ arriving: [], filling: [] });
  expect(await line(now)).toMatchObject({ since: null, filling: null, size: 3, entered: 3 });
});

test("one that was installed before is as if it had been made when it came: who fits is let in, and no flow starts", async () => {
  // As an older version, that knew nothing of it, left the shop; the flow that follows it is switched on.
  const standard = standardLive.map((one) => one.key).filter((one) => one !== key);
  await db.segmentBasis.update({ where: { shopId: shop.id }, data: { standard } });
  await db.membership.deleteMany({ where: { shopId: shop.id, segmentKey: key } });
  await db.membershipChange.deleteMany({ where: { shopId: shop.id, segmentKey: key } });
  const on = { enabledAt: begun, testMailAt: begun, otherMailsOffAt: begun, updatedAt: begun };
  const flow = { shopId: shop.id, key: "abandoned-checkout", settings: defaultSettings["abandoned-checkout"], holdoutPercent: 0, ...on };
  await db.flow.create({ data: flow });

  expect(await waits()).toEqual({ arriving: [shop.id], filling: [] });
  expect(await line(now)).toMatchObject({ since: "2026-11-20", filling: { done: 0, of: 3, everybodyIn: false }, size: 0 });
  // Whoever is touched before it is filled owes it to that, whatever she did.
  await tell("checkouts/update", "bea", after(now, -3 * hour), { updated_at: after(now, -2 * hour).toISOString() });
  expect(await members()).toMatchObject([{ subject: "bea" }]);

  await sweep(now);
  expect(await waits()).toEqual({ arriving: [], filling: [shop.id] });
  // All who fit are in; why each of them is, is not known yet, when one does something.
  expect(await fillPage(shop, now)).toBe(true);
  expect((await members()).map((one) => one.subject)).toEqual(["bea", null, null]);
  await tell("checkouts/update", "cleo", after(now, -3 * hour), { updated_at: after(now, -2 * hour).toISOString() });
  await sweep(after(now, minute));
  while (await fillPage(shop, now));
  await flowsFollow();
  expect((await members()).map((one) => one.subject)).toEqual(["ann", "bea", "cleo"]);
  expect(new Set((await lines()).map((one) => one.because))).toEqual(new Set(["edited"]));
  expect(await runs()).toEqual([]);
  expect(await waits()).toEqual({ arriving: [], filling: [] });
});

test("it counts since it came: new in the list, and its chart begins then", async () => {
  expect(await line(now)).toMatchObject({ since: "2026-11-20", filling: null, size: 3, entered: 0, left: 0, own: false });
  expect((await segmentBoard(shop, key, now))?.since).toBe("2026-11-20");
  expect((await segmentLines(shop, now)).filter((one) => one.since !== null)).toHaveLength(1);
  expect((await line(after(now, 7 * day)))?.since).toBe(null);
});

test("from then on it is like any other: who leaves a checkout enters, and the flow starts", async () => {
  now = after(now, day);
  await tell("checkouts/create", "dora", now);
  now = after(now, hour + minute);
  await sweep(now);
  await flowsFollow();
  expect((await lines()).at(-1)).toMatchObject({ subject: "dora", change: "entered", because: null });
  expect(await runs()).toEqual(["dora"]);
  expect(await line(now)).toMatchObject({ since: "2026-11-20", entered: 1 });
});
