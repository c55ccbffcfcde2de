import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { longestPixelBody, pixelSourceId } from "../capture/pixel-event.ts";
import { db } from "../db.server.ts";
import { queue } from "../queue.server.ts";
import { pixelKey } from "../shops/pixel-key.server.ts";
import { ensureShop, updateShop } from "../shops/load.server.ts";
import { pixelDoor } from "./pixel.server.ts";

const shop = "pixel.myshopify.com";
let server: Server;
let url: string;
let shopId: number;

beforeAll(async () => {
  await queue();
  server = createServer((request, response) => void pixelDoor(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pixel`;
  shopId = (await ensureShop(shop, new Date())).id;
  await updateShop(shopId, { installedAt: new Date() });
  await updateShop((await ensureShop("gone.myshopify.com", new Date())).id, { installedAt: new Date(0), uninstalledAt: new Date() });
  await updateShop((await ensureShop("redacted.myshopify.com", new Date())).id, { installedAt: new Date(0), redactedAt: new Date() });
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const chrome = "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";
const event = (change: object = {}) => ({
  id: "sh-1",
  name: "page.viewed",
  at: new Date().toISOString(),
  visitor: "c7b3f99b-4d34-463b-835f-c879482a7750",
  cart: null,
  checkout: null,
  data: { path: "/" },
  ...change,
});
const batch = (change: object = {}, domain = shop) => JSON.stringify({ shop: domain, key: pixelKey(domain), events: [event()], ...change });
const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: "POST", body, headers: { "content-type": "text/plain", "user-agent": chrome, ...headers } });
const one = (change: object) => batch({ events: [event(change)] });

const counted = async (reason: string, of: number | null = null) =>
  (await db.pixelRefusal.findMany({ where: { reason, ...(of === null ? {} : { shopId: of }) } })).reduce((sum, row) => sum + row.count, 0);

test.each<[what: string, body: () => string, status: number, reason: string | null, headers?: Record<string, string>]>([
  ["what is not JSON", () => "{nope", 400, "not-json"],
  ["an empty body", () => "", 400, "not-json"],
  ["JSON ten thousand levels deep", () => "[".repeat(10_000) + "]".repeat(10_000), 400, "not-a-batch"],
  ["a list", () => "[]", 400, "not-a-batch"],
  ["no events", () => batch({ events: [] }), 400, "not-a-batch"],
  ["a shop of another form", () => batch({ shop: "evil.com" }), 400, "not-a-batch"],
  ["fifty-one events", () => batch({ events: Array.from({ length: 51 }, () => event()) }), 400, "too-many"],
  ["no key", () => batch({ key: undefined }), 400, "not-a-batch"],
  ["a wrong key", () => batch({ key: "0".repeat(32) }), 401, "wrong-key"],
  ["the key of another shop", () => batch({ key: pixelKey("other.myshopify.com") }), 401, "wrong-key"],
  ["an unknown shop with a wrong key, told apart by nothing", () => batch({ shop: "unknown.myshopify.com" }), 401, "wrong-key"],
  ["an event nobody knows", () => one({ name: "order.paid" }), 400, "unknown-event"],
  ["an event named like a method of every object", () => one({ name: "constructor" }), 400, "unknown-event"],
  ["an event without a browser", () => one({ visitor: "" }), 400, "bad-event"],
  ["a browser's name with a line break", () => one({ visitor: "c7b3f99b\nx" }), 400, "bad-event"],
  ["a field that does not fit", () => one({ name: "cart.viewed", data: { quantity: -1 } }), 400, "bad-event"],
  ["a number past all numbers", () => one({ name: "cart.viewed", data: { quantity: "1e400" } }).replace('"1e400"', "1e400"), 400, "bad-event"],
  ["a time that is none", () => one({ at: "yesterday" }), 400, "bad-time"],
  ["a time before computers", () => one({ at: "1970-01-01T00:00:00Z" }), 400, "bad-time"],
  ["a time after us all", () => one({ at: "2999-01-01T00:00:00Z" }), 400, "bad-time"],
  ["one bad event among good ones", () => batch({ events: [event(), event({ id: "" })] }), 400, "bad-event"],
  ["a robot", () => batch(), 204, "bot", { "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" }],
  ["a form's content type", () => batch(), 415, null, { "content-type": "application/x-www-form-urlencoded" }],
  ["what is packed", () => batch(), 415, null, { "content-encoding": "gzip" }],
  ["another shop's page", () => batch(), 403, "wrong-origin", { origin: "https://other.myshopify.com" }],
  ["a page that only looks like the shop's", () => batch(), 403, "wrong-origin", { origin: "https://pixel.myshopify.com.evil.example" }],
  ["a body over the limit", () => " ".repeat(longestPixelBody + 1), 413, null],
])("%s is refused, counted, and nothing of it is stored", async (_what, body, status, reason, headers) => {
  const before = reason === null ? 0 : await counted(reason);
  expect((await post(body(), headers)).status).toBe(status);
  if (reason !== null) await expect.poll(() => counted(reason)).toBe(before + 1);
  expect(await db.event.count()).toBe(0);
});

test("what has the right key is counted for its shop, all else for nobody", async () => {
  expect(await counted("wrong-key", 0)).toBe(3);
  expect(await counted("unknown-event", shopId)).toBe(2);
});

test.each(["gone.myshopify.com", "redacted.myshopify.com", "never-seen.myshopify.com"])("nothing is kept for %s, and nobody is told", async (domain) => {
  expect((await post(batch({}, domain))).status).toBe(204);
  expect(await db.event.count()).toBe(0);
  expect(await db.shop.count({ where: { domain: "never-seen.myshopify.com" } })).toBe(0);
});

test("the shop's own pages may send, and what has no origin", async () => {
  await updateShop(shopId, { storefrontHost: "www.lamps.example" });
  const at = new Date().toISOString();
  for (const origin of ["null", "https://pixel.myshopify.com", "https://www.lamps.example", "https://checkout.lamps.example"])
    expect((await post(one({ id: "origin", at }), { origin })).status).toBe(204);
  expect(await db.event.deleteMany({ where: { sourceId: pixelSourceId("origin") } })).toEqual({ count: 1 });
});

test("any origin may ask, even none, without cookies", async () => {
  const asked = await fetch(url, { method: "OPTIONS", headers: { origin: "null", "access-control-request-method": "POST" } });
  expect(asked.status).toBe(204);
  expect(Object.fromEntries(asked.headers)).toMatchObject({ "access-control-allow-origin": "*", "access-control-allow-headers": "content-type" });
  expect(asked.headers.has("access-control-allow-credentials")).toBe(false);
  expect((await fetch(url)).status).toBe(405);
});

test("what is right is kept before it is acknowledged, once however often it comes, without what we did not ask for", async () => {
  const at = new Date(Date.now() - 60_000).toISOString();
  const sent = batch({
    events: [
      event({
        at,
        data: { path: "/products/lamp?email=anna@example.test", email: "anna@example.test" },
        email: "anna@example.test",
        cart: "hWN77vXVzuiaDszY8fXtTfm0",
      }),
    ],
  });
  for (const type of ["text/plain;charset=UTF-8", "application/json"]) {
    const answered = await post(sent, { "content-type": type, origin: "null" });
    expect([answered.status, answered.headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
  }
  const kept = await db.event.findMany({ where: { shopId } });
  expect(kept).toMatchObject([
    {
      name: "page.viewed",
      subject: "visitor:c7b3f99b-4d34-463b-835f-c879482a7750",
      data: { path: "/products/lamp", cartToken: "hWN77vXVzuiaDszY8fXtTfm0" },
    },
  ]);
  expect(kept[0]?.occurredAt.toISOString()).toBe(at);
  expect(JSON.stringify(kept, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value))).not.toContain("anna");
});

test.each([
  ["ahead", 3_600_000],
  ["far behind", -3 * 86_400_000],
])("a clock that is %s is heard as it is and believed as far as it can be", async (_what, off) => {
  const before = new Date();
  const id = `clock-${off}`;
  const at = new Date(before.getTime() + off);
  expect((await post(one({ id, at: at.toISOString() }))).status).toBe(204);
  const kept = await db.event.findFirstOrThrow({ where: { sourceId: pixelSourceId(id) } });
  expect(kept.sourceAt).toEqual(at);
  expect(kept.occurredAt >= before && kept.occurredAt <= new Date()).toBe(true);
});

test("whoever is too fast waits, and is known by the address nearest to us, not by what he claims", async () => {
  const answers: number[] = [];
  for (let index = 0; index < 130; index += 1) answers.push((await post(one({ name: "nope" }), { "x-forwarded-for": `10.0.0.${index}, 192.0.2.7` })).status);
  expect(answers.filter((status) => status === 429).length).toBeGreaterThan(0);
  expect(answers.slice(0, 100).every((status) => status === 400)).toBe(true);
  expect((await post(one({ name: "nope" }), { "x-forwarded-for": "192.0.2.8" })).status).toBe(400);
});
