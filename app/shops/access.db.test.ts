import { afterAll, beforeAll, expect, test } from "vitest";
import { enterWorld } from "../../test/in-world.ts";

let world: Awaited<ReturnType<typeof enterWorld>>;
let app: Awaited<ReturnType<typeof load>>;
const domain = "comeback-demo.myshopify.com";

async function load() {
  return {
    ...(await import("../db.server.ts")),
    ...(await import("../queue.server.ts")),
    ...(await import("./admin.server.ts")),
    ...(await import("./api.server.ts")),
    ...(await import("./refresh.server.ts")),
    ...(await import("./sessions.server.ts")),
    ...(await import("./load.server.ts")),
    ...(await import("./pixel.server.ts")),
    ...(await import("../offers/fill.server.ts")),
    ...(await import("../tx.server.ts")),
  };
}

const tokenCalls = () => world.log.list().filter((one) => one.path.includes("/admin/oauth/access_token")).length;

beforeAll(async () => {
  world = await enterWorld();
  app = await load();
  await app.queue();
}, 60_000);

afterAll(() => world.close());

test("a session token is exchanged for an expiring offline token, which lies sealed in the database", async () => {
  const launch = world.shopify.launchUrl(domain);
  const sessionToken = new URL(launch).searchParams.get("id_token") ?? expect.unreachable();
  const { session } = await app.api().auth.tokenExchange({
    shop: domain,
    sessionToken,
    requestedTokenType: "urn:shopify:params:oauth:token-type:offline-access-token" as never,
    expiring: true,
  });
  await app.storeSession(session);
  await app.installed(domain, (session.scope ?? "").split(","), world.clock.now());
  const row = await app.db.shopSession.findFirstOrThrow();
  expect(row.sealed).not.toContain(session.accessToken ?? "-");
  expect(row.sealed).not.toContain(session.refreshToken ?? "-");
  expect((await app.loadSession(session.id))?.accessToken).toBe(session.accessToken);
  // Moved to another shop's row it does not open.
  expect(() => app.openSession("other.myshopify.com", session.id, row.sealed)).toThrow();
});

test("the shop's details are read from the Admin API", async () => {
  await app.refresh((await app.shopByDomain(domain)) ?? expect.unreachable(), world.clock.now());
  expect(await app.shopByDomain(domain)).toMatchObject({
    name: "Harbour & Pine",
    currency: "GBP",
    timezone: "Europe/London",
    country: "GB",
    storefrontHost: new URL(world.url).host,
  });
});

test("the shop's pixel is made once with this shop's key, mended when it says something else", async () => {
  const state = world.shopify.shops.get(domain);
  const shop = (await app.shopByDomain(domain)) ?? expect.unreachable();
  const made = {
    id: expect.any(String) as string,
    settings: { accountID: expect.stringMatching(/^[0-9a-f]{32}$/) as string, endpoint: expect.stringMatching(/\/pixel$/) as string },
  };
  expect(state.webPixel).toEqual(made);
  state.webPixel = { id: state.webPixel?.id ?? "", settings: { accountID: "another", endpoint: "https://elsewhere.test/" } };
  await app.refresh(shop, world.clock.now());
  expect(state.webPixel).toEqual(made);
});

test("whether the pixel runs is asked of Shopify, and what was seen is kept", async () => {
  const state = world.shopify.shops.get(domain);
  const shop = (await app.shopByDomain(domain)) ?? expect.unreachable();
  const now = world.clock.now();
  const seen = async () => (await app.shopByDomain(domain))?.pixelSeenAt ?? null;
  expect(await app.pixelState(shop, now)).toBe("connected");
  expect(await seen()).toEqual(now);
  expect(await app.pixelState({ ...shop, scopes: [] }, now)).toBe("not-allowed");
  const before = state.webPixel ?? expect.unreachable();
  state.webPixel = { ...before, settings: { ...before.settings, endpoint: "https://elsewhere.test/" } };
  expect(await app.pixelState(shop, now)).toBe("off");
  expect(await seen()).toBeNull();
  state.webPixel = null;
  expect(await app.pixelState(shop, now)).toBe("off");
  expect(state.webPixel).toBeNull();
  expect(await app.ensurePixel(shop, now)).toBe("connected");
  expect(state.webPixel).not.toBeNull();
  expect(await seen()).toEqual(now);
});

test("fifty calls after the token has expired refresh it once", async () => {
  world.clock.move({ advance: "PT2H" });
  const before = tokenCalls();
  const shop = (await app.shopByDomain(domain)) ?? expect.unreachable();
  await Promise.all(Array.from({ length: 50 }, () => app.refresh(shop, world.clock.now())));
  expect(tokenCalls() - before).toBe(1);
}, 60_000);

test("a pool of unique codes is made in Shopify, and each run gets its own", async () => {
  const shop = (await app.shopByDomain(domain)) ?? expect.unreachable();
  const wanted = { flowKey: "abandoned-checkout", stepKey: "offer", title: "Comeback 10%", percent: 10, validDays: 7 };
  let outcome = await app.fillPool(shop, wanted, world.clock.now());
  for (let round = 0; round < 20 && outcome.making > 0; round += 1) {
    world.clock.move({ advance: "PT5S" });
    outcome = await app.fillPool(shop, wanted, world.clock.now());
  }
  expect(outcome).toEqual({ free: 200, making: 0, problem: null });
  const runs = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"];
  const give = (runId: string) => app.transaction((tx) => app.giveCode(shop.id, wanted, runId, world.clock.now(), tx));
  const [first, second] = [await give(runs[0] ?? ""), await give(runs[1] ?? "")];
  expect(first?.code).toMatch(/^BACK-[A-Z2-9]{8}$/);
  expect(second?.code).not.toBe(first?.code);
  expect(await give(runs[0] ?? "")).toEqual(first);
  // What is promised is what Shopify was told: the end of a day in the shop's zone, at least seven days away.
  const { endsAt } = await app.db.offerPool.findFirstOrThrow();
  expect(first?.endsAt).toEqual(endsAt);
  expect(endsAt.getTime() - world.clock.now().getTime()).toBeGreaterThan(7 * 86_400_000);
  expect(JSON.stringify(world.shopify.shops.get(domain).discounts)).toContain(endsAt.toISOString());
  // When it comes too near, the pool is made anew, and what was not given is forgotten.
  world.clock.move({ advance: "P10D" });
  // The process looks at the moved clock every 20 ms; before that its token seems good for ten days longer than it is.
  await new Promise((done) => setTimeout(done, 50));
  expect((await app.fillPool(shop, wanted, world.clock.now())).making).toBe(200);
  expect((await app.db.offerPool.findFirstOrThrow()).endsAt.getTime()).toBeGreaterThan(endsAt.getTime());
});

test("a token that Shopify refuses before its time is renewed once, and the call goes through", async () => {
  const shop = (await app.shopByDomain(domain)) ?? expect.unreachable();
  const session = (await app.loadSession(`offline_${domain}`)) ?? expect.unreachable();
  // A clock that runs behind takes a token for good that is not.
  session.accessToken = "shpat_not_known_there";
  session.expires = new Date(world.clock.now().getTime() + 3_600_000);
  await app.storeSession(session);
  await app.refresh(shop, world.clock.now());
  expect((await app.loadSession(`offline_${domain}`))?.accessToken).not.toBe("shpat_not_known_there");
});

test("a shop without a session is told to come back, not an error that repeats", async () => {
  await app.deleteSessions(domain, null);
  await expect(app.refresh((await app.shopByDomain(domain)) ?? expect.unreachable(), world.clock.now())).rejects.toMatchObject({ kind: "reconnect" });
});
