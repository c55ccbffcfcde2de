import { beforeAll, describe, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { newId } from "../lib/id.server.ts";
import { after, day, hour } from "../lib/time.ts";
import { installed } from "../shops/refresh.server.ts";
import type { Shop } from "../shops/shop.ts";
import { flowBoard } from "./flow-board.server.ts";
import { flowList } from "./flow-list.server.ts";
import { keptMessage, orderPath } from "./order-path.server.ts";
import { overview } from "./overview.server.ts";
import { beginning, periodOf } from "./period.ts";
import { databaseNote, setup } from "./setup.server.ts";
import { armsOf, barsIn } from "./store.server.ts";

const now = new Date("2026-11-21T12:00:00Z");
const ago = (days: number) => after(now, -days * day);
let shop: Shop;
let other: Shop;
const ids = new Map<string, string>();

/** The profile of a name, made at first use. */
async function person(name: string, of = shop): Promise<string> {
  const key = `${of.id} ${name}`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = newId(now);
  ids.set(key, id);
  await db.profile.create({ data: { shopId: of.id, id, firstSeenAt: ago(40), firstName: name, email: `${name}@example.com` } });
  return id;
}

type Extra = Partial<Parameters<typeof db.placedOrder.create>[0]["data"]> & { of?: Shop };

async function order(orderId: string, who: string, daysAgo: number, totalMinor: number, { of = shop, ...extra }: Extra = {}) {
  const placedAt = ago(daysAgo);
  await db.placedOrder.create({
    data: {
      shopId: of.id,
      orderId,
      name: `#${orderId}`,
      profileId: await person(who, of),
      placedAt,
      updatedAt: placedAt,
      test: false,
      source: "web",
      currency: "GBP",
      totalMinor,
      discountMinor: 0,
      discountCodes: [],
      ...(extra as object),
    },
  });
}

async function refund(refundId: string, orderId: string, daysAgo: number, amountMinor: number, of = shop) {
  await db.refund.create({ data: { shopId: of.id, refundId, orderId, at: ago(daysAgo), amountMinor } });
  await db.placedOrder.updateMany({ where: { shopId: of.id, orderId }, data: { refundedMinor: { increment: amountMinor } } });
}

async function run(
  who: string,
  arm: "treated" | "holdout",
  daysAgo: number,
  extra: Partial<{ reason: string; state: string; subject: string; contaminated: boolean }> = {},
) {
  const profileId = await person(who);
  const { contaminated = false, ...rest } = extra;
  const id = newId(now);
  await db.flowRun.create({
    data: {
      shopId: shop.id,
      id,
      flowKey: "abandoned-checkout",
      profileId,
      subject: id,
      arm,
      state: "done",
      reason: null,
      stepIndex: 0,
      startedAt: ago(daysAgo),
      ...rest,
    },
  });
  await db.assignment.createMany({
    data: [{ shopId: shop.id, experiment: "flow:abandoned-checkout", profileId, arm, percent: 10, at: ago(daysAgo), contaminated }],
    skipDuplicates: true,
  });
  return id;
}

async function message(runId: string, who: string, checkoutToken: string, daysAgo: number, extra: { offerCode?: string } = {}) {
  const id = newId(now);
  await db.message.create({
    data: {
      shopId: shop.id,
      id,
      flowKey: "abandoned-checkout",
      runId,
      stepKey: "reminder",
      profileId: await person(who),
      checkoutToken,
      channel: "email",
      state: "sent",
      subject: "You left it",
      html: "<p>Hello</p>",
      text: "Hello",
      basis: "rule 8: consent",
      createdAt: ago(daysAgo),
      sentAt: ago(daysAgo),
      ...extra,
    },
  });
  return id;
}

async function click(messageId: string, daysAgo: number, by: "human" | "machine") {
  await db.messageClick.create({
    data: { shopId: shop.id, id: newId(now), messageId, position: 0, at: ago(daysAgo), by, reason: by === "machine" ? "scanner" : null },
  });
}

async function credit(orderId: string, messageId: string, who: string, daysAgo: number, recovered: boolean) {
  await db.credit.create({
    data: {
      shopId: shop.id,
      orderId,
      messageId,
      flowKey: "abandoned-checkout",
      channel: "email",
      profileId: await person(who),
      by: "click",
      touchedAt: ago(daysAgo + 0.1),
      orderAt: ago(daysAgo),
      recovered,
    },
  });
}

const of = (key: string, page = 1) => overview(shop, periodOf(key, shop.timezone, now), page);

beforeAll(async () => {
  shop = { ...(await installed("money.myshopify.com", ["read_orders"], ago(60))), currency: "GBP", timezone: "Europe/London", holdoutPercent: 0 };
  other = await installed("other.myshopify.com", ["read_orders"], ago(60));

  await order("1", "ada", 2, 10_000, { checkoutToken: "co-1", cartToken: "ca-1" });
  await order("2", "ada", 3, 5_000);
  await order("3", "bo", 20, 2_000);
  await order("cancelled", "cy", 2, 99_000, { cancelledAt: ago(1) });
  await order("test", "cy", 2, 99_000, { test: true });
  await order("till", "cy", 2, 700, { source: "pos" });
  await order("draft", "cy", 2, 300, { source: "shopify_draft_order" });
  await order("foreign", "eve", 2, 77_700, { of: other });
  await refund("r1", "1", 1, 1_000);
  await refund("r2", "never-seen", 1, 250);
  await refund("r3", "3", 10, 2_000);
  await refund("foreign", "foreign", 1, 5_000, other);
  // Of orders that gross leaves out, nothing is taken off again.
  for (const orderId of ["cancelled", "test", "till"]) await refund(`of ${orderId}`, orderId, 1, 600);

  await db.cart.create({
    data: { shopId: shop.id, token: "ca-1", profileId: await person("ada"), createdAt: after(ago(4), -hour), updatedAt: ago(4), itemCount: 2, lines: [] },
  });
  await db.checkout.create({
    data: {
      shopId: shop.id,
      token: "co-1",
      cartToken: "ca-1",
      profileId: await person("ada"),
      startedAt: ago(4),
      updatedAt: ago(4),
      currency: "GBP",
      totalMinor: 10_000,
      lines: [],
    },
  });
  await db.consentRecord.create({
    data: {
      shopId: shop.id,
      sourceId: "c1",
      channel: "email",
      profileId: await person("ada"),
      state: "single",
      source: "checkout",
      occurredAt: ago(4),
      recordedAt: ago(4),
    },
  });
  const reminded = await run("ada", "treated", 3.5, { subject: "co-1", state: "exited", reason: "ordered" });
  const sent = await message(reminded, "ada", "co-1", 3.4);
  await click(sent, 3.3, "machine");
  await click(sent, 2.1, "human");
  await credit("1", sent, "ada", 2, true);
  await credit("2", sent, "ada", 3, false);
  await run("bo", "treated", 21, { reason: "no consent", state: "exited" });
  await run("dee", "holdout", 5, { reason: "in the flow's holdout" });
  await run("fay", "treated", 5, { contaminated: true });
});

describe("the figures of a period", () => {
  test("gross is what was placed: no test, no cancelled order, no till", async () => {
    const { revenue } = await of("7");
    expect(revenue).toMatchObject({ orders: 2, customers: 1, grossMinor: 15_000 });
    expect((await of("30")).revenue).toMatchObject({ orders: 3, customers: 2, grossMinor: 17_000 });
  });

  test("till and drafts count where the shop counts them", async () => {
    const { revenue } = await overview({ ...shop, countOffline: true }, periodOf("7", shop.timezone, now), 1);
    expect(revenue).toMatchObject({ orders: 4, customers: 2, grossMinor: 16_000 });
  });

  test("refunds count on the day they are given; those of orders we never saw also apart", async () => {
    expect((await of("7")).revenue).toMatchObject({ refundsMinor: 1_250, unmatchedRefundsMinor: 250, unmatchedRefunds: 1, netMinor: 13_750 });
    expect((await of("all")).revenue).toMatchObject({ refundsMinor: 3_250, netMinor: 13_750 });
  });

  test("attributed is net of refunds, and never more than the credited orders brought", async () => {
    expect((await of("7")).credited).toEqual({ orders: 2, minor: 14_000, recoveredOrders: 1, recoveredMinor: 9_000 });
  });

  test("the bars add up to gross and to attributed", async () => {
    for (const key of ["7", "30", "90", "all"]) {
      const { chart, revenue, credited } = await of(key);
      expect(chart.bars.reduce((sum, bar) => sum + bar.grossMinor, 0)).toBe(revenue.grossMinor);
      expect(chart.bars.reduce((sum, bar) => sum + bar.attributedMinor, 0)).toBe(credited.minor);
    }
  });

  test("a day begins at midnight in the shop", async () => {
    const late = new Date("2026-07-01T23:30:00Z");
    await order("late", "gil", 0, 100, { of: other, placedAt: late, updatedAt: late });
    const bars = await barsIn({ id: other.id, countOffline: false, timezone: "Europe/London" }, { from: beginning, until: after(late, day) }, "day");
    expect(bars).toEqual([{ start: "2026-07-02", grossMinor: 100, attributedMinor: 0 }]);
  });

  test("a message with a human click is clicked once, whatever machines did", async () => {
    expect((await of("7")).messages).toMatchObject({ sent: 1, clicked: 1, failed: 0, unsubscribed: 0 });
  });

  test("who got nothing is counted by reason", async () => {
    const { skips } = await of("all");
    expect(Object.fromEntries(skips.map((one) => [one.reason, one.people]))).toEqual({ ordered: 1, "no consent": 1, "in the flow's holdout": 1 });
  });

  test("credited orders come newest first, of this shop alone", async () => {
    const { orders } = await of("all");
    expect(orders.lines.map((line) => [line.name, line.netMinor, line.firstName])).toEqual([
      ["#1", 9_000, "ada"],
      ["#2", 5_000, "ada"],
    ]);
    expect((await of("all", 2)).orders.lines).toEqual([]);
  });

  test("a shop that has nothing yet is told so", async () => {
    const fresh = await installed("fresh.myshopify.com", ["read_orders"], now);
    const empty = await overview(fresh, periodOf("30", fresh.timezone, now), 1);
    expect(empty).toMatchObject({ anythingYet: false, credited: { orders: 0, minor: 0 }, revenue: { orders: 0, netMinor: 0 }, chart: { bars: [] } });
    expect(empty.period.lift).toEqual({ kind: "not-enough", have: { treated: 0, holdout: 0 }, needHoldout: 100, daysLeft: null });
  });
});

describe("the two arms", () => {
  test("people who spent nothing count too, who met both arms does not, and refunds are taken off", async () => {
    const { treated, holdout } = await armsOf(shop, "abandoned-checkout", { from: beginning, until: now });
    // ada: 9,000 + 5,000 in the 14 days after her run; bo: her order was given back in full.
    expect(treated).toEqual({ people: 2, buyers: 1, sum: 14_000, sumOfSquares: 14_000 ** 2 });
    expect(holdout).toEqual({ people: 1, buyers: 0, sum: 0, sumOfSquares: 0 });
  });

  test("a second run of the same person is not a second person", async () => {
    await run("dee", "holdout", 1);
    expect((await armsOf(shop, "abandoned-checkout", { from: beginning, until: now })).holdout.people).toBe(1);
  });
});

describe("the path of an order", () => {
  test("tells everything around it, in order, with the click that earned the credit", async () => {
    const path = (await orderPath(shop, "1")) ?? expect.unreachable();
    expect(path.moments.map((one) => one.kind)).toEqual(["cart", "checkout", "consent", "run", "message", "click", "click", "order", "refund"]);
    expect(path.moments.flatMap((one) => (one.kind === "click" ? [[one.by, one.counted]] : []))).toEqual([
      ["machine", false],
      ["human", true],
    ]);
    expect(path.credit).toMatchObject({ by: "click", recovered: true, stepKey: "reminder" });
    expect(path.arm).toEqual({ arm: "treated", where: "flow", contaminated: false });
    expect(path.profile?.email).toBe("ada@example.com");
  });

  test("another shop's order, or none at all, is not there", async () => {
    expect(await orderPath(shop, "foreign")).toBeNull();
    expect(await orderPath(other, "1")).toBeNull();
    expect(await orderPath(shop, "")).toBeNull();
  });

  test("a mail is shown to its own shop alone", async () => {
    const { id } = (await db.message.findFirst({ where: { shopId: shop.id } })) ?? expect.unreachable();
    expect((await keptMessage(shop, id))?.subject).toBe("You left it");
    expect(await keptMessage(other, id)).toBeNull();
    expect(await keptMessage(shop, "not-an-id")).toBeNull();
  });
});

test("the board of a flow shows its latest runs and where people stand", async () => {
  const board = await flowBoard(shop, "abandoned-checkout", now);
  expect(board.runs[0]).toMatchObject({ firstName: "dee", arm: "holdout", sent: 0 });
  expect(board.runs.find((one) => one.firstName === "ada")).toMatchObject({ reason: "ordered", sent: 1 });
  expect(board.reasons.find((one) => one.reason === "no consent")?.people).toBe(1);
});

test("the list of flows says what each one earned, and together they earned what is attributed", async () => {
  const { credited } = await of("30");
  const looked = newId(now);
  await db.flowRun.create({
    data: {
      shopId: shop.id,
      id: looked,
      flowKey: "browse-abandonment",
      profileId: await person("bo"),
      subject: "7/1",
      arm: "treated",
      state: "active",
      reason: null,
      stepIndex: 0,
      startedAt: ago(1),
      dueAt: now,
    },
  });
  const sent = await message(looked, "bo", "", 25);
  await db.message.update({ where: { shopId_id: { shopId: shop.id, id: sent } }, data: { flowKey: "browse-abandonment", checkoutToken: null } });
  await order("4", "bo", 6, 3_000);
  await credit("4", sent, "bo", 6, false);
  await db.credit.update({ where: { shopId_orderId: { shopId: shop.id, orderId: "4" } }, data: { flowKey: "browse-abandonment" } });
  const list = await flowList(shop, now);
  expect(list).toEqual([
    { key: "abandoned-checkout", on: false, waiting: 0, sent: 1, orders: credited.orders, minor: credited.minor },
    { key: "browse-abandonment", on: false, waiting: 1, sent: 1, orders: 1, minor: 3_000 },
  ]);
  const after = (await of("30")).credited;
  expect(list.reduce((sum, one) => sum + one.minor, 0)).toBe(after.minor);
  expect(list.reduce((sum, one) => sum + one.orders, 0)).toBe(after.orders);
  expect((await flowList(other, now)).map((one) => [one.waiting, one.sent, one.minor])).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
  // A look is no checkout: the order is credited, and not called recovered.
  const path = (await orderPath(shop, "4")) ?? expect.unreachable();
  expect(path.credit).toMatchObject({ flowKey: "browse-abandonment", recovered: false });
  expect(path.moments.map((one) => one.kind)).toContain("run");
});

test("a database that does not wait for the disk is named as such", async () => {
  const [row] = await db.$queryRaw<{ fsync: string }[]>`SELECT current_setting('fsync') AS fsync`;
  expect(await databaseNote()).toBe(process.env["TEST_DATABASE_URL"] ? (row?.fsync === "on" ? null : "no-fsync") : "embedded");
  expect(await setup(shop, ["meta"])).toMatchObject({ counted: false, ads: { connected: false, live: false } });
});
