import { beforeAll, expect, test } from "vitest";
import { db } from "../db.server.ts";
import type { Event, Person } from "../events/event.ts";
import { ensureShop } from "../shops/load.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { resolve } from "./resolve.server.ts";

const now = new Date("2026-11-21T09:00:00Z");
let shop: Shop;
let shopId: number;
let seq = 0n;

beforeAll(async () => {
  shop = await ensureShop("identity.myshopify.com", now);
  shopId = shop.id;
});

const nobody: Person = { customerGid: null, email: null, phone: null };
const event = (name: Event["name"], data: object): Event =>
  ({ seq: (seq += 1n), name, sourceId: `s${seq}`, sourceAt: now, occurredAt: now, subject: null, data }) as Event;
const checkout = (token: string, person: Partial<Person>) => event("checkout.updated", { token, cartToken: null, person: { ...nobody, ...person } });
const customer = (customerGid: string, email: string | null) => event("customer.updated", { ...nobody, customerGid, email });

/** Who each event of a batch is about. */
async function who(...batch: Event[]): Promise<(string | null)[]> {
  const { of } = await transaction((tx) => resolve(shop, batch, now, tx));
  return batch.map(of);
}

test("what one event of a batch teaches about a profile, the next one knows by whichever key it comes", async () => {
  const [anonymous] = await who(checkout("k1", { email: "shared@x.test" }));
  const [first, second] = await who(customer("1", "shared@x.test"), checkout("k1", { customerGid: "2" }));
  expect(first).toBe(anonymous);
  expect(second).not.toBe(first);
});

test("whom Shopify merged is one person, by either customer, however late a delivery comes", async () => {
  const [deleted] = await who(customer("20", "old@x.test"));
  const [, kept, late, byMail] = await who(
    event("customer.merged", { keptGid: "10", deletedGid: "20" }),
    customer("10", "new@x.test"),
    customer("20", null),
    checkout("k2", { email: "old@x.test" }),
  );
  expect([kept, late, byMail]).toEqual([deleted, deleted, deleted]);
  const profiles = await db.profile.count({ where: { shopId } });
  expect(await who(customer("20", "old@x.test"), customer("10", "old@x.test"))).toEqual([deleted, deleted]);
  expect(await db.profile.count({ where: { shopId } })).toBe(profiles);
});

test("Shopify's record of an address is surer than a typed one: it takes the address, and what stands on it, to its customer", async () => {
  const [byMail, byCheckout] = await who(checkout("k3", { email: "a@x.test" }), checkout("k4", { customerGid: "30" }));
  expect(byMail).not.toBe(byCheckout);
  const order = event("order.placed", { orderId: "o3", checkoutToken: "k4", cartToken: null, person: { ...nobody, email: "a@x.test" } });
  const [joined] = await who(order);
  // Two of one moment: either may keep her id.
  expect([byMail, byCheckout]).toContain(joined);
  expect((await who(checkout("k3", {}), checkout("k4", {}))).every((one) => one === joined)).toBe(true);
  const [recorded, ordered, left] = await who(customer("31", "a@x.test"), order, checkout("k4", { customerGid: "30" }));
  expect(recorded).toBe(ordered);
  expect(recorded).not.toBe(left);
});

const seen = (visitor: string, tokens: { cartToken?: string; checkoutToken?: string } = {}) => ({
  ...event("page.viewed", { path: "/", cartToken: null, checkoutToken: null, ...tokens }),
  subject: `visitor:${visitor}`,
});
const cart = (token: string) => event("cart.updated", { token, createdAt: now.toISOString(), updatedAt: now.toISOString(), lines: [] });

test("a browser is a profile from its first event, and becomes hers who names herself in its cart", async () => {
  const [first, again, withCart, hers] = await who(seen("v1"), seen("v1"), seen("v1", { cartToken: "c-v1" }), cart("c-v1"));
  expect(again).toBe(first);
  expect([withCart, hers]).toEqual([first, first]);
  const [named] = await who({
    ...checkout("k-v1", { email: "visitor@x.test" }),
    data: { token: "k-v1", cartToken: "c-v1", person: { ...nobody, email: "visitor@x.test" } },
  } as Event);
  expect(named).toBe(first);
  expect(await db.profile.findFirst({ where: { shopId, id: first ?? "" } })).toMatchObject({ email: "visitor@x.test" });
});

test("somebody else's cart in her browser stays somebody else's, in whichever order it is told", async () => {
  const [ann] = await who({ ...checkout("k-ann", { email: "ann@x.test" }) });
  const [browser] = await who(seen("v2", { checkoutToken: "k-ann" }));
  expect(browser).toBe(ann);
  const [claimed, bea, later] = await who(seen("v2", { cartToken: "c-bea" }), cart("c-bea"), seen("v2", { cartToken: "c-bea" }));
  expect([claimed, later]).toEqual([ann, ann]);
  expect(bea).not.toBe(ann);
});

test("the same first event makes the same profile wherever it is read, and another in another shop", async () => {
  const first = checkout("k-again", { email: "again@x.test" });
  const [here] = await who(first);
  const elsewhere = await ensureShop("identity-two.myshopify.com", now);
  const idIn = async (place: Shop) => (await transaction((tx) => resolve(place, [first], now, tx))).of(first);
  const there = await idIn(elsewhere);
  expect(await idIn({ ...(await ensureShop("identity-three.myshopify.com", now)), salt: shop.salt })).toBe(here);
  expect(there).not.toBe(here);
});
