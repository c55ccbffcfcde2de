// Shopify's own server library, as the product uses it, takes this world for Shopify.
import { ApiVersion, AppDistribution, LogSeverity, shopifyApp } from "@shopify/shopify-app-remix/server";
import type { SessionStorage } from "@shopify/shopify-app-session-storage";
import { type Session } from "@shopify/shopify-api";
import { setAbstractFetchFunc } from "@shopify/shopify-api/runtime";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { demo, type SmallWorld, startSmallWorld } from "./small-world.ts";

const browser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0 Safari/537.36";
let world: SmallWorld;
let origin: string;
let stored: Map<string, Session>;
let shopify: ReturnType<typeof makeApp>;

function makeApp() {
  const sessionStorage: SessionStorage = {
    storeSession: async (session) => Boolean(stored.set(session.id, session)),
    loadSession: async (id) => stored.get(id),
    deleteSession: async (id) => stored.delete(id),
    deleteSessions: async () => true,
    findSessionsByShop: async () => [...stored.values()],
  };
  return shopifyApp({
    apiKey: world.context.appKey,
    apiSecretKey: world.context.appSecret,
    appUrl: origin,
    apiVersion: ApiVersion.October26,
    distribution: AppDistribution.AppStore,
    sessionStorage,
    logger: { level: LogSeverity.Error, log: () => undefined },
    future: { unstable_newEmbeddedAuthStrategy: true, expiringOfflineAccessTokens: true },
  });
}

beforeAll(async () => {
  world = await startSmallWorld();
  origin = await world.shopify.openFrame();
  stored = new Map();
  // Only the clock is moved: sockets and their timers stay real.
  vi.useFakeTimers({ toFake: ["Date"], now: world.context.now() });
  shopify = makeApp();
  const out = (url: string) => url.replace(/^https:\/\/([^/]+)/, `${world.worldUrl}/out/$1`);
  setAbstractFetchFunc((input, init) => fetch(out(input instanceof Request ? input.url : String(input)), init));
});
afterEach(() => vi.setSystemTime(world.context.now()));
afterAll(async () => {
  vi.useRealTimers();
  await world.close();
});

const visit = (url: string) => shopify.authenticate.admin(new Request(url, { headers: { "user-agent": browser } }));
const pass = (ms: number) => {
  world.pass(ms);
  vi.setSystemTime(world.context.now());
};

test("opening the app installs it, exchanges the token and reads the shop", async () => {
  const { admin, session } = await visit(world.shopify.launchUrl(demo));
  expect(session).toMatchObject({ shop: demo, isOnline: false, refreshToken: expect.stringMatching(/^shprt_/) as string });
  const answer = await admin.graphql("{ shop { name } }");
  expect(await answer.json()).toMatchObject({ data: { shop: { name: "Harbour & Pine" } } });
});

test("without a token the library bounces to the frame's own origin, where App Bridge brings one", async () => {
  const url = new URL(world.shopify.launchUrl(demo, "/app/flows"));
  url.searchParams.delete("id_token");
  const bounce: unknown = await visit(url.href).catch((thrown: unknown) => thrown);
  expect(bounce).toBeInstanceOf(Response);
  const location = new URL((bounce as Response).headers.get("location") ?? "", origin);
  expect(location.pathname).toBe("/auth/session-token");
  expect(location.searchParams.get("shopify-reload")).toMatch(new RegExp(`^${origin}/app/flows\\?embedded=1`));
  const page: unknown = await visit(location.href).catch((thrown: unknown) => thrown);
  expect(await (page as Response).text()).toContain('data-api-key="comeback-demo-key"');
});

test("an address outside the admin leads back into it", async () => {
  const url = new URL(world.shopify.launchUrl(demo));
  url.searchParams.delete("embedded");
  const answer: unknown = await visit(url.href).catch((thrown: unknown) => thrown);
  expect((answer as Response).headers.get("location")).toBe("https://admin.shopify.com/store/comeback-demo/apps/comeback-demo-key");
});

test("work without a merchant goes on after the token has expired, by refreshing it", async () => {
  const before = stored.get(`offline_${demo}`)?.accessToken;
  pass(2 * 60 * 60_000);
  const { admin } = await shopify.unauthenticated.admin(demo);
  const answer = await admin.graphql("{ shop { currencyCode } }");
  expect(await answer.json()).toMatchObject({ data: { shop: { currencyCode: "GBP" } } });
  expect(stored.get(`offline_${demo}`)?.accessToken).not.toBe(before);
});

test("throttling and unapproved fields reach the app as the library's own errors", async () => {
  const { admin } = await shopify.unauthenticated.admin(demo);
  await world.control("/faults", { throttle: 1 });
  await expect(admin.graphql("{ shop { name } }")).rejects.toThrow("Throttled");
  pass(60_000);
  await world.control("/faults", { unapproved: ["Shop.email"] });
  await expect(admin.graphql("{ shop { name email } }")).rejects.toThrow("not approved to access the Shop object");
});
