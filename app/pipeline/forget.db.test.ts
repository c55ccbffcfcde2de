import { beforeAll, expect, test } from "vitest";
import { checkout, order, webhook } from "../../test/factories/webhooks.ts";
import { receive } from "../capture/receive.server.ts";
import { db } from "../db.server.ts";
import { after, day } from "../lib/time.ts";
import { unseal } from "../lib/seal.server.ts";
import { queue } from "../queue.server.ts";
import { keyFor } from "../shops/keys.server.ts";
import { installed } from "../shops/refresh.server.ts";
import { shopByDomain } from "../shops/load.server.ts";
import { answerRequests } from "./forget.server.ts";
import { processBatch } from "./process-event.server.ts";
import { handlers } from "./tasks.server.ts";

const now = new Date("2026-10-01T10:00:00Z");
const canaries = ["canary@example.com", "Canaria", "Kanarienvogel"];
async function send(domain: string, topic: string, payload: object, at = now): Promise<void> {
  await receive(webhook(domain, topic, payload, at));
  const shop = (await shopByDomain(domain)) ?? expect.unreachable();
  while ((await processBatch(shop, at)) > 0);
}

async function shopper(domain: string): Promise<void> {
  const customer = { id: 42, email: "canary@example.com", first_name: "Canaria", last_name: "Kanarienvogel" };
  await send(domain, "checkouts/create", checkout(`co-${domain}`, "canary@example.com", now, { customer }));
  await send(domain, "orders/create", order(7, null, "canary@example.com", now, { customer }));
}

/** Every text of every table, as one string per shop. */
async function everythingOf(shopId: number): Promise<string> {
  const tables = await db.$queryRaw<
    { table_name: string }[]
  >`SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'shop_id'`;
  const parts = [];
  for (const { table_name: table } of tables)
    parts.push(
      JSON.stringify(await db.$queryRawUnsafe(`SELECT * FROM "${table}" WHERE shop_id = $1`, shopId), (_key, value: unknown) =>
        typeof value === "bigint" ? String(value) : value,
      ),
    );
  return parts.join("\n");
}

beforeAll(async () => {
  await queue();
  for (const domain of ["one.myshopify.com", "two.myshopify.com"]) {
    await installed(domain, [], now);
    await shopper(domain);
  }
});

const one = async () => (await shopByDomain("one.myshopify.com")) ?? expect.unreachable();

test("a data request is answered with a sealed file of everything about the person", async () => {
  await send("one.myshopify.com", "customers/data_request", {
    shop_domain: "one.myshopify.com",
    customer: { id: 42, email: "canary@example.com" },
    data_request: { id: 99 },
    orders_requested: [],
  });
  await answerRequests(await one(), now);
  const request = await db.privacyRequest.findFirstOrThrow({ where: { kind: "data-request" } });
  expect(request.completedAt).not.toBeNull();
  expect(request.answer).not.toContain("canary");
  const file = unseal(keyFor("answers"), `${request.shopId}/${request.id}`, request.answer ?? "");
  expect(file).toContain("canary@example.com");
  expect(file).toContain('"orderId":"7"');
});

test("after customers/redact no word of the person is left in any table of that shop, and all of it in the other", async () => {
  await send("one.myshopify.com", "customers/redact", {
    shop_domain: "one.myshopify.com",
    customer: { id: 42, email: "canary@example.com" },
    orders_to_redact: [7],
  });
  await answerRequests(await one(), now);
  await db.privacyRequest.deleteMany({ where: { kind: "data-request" } });
  const left = await everythingOf((await one()).id);
  for (const canary of canaries) expect(left).not.toContain(canary);
  expect(left).toContain("erased");
  const other = await everythingOf(((await shopByDomain("two.myshopify.com")) ?? expect.unreachable()).id);
  for (const canary of canaries) expect(other).toContain(canary);
  // The order itself stays: money must still add up.
  expect(await db.placedOrder.count({ where: { shopId: (await one()).id } })).toBe(1);
});

test("an uninstall takes the tokens and connections, ends what is under way, and leaves the data for shop/redact", async () => {
  const domain = "leaving.myshopify.com";
  const { id: shopId } = await installed(domain, [], now);
  await shopper(domain);
  const profileId = (await db.profile.findFirstOrThrow({ where: { shopId } })).id;
  await db.shopSession.create({ data: { shopDomain: domain, id: `offline_${domain}`, sealed: "v1.x", updatedAt: now } });
  await db.connection.create({ data: { shopId, connector: "meta", sealed: "v1.x", state: "connected", connectedAt: now } });
  await db.flowRun.create({
    data: {
      shopId,
      id: profileId,
      flowKey: "abandoned-checkout",
      profileId,
      subject: "co",
      arm: "treated",
      state: "active",
      stepIndex: 0,
      dueAt: now,
      startedAt: now,
    },
  });
  await send(domain, "app/uninstalled", {}, after(now, day));
  expect(await db.shopSession.count({ where: { shopDomain: domain } })).toBe(0);
  await handlers["shop.refresh"]((await shopByDomain(domain)) ?? expect.unreachable());
  expect(await db.connection.count({ where: { shopId } })).toBe(0);
  expect(await db.flowRun.findFirst({ where: { shopId }, select: { state: true, reason: true, dueAt: true } })).toEqual({
    state: "exited",
    reason: "uninstalled",
    dueAt: null,
  });
  expect(await db.placedOrder.count({ where: { shopId } })).toBe(1);
});

test("a shop's products go with the shop", async () => {
  const domain = "catalogue.myshopify.com";
  const { id: shopId } = await installed(domain, [], now);
  await send(domain, "products/update", { id: 7, title: "Mug", status: "active", updated_at: now.toISOString() });
  expect(await db.product.count({ where: { shopId } })).toBe(1);
  await send(domain, "app/uninstalled", {}, after(now, day));
  expect(await db.product.count({ where: { shopId } })).toBe(1);
  await send(domain, "shop/redact", { shop_domain: domain }, after(now, 3 * day));
  await answerRequests((await shopByDomain(domain)) ?? expect.unreachable(), after(now, 3 * day));
  expect(await db.product.count({ where: { shopId } })).toBe(0);
});

test("uninstall, then shop/redact, leaves a tombstone and nothing else; late webhooks are not kept", async () => {
  const domain = "two.myshopify.com";
  const gone = after(now, day);
  await send(domain, "app/uninstalled", {}, gone);
  expect(await shopByDomain(domain)).toMatchObject({ uninstalledAt: gone });
  await send(domain, "shop/redact", { shop_domain: domain }, after(gone, 2 * day));
  const shop = (await shopByDomain(domain)) ?? expect.unreachable();
  await answerRequests(shop, after(gone, 2 * day));
  await send(domain, "carts/create", { token: "late", created_at: now.toISOString(), updated_at: now.toISOString(), line_items: [] }, after(gone, 3 * day));
  const left = await everythingOf(shop.id);
  for (const canary of [...canaries, "late"]) expect(left).not.toContain(canary);
  expect(await db.delivery.count({ where: { shopId: shop.id } })).toBe(0);
});

test("a reinstall begins anew, and a late copy of the uninstall does not undo it", async () => {
  const domain = "two.myshopify.com";
  const back = after(now, 10 * day);
  await installed(domain, ["read_orders"], back);
  expect(await shopByDomain(domain)).toMatchObject({ installedAt: back, uninstalledAt: null, redactedAt: null });
  await send(domain, "app/uninstalled", {}, after(now, day));
  expect(await shopByDomain(domain)).toMatchObject({ uninstalledAt: null });
  await send(domain, "app/scopes_update", { current: ["read_orders", "read_products"] }, back);
  expect((await shopByDomain(domain))?.scopes).toEqual(["read_orders", "read_products"]);
});
