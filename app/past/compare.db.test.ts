import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enterLossyWorld } from "../../test/lossy-world.ts";
import type { Webhook } from "../capture/receive.server.ts";
import { after, day, hour, minute } from "../lib/time.ts";

const { world, app, now, pass, shopOf, state, open, read, settle, compare, agreed, leave, losing, close } = await enterLossyWorld();
afterAll(close);

const everything = () => true;
const runOf = async (domain: string, subject: string) => app.db.flowRun.findFirst({ where: { shopId: (await shopOf(domain)).id, subject } });
const count = async (domain: string, table: "event" | "placedOrder" | "checkout" | "consentRecord") =>
  (app.db[table] as { count: (query: object) => Promise<number> }).count({ where: { shopId: (await shopOf(domain)).id } });

test("a shop with nothing has nothing missing", async () => {
  const domain = await open("empty");
  pass(hour);
  expect(await compare(domain)).toEqual({});
  const { finishedAt, watermark, missedAt, dueAt } = (await app.past.findComparison((await shopOf(domain)).id)) ?? expect.unreachable();
  expect({ missedAt, since: now().getTime() - watermark.getTime() }).toEqual({ missedAt: null, since: expect.closeTo(2 * minute, -4) as number });
  expect(dueAt.getTime() - (finishedAt?.getTime() ?? 0)).toBe(hour);
});

describe("what was never delivered", () => {
  let domain: string;
  beforeAll(async () => void (domain = await open("lossy")));

  test("what webhooks told is not told again", async () => {
    await agreed(domain, "told@example.com");
    const checkout = await leave(domain, "told@example.com");
    const order = await world.shopify.store.pay(state(domain), checkout);
    await world.shopify.store.refund(state(domain), order, 300);
    pass(20 * minute);
    await settle(domain);
    const [before, words] = [await count(domain, "event"), await count(domain, "consentRecord")];
    expect(await compare(domain)).toEqual({});
    expect([await count(domain, "event"), await count(domain, "consentRecord")]).toEqual([before, words]);
  });

  test("what happened just now may still be on its way", async () => {
    await losing(everything, () => leave(domain, "just-now@example.com"));
    expect(await compare(domain)).toEqual({});
    pass(15 * minute);
    expect(await compare(domain)).toEqual({ checkouts: 1 });
  });

  test("an order that was lost ends the run before its mail", async () => {
    await agreed(domain, "buyer@example.com");
    const checkout = await leave(domain, "buyer@example.com");
    await settle(domain);
    await losing(everything, () => world.shopify.store.pay(state(domain), checkout));
    pass(40 * minute);
    expect(await compare(domain)).toMatchObject({ orders: 1 });
    pass(30 * minute);
    await settle(domain);
    expect(world.mail.mailbox.list("buyer@example.com")).toEqual([]);
    expect(await app.db.placedOrder.findFirst({ where: { checkoutToken: checkout.token } })).toMatchObject({ source: "web" });
    // Placing it is a word of hers as well, by its own date.
    expect(await app.db.consentRecord.count({ where: { evidence: `order ${checkout.orderId}` } })).toBe(1);
  });

  test("a checkout that was lost is reminded of, once, even when its webhook comes after all", async () => {
    await agreed(domain, "found@example.com");
    const webhooks: Webhook[] = [];
    const checkout = await losing(
      (webhook) => webhooks.push(webhook) > 0,
      () => leave(domain, "found@example.com"),
    );
    pass(40 * minute);
    expect(await compare(domain)).toMatchObject({ checkouts: 1 });
    pass(25 * minute);
    await settle(domain);
    expect(await runOf(domain, `cart/${checkout.cartToken}`)).toMatchObject({ state: "active" });
    expect(world.mail.mailbox.list("found@example.com")).toHaveLength(1);

    for (const webhook of webhooks) await app.receive({ ...webhook, receivedAt: now() });
    await settle(domain);
    pass(5 * hour);
    await settle(domain);
    expect(await app.db.checkout.findMany({ where: { cartToken: checkout.cartToken }, select: { token: true } })).toEqual([
      { token: `cart/${checkout.cartToken}` },
    ]);
    expect(await app.db.flowRun.count({ where: { shopId: (await shopOf(domain)).id, subject: checkout.token } })).toBe(0);
    expect(world.mail.mailbox.list("found@example.com")).toHaveLength(1);
    // Paid for under its own token it is the same one.
    await world.shopify.store.pay(state(domain), checkout);
    await settle(domain);
    expect(await runOf(domain, `cart/${checkout.cartToken}`)).toMatchObject({ state: "exited", reason: "ordered" });
  });

  test.each(["found by a comparison", "told by its webhook"])("a checkout left a day ago starts nothing, %s", async (how) => {
    const email = `${how.replaceAll(" ", "-")}@example.com`;
    await agreed(domain, email);
    const webhooks: Webhook[] = [];
    const checkout = await losing(
      (webhook) => webhooks.push(webhook) > 0,
      () => leave(domain, email),
    );
    pass(23 * hour);
    if (how === "found by a comparison") expect(await compare(domain)).toMatchObject({ checkouts: 1 });
    else for (const webhook of webhooks) await app.receive({ ...webhook, receivedAt: now() });
    await settle(domain);
    pass(2 * hour);
    await settle(domain);
    // It is known, and counts in its segment; a reminder now would come as a surprise.
    expect(await app.db.checkout.count({ where: { cartToken: checkout.cartToken } })).toBe(1);
    expect(await app.db.membership.count({ where: { segmentKey: "checkout-abandoners", subject: { endsWith: checkout.cartToken } } })).toBe(
      how === "found by a comparison" ? 1 : 0,
    );
    expect(world.mail.mailbox.list(email)).toEqual([]);
  });

  test("refunds, cancellations, names and withdrawals that were lost arrive", async () => {
    await agreed(domain, "changes@example.com");
    const checkout = await leave(domain, "changes@example.com");
    const order = await world.shopify.store.pay(state(domain), checkout);
    await read(domain);
    pass(10 * minute);
    await losing(everything, async () => {
      const customer = world.shopify.store.customers.find(state(domain), "changes@example.com") ?? expect.unreachable();
      await world.shopify.store.customers.remember(state(domain), { email: "changes@example.com", firstName: "Grace" });
      await world.shopify.store.setConsent(state(domain), customer, "unsubscribed");
      await world.shopify.store.refund(state(domain), order, 500);
      await world.shopify.store.cancel(state(domain), order);
    });
    pass(10 * minute);
    expect(await compare(domain)).toEqual({ orders: 2, customers: 2 });
    expect(await app.db.placedOrder.findFirst({ where: { orderId: String(order.id) } })).toMatchObject({
      refundedMinor: 500n,
      cancelledAt: expect.any(Date) as Date,
    });
    const profile = await app.db.profile.findFirst({ where: { shopId: (await shopOf(domain)).id, email: "changes@example.com" } });
    expect(profile?.firstName).toBe("Grace");
    const words = await app.db.consentRecord.findMany({ where: { profileId: profile?.id ?? "", source: "shopify" }, orderBy: { occurredAt: "asc" } });
    expect(words.map((one) => [one.state, one.evidence])).toEqual([
      ["single", null],
      ["out", "customer record in Shopify"],
    ]);
    expect(await compare(domain)).toEqual({});
  });

  test("an old yes that is read again does not lift what she unsubscribed from since", async () => {
    await agreed(domain, "left@example.com");
    await read(domain);
    const shop = await shopOf(domain);
    pass(10 * minute);
    const { suppress, suppressionOf } = await import("../consent/record.server.ts");
    await suppress(shop, "left@example.com", "unsubscribed", now());
    await app.db.consentRecord.deleteMany({ where: { shopId: shop.id, source: "shopify", occurredAt: { gte: after(now(), -11 * minute) } } });
    expect(await compare(domain)).toMatchObject({ customers: 1 });
    expect(await suppressionOf(shop, "left@example.com")).toBe("unsubscribed");
  });
});

describe("cut off anywhere", () => {
  test("a pass goes on where it was, and a page that is read twice is told once", async () => {
    const domain = await open("cut");
    await losing(everything, async () => {
      for (let one = 0; one < 3; one += 1) {
        const checkout = await leave(domain, `cut-${one}@example.com`);
        await world.shopify.store.pay(state(domain), checkout);
      }
    });
    const orders = state(domain).orders;
    // More than a page, without paying for each of them.
    for (let one = 0; one < 120; one += 1)
      orders.push({ ...(orders[0] ?? expect.unreachable()), id: (orders[0]?.id ?? 0) + one + 1, name: `#${2000 + one}`, checkoutToken: null, cartToken: null });
    pass(20 * minute);
    const shop = await shopOf(domain);
    await app.past.setComparisonDue(shop.id, now());
    const events: number[] = [];
    for (let more = true; more;) {
      const before = await app.past.findComparison(shop.id);
      more = await app.past.comparePage(shop, now());
      events.push(await count(domain, "event"));
      if (!more || before?.startedAt === null) continue;
      // As if the place had not been kept: the same page once more.
      await app.db.comparison.update({ where: { shopId: shop.id }, data: { reading: before?.reading ?? null, after: before?.after ?? null } });
      more = await app.past.comparePage(shop, now());
      expect(await count(domain, "event")).toBe(events.at(-1));
    }
    await read(domain);
    expect(await count(domain, "placedOrder")).toBe(123);
    expect(await compare(domain)).toEqual({});
  }, 120_000);

  test("throttled or without access it says so, keeps its watermark, and goes on later", async () => {
    const domain = await open("throttled");
    const shop = await shopOf(domain);
    await losing(everything, () => leave(domain, "throttled@example.com"));
    pass(20 * minute);
    const before = await app.past.findComparison(shop.id);
    world.shopify.faults.throttle = 4;
    await app.past.setComparisonDue(shop.id, now());
    expect(await app.past.comparePage(shop, now())).toBe(false);
    expect(await app.past.findComparison(shop.id)).toMatchObject({ problem: "later", watermark: before?.watermark });
    expect((await app.whichShops({ due: [app.past.shopsToCompare(now())] })).due).not.toContain(shop.id);
    pass(11 * minute);
    expect((await app.whichShops({ due: [app.past.shopsToCompare(now())] })).due).toContain(shop.id);
    expect(await compare(domain)).toEqual({ checkouts: 1 });
    expect((await app.past.findComparison(shop.id))?.problem).toBeNull();
    state(domain).scopes = ["read_products"];
    await app.past.setComparisonDue(shop.id, now());
    expect(await app.past.comparePage(shop, now())).toBe(false);
    expect(await app.past.findComparison(shop.id)).toMatchObject({ problem: "refused", startedAt: null });
  }, 60_000);
});

test("a day's pause is a day to look back: what happened while nothing ran is found from the watermark on", async () => {
  const domain = await open("away");
  await losing(everything, async () => {
    await world.shopify.store.pay(state(domain), await leave(domain, "away@example.com"));
  });
  pass(3 * day);
  expect(await compare(domain)).toMatchObject({ orders: 1 });
});
