import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hear, type Door } from "../../test/hear.ts";
import { enterWorld } from "../../test/in-world.ts";
import { seeded } from "../../test/stories/stage.ts";
import type { Webhook } from "../capture/receive.server.ts";
import { after, day, hour, minute } from "../lib/time.ts";

let world: Awaited<ReturnType<typeof enterWorld>>;
let app: Awaited<ReturnType<typeof load>>;
let door: Door;
let lose: (webhook: Webhook) => boolean = () => false;

async function load() {
  return {
    ...(await import("../db.server.ts")),
    ...(await import("../queue.server.ts")),
    ...(await import("../tx.server.ts")),
    ...(await import("../capture/receive.server.ts")),
    ...(await import("../connectors/wire.server.ts")),
    ...(await import("../pipeline/process-event.server.ts")),
    ...(await import("../pipeline/sweep.server.ts")),
    ...(await import("../shops/api.server.ts")),
    ...(await import("../shops/load.server.ts")),
    ...(await import("../shops/refresh.server.ts")),
    ...(await import("../shops/sessions.server.ts")),
    past: { ...(await import("./compare.server.ts")), ...(await import("./import.server.ts")), ...(await import("./store.server.ts")) },
    flows: {
      ...(await import("../flows/settings.server.ts")),
      ...(await import("../flows/start.server.ts")),
      ...(await import("../flows/run.server.ts")),
    },
  };
}

const now = () => world.clock.now();
const pass = (ms: number) => expect(world.clock.move({ at: after(now(), ms).toISOString() })).toMatchObject({ ok: true });
const shopOf = async (domain: string) => (await app.shopByDomain(domain)) ?? expect.unreachable();
const state = (domain: string) => world.shopify.shops.get(domain);

/** A shop of its own that has installed the app and switched its flow on. */
async function open(name: string): Promise<string> {
  const domain = `${name}.myshopify.com`;
  world.shopify.shops.open({
    ...{ domain, name, email: `owner@${name}.example`, currency: "GBP", timeZone: "Europe/London", countryCode: "GB" },
  });
  const { session } = await app.api().auth.tokenExchange({
    shop: domain,
    sessionToken: new URL(world.shopify.launchUrl(domain)).searchParams.get("id_token") ?? expect.unreachable(),
    requestedTokenType: "urn:shopify:params:oauth:token-type:offline-access-token" as never,
    expiring: true,
  });
  await app.storeSession(session);
  const shop = await app.installed(domain, (session.scope ?? "").split(","), now());
  await app.refresh(shop, now());
  await app.updateShop(shop.id, { senderName: name, senderAddress: `hello@${name}.example`, postalAddress: "1 Quay, Leith", holdoutPercent: 0 });
  const one = await shopOf(domain);
  await app.past.writeComparison(one.id, now(), after(now(), hour));
  await app.flows.noteTestMail(one, "abandoned-checkout", "me@example.com", now());
  await app.flows.noteOtherMails(one, "abandoned-checkout", true, now());
  await app.flows.saveSettings(one, "abandoned-checkout", (await app.flows.findFlow(one.id, "abandoned-checkout")).settings, 0, now());
  expect(await app.flows.enable(one, "abandoned-checkout", now())).toEqual({ ok: true });
  return domain;
}

async function read(domain: string) {
  const shop = await shopOf(domain);
  while ((await app.processBatch(shop, now())) > 0);
}

/** What the worker would do now, the hourly comparison apart. */
async function settle(domain: string) {
  await read(domain);
  await app.sweep(now());
  const shop = await shopOf(domain);
  while ((await app.transaction((tx) => app.flows.follow(shop, now(), tx))) > 0);
  while (await app.flows.advanceOne(shop, app.wire, now));
  await read(domain);
}

/** Compares to the end; returns what was found. */
async function compare(domain: string) {
  const shop = await shopOf(domain);
  await read(domain);
  await app.past.setComparisonDue(shop.id, now());
  while (await app.past.comparePage(shop, now()));
  await read(domain);
  return (await app.past.findComparison(shop.id))?.lastFound ?? expect.unreachable();
}

const runOf = async (domain: string, subject: string) => app.db.flowRun.findFirst({ where: { shopId: (await shopOf(domain)).id, subject } });
const count = async (domain: string, table: "event" | "placedOrder" | "checkout" | "consentRecord") =>
  (app.db[table] as { count: (query: object) => Promise<number> }).count({ where: { shopId: (await shopOf(domain)).id } });

/** A customer who agreed to mail; her record says so. */
async function agreed(domain: string, email: string) {
  const customer = await world.shopify.store.customers.remember(state(domain), { email, firstName: "Ada", lastName: "Byrne" });
  await world.shopify.store.customers.agree(state(domain), customer);
}

async function leave(domain: string, email: string) {
  const shop = state(domain);
  const cart = await world.shopify.store.createCart(shop, [{ variantId: shop.products[0]?.variants[0]?.id ?? 0, quantity: 1 }], null);
  const checkout = await world.shopify.store.startCheckout(shop, cart);
  await world.shopify.store.fillCheckout(shop, checkout, { email, firstName: "Ada", lastName: "Byrne" });
  return checkout;
}

beforeAll(async () => {
  world = await enterWorld();
  app = await load();
  await app.queue();
  door = await hear(app.receive, now, (webhook) => lose(webhook));
  world.setAppUrl(door.url);
}, 60_000);

afterAll(async () => {
  await door.close();
  await world.close();
});

const everything = (webhook: Webhook) => webhook.domain !== "";
const lossOf = async <T>(which: (webhook: Webhook) => boolean, work: () => Promise<T>): Promise<T> => {
  lose = which;
  try {
    return await work();
  } finally {
    lose = () => false;
  }
};

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
    await lossOf(everything, () => leave(domain, "just-now@example.com"));
    expect(await compare(domain)).toEqual({});
    pass(15 * minute);
    expect(await compare(domain)).toEqual({ checkouts: 1 });
  });

  test("an order that was lost ends the run before its mail", async () => {
    await agreed(domain, "buyer@example.com");
    const checkout = await leave(domain, "buyer@example.com");
    await settle(domain);
    await lossOf(everything, () => world.shopify.store.pay(state(domain), checkout));
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
    const checkout = await lossOf(
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
    const checkout = await lossOf(
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
    await lossOf(everything, async () => {
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
    await lossOf(everything, async () => {
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
    await lossOf(everything, () => leave(domain, "throttled@example.com"));
    pass(20 * minute);
    const before = await app.past.findComparison(shop.id);
    world.shopify.faults.throttle = 4;
    await app.past.setComparisonDue(shop.id, now());
    expect(await app.past.comparePage(shop, now())).toBe(false);
    expect(await app.past.findComparison(shop.id)).toMatchObject({ problem: "later", watermark: before?.watermark });
    expect(await app.past.shopsToCompare(now())).not.toContain(shop.id);
    pass(11 * minute);
    expect(await app.past.shopsToCompare(now())).toContain(shop.id);
    expect(await compare(domain)).toEqual({ checkouts: 1 });
    expect((await app.past.findComparison(shop.id))?.problem).toBeNull();
    state(domain).scopes = ["read_products"];
    await app.past.setComparisonDue(shop.id, now());
    expect(await app.past.comparePage(shop, now())).toBe(false);
    expect(await app.past.findComparison(shop.id)).toMatchObject({ problem: "refused", startedAt: null });
  }, 60_000);
});

test("webhooks and the comparison, in any order and as often as they like, end in the same state", async () => {
  const domain = await open("orderless");
  const webhooks: Webhook[] = [];
  await agreed(domain, "any@example.com");
  await lossOf(
    (webhook) => webhooks.push(webhook) > 0,
    async () => {
      const checkout = await leave(domain, "any@example.com");
      pass(30 * minute);
      const order = await world.shopify.store.pay(state(domain), checkout);
      pass(minute);
      await world.shopify.store.refund(state(domain), order, 300);
      pass(minute);
      await world.shopify.store.cancel(state(domain), order);
    },
  );
  pass(20 * minute);
  const shop = await shopOf(domain);
  const stateNow = async () => {
    const where = { shopId: shop.id };
    const plain = (value: unknown) => JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? Number(one) : one));
    return plain({
      orders: await app.db.placedOrder.findMany({ where, omit: { profileId: true } }),
      refunds: await app.db.refund.findMany({ where }),
      // Which of its two names a checkout goes by is decided by what came first.
      checkouts: await app.db.checkout.findMany({ where, omit: { profileId: true, token: true, heardAt: true } }),
      people: (await app.db.profile.count({ where: { ...where, mergedInto: null } })) === 1,
      words: (
        await app.db.consentRecord.findMany({
          where,
          orderBy: [{ occurredAt: "asc" }, { state: "asc" }],
          select: { state: true, occurredAt: true, channel: true },
        })
      )
        // Said twice is said once: the log may hold what both told.
        .map((one) => JSON.stringify(one))
        .filter((one, index, all) => all.indexOf(one) === index),
    });
  };
  const wipe = () =>
    app.db.$executeRawUnsafe(
      [
        "event",
        "sequence",
        "cursor",
        "placed_order",
        "refund",
        "checkout",
        "cart",
        "profile",
        "profile_alias",
        "profile_merge",
        "consent_record",
        "membership",
        "membership_change",
        "membership_due",
        "delivery",
        "flow_run",
      ]
        .map((table) => `DELETE FROM ${table} WHERE shop_id = ${shop.id}`)
        .join("; "),
    );
  const wipeAll = async () => {
    await wipe();
    await app.db.comparison.update({ where: { shopId: shop.id }, data: { watermark: after(now(), -3 * hour), startedAt: null, reading: null, after: null } });
  };
  let round = 0;
  const give = async (webhook: Webhook) => {
    await app.receive({ ...webhook, receivedAt: now() });
    await read(domain);
  };
  await wipeAll();
  for (const webhook of webhooks) await give(webhook);
  await compare(domain);
  const wanted = await stateNow();
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(webhooks, { minLength: 0 }), fc.nat(webhooks.length), async (some, at) => {
      round += 1;
      await wipeAll();
      for (const webhook of some.slice(0, at)) await give(webhook);
      await compare(domain);
      for (const webhook of some.slice(at)) await give({ ...webhook, eventId: `${webhook.eventId}-${round}` });
      await compare(domain);
      expect(await stateNow()).toBe(wanted);
    }),
    { numRuns: 12, seed: 4 },
  );
}, 180_000);

test("with one in twenty webhooks lost, and compared each hour, everything ends as without loss: orders, checkouts, consent, mails", async () => {
  const [whole, lossy] = [await open("whole"), await open("one-in-twenty")];
  const chance = seeded(20261125);
  const draw = seeded(7);
  // What a cart alone does is in no Admin API: see the README.
  lose = (webhook) => webhook.domain === lossy && !webhook.topic.startsWith("carts/") && chance() < 0.05;
  const people = Array.from({ length: 40 }, (_one, index) => ({
    email: `shopper-${index}@example.com`,
    step: Math.floor(draw() * 6),
    agrees: draw() < 0.7,
    pays: draw(),
  }));
  const checkouts = new Map<string, Awaited<ReturnType<typeof leave>>>();
  try {
    for (let step = 0; step < 30; step += 1) {
      for (const domain of [whole, lossy]) {
        for (const one of people) {
          const key = `${domain} ${one.email}`;
          if (one.step === step) {
            if (one.agrees) await agreed(domain, one.email);
            checkouts.set(key, await leave(domain, one.email));
          }
          const checkout = checkouts.get(key);
          // Some buy in the same hour, some hours after the reminder, most never.
          const payAt = one.pays < 0.25 ? one.step + 1 : one.pays < 0.45 ? one.step + 18 : null;
          if (checkout !== undefined && payAt === step) {
            const order = await world.shopify.store.pay(state(domain), checkout);
            if (one.pays < 0.05) await world.shopify.store.refund(state(domain), order, 400);
          }
        }
        await settle(domain);
        if (step % 3 === 2) await compare(domain);
        await settle(domain);
      }
      pass(20 * minute);
    }
  } finally {
    lose = () => false;
  }
  expect(door.lost).toBeGreaterThan(10);
  for (const domain of [whole, lossy]) await compare(domain);
  const result = async (domain: string) => {
    const where = { shopId: (await shopOf(domain)).id };
    const names = new Map((await app.db.profile.findMany({ where })).map((one) => [one.id, one.email]));
    const runs = await app.db.flowRun.findMany({ where });
    return {
      orders: (await app.db.placedOrder.findMany({ where })).map((one) => [names.get(one.profileId ?? ""), one.totalMinor, one.refundedMinor].join(" ")).sort(),
      checkouts: (await app.db.checkout.findMany({ where })).map((one) => [one.email, one.totalMinor, one.completedAt === null].join(" ")).sort(),
      consent: (await app.db.consentRecord.findMany({ where }))
        .map((one) => [names.get(one.profileId), one.state].join(" "))
        .filter((one, index, all) => all.indexOf(one) === index)
        .sort(),
      runs: runs.map((one) => [names.get(one.profileId), one.state, one.reason, one.stepIndex].join(" ")).sort(),
      mails: world.mail.mailbox
        .list()
        .filter((one) => one.from.includes(`hello@${domain.split(".")[0]}.example`))
        .map((one) => one.to)
        .sort(),
    };
  };
  const [wanted, got] = [await result(whole), await result(lossy)];
  expect(wanted.mails.length).toBeGreaterThan(10);
  expect(got).toEqual(wanted);
  expect((await app.past.findComparison((await shopOf(whole)).id))?.missedAt).toBeNull();
  expect((await app.past.findComparison((await shopOf(lossy)).id))?.missedAt).not.toBeNull();
}, 300_000);

test("a day's pause is a day to look back: what happened while nothing ran is found from the watermark on", async () => {
  const domain = await open("away");
  await lossOf(everything, async () => {
    await world.shopify.store.pay(state(domain), await leave(domain, "away@example.com"));
  });
  pass(3 * day);
  expect(await compare(domain)).toMatchObject({ orders: 1 });
});
