// What browsers did before the time that the log is kept for is let go: what is kept says what the log says.
import { beforeAll, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { append, ensurePartitions } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import { dropOldPixelEvents } from "../events/retention.server.ts";
import { pixelKeptSince } from "../events/retention.ts";
import { after, day } from "../lib/time.ts";
import { queue } from "../queue.server.ts";
import { countNext } from "../segments/count.server.ts";
import { fillPage } from "../segments/fill.server.ts";
import { saveSegment } from "../segments/saved.server.ts";
import { matching } from "../segments/whole-shop.server.ts";
import { readRule } from "../segments/rule.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction, whichShops } from "../tx.server.ts";
import { shopsToCut } from "../visits/horizon.server.ts";
import { letGo } from "./horizon.server.ts";
import { processBatch } from "./process-event.server.ts";
import { sweep } from "./sweep.server.ts";

const begun = new Date("2025-10-05T10:00:00Z");
/** The first moment at which October of the year before lies before the horizon. */
const later = new Date("2026-12-01T00:00:00Z");
const old = (days: number) => after(begun, days * day);
const recent = (days: number) => after(new Date("2026-11-01T10:00:00Z"), days * day);
let shop: Shop;

function look(visitor: string, at: Date, productId: string, cartToken: string | null = null): NewEvent {
  const data = { productId, variantId: null, vendor: null, priceMinor: 500, currency: "GBP", cartToken, checkoutToken: null };
  return {
    name: "product.viewed",
    sourceId: `pixel/${visitor}-${productId}-${at.getTime()}`,
    sourceAt: at,
    occurredAt: at,
    subject: `visitor:${visitor}`,
    data,
  };
}

async function tell(events: NewEvent[], now: Date): Promise<void> {
  await transaction((tx) => append(events.map((event) => ({ shopId: shop.id, event })), tx)); // prettier-ignore
  while ((await processBatch(shop, now)) > 0);
}

const looks = (is: string, n: number, where: object = {}) => ({ kind: "did", did: "viewed-product", where, times: { is, n } });
const rules = {
  "at-least 1": looks("at-least", 1),
  "at-least 2": looks("at-least", 2),
  "at-most 3": looks("at-most", 3),
  "at-least 12": looks("at-least", 12),
  "the old product": looks("at-least", 1, { products: ["old"] }),
  "not the old product": { kind: "not", of: looks("at-least", 1, { products: ["old"] }) },
  "on two days": { kind: "did", did: "visited", times: { is: "at-least", n: 2 }, onDays: true },
};
const keys = new Map<string, string>();

const kept = async () => {
  const rows = await db.deed.findMany({ where: { shopId: shop.id, kind: "viewed-product" }, orderBy: [{ visitor: "asc" }, { detail: "asc" }] });
  return rows.map((one) => [one.visitor.replace(/^profile:.*/, "both"), one.detail, one.count, one.moments.length, one.whole]);
};

async function membersOf(): Promise<Record<string, string[]>> {
  const rows = await db.membership.findMany({ where: { shopId: shop.id } });
  const visits = new Map((await db.visit.findMany({ where: { shopId: shop.id }, orderBy: { visitor: "desc" } })).map((one) => [one.profileId, one.visitor]));
  const of = (key: string | undefined) => rows.filter((one) => one.segmentKey === key).map((one) => visits.get(one.profileId) ?? "nobody");
  return Object.fromEntries(Object.keys(rules).map((name) => [name, of(keys.get(name)).sort()]));
}

beforeAll(async () => {
  await queue();
  await ensurePartitions([begun, recent(0)]);
  await ensurePartitions([begun, recent(0)], "pixel");
  await installed("horizon.myshopify.com", [], begun);
  shop = (await shopByDomain("horizon.myshopify.com")) ?? expect.unreachable();
  // a1 and a2 are one person's, by one cart. b did nothing since, c nothing before; d often, of old and of late.
  const often = [
    ...Array.from({ length: 4 }, (_, index) => look("d", old(index), "old")),
    ...Array.from({ length: 12 }, (_, index) => look("d", recent(index), "new")),
  ];
  await tell(
    [look("a1", old(1), "old", "t"), look("a1", recent(1), "new"), look("b", old(2), "old"), look("c", recent(2), "new"), look("a2", old(3), "old", "t")],
    recent(20),
  );
  await tell(often, recent(20));
  for (const [name, match] of Object.entries(rules)) {
    const saved = await saveSegment(shop, { key: null, name, rule: { version: 1, match }, madeFrom: null, version: null }, recent(20));
    keys.set(name, saved.outcome === "saved" ? saved.key : expect.unreachable(JSON.stringify(saved)));
  }
  while (await fillPage(shop, recent(20)));
  while (await countNext(shop, recent(20)));
});

test("before it is old nothing goes", async () => {
  expect(pixelKeptSince(later)).toEqual(new Date("2025-11-01T00:00:00Z"));
  const before = await kept();
  await letGo(shop, recent(20));
  expect(await kept()).toEqual(before);
  expect((await membersOf())["the old product"]).toEqual(["a1", "b", "d"]);
  expect((await whichShops({ cut: [shopsToCut(recent(20))] })).cut).toEqual([]);
});

test("what is older goes, with how often it was; whose it was is looked at again, and is what the log says", async () => {
  expect((await whichShops({ cut: [shopsToCut(later)] })).cut).toEqual([shop.id]);
  await dropOldPixelEvents(later);
  await letGo(shop, later);
  expect(await kept()).toEqual([
    ["a1", "", 1, 1, false],
    ["a1", "new", 1, 1, false],
    ["c", "", 1, 1, true],
    ["c", "new", 1, 1, true],
    // Ten newer ones hide the old ones, which count among all there were.
    ["d", "", 16, 10, true],
    ["d", "new", 12, 10, true],
    ["both", "", 1, 1, true],
    ["both", "new", 1, 1, true],
  ]);
  await sweep(later);
  while (await countNext(shop, later));
  expect(await membersOf()).toEqual({
    ...{ "at-least 1": ["a1", "c", "d"], "at-least 2": ["d"], "at-most 3": ["a1", "b", "c"], "at-least 12": ["d"] },
    ...{ "the old product": [], "not the old product": ["a1", "b", "c", "d"], "on two days": ["d"] },
  });
  const held = await db.membership.findMany({ where: { shopId: shop.id } });
  for (const [name, match] of Object.entries(rules)) {
    const read = readRule({ version: 1, match });
    const found = await matching(shop, read.ok ? read.rule.match : expect.unreachable(), later);
    const members = held.filter((one) => one.segmentKey === keys.get(name)).map((one) => one.profileId);
    expect(found, name).toEqual({ ok: true, answer: members.sort() });
  }
  // Once done it is done for the month.
  expect((await whichShops({ cut: [shopsToCut(later)] })).cut).toEqual([]);
});
