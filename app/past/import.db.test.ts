import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enterWorld } from "../../test/in-world.ts";
import { idFor } from "../../sandbox/shopify/ids.ts";
import type { Customer, Order, ShopState } from "../../sandbox/shopify/shop-state.ts";
import { after, day, hour, minute, second } from "../lib/time.ts";

let world: Awaited<ReturnType<typeof enterWorld>>;
let app: Awaited<ReturnType<typeof load>>;

async function load() {
  return {
    ...(await import("../db.server.ts")),
    ...(await import("../queue.server.ts")),
    ...(await import("../tx.server.ts")),
    ...(await import("../pipeline/process-event.server.ts")),
    ...(await import("../pipeline/sweep.server.ts")),
    ...(await import("../shops/api.server.ts")),
    ...(await import("../shops/load.server.ts")),
    ...(await import("../shops/refresh.server.ts")),
    ...(await import("../shops/sessions.server.ts")),
    past: { ...(await import("./import.server.ts")), ...(await import("./store.server.ts")) },
  };
}

const now = () => world.clock.now();
const pass = (ms: number) => expect(world.clock.move({ at: after(now(), ms).toISOString() })).toMatchObject({ ok: true });
const shopOf = async (domain: string) => (await app.shopByDomain(domain)) ?? expect.unreachable();

async function install(name: string, past: (shop: ShopState) => void = () => undefined): Promise<string> {
  const domain = `${name}.myshopify.com`;
  past(world.shopify.shops.open({ ...{ domain, name, email: `owner@${name}.example`, currency: "GBP", timeZone: "Europe/London", countryCode: "GB" } }));
  const { session } = await app.api().auth.tokenExchange({
    shop: domain,
    sessionToken: new URL(world.shopify.launchUrl(domain)).searchParams.get("id_token") ?? expect.unreachable(),
    requestedTokenType: "urn:shopify:params:oauth:token-type:offline-access-token" as never,
    expiring: true,
  });
  await app.storeSession(session);
  await app.refresh(await app.installed(domain, (session.scope ?? "").split(","), now()), now());
  await app.past.expectPast(await shopOf(domain), now());
  return domain;
}

/** A shop with `people` customers of several years and one order each, the first of them long ago. */
function withPast(people: number) {
  return (shop: ShopState) => {
    for (let index = 0; index < people; index += 1) {
      const at = after(now(), -(index + 1) * 6 * hour);
      const old = index % 10 === 9;
      const customer: Customer = {
        ...{
          id: idFor(`${shop.domain} ${index}`),
          email: `person-${index}@example.com`,
          firstName: "Ada",
          lastName: `No ${index}`,
          country: "GB",
          phone: null,
        },
        ...{ createdAt: after(at, -400 * day), updatedAt: at, dataSaleOptOut: false },
        emailMarketing:
          index % 3 === 0
            ? { state: "subscribed", optInLevel: "single_opt_in", updatedAt: after(at, -300 * day) }
            : index % 3 === 1
              ? { state: "unsubscribed", optInLevel: "single_opt_in", updatedAt: after(at, -200 * day) }
              : { state: "not_subscribed", optInLevel: null, updatedAt: null },
      };
      const placed = old ? after(now(), -90 * day) : after(now(), -(index % 50) * day - hour);
      const order: Order = {
        ...{ id: idFor(`${shop.domain} order ${index}`), name: `#${1000 + index}`, token: "t", customerId: customer.id, email: customer.email ?? "" },
        lines: [0, 1].map((line) => ({
          ...{
            id: idFor(`${shop.domain} line ${index} ${line}`),
            variantId: 31 + line,
            productId: 21 + line,
            sku: `S${line}`,
            title: "Mug",
            quantity: 1,
            priceMinor: 1850,
          },
        })),
        ...{ shippingMinor: 395, cartToken: null, checkoutToken: null, discountCodes: [], landingSite: null, attributes: [], acceptsMarketing: false },
        ...{ financialStatus: "paid", createdAt: placed, updatedAt: placed, cancelledAt: null, refundedMinor: 0, refunds: [] },
      };
      shop.customers.push(customer);
      shop.orders.push(order);
    }
  };
}

async function read(domain: string) {
  while ((await app.processBatch(await shopOf(domain), now())) > 0);
}

/** Lets time pass and looks, until nothing is under way. */
async function finish(domain: string, most = 40) {
  for (let turn = 0; turn < most; turn += 1) {
    if ((await app.past.importSome(await shopOf(domain), now)) === null) break;
    pass(5 * second);
  }
  await read(domain);
  return files(domain);
}

const files = async (domain: string) => Object.fromEntries((await app.past.findFiles((await shopOf(domain)).id)).map((file) => [file.kind, file]));

async function standing(domain: string) {
  const where = { shopId: (await shopOf(domain)).id };
  const plain = (value: unknown) => JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? Number(one) : one));
  return plain({
    events: await app.db.event.count({ where }),
    orders: await app.db.placedOrder.findMany({ where, orderBy: { orderId: "asc" } }),
    words: await app.db.consentRecord.findMany({ where, orderBy: [{ sourceId: "asc" }], omit: { recordedAt: true } }),
    people: await app.db.profile.findMany({ where, orderBy: { id: "asc" } }),
    products: await app.db.product.findMany({ where, orderBy: { productId: "asc" } }),
  });
}

beforeAll(async () => {
  world = await enterWorld();
  app = await load();
  await app.queue();
}, 60_000);
afterAll(() => world.close());

test("a shop with no past is done at once, and has its products", async () => {
  const domain = await install("newborn");
  const done = await finish(domain);
  expect(Object.values(done).map((file) => [file.kind, file.state, file.objects, file.problem])).toEqual([
    ["customers", "done", 0, null],
    ["orders", "done", 0, null],
    ["products", "done", world.shopify.shops.get(domain).products.length, null],
  ]);
  expect(await app.db.product.count({ where: { shopId: (await shopOf(domain)).id, url: { not: null } } })).toBe(
    world.shopify.shops.get(domain).products.length,
  );
  expect(await app.db.event.count({ where: { shopId: (await shopOf(domain)).id } })).toBe(0);
});

describe("a shop with a past", () => {
  let domain: string;
  const people = 260;

  test("is read: who is there, what each agreed to by its own date, and the orders of 60 days", async () => {
    domain = await install("old", withPast(people));
    const done = await finish(domain);
    expect(done["customers"]).toMatchObject({ state: "done", linesDone: people, linesRefused: 0 });
    const recent = world.shopify.shops.get(domain).orders.filter((one) => one.createdAt > after(now(), -60 * day)).length;
    expect(recent).toBeLessThan(people);
    // Each order with its two lines below it.
    expect(done["orders"]).toMatchObject({ state: "done", linesDone: 3 * recent });
    const where = { shopId: (await shopOf(domain)).id };
    expect(await app.db.placedOrder.count({ where })).toBe(recent);
    expect(await app.db.profile.count({ where: { ...where, mergedInto: null } })).toBe(people);
    const first = world.shopify.shops.get(domain).customers[0] ?? expect.unreachable();
    const profile = await app.db.profile.findFirst({ where: { ...where, email: "person-0@example.com" } });
    const words = await app.db.consentRecord.findMany({ where: { ...where, profileId: profile?.id ?? "", source: "shopify" } });
    expect(words).toMatchObject([{ state: "single", channel: "email", evidence: "customer record in Shopify" }]);
    expect(words[0]?.occurredAt.getTime()).toBe(Math.floor((first.emailMarketing.updatedAt?.getTime() ?? 0) / 1000) * 1000);
    // Never asked is nothing said: only the order speaks for her.
    const silent = await app.db.profile.findFirst({ where: { ...where, email: "person-2@example.com" } });
    expect((await app.db.consentRecord.findMany({ where: { ...where, profileId: silent?.id ?? "" } })).map((one) => one.state)).toEqual(["implied-sale"]);
  });

  test("nothing is sent because of it, and the first segments are counted", async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      await app.sweep(now());
      pass(2 * hour);
    }
    const where = { shopId: (await shopOf(domain)).id };
    expect(await app.db.flowRun.count({ where })).toBe(0);
    expect(await app.db.message.count({ where })).toBe(0);
    expect(world.mail.mailbox.list()).toEqual([]);
    expect(await app.db.membership.count({ where: { ...where, segmentKey: "past-purchasers" } })).toBeGreaterThan(100);
    expect(await app.db.membership.count({ where: { ...where, segmentKey: { in: ["checkout-abandoners", "cart-abandoners"] } } })).toBe(0);
  });

  test("read a second time it changes nothing", async () => {
    const before = await standing(domain);
    await app.past.readAgain(await shopOf(domain), now());
    expect(await finish(domain)).toMatchObject({ customers: { state: "done", linesDone: people }, orders: { state: "done" } });
    expect(await standing(domain)).toBe(before);
    // Opened again, nothing is read anew; installed again, it is.
    const [calls, shop] = [world.shopify.apiCalls().length, await shopOf(domain)];
    await app.past.expectPast(shop, now());
    expect(await app.past.importSome(shop, now)).toBeNull();
    expect(world.shopify.apiCalls().length).toBe(calls);
    await app.past.expectPast({ ...shop, installedAt: now() }, now());
    expect((await files(domain))["orders"]).toMatchObject({ state: "wanted" });
    await finish(domain);
    expect(await standing(domain)).toBe(before);
  });
});

describe("what goes wrong", () => {
  test("a download that breaks off goes on at the line where it was left, and ends as one that did not", async () => {
    const [whole, broken] = [await install("unbroken", withPast(230)), await install("broken", withPast(230))];
    await finish(whole);
    for (let turn = 0; turn < 3; turn += 1) {
      await app.past.importSome(await shopOf(broken), now);
      pass(5 * second);
    }
    await app.past.readAgain(await shopOf(broken), now());
    world.shopify.faults.downloadCuts = 3;
    await app.past.importSome(await shopOf(broken), now);
    pass(5 * second);
    await app.past.importSome(await shopOf(broken), now);
    const half = await files(broken);
    expect(half["customers"]).toMatchObject({ state: "reading", linesDone: 100, problem: "later", attempts: 1 });
    pass(minute + second);
    const done = await finish(broken);
    expect(done["customers"]).toMatchObject({ state: "done", linesDone: 230, problem: null });
    const counts = async (domain: string) => {
      const where = { shopId: (await shopOf(domain)).id };
      return [
        await app.db.event.count({ where }),
        await app.db.placedOrder.count({ where }),
        await app.db.profile.count({ where }),
        await app.db.consentRecord.count({ where }),
      ];
    };
    expect(await counts(broken)).toEqual(await counts(whole));
  });

  test("an address that has ended, or a result that is gone, is made anew", async () => {
    const domain = await install("late", withPast(5));
    await app.past.importSome(await shopOf(domain), now);
    pass(8 * day);
    await app.past.importSome(await shopOf(domain), now);
    expect((await files(domain))["customers"]).toMatchObject({ state: "wanted", attempts: 1, problem: "expired" });
    pass(11 * minute);
    expect(await finish(domain)).toMatchObject({ customers: { state: "done", linesDone: 5 } });
  });

  test("what Shopify fails to make again and again is given up, and says so; asked for again it is tried again", async () => {
    const domain = await install("failing", withPast(1));
    world.shopify.faults.bulkFails = 1000;
    for (let turn = 0; turn < 12; turn += 1) {
      await app.past.importSome(await shopOf(domain), now);
      pass(11 * minute);
    }
    world.shopify.faults.bulkFails = 0;
    expect((await files(domain))["orders"]).toMatchObject({ state: "failed", problem: "internal_server_error", dueAt: null });
    await app.past.readAgain(await shopOf(domain), now());
    expect(await finish(domain)).toMatchObject({ customers: { state: "done" }, orders: { state: "done" }, products: { state: "done" } });
  });

  test("a scope that is missing fails its own file and no other", async () => {
    const domain = await install("shy", withPast(3));
    world.shopify.shops.get(domain).scopes = ["read_products"];
    for (let turn = 0; turn < 14; turn += 1) {
      await app.past.importSome(await shopOf(domain), now);
      pass(11 * minute);
    }
    expect(await files(domain)).toMatchObject({
      customers: { state: "failed", problem: "access_denied" },
      orders: { state: "failed", problem: "access_denied" },
      products: { state: "done" },
    });
  });

  test("without the protected fields people are still counted, and nobody becomes mailable", async () => {
    world.shopify.faults.unapproved = new Set(["Customer.defaultEmailAddress", "Customer.firstName", "Customer.lastName", "Order.email"]);
    const domain = await install("anonymous", withPast(9));
    const done = await finish(domain);
    world.shopify.faults.unapproved = new Set();
    expect(done).toMatchObject({ customers: { state: "done", linesRefused: 0 }, orders: { state: "done", linesRefused: 0 } });
    const where = { shopId: (await shopOf(domain)).id };
    expect(await app.db.profile.count({ where })).toBe(9);
    expect(await app.db.profile.count({ where: { ...where, email: { not: null } } })).toBe(0);
    expect(await app.db.consentRecord.count({ where: { ...where, state: { in: ["single", "confirmed"] } } })).toBe(0);
  });
});
