// What is expected of customers, learned once a day from all their orders, and whom a day's news moves.
import { beforeAll, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { ensurePartitions } from "../events/append.server.ts";
import { newId } from "../lib/id.server.ts";
import { after, day, hour } from "../lib/time.ts";
import { answerRequests } from "../pipeline/forget.server.ts";
import { sweep } from "../pipeline/sweep.server.ts";
import { modelOf } from "../predictions/model.server.ts";
import { horizons, lacking, learn } from "../predictions/model.ts";
import { groupOf, stepOf } from "../predictions/place.ts";
import { predictionOf } from "../predictions/predict.ts";
import { queue } from "../queue.server.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { noFigures } from "./figures.ts";
import { figuresOf } from "./figures.server.ts";
import { movedSteps, type Foretelling } from "./foretold.ts";
import { preview } from "./preview.server.ts";
import type { Node } from "./rule.ts";
import { saveSegment } from "./saved.server.ts";
import { score } from "./scores.server.ts";
import { fillPage } from "./fill.server.ts";
import { lockWriter, lookAgain } from "./update.server.ts";
import { matching } from "./whole-shop.server.ts";
import { worldOf } from "./world.server.ts";

const now = new Date("2026-10-25T10:00:00Z");
let shop: Shop;
let orders = 0;
const people: { id: string; placed: Date[] }[] = [];

beforeAll(async () => {
  await queue();
  await ensurePartitions([now]);
  await installed("foretold.myshopify.com", ["read_orders"], now);
  shop = (await shopByDomain("foretold.myshopify.com")) ?? expect.unreachable();
});

async function order(profileId: string, placedAt: Date, totalMinor: number, change: object = {}): Promise<void> {
  const rest = { name: "#", updatedAt: placedAt, test: false, source: "web", currency: "GBP", discountMinor: 0n, discountCodes: [] };
  await db.placedOrder.create({
    data: { shopId: shop.id, orderId: `o${(orders += 1)}`, profileId, placedAt, totalMinor: BigInt(totalMinor), ...rest, ...change },
  });
}

const chance: Foretelling = { kind: "chance-of-order", within: 90, chance: { is: "at-least", percent: 12 } };
const keep = async (name: string, rule: Node) => {
  const saved = await saveSegment(shop, { key: null, name, rule: { version: 1, match: rule }, madeFrom: null, version: null }, now);
  while (await fillPage(shop, now));
  return saved.outcome === "saved" ? saved.key : expect.unreachable(JSON.stringify(saved));
};
const membersOf = async (key: string) =>
  (await db.membership.findMany({ where: { shopId: shop.id, segmentKey: key }, orderBy: { profileId: "asc" } })).map((one) => one.profileId);
const found = async (rule: Node, at: Date) => {
  const answer = await matching(shop, rule, at);
  return answer.ok ? answer.answer : expect.unreachable(answer.reason);
};

test("a shop is learned from with its cut points: from the orders that count, and from no others", async () => {
  for (let index = 0; index < 30; index += 1) {
    const id = newId(after(now, index));
    await db.profile.create({ data: { shopId: shop.id, id, firstSeenAt: now } });
    const placed = Array.from({ length: 1 + ((index * 7) % 5) }, (_, nth) => after(now, -(290 - index * 4 - nth * (8 + (index % 3) * 15)) * day));
    for (const at of placed) await order(id, at, 1000 + index * 100);
    people.push({ id, placed });
    for (const change of [{ cancelledAt: now }, { refundedMinor: 99_000n }, { source: "pos" }, { test: true }])
      await order(id, after(now, -hour), 99_000, change);
  }
  await lookAgain(shop.id, now);
  expect(await modelOf(shop.id)).toBeNull();
  await sweep(now);
  const bought = people.map(({ placed }, index) => ({
    ...{ count: placed.length, firstAt: placed[0] ?? now },
    orders: placed.map((at) => ({ at, netMinor: 1000 + index * 100 })),
  }));
  const model = await modelOf(shop.id);
  expect(model).toEqual(learn(bought, now, "2026-10-25"));
  expect(lacking(model ?? expect.unreachable(), 365)).toBeNull();
  // The same model is the same thing, so that what is worked out of it is so once.
  expect(await modelOf(shop.id)).toBe(model);
});

test("where no segment asks what is expected nothing of it is read; a rule that is only looked at reads it", async () => {
  expect((await worldOf(shop)).world.predictions).toBeNull();
  expect((await worldOf(shop, undefined, chance)).world.predictions).not.toBeNull();
  const seen = await preview(shop, { version: 1, match: chance }, now);
  expect(seen).toMatchObject({ outcome: "counted", warnings: [], count: (await found(chance, now)).length });
});

test("what can be reached is said: the highest of all customers, and what half of them have at most", async () => {
  const model = (await modelOf(shop.id)) ?? expect.unreachable();
  const spend: Node = { kind: "predicted-spend", spend: { is: "at-least", value: 1 } };
  const later = after(now, 30 * day);
  const all = people.map(({ placed }, index) => {
    const netMinor = placed.length * (1000 + index * 100);
    return predictionOf(model, { count: placed.length, netMinor, firstAt: placed[0] ?? now, lastAt: placed.at(-1) ?? now }, later);
  });
  const spread = (values: (number | undefined)[]) => {
    const rising = values.map((one) => one ?? expect.unreachable()).sort((a, b) => a - b);
    return { highest: rising.at(-1), half: rising[rising.length / 2 - 1] };
  };
  const chances = Object.fromEntries(horizons.map((horizon) => [horizon, spread(all.map((one) => one.chance[horizon]?.percent))]));
  expect(await figuresOf(shop.id, { kind: "all", of: [{ kind: "not", of: chance }, spend] }, model, later)).toEqual({
    chance: chances,
    spend: spread(all.map((one) => one.spend?.minor)),
  });
  expect((chances[90]?.highest ?? 0) > (chances[90]?.half ?? 100)).toBe(true);
  expect(await figuresOf(shop.id, chance, model, later)).toEqual({ chance: chances, spend: null });
  // What too little is known for, and a shop that nothing is known of, have none.
  expect(Object.keys((await figuresOf(shop.id, chance, { ...model, days: 60 }, later)).chance)).toEqual(["30", "90"]);
  expect(await figuresOf(shop.id, spend, { ...model, days: 60 }, later)).toEqual(noFigures);
  expect(await figuresOf(shop.id, chance, null, later)).toEqual(noFigures);
  expect(await figuresOf(shop.id + 1, { kind: "any", of: [chance, spend] }, model, later)).toEqual(noFigures);
});

test("a new day's model moves whom it moves at once, and nobody else is looked at", async () => {
  const key = await keep("Likely", chance);
  const before = await modelOf(shop.id);
  const members = await membersOf(key);
  expect(members).toEqual(await found(chance, now));
  expect(members.length).toBeGreaterThan(3);
  expect(members.length).toBeLessThan(27);

  // Ten weeks in which nobody orders: whoever was likely to is less so, and so is everybody who stands there later.
  const later = after(now, 70 * day);
  await sweep(after(later, -hour));
  await db.cutPoints.updateMany({ where: { shopId: shop.id }, data: { dueAt: after(later, day) } });
  await db.predictionModel.updateMany({ where: { shopId: shop.id }, data: { model: before as object } });
  await db.membershipDue.updateMany({ where: { shopId: shop.id }, data: { dueAt: after(later, 900 * day) } });
  await transaction(async (tx) => {
    await lockWriter(shop.id, tx);
    await score(shop, later, tx);
  });
  const model = (await modelOf(shop.id)) ?? expect.unreachable();
  expect(model.madeOn).toBe("2027-01-03");
  const steps = movedSteps(before, model, [chance]);
  const due = await db.membershipDue.findMany({ where: { shopId: shop.id, dueAt: { lte: later } } });
  const expected = people.filter(({ placed }) => {
    const standing = { count: placed.length, netMinor: 0, firstAt: placed[0] ?? now, lastAt: placed.at(-1) ?? now };
    return steps === null || stepOf(standing, later) <= (steps[groupOf(standing, model.typicalGap)] ?? -1);
  });
  expect(due.map((one) => one.profileId).sort()).toEqual(expected.map((one) => one.id).sort());
  expect(due.length).toBeLessThan(people.length);
  await sweep(later);
  expect(await membersOf(key)).toEqual(await found(chance, later));
});

test("a shop whose orders are all gone expects nothing any more, and nobody stays", async () => {
  const [key] = (await db.segment.findMany({ where: { shopId: shop.id } })).map((one) => one.key);
  await db.placedOrder.deleteMany({ where: { shopId: shop.id } });
  const later = after(now, 80 * day);
  await lookAgain(shop.id, later);
  await sweep(later);
  expect(await membersOf(key ?? "")).toEqual([]);
});

test("what a shop was learned from goes with the shop", async () => {
  await db.predictionModel.upsert({
    where: { shopId: shop.id },
    create: { shopId: shop.id, model: {}, madeAt: now },
    update: {},
  });
  await db.shop.update({ where: { id: shop.id }, data: { uninstalledAt: now } });
  await db.privacyRequest.create({ data: { shopId: shop.id, id: "gone", kind: "shop-redact", requestedAt: now, dueAt: now } });
  await answerRequests({ ...shop, uninstalledAt: now }, now);
  expect(await db.predictionModel.count({ where: { shopId: shop.id } })).toBe(0);
});
