import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enterWorld } from "../../test/in-world.ts";
import { webhook } from "../../test/factories/webhooks.ts";
import type { Event } from "../events/event.ts";
import { after, hour, minute } from "../lib/time.ts";
import { standingOf } from "./product.ts";

let world: Awaited<ReturnType<typeof enterWorld>>;
let app: Awaited<ReturnType<typeof load>>;
const domain = "comeback-demo.myshopify.com";

async function load() {
  return {
    ...(await import("../db.server.ts")),
    ...(await import("../queue.server.ts")),
    ...(await import("../tx.server.ts")),
    ...(await import("../capture/receive.server.ts")),
    ...(await import("../pipeline/process-event.server.ts")),
    ...(await import("../shops/api.server.ts")),
    ...(await import("../shops/load.server.ts")),
    ...(await import("../shops/refresh.server.ts")),
    ...(await import("../shops/sessions.server.ts")),
    products: { ...(await import("./update.server.ts")), ...(await import("./complete.server.ts")) },
  };
}

const shop = async () => (await app.shopByDomain(domain)) ?? expect.unreachable();
const now = () => world.clock.now();
const known = async (productId: string) => (await app.products.findProducts((await shop()).id, [productId])).get(productId) ?? null;
const calls = () => world.shopify.apiCalls().filter((one) => one.operation === "ProductNow").length;

async function want(...productIds: string[]) {
  const one = await shop();
  await app.transaction((tx) => app.products.want(one, productIds, now(), tx));
}

beforeAll(async () => {
  world = await enterWorld();
  app = await load();
  await app.queue();
  const { session } = await app.api().auth.tokenExchange({
    shop: domain,
    sessionToken: new URL(world.shopify.launchUrl(domain)).searchParams.get("id_token") ?? expect.unreachable(),
    requestedTokenType: "urn:shopify:params:oauth:token-type:offline-access-token" as never,
    expiring: true,
  });
  await app.storeSession(session);
  await app.refresh(await app.installed(domain, (session.scope ?? "").split(","), now()), now());
}, 60_000);

afterAll(() => world.close());

test("of a shop of which no product is known some are learned, once", async () => {
  const one = await shop();
  expect(await app.products.latestShown(one.id)).toBeNull();
  await app.products.learnSome(one);
  const example = await app.products.latestShown(one.id);
  expect(standingOf(example)).toMatchObject({ kind: "shown", product: { currency: "GBP" } });
  const learned = await app.db.product.count({ where: { shopId: one.id } });
  expect(learned).toBe(5);
  const before = world.shopify.apiCalls().length;
  await app.products.learnSome(one);
  expect(world.shopify.apiCalls().length).toBe(before);
  await app.db.product.deleteMany({ where: { shopId: one.id } });
});

test("a product that was only looked at is asked for once, and then known as Shopify knows it", async () => {
  const [mug] = world.shopify.shops.get(domain).products;
  const productId = String(mug?.id);
  expect(standingOf(await known(productId))).toEqual({ kind: "unknown" });
  await want(productId, productId);
  expect((await app.whichShops({ due: [app.products.shopsToAsk(now())] })).due).toEqual([(await shop()).id]);
  expect(await app.products.complete(await shop(), now())).toBe(false);
  expect(standingOf(await known(productId))).toEqual({
    kind: "shown",
    product: {
      productId,
      title: "Salt-glazed mug",
      url: `${world.url}/products/salt-glazed-mug`,
      imageUrl: `${world.url}/shop/pictures/salt-glazed-mug.svg`,
      priceMinor: 1850,
      priceVaries: true,
      currency: "GBP",
    },
  });
  const before = calls();
  await app.products.complete(await shop(), now());
  expect(calls()).toBe(before);
});

test("a product that Shopify does not know is gone", async () => {
  await want("1");
  await app.products.complete(await shop(), now());
  expect(standingOf(await known("1"))).toEqual({ kind: "gone" });
  await want("1");
  expect((await app.whichShops({ due: [app.products.shopsToAsk(now())] })).due).toEqual([]);
});

test("an answer that does not come is waited for, and holds up the others no longer than that", async () => {
  const [, throwing, candle] = world.shopify.shops.get(domain).products;
  const ids = [String(throwing?.id), String(candle?.id)];
  await want(...ids);
  world.shopify.shops.get(domain).scopes = ["read_orders"];
  const before = calls();
  expect(await app.products.complete(await shop(), now())).toBe(false);
  expect(calls() - before).toBe(1);
  expect((await app.whichShops({ due: [app.products.shopsToAsk(after(now(), hour))] })).due).toEqual([]);
  // Asking again does not shorten it.
  await want(...ids);
  expect((await app.whichShops({ due: [app.products.shopsToAsk(after(now(), hour))] })).due).toEqual([]);
  world.shopify.shops.get(domain).scopes = ["read_orders", "read_products"];
  await app.products.complete(await shop(), after(now(), 6 * hour + minute));
  expect([...(await app.products.findProducts((await shop()).id, ids)).values()].map((one) => standingOf(one).kind)).toEqual(["shown", "shown"]);
});

test("webhooks keep it as it stands; another handle is another address, which is asked for anew", async () => {
  const [mug] = world.shopify.shops.get(domain).products;
  const productId = String(mug?.id);
  const at = now();
  const send = async (change: object, when: Date) => {
    const payload = { id: mug?.id, title: "Mug", status: "active", handle: "salt-glazed-mug", published_at: "2026-01-01T00:00:00Z", image: null, ...change };
    await app.receive(webhook(domain, "products/update", { ...payload, variants: [{ price: "20.00" }], updated_at: when.toISOString() }, at));
    while ((await app.processBatch(await shop(), at)) > 0);
  };
  await send({ title: "Mug, taller" }, after(at, minute));
  await send({ title: "Mug, as it was" }, at);
  expect(standingOf(await known(productId))).toMatchObject({
    kind: "shown",
    product: { title: "Mug, taller", priceMinor: 2000, priceVaries: false, url: `${world.url}/products/salt-glazed-mug` },
  });
  expect((await app.products.latestShown((await shop()).id))?.title).toBe("Mug, taller");
  await send({ handle: "tall-mug" }, after(at, 2 * minute));
  expect(standingOf(await known(productId))).toEqual({ kind: "unknown" });
  await send({ status: "archived" }, after(at, 3 * minute));
  expect(standingOf(await known(productId))).toEqual({ kind: "gone" });
  await app.receive(webhook(domain, "products/delete", { id: mug?.id }, at));
  await send({}, after(at, 4 * minute));
  expect(standingOf(await known(productId))).toEqual({ kind: "gone" });
});

test("in whatever order and parts the events of a product come, it stands the same in the end", async () => {
  const begin = new Date("2026-11-01T00:00:00Z");
  const one = await shop();
  let number = 100;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.record({ minute: fc.nat(50), handle: fc.constantFrom("a", "b"), vendor: fc.constantFrom("Ann", "Ben"), gone: fc.integer({ min: 0, max: 9 }) }),
        {
          selector: (each) => each.minute,
          minLength: 1,
          maxLength: 6,
        },
      ),
      fc.infiniteStream(fc.nat()),
      async (told, chance) => {
        const events = (productId: string): Event[] =>
          told.map(({ minute: at, handle, vendor, gone }, index) => ({
            name: gone === 9 ? "product.deleted" : "product.updated",
            seq: BigInt(index),
            sourceId: "x",
            sourceAt: begin,
            occurredAt: after(begin, at * minute),
            subject: null,
            data:
              gone === 9
                ? { productId }
                : { productId, title: `at ${at}`, status: "active", handle, vendor, updatedAt: after(begin, at * minute).toISOString() },
          })) as Event[];
        const [straight, mixed] = [String((number += 1)), String((number += 1))];
        await app.transaction((tx) => app.products.update(one.id, events(straight), now(), tx));
        const shuffled = events(mixed)
          .map((event) => ({ event, order: chance.next().value as number }))
          .sort((a, b) => a.order - b.order);
        for (const { event } of [...shuffled, ...shuffled.slice(0, 1)]) await app.transaction((tx) => app.products.update(one.id, [event], now(), tx));
        const found = await app.products.findProducts(one.id, [straight, mixed]);
        expect({ ...found.get(mixed), productId: straight }).toEqual(found.get(straight));
        const vendors = await app.db.product.findMany({ where: { shopId: one.id, productId: { in: [straight, mixed] } }, select: { vendor: true } });
        expect(new Set(vendors.map((each) => each.vendor)).size).toBe(1);
      },
    ),
    { numRuns: 25 },
  );
});
