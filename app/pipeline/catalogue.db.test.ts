// What products belong to, from Shopify's webhooks and its Admin API to who is in a segment.
import { afterAll, beforeAll, expect, test } from "vitest";
import { enterLossyWorld } from "../../test/lossy-world.ts";
import type { NewEvent } from "../events/event.ts";
import { day, hour, minute } from "../lib/time.ts";
import type { Node } from "../segments/rule.ts";

const { world, app, now, pass, shopOf, state, open, read, leave, losing, close } = await enterLossyWorld();
const { run } = await import("./tasks.server.ts");
const { append, ensurePartitions } = await import("../events/append.server.ts");
const { countNext } = await import("../segments/count.server.ts");
const { fillPage } = await import("../segments/fill.server.ts");
const segments = await import("../segments/update.server.ts");
const { saveSegment } = await import("../segments/saved.server.ts");
const { countMatching } = await import("../segments/whole-shop.server.ts");
const { catalogueOf } = await import("../segments/catalogue.server.ts");
const { choicesNamed, collectionsListed } = await import("../products/collections.server.ts");
const { writeProductsIn } = await import("../products/catalogue-store.server.ts");
afterAll(close);

let domain: string;
let wear: string;
let byVendor: string;
let notWear: string;
const shop = () => shopOf(domain);
const shelves = world.shopify.store.shelves;
const [mug, throwing] = [0, 1].map((place) => ({
  get id() {
    return state(domain).products[place]?.id ?? expect.unreachable();
  },
})) as [{ id: number }, { id: number }];
const collectionId = (handle: string) => String(state(domain).collections.find((one) => one.handle === handle)?.id);

const viewed = (where: object, n = 1): Node => ({
  ...{ kind: "did", did: "viewed-product", where, times: { is: n === 0 ? "exactly" : "at-least", n }, onDays: false, when: { kind: "ever" } },
});

let number = 0;
async function look(visitor: string, productId: number): Promise<void> {
  const at = now();
  const data = { cartToken: null, checkoutToken: null, productId: String(productId), variantId: null, vendor: null, priceMinor: null, currency: null };
  const event = { name: "product.viewed", sourceId: `e${(number += 1)}`, sourceAt: at, occurredAt: at, subject: `visitor:${visitor}`, data } as NewEvent;
  const { id: shopId } = await shop();
  await ensurePartitions([at]);
  await app.transaction((tx) => append([{ shopId, event }], tx));
  await read(domain);
}

/** Somebody of this name, or those who are in a segment, by name. */
const names = async () =>
  new Map((await app.db.profileAlias.findMany({ where: { shopId: (await shop()).id, kind: "visitor" } })).map((one) => [one.profileId, one.key]));
async function membersOf(key: string): Promise<string[]> {
  const who = await names();
  const rows = await app.db.membership.findMany({ where: { shopId: (await shop()).id, segmentKey: key } });
  // Whoever the whole-shop question finds is who is kept.
  const segment = await app.db.segment.findFirstOrThrow({ where: { shopId: (await shop()).id, key } });
  expect(await countMatching(await shop(), (segment.rule as unknown as { match: Node }).match, now())).toEqual({ ok: true, answer: rows.length });
  return rows.map((row) => who.get(row.profileId) ?? "?").sort();
}

async function save(name: string, rule: Node): Promise<string> {
  const saved = await saveSegment(await shop(), { key: null, name, rule: { version: 1, match: rule }, madeFrom: null, version: null }, now());
  while (await fillPage(await shop(), now()));
  return saved.outcome === "saved" ? saved.key : expect.unreachable(JSON.stringify(saved));
}

/** What the worker does: reads what was told, asks what is to be asked, sweeps. */
async function settle(): Promise<void> {
  await read(domain);
  await run("products.complete", (await shop()).id);
  await app.sweep(now());
}

const calls = (operation: string) => world.shopify.apiCalls().filter((one) => one.operation === operation).length;

beforeAll(async () => {
  domain = await open("catalogue");
}, 60_000);

test("at an installation collections are read with all that is in them, once", async () => {
  const { id } = await shop();
  expect([await collectionsListed(id), await choicesNamed(id, "collection", "", 10)]).toEqual([false, []]);
  await run("shop.refresh", id);
  await run("products.complete", id);
  expect(await collectionsListed(id)).toBe(true);
  expect((await choicesNamed(id, "collection", "", 10)).map((one) => one.label)).toEqual(["Bath", "Kitchen & table", "Living", "Outdoor", "To wear"]);
  const truth = state(domain)
    .collections.flatMap((one) => one.productIds.map((product) => `${product} ${one.id}`))
    .sort();
  const held = await app.db.product.findMany({ where: { shopId: id } });
  expect(held.flatMap((one) => one.collections.map((collection) => `${one.productId} ${collection}`)).sort()).toEqual(truth);
  // Nobody has told of these products: at an installation that is left to the file that tells of all of them. The next day each is asked about.
  expect(calls("ProductNow")).toBe(0);
  pass(day);
  await run("products.complete", id);
  // Five were learnt for previews.
  expect(calls("ProductNow")).toBe(state(domain).products.length - 5);
  expect((await choicesNamed(id, "vendor", "", 10)).map((one) => one.value)).toEqual([...new Set(state(domain).products.map((one) => one.vendor))].sort());
  const before = world.shopify.apiCalls().length;
  await run("shop.refresh", id);
  await run("products.complete", id);
  expect(world.shopify.apiCalls().slice(before).map((one) => one.operation)).not.toContain("CollectionNow"); // prettier-ignore
});

test("a segment may ask for collections and vendors, and is filled by what is known", async () => {
  await look("ada", mug.id);
  await look("bea", throwing.id);
  wear = await save("Looked at something to wear", viewed({ collections: [collectionId("wear")] }));
  byVendor = await save("Looked at Harbour & Pine's", viewed({ vendors: ["Harbour & Pine"] }));
  notWear = await save("Looked at nothing to wear", viewed({ collections: [collectionId("wear")] }, 0));
  expect([await membersOf(wear), await membersOf(byVendor), await membersOf(notWear)]).toEqual([[], ["ada", "bea"], ["ada", "bea"]]);
});

test("put into a collection by hand, a product takes along who looked at it, and nobody else is looked at", async () => {
  await app.sweep(now());
  await shelves.shelve(state(domain), "wear", mug.id);
  const { id: shopId } = await shop();
  await read(domain);
  await run("products.complete", shopId);
  const [{ profileId: ada } = { profileId: "" }] = await app.db.profileAlias.findMany({ where: { shopId, kind: "visitor", key: "ada" } });
  await app.db.membershipDue.deleteMany({ where: { shopId } });
  const here = await shop();
  await app.transaction(async (tx) => {
    await segments.lockWriter(shopId, tx);
    await segments.follow(here, now(), tx);
  });
  expect((await app.db.membershipDue.findMany({ where: { shopId } })).map((one) => one.profileId)).toEqual([ada]);
  await app.sweep(now());
  expect([await membersOf(wear), await membersOf(notWear)]).toEqual([["ada"], ["bea"]]);
});

test("out again by its rule, of which only the product tells: it is asked a minute later, once for all its changes", async () => {
  const before = calls("ProductNow");
  for (let change = 0; change < 3; change += 1) await shelves.shelve(state(domain), "wear", mug.id, { into: false, byRule: true });
  await settle();
  expect(await membersOf(wear)).toEqual(["ada"]);
  pass(minute);
  await settle();
  expect([await membersOf(wear), await membersOf(notWear)]).toEqual([[], ["ada", "bea"]]);
  expect(calls("ProductNow") - before).toBe(1);
});

test("another vendor, told by the product itself", async () => {
  await shelves.setVendor(state(domain), mug.id, "Potters of Leith");
  await read(domain);
  await app.sweep(now());
  expect(await membersOf(byVendor)).toEqual(["bea"]);
  expect((await choicesNamed((await shop()).id, "vendor", "OF LEITH", 10)).map((one) => one.value)).toEqual(["Potters of Leith"]);
});

test("what sells out leaves a collection with a rule on stock within the half hour, and nothing else is read for it", async () => {
  const living = state(domain).collections.find((one) => one.handle === "living") ?? expect.unreachable();
  const key = await save("Looked at something of the living room", viewed({ collections: [collectionId("living")] }));
  expect(await membersOf(key)).toEqual(["bea"]);
  // A rule of its own: the collection tells that it changed.
  living.byStock = true;
  await shelves.shelve(state(domain), "living", throwing.id);
  await settle();
  const before = calls("CollectionNow");
  await shelves.setStock(state(domain), throwing.id, 0);
  await settle();
  await shelves.setStock(state(domain), mug.id, 0);
  pass(29 * minute);
  await settle();
  expect([await membersOf(key), calls("CollectionNow") - before]).toEqual([["bea"], 0]);
  pass(minute);
  await settle();
  expect([await membersOf(key), calls("CollectionNow") - before]).toEqual([[], 1]);
  await shelves.setStock(state(domain), throwing.id, 5);
  pass(hour);
  await settle();
  await settle();
  pass(hour);
  await settle();
  expect([await membersOf(key), calls("CollectionNow") - before]).toEqual([["bea"], 2]);
});

test("what no webhook told is found within a day: products that moved, collections that came, went or have another name", async () => {
  await losing(
    () => true,
    async () => {
      await shelves.shelve(state(domain), "wear", throwing.id);
      await shelves.renameCollection(state(domain), "living", "Slow evenings");
      await shelves.deleteCollection(state(domain), "bath");
      await shelves.setVendor(state(domain), throwing.id, "Weavers");
    },
  );
  pass(hour);
  await settle();
  expect(await membersOf(wear)).toEqual([]);
  pass(day);
  await settle();
  expect([await membersOf(wear), await membersOf(notWear)]).toEqual([["bea"], ["ada"]]);
  expect(await membersOf(byVendor)).toEqual([]);
  const { id } = await shop();
  expect((await choicesNamed(id, "collection", "", 10)).map((one) => one.label)).toEqual(["Kitchen & table", "Outdoor", "Slow evenings", "To wear"]);
});

test("a collection that is deleted holds nothing from then on", async () => {
  const gone = collectionId("wear");
  await shelves.deleteCollection(state(domain), "wear");
  await read(domain);
  await app.sweep(now());
  expect([await membersOf(wear), await membersOf(notWear)]).toEqual([[], ["ada", "bea"]]);
  expect(await app.db.product.count({ where: { shopId: (await shop()).id, collections: { has: gone } } })).toBe(0);
});

test("the catalogue is read anew when it changed, and not otherwise; what was rolled back was never in it", async () => {
  const { id } = await shop();
  const before = await catalogueOf(id);
  expect(await catalogueOf(id)).toBe(before);
  const kitchen = collectionId("kitchen");
  await expect(
    app.transaction(async (tx) => {
      await writeProductsIn(id, kitchen, [], now(), tx);
      expect([...(await catalogueOf(id, tx)).values()].some((one) => one.collections.includes(kitchen))).toBe(false);
      throw new Error("cut off");
    }),
  ).rejects.toThrow("cut off");
  expect(await catalogueOf(id)).toBe(before);
  pass(minute);
  // The number that was taken and given back is taken by another change.
  await app.transaction((tx) => writeProductsIn(id, collectionId("outdoor"), [], now(), tx));
  const after = await catalogueOf(id);
  expect(after).not.toBe(before);
  expect([...after.values()].filter((one) => one.collections.includes(kitchen)).length).toBeGreaterThan(3);
});

test("of a shop that asks for neither nothing is read, and another shop's products are none of ours", async () => {
  const other = await shopOf(await open("no-catalogue"));
  const { worldOf } = await import("../segments/world.server.ts");
  expect((await worldOf(other)).world.catalogue.size).toBe(0);
  expect((await worldOf(other, undefined, viewed({ vendors: ["Harbour & Pine"] }))).world.catalogue.size).toBe(0);
  expect((await worldOf(await shop())).world.catalogue.size).toBeGreaterThan(20);
});

test("a slow rule, of what orders held, is counted anew when products moved", async () => {
  const held = async (key: string) => app.db.membership.count({ where: { shopId: (await shop()).id, segmentKey: key } });
  const order = await leave(domain, "ada@example.com");
  await world.shopify.store.pay(state(domain), order);
  await read(domain);
  const rule: Node = { ...(viewed({ collections: [collectionId("kitchen")] }) as Node & { kind: "did" }), did: "ordered" };
  const key = await save("Bought for the kitchen", rule);
  while (await countNext(await shop(), now()));
  expect(await held(key)).toBe(1);
  // Everything that came before is counted for good.
  for (let turn = 0; turn < 3; turn += 1) {
    pass(20 * minute);
    while (await countNext(await shop(), now()));
  }
  await shelves.shelve(state(domain), "kitchen", mug.id, { into: false });
  await settle();
  pass(20 * minute);
  while (await countNext(await shop(), now()));
  expect(await held(key)).toBe(0);
});

test("without an answer it says nothing new, and is waited for", async () => {
  const { id } = await shop();
  await shelves.shelve(state(domain), "kitchen", throwing.id);
  await read(domain);
  const scopes = state(domain).scopes;
  state(domain).scopes = ["read_orders"];
  const before = calls("CollectionNow");
  await run("products.complete", id);
  await run("products.complete", id);
  expect(calls("CollectionNow") - before).toBe(1);
  state(domain).scopes = scopes;
  pass(6 * hour);
  await run("products.complete", id);
  expect((await app.db.product.findFirst({ where: { shopId: id, productId: String(throwing.id) } }))?.collections).toContain(collectionId("kitchen"));
});
