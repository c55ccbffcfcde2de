import { afterAll, beforeAll, expect, test } from "vitest";
import * as made from "../../test/factories/webhooks.ts";
import { enterWorld } from "../../test/in-world.ts";
import { sha256 } from "../lib/hash.ts";

const domain = "ads.myshopify.com";
let world: Awaited<ReturnType<typeof enterWorld>>;
let app: Awaited<ReturnType<typeof load>>;

async function load() {
  return {
    ...(await import("../capture/receive.server.ts")),
    ...(await import("../db.server.ts")),
    ...(await import("../queue.server.ts")),
    ...(await import("../shops/refresh.server.ts")),
    ...(await import("../shops/load.server.ts")),
    ...(await import("../pipeline/process-event.server.ts")),
    ...(await import("../pipeline/sweep.server.ts")),
    ...(await import("../connectors/wire.server.ts")),
    ...(await import("../connectors/registry.server.ts")),
    ...(await import("./connect.server.ts")),
    ...(await import("./plan.server.ts")),
    ...(await import("./store.server.ts")),
    ...(await import("../tx.server.ts")),
    handlers: (await import("../pipeline/tasks.server.ts")).handlers,
  };
}

const shop = async () => (await app.shopByDomain(domain)) ?? expect.unreachable();
const meta = () => app.connectors().meta ?? expect.unreachable();

async function webhook(topic: string, payload: object) {
  const at = world.clock.now();
  await app.receive(made.webhook(domain, topic, payload, at));
  while ((await app.processBatch(await shop(), at)) > 0);
}

async function settle() {
  await app.sweep(world.clock.now());
  while ((await app.processBatch(await shop(), world.clock.now())) > 0);
  await app.handlers["audiences.sync"](await shop());
}

const checkout = (name: string, extra: object = {}) =>
  made.checkout(name, `${name}@example.com`, world.clock.now(), { customer: { id: name.charCodeAt(0) }, ...extra });

async function heldAtMeta(): Promise<string[]> {
  const state = (await (await fetch(`${world.url}/meta/api`)).json()) as { audiences: { members: unknown }[] };
  const [audience] = state.audiences;
  return ["ada", "bea", "cleo"].filter((name) => JSON.stringify(audience?.members ?? []).includes(sha256(`${name}@example.com`)));
}

beforeAll(async () => {
  world = await enterWorld();
  app = await load();
  await app.queue();
  const one = await app.installed(domain, [], world.clock.now());
  await app.updateShop(one.id, { country: "GB", holdoutPercent: 0 });
}, 60_000);

afterAll(() => world.close());

test("a merchant connects Meta by OAuth, and a state of another time or hand is refused", async () => {
  const state = app.oauthState(await shop(), "meta", world.clock.now());
  expect(app.readOauthState(state, world.clock.now())).toEqual({ shopId: (await shop()).id, connectorId: "meta" });
  expect(app.readOauthState(`${state}x`, world.clock.now())).toBeNull();
  expect(app.readOauthState(state, new Date(world.clock.now().getTime() + 16 * 60_000))).toBeNull();

  const redirectUri = "http://127.0.0.1:9/connect/meta";
  const dialog = new URL(meta().connect?.authorizeUrl({ state, redirectUri }) ?? "");
  const agreed = await fetch(`${world.url}/meta/www${dialog.pathname}${dialog.search}`, {
    method: "POST",
    body: new URLSearchParams({ answer: "continue" }),
    redirect: "manual",
  });
  const back = new URL(agreed.headers.get("location") ?? "");
  expect(back.searchParams.get("state")).toBe(state);
  await app.connect(await shop(), meta(), app.wire, back.searchParams.get("code") ?? "", redirectUri, world.clock.now());
  const connection = await app.findConnection((await shop()).id, "meta");
  const accounts = (await app.accounts(await shop(), meta(), app.wire, world.clock.now())) ?? [];
  expect(accounts.length).toBeGreaterThan(0);
  if (connection?.state === "choose-account")
    expect(await app.chooseAccount(await shop(), meta(), app.wire, accounts[0]?.id ?? "", world.clock.now())).toBe(true);
  expect(await app.chooseAccount(await shop(), meta(), app.wire, "act_999", world.clock.now())).toBe(false);
  const row = await app.db.connection.findFirstOrThrow();
  expect(row.state).toBe("connected");
  expect(row.sealed).not.toContain("access");
});

test("the audience is kept equal to its segment: who agreed comes in, who did not stays out", async () => {
  await webhook("checkouts/create", checkout("ada"));
  await webhook("checkouts/create", checkout("bea", { buyer_accepts_marketing: false }));
  expect(await app.startAudience(await shop(), meta(), "no-such-segment", world.clock.now())).toBe(false);
  expect(await app.startAudience(await shop(), meta(), "checkout-abandoners", world.clock.now())).toBe(true);
  await settle();
  expect(await heldAtMeta()).toEqual([]);
  world.clock.move({ advance: "PT61M" });
  await settle();
  expect(await heldAtMeta()).toEqual(["ada"]);
});

test("who can be matched is told beforehand as the audience then has it, and nobody is assigned by being counted", async () => {
  const profileIds = (await app.db.membership.findMany({ where: { segmentKey: "checkout-abandoners" } })).map((one) => one.profileId);
  expect(profileIds.length).toBe(2);
  const assigned = await app.db.assignment.count();
  const estimate = async (holdoutPercent: number) => {
    const asking = { ...(await shop()), holdoutPercent };
    return app.transaction((tx) => app.matchOn([meta()])(asking, profileIds, world.clock.now(), tx));
  };
  expect(await estimate(0)).toEqual({ meta: await app.db.audienceMember.count() });
  // Whoever was assigned stays what she is, whatever the share is now.
  expect(await estimate(100)).toEqual({ meta: 1 });
  await app.db.assignment.updateMany({ data: { arm: "holdout" } });
  expect(await estimate(0)).toEqual({ meta: 0 });
  await app.db.assignment.updateMany({ data: { arm: "treated" } });
  expect(await app.db.assignment.count()).toBe(assigned);
});

test("whoever shares a row with others in the segment is wanted like everybody else", async () => {
  const { id } = await shop();
  const audience = { ...(await app.db.audience.findFirstOrThrow({ where: { shopId: id } })) };
  const asked = (profileIds: string[] | null) => app.transaction((tx) => app.standings(id, audience, profileIds, tx));
  const before = await asked(null);
  const members = await app.db.membership.findMany({ where: { shopId: id, segmentKey: audience.segmentKey }, orderBy: { profileId: "asc" } });
  const profileIds = members.map((one) => one.profileId);
  expect(profileIds.length).toBeGreaterThan(1);
  const [first, last] = [profileIds[0] ?? "", profileIds.at(-1) ?? ""];
  await app.db.membership.deleteMany({ where: { shopId: id, segmentKey: audience.segmentKey } });
  await app.db.membershipBlock.create({ data: { shopId: id, segmentKey: audience.segmentKey, first, last, profileIds, enteredAt: world.clock.now() } });
  const sorted = (all: typeof before) => [...all].sort((a, b) => (a.profileId < b.profileId ? -1 : 1));
  expect(sorted(await asked(null))).toEqual(sorted(before));
  expect((await asked([last])).map((one) => [one.profileId, one.wanted])).toEqual([[last, true]]);
  await app.db.membershipBlock.deleteMany({ where: { shopId: id } });
  await app.db.membership.createMany({ data: members });
});

test("a failed call leaves everybody waiting, and the next sync brings them", async () => {
  await webhook("checkouts/create", checkout("cleo"));
  world.clock.move({ advance: "PT61M" });
  await fetch(`${world.url}/meta/control/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ times: 1, code: 80003 }),
  });
  await settle();
  expect(await heldAtMeta()).toEqual(["ada"]);
  expect(await app.db.audienceMember.count({ where: { state: "adding" } })).toBe(1);
  world.clock.move({ advance: "PT10M" });
  await settle();
  expect(await heldAtMeta()).toEqual(["ada", "cleo"]);
});

test("a buyer leaves at once, and so does who withdraws her consent; each call has its receipt", async () => {
  await webhook("orders/create", made.order(1, "ada", "other@example.com", world.clock.now()));
  await settle();
  expect(await heldAtMeta()).toEqual(["cleo"]);
  await webhook("customers_email_marketing_consent/update", {
    customer_id: "c".charCodeAt(0),
    email_address: "cleo@example.com",
    email_marketing_consent: { state: "unsubscribed", opt_in_level: "single_opt_in", consent_updated_at: world.clock.now().toISOString() },
  });
  await settle();
  expect(await heldAtMeta()).toEqual([]);
  expect((await app.db.audienceReceipt.findMany({ orderBy: { at: "asc" } })).map((one) => `${one.verb} ${one.people}`)).toEqual([
    "add 1",
    "add 1",
    "remove 1",
    "remove 1",
  ]);
});
