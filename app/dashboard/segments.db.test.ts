import { beforeAll, describe, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { newId } from "../lib/id.server.ts";
import { after, day } from "../lib/time.ts";
import { queue } from "../queue.server.ts";
import { shopByDomain, updateShop } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import type { Node } from "../segments/rule.ts";
import { overlap, saveSegment, type Draft } from "../segments/saved.server.ts";
import { membersOf } from "./people-store.server.ts";
import { namesFor, peopleById, segmentBoard, segmentLines, segmentOn, whyOf } from "./segments.server.ts";

const now = new Date("2026-11-21T12:00:00Z");
const ago = (days: number) => after(now, -days * day);
let shop: Shop;
let other: Shop;
let seq = 0n;
const key = "repeat-buyers";

async function person(of: Shop, name: string): Promise<string> {
  const id = newId(now);
  await db.profile.create({ data: { shopId: of.id, id, firstSeenAt: ago(100), firstName: name, email: `${name.toLowerCase()}@example.com` } });
  return id;
}

async function moved(of: Shop, segmentKey: string, profileId: string, change: "entered" | "left", daysAgo: number) {
  seq += 1n;
  await db.membershipChange.create({ data: { shopId: of.id, seq, segmentKey, profileIds: [profileId], change, at: ago(daysAgo) } });
  const where = { shopId: of.id, segmentKey, profileId };
  if (change === "left") await db.membership.deleteMany({ where });
  else await db.membership.create({ data: { ...where, enteredAt: ago(daysAgo) } });
}

let ada: string;
let bea: string;
let cleo: string;

beforeAll(async () => {
  const [one, two] = [await installed("one.myshopify.com", [], ago(100)), await installed("two.myshopify.com", [], ago(2))];
  [shop, other] = [one, two];
  [ada, bea, cleo] = [await person(shop, "Ada"), await person(shop, "Bea"), await person(shop, "Cleo")];
  await moved(shop, key, ada, "entered", 20);
  await moved(shop, key, bea, "entered", 3);
  await moved(shop, key, cleo, "entered", 5);
  await moved(shop, key, cleo, "left", 2);
  await moved(shop, "past-purchasers", ada, "entered", 20);
  await moved(other, key, await person(other, "Eve"), "entered", 1);
  await db.audience.create({ data: { shopId: shop.id, id: newId(now), connector: "meta", segmentKey: key, name: "Ours", state: "live", createdAt: now } });
  await db.product.create({ data: { shopId: shop.id, productId: "7", title: "Oak board" } });
});

describe("a shop's segments", () => {
  test("each line says how many are in, who came and went within seven days, and what uses it", async () => {
    const lines = await segmentLines(shop, now);
    expect(lines.find((one) => one.key === key)).toMatchObject({ size: 2, entered: 2, left: 1, own: false, uses: [{ kind: "audience", name: "Ours" }] });
    expect(lines.find((one) => one.key === "checkout-abandoners")?.uses).toEqual([{ kind: "flow", key: "abandoned-checkout", name: "abandoned-checkout" }]);
    expect((await segmentLines(other, now)).find((one) => one.key === key)).toMatchObject({ size: 1, entered: 1, left: 0, uses: [] });
  });

  test("those of every shop say since when they count where Comeback came within seven days, unless they know of days before", async () => {
    const since = async (of: Shop, at: Date) => new Set((await segmentLines(of, at)).map((one) => one.since));
    expect(await since(shop, now)).toEqual(new Set([null]));
    expect(await since(other, now)).toEqual(new Set(["2026-11-19"]));
    expect(await since(other, after(now, 3 * day))).toEqual(new Set(["2026-11-19"]));
    expect(await since(other, after(now, 4 * day))).toEqual(new Set([null]));
    expect((await segmentBoard(other, key, now))?.since).toBe("2026-11-19");
    const back = await installed("back.myshopify.com", [], ago(1));
    // The page that installs it is shown before that is noted.
    expect(await since({ ...back, installedAt: null }, now)).toEqual(new Set(["2026-11-21"]));
    await moved(back, key, await person(back, "Fay"), "entered", 4);
    await moved(back, "past-purchasers", await person(back, "Gil"), "entered", 40);
    const lines = new Map((await segmentLines(back, now)).map((one) => [one.key, one.since]));
    expect([key, "past-purchasers", "high-value"].map((one) => lines.get(one))).toEqual(["2026-11-17", null, "2026-11-20"]);
  });

  test("one that is younger than seven days says since when; the day is the shop's", async () => {
    const { id } = await installed("young.myshopify.com", [], now);
    await updateShop(id, { timezone: "Asia/Tokyo" });
    const young = (await shopByDomain("young.myshopify.com")) ?? expect.unreachable();
    const match: Node = { kind: "has", what: "email" };
    const keep = async (name: string, daysAgo: number, change: Partial<Draft> = {}) => {
      const saved = await saveSegment(young, { key: null, name, rule: { version: 1, match }, madeFrom: null, version: null, ...change }, ago(daysAgo));
      return saved.outcome === "saved" ? saved.key : expect.unreachable(JSON.stringify(saved));
    };
    await queue();
    for (const days of [0, 3, 5, 6, 30]) await keep(`Made ${days} days ago`, days);
    // At noon in London it is nine in the evening in Tokyo: four hours later its next day has begun.
    await keep("Made in the night", 3 - 4 / 24);
    // An edit makes nothing younger.
    await keep("Edited", 0, { key: await keep("Edited", 20), version: 1 });
    const since = new Map((await segmentLines(young, now)).map((one) => [one.name, one.since]));
    expect(since.get("Made 0 days ago")).toBe("2026-11-21");
    expect(since.get("Made 3 days ago")).toBe("2026-11-18");
    expect(since.get("Made in the night")).toBe("2026-11-19");
    expect(since.get("Made 5 days ago")).toBe("2026-11-16");
    for (const name of ["Made 6 days ago", "Made 30 days ago", "Edited"]) expect(since.get(name), name).toBeNull();
    expect(since.get("Repeat buyers")).toBe("2026-11-21");
  });

  test("one of them: the latest to come first, how it grew, and who is in others, too", async () => {
    const board = (await segmentBoard(shop, key, now)) ?? expect.unreachable();
    expect(board.people.map((one) => one.firstName)).toEqual(["Bea", "Ada"]);
    expect([board.days.length, board.since]).toEqual([30, null]);
    expect(board.days.slice(-6).map((one) => one.size)).toEqual([2, 2, 3, 2, 2, 2]);
    expect(board.overlap).toEqual([{ key: "past-purchasers", name: "Past purchasers", both: 1 }]);
    expect((await overlap(shop, [key, "past-purchasers"])).map((one) => one.size)).toEqual([1]);
    expect(await segmentBoard(shop, "no-such-segment", now)).toBeNull();
  });

  test("whoever shares a row with others is in like everybody else", async () => {
    const crowd = "checkout-abandoners";
    const [profileIds, place] = [[ada, bea].sort(), { shopId: shop.id, segmentKey: crowd, first: ada < bea ? ada : bea }];
    await db.membershipBlock.create({ data: { ...place, last: profileIds.at(-1) ?? "", profileIds, enteredAt: ago(1) } });
    const board = (await segmentBoard(shop, crowd, now)) ?? expect.unreachable();
    expect(board.people.map((one) => one.firstName).sort()).toEqual(["Ada", "Bea"]);
    expect(board.overlap.map((one) => [one.key, one.both])).toEqual([
      [key, 2],
      ["past-purchasers", 1],
    ]);
    expect((await segmentBoard(shop, key, now))?.overlap.map((one) => [one.key, one.both])).toEqual([
      [crowd, 2],
      ["past-purchasers", 1],
    ]);
    expect((await overlap(shop, [key, "past-purchasers", crowd])).map((one) => one.size).sort()).toEqual([1, 1, 2]);
    expect((await membersOf(shop.id, crowd, null, false, 5)).map((one) => one.id)).toEqual([...profileIds].reverse());
    expect((await membersOf(shop.id, crowd, { id: profileIds[0] ?? "", at: now }, true, 5)).map((one) => one.id)).toEqual(profileIds.slice(1));
    expect((await segmentLines(shop, now)).find((one) => one.key === crowd)?.size).toBe(2);
    await db.membershipBlock.deleteMany({ where: { shopId: shop.id } });
  });

  test("one that is younger than thirty days shows those since it began, and seven at least", async () => {
    const { id } = await installed("month.myshopify.com", [], ago(60));
    const of = (await shopByDomain("month.myshopify.com")) ?? expect.unreachable(String(id));
    const saved = await saveSegment(
      of,
      { key: null, name: "Young", rule: { version: 1, match: { kind: "has", what: "email" } }, madeFrom: null, version: null },
      ago(10),
    );
    const made = saved.outcome === "saved" ? saved.key : expect.unreachable(JSON.stringify(saved));
    const shown = async (at: Date) => {
      const { days, since } = (await segmentBoard(of, made, at)) ?? expect.unreachable();
      return [days[0]?.day, days.length, since];
    };
    expect(await shown(ago(10))).toEqual(["2026-11-05", 7, "2026-11-11"]);
    expect(await shown(ago(5))).toEqual(["2026-11-10", 7, "2026-11-11"]);
    expect(await shown(now)).toEqual(["2026-11-11", 11, "2026-11-11"]);
    expect(await shown(after(now, 30 * day))).toEqual(["2026-11-22", 30, null]);
    expect(await segmentBoard(of, key, now)).toMatchObject({ since: null });
  });

  test("who was in it when a day ended, and until now where the day has not", async () => {
    const on = async (date: string) => {
      const { count, people } = await segmentOn(shop, key, date, now);
      return [
        count,
        people
          .map((one) => one.firstName)
          .sort()
          .join(),
      ];
    };
    expect(await on("2026-10-01")).toEqual([0, ""]);
    expect(await on("2026-11-10")).toEqual([1, "Ada"]);
    expect(await on("2026-11-18")).toEqual([3, "Ada,Bea,Cleo"]);
    expect(await on("2026-11-21")).toEqual([2, "Ada,Bea"]);
  });

  test("why somebody is in or not, in words and by the names of things; nobody of another shop is named", async () => {
    const rule: Node = {
      kind: "all",
      of: [
        { kind: "has", what: "email" },
        { kind: "did", did: "viewed-product", where: { products: ["7"] }, times: { is: "exactly", n: 0 }, onDays: false, when: { kind: "ever" } },
      ],
    };
    const { names, products } = await namesFor(shop, [rule], [], () => null);
    expect(products).toEqual({ "7": "Oak board" });
    expect((await whyOf(shop, rule, [ada], names, now)).get(ada)).toMatchObject({
      member: true,
      reasons: [{ words: "has an email address" }, { words: "did not view *Oak board*" }],
    });
    const without: Node = { kind: "has", what: "phone" };
    expect((await whyOf(shop, without, [ada], names, now)).get(ada)).toMatchObject({ member: false, reasons: [{ words: "has no phone number" }] });
    const ordered: Node = { kind: "did", did: "ordered", where: {}, times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "ever" } };
    await db.placedOrder.create({
      data: {
        ...{ shopId: shop.id, orderId: "1", name: "#1", profileId: ada, placedAt: ago(4), updatedAt: ago(4), test: false, source: "web", currency: "GBP" },
        ...{ totalMinor: 100, discountMinor: 0, discountCodes: [] },
      },
    });
    expect((await whyOf(shop, ordered, [ada], names, now)).get(ada)?.reasons).toEqual([{ words: "ordered", at: [ago(4)], lastOrderAt: null, expected: null }]);
    expect(await peopleById(other, [ada])).toEqual([]);
    expect((await namesFor(other, [rule], [], () => null)).products).toEqual({});
  });

  test("why somebody is in a slow segment is told in time, or not at all", async ({ skip }) => {
    const [row] = await db.$queryRaw<{ version: string }[]>`SELECT version()`;
    skip(/emscripten|wasm/i.test(row?.version ?? ""), "the embedded database cannot stop a statement");
    const where = { priceMinor: { atLeast: 1 } };
    const rule: Node = { kind: "did", did: "viewed-product", where, times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "ever" } };
    const { names } = await namesFor(shop, [rule], [], () => null);
    const why = () => whyOf(shop, rule, [ada], names, now, 100);
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE visit IN ACCESS EXCLUSIVE MODE`;
      expect(await why()).toEqual(new Map());
    });
    expect((await why()).get(ada)).toMatchObject({ member: false });
  });
});
