// Google works a call off later, and its token lasts an hour: what that asks of keeping an audience.
import { afterAll, beforeAll, expect, test } from "vitest";
import { enterWorld } from "../../test/in-world.ts";
import { sha256 } from "../lib/hash.ts";

const domain = "google-ads.myshopify.com";
let world: Awaited<ReturnType<typeof enterWorld>>;
let app: Awaited<ReturnType<typeof load>>;

async function load() {
  return {
    ...(await import("../capture/receive.server.ts")),
    ...(await import("../db.server.ts")),
    ...(await import("../queue.server.ts")),
    ...(await import("../tx.server.ts")),
    ...(await import("../shops/refresh.server.ts")),
    ...(await import("../shops/load.server.ts")),
    ...(await import("../pipeline/process-event.server.ts")),
    ...(await import("../pipeline/sweep.server.ts")),
    ...(await import("../connectors/wire.server.ts")),
    ...(await import("../connectors/registry.server.ts")),
    ...(await import("./connect.server.ts")),
    handlers: (await import("../pipeline/tasks.server.ts")).handlers,
  };
}

const shop = async () => (await app.shopByDomain(domain)) ?? expect.unreachable();
const google = () => app.connectorOf("google") ?? expect.unreachable();
const redirectUri = "http://127.0.0.1:9/connect/google";

async function settle() {
  await app.sweep(world.clock.now());
  while ((await app.processBatch(await shop(), world.clock.now())) > 0);
  await app.handlers["audiences.sync"](await shop());
}

let counter = 0;
async function leaves(name: string, extra: object = {}) {
  counter += 1;
  const at = world.clock.now();
  const body = {
    token: name,
    cart_token: `cart-${name}`,
    email: `${name}@example.com`,
    created_at: at.toISOString(),
    updated_at: at.toISOString(),
    completed_at: null,
    currency: "GBP",
    total_price: "5.00",
    abandoned_checkout_url: `https://${domain}/x`,
    buyer_accepts_marketing: true,
    customer: { id: counter },
    line_items: [],
    ...extra,
  };
  await app.receive({
    domain,
    topic: "checkouts/create",
    webhookId: `w${counter}`,
    eventId: `e${counter}`,
    apiVersion: "2026-10",
    triggeredAt: at.toISOString(),
    receivedAt: at,
    body: JSON.stringify(body),
  });
  while ((await app.processBatch(await shop(), at)) > 0);
}

type AtGoogle = { lists: { members: string[][] }[]; requests: { verb: string; status: string }[]; plainValues: number; calls: { path: string }[] };
const atGoogle = async (): Promise<AtGoogle> => (await (await fetch(`${world.url}/google/api`)).json()) as AtGoogle;
async function held(): Promise<string[]> {
  const text = JSON.stringify((await atGoogle()).lists[0]?.members ?? []);
  return ["ada", "bea", "cleo", "dora"].filter((name) => text.includes(sha256(`${name}@example.com`)));
}
const control = (path: string, body: object) =>
  fetch(`${world.url}/google/control/${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const audience = () => app.db.audience.findFirstOrThrow();
const receipts = async () =>
  (await app.db.audienceReceipt.findMany({ orderBy: { at: "asc" } })).map((one) => [one.verb, one.people, one.refused, one.checkAt === null]);

beforeAll(async () => {
  world = await enterWorld();
  app = await load();
  await app.queue();
  const one = await app.installed(domain, [], world.clock.now());
  await app.updateShop(one.id, { country: "GB", holdoutPercent: 0 });
}, 60_000);

afterAll(() => world.close());

test("a merchant connects by OAuth and types her account; only one that Google lets her use is taken", async () => {
  const state = app.oauthState(await shop(), "google", world.clock.now());
  const dialog = new URL(google().connect?.authorizeUrl({ state, redirectUri }) ?? "");
  const agreed = await fetch(`${world.url}/google/accounts${dialog.pathname}${dialog.search}`, {
    method: "POST",
    body: new URLSearchParams({ answer: "allow" }),
    redirect: "manual",
  });
  const back = new URL(agreed.headers.get("location") ?? "");
  expect(back.searchParams.get("state")).toBe(state);
  await app.connect(await shop(), google(), app.wire, back.searchParams.get("code") ?? "", redirectUri, world.clock.now());
  expect(await app.findConnection((await shop()).id, "google")).toMatchObject({ state: "choose-account", accountId: null });
  expect(await app.accounts(await shop(), google(), app.wire, world.clock.now())).toBeNull();
  expect(await app.chooseAccount(await shop(), google(), app.wire, "12345", world.clock.now())).toBe(false);
  expect(await app.chooseAccount(await shop(), google(), app.wire, "999-999-9999", world.clock.now())).toBe(false);
  expect(await app.chooseAccount(await shop(), google(), app.wire, "123-456-7890", world.clock.now())).toBe(true);
  const row = await app.db.connection.findFirstOrThrow();
  expect(row).toMatchObject({ connector: "google", state: "connected", accountId: "1234567890", accountName: "123-456-7890" });
  expect(row.sealed).not.toContain("ya29");
});

test("who agreed is sent, with a token that was renewed on the way, and the receipt is completed once Google is done", async () => {
  await leaves("ada");
  await leaves("bea", { buyer_accepts_marketing: false });
  expect(await app.startAudience(await shop(), google(), "checkout-abandoners", world.clock.now())).toBe(true);
  world.clock.move({ advance: "PT61M" });
  await settle();
  expect((await atGoogle()).calls.filter((one) => one.path === "/token")).toHaveLength(2);
  expect(await app.findConnection((await shop()).id, "google")).toMatchObject({ state: "connected", settings: { accountId: "1234567890" } });
  expect(await receipts()).toEqual([["add", 1, 0, false]]);
  expect(await held()).toEqual([]);
  world.clock.move({ advance: "PT11M" });
  expect((await app.whichShops({ due: [app.shopsWithWork(world.clock.now())] })).due).toEqual([(await shop()).id]);
  await settle();
  expect(await held()).toEqual(["ada"]);
  expect(await receipts()).toEqual([["add", 1, 0, true]]);
  expect((await app.whichShops({ due: [app.shopsWithWork(world.clock.now())] })).due).toEqual([]);
  expect(await audience()).toMatchObject({ sizeLower: 0, sizeUpper: 1, problem: null });
});

test("what Google could not carry out afterwards stands in the receipt and on the audience", async () => {
  await control("processing", { refuse: { records: 1, reason: "PROCESSING_ERROR_REASON_NO_CONSENT" } });
  await leaves("cleo");
  await leaves("dora");
  world.clock.move({ advance: "PT61M" });
  await settle();
  world.clock.move({ advance: "PT11M" });
  await settle();
  expect((await receipts())[1]).toEqual(["add", 2, 1, true]);
  expect((await audience()).problem).toBe("Google left out one person of a change (no consent).");
});

test("a buyer leaves, and a lost answer only sends her removal twice", async () => {
  await control("faults", { kind: "lost-answer", path: "audienceMembers:remove" });
  const at = world.clock.now().toISOString();
  counter += 1;
  await app.receive({
    domain,
    topic: "orders/create",
    webhookId: `w${counter}`,
    eventId: `e${counter}`,
    apiVersion: "2026-10",
    triggeredAt: at,
    receivedAt: world.clock.now(),
    body: JSON.stringify({
      id: 1,
      admin_graphql_api_id: "gid://shopify/Order/1",
      name: "#1",
      created_at: at,
      processed_at: at,
      updated_at: at,
      currency: "GBP",
      total_price: "5.00",
      cart_token: "cart-ada",
      checkout_token: "ada",
      email: "other@example.com",
      line_items: [],
    }),
  });
  await settle();
  world.clock.move({ advance: "PT10M" });
  await settle();
  world.clock.move({ advance: "PT11M" });
  await settle();
  expect((await atGoogle()).requests.filter((one) => one.verb === "remove")).toHaveLength(2);
  expect(await held()).not.toContain("ada");
  expect((await atGoogle()).plainValues).toBe(0);
});

test("a lasting token that was taken back asks the merchant to reconnect", async () => {
  await control("tokens", { make: "revoked" });
  world.clock.move({ advance: "PT2H" });
  await leaves("bea");
  world.clock.move({ advance: "PT61M" });
  await settle();
  expect(await app.findConnection((await shop()).id, "google")).toMatchObject({ state: "reconnect" });
});
