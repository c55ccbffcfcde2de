import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startWorld, type World } from "../world.ts";
import { mischief } from "./mischief.ts";
import { newest } from "./outside.ts";
import type { DeskFacts } from "./pages.ts";

let world: World;
let app: Server;
const heard: string[] = [];
const domain = "comeback-demo.myshopify.com";

beforeAll(async () => {
  app = createServer((request, response) => {
    heard.push(String(request.headers["x-shopify-topic"]));
    response.end();
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  world = await startWorld({ appUrl: `http://127.0.0.1:${(app.address() as AddressInfo).port}` });
  world.shopify.install(domain);
});

afterAll(async () => {
  await world.close();
  app.closeAllConnections();
  app.close();
});

const press = (path: string) => fetch(`${world.url}${path}`, { method: "POST", redirect: "manual" });
const state = async () => (await fetch(`${world.url}/desk/state`)).json() as Promise<DeskFacts>;
const waiting = async () => Object.values((await state()).waiting).reduce((sum, one) => sum + one, 0);

beforeEach(async () => {
  heard.length = 0;
  await press("/desk/calm");
});

test.each(mischief.map((one) => [one.where, one.label, one.key]))("%s: %s is let loose, and ended", async (_where, _label, key) => {
  expect(await waiting()).toBe(0);
  const pressed = await press(`/desk/mischief/${key}`);
  expect([pressed.status, pressed.headers.get("location")]).toEqual([303, "/#trouble"]);
  // An access that has expired is not to come: it is.
  if (key !== "meta-expired") expect(await waiting()).toBeGreaterThan(0);
  await press("/desk/calm");
  expect(await waiting()).toBe(0);
});

test("a trouble nobody knows is not there, and lets nothing loose", async () => {
  expect((await press("/desk/mischief/earthquake")).status).toBe(404);
  expect(await waiting()).toBe(0);
});

test("what is held comes out the last one first", async () => {
  await press("/desk/mischief/webhooks-held");
  const shop = world.shopify.shops.get(domain);
  const cart = await world.shopify.store.createCart(shop, [{ variantId: shop.products[0]?.variants[0]?.id ?? 0, quantity: 1 }], null);
  await world.shopify.store.startCheckout(shop, cart);
  expect(heard).toEqual([]);
  expect((await state()).held).toBe(2);
  expect(await (await fetch(world.url)).text()).toContain("Held back: 2 webhooks");
  await press("/desk/release");
  expect(heard).toEqual(["checkouts/create", "carts/create"]);
  expect((await state()).held).toBe(0);
});

test("the clock moves from the desk, and one comes back to it", async () => {
  const before = world.clock.now().getTime();
  const answer = await fetch(`${world.url}/clock/api`, { method: "POST", redirect: "manual", body: new URLSearchParams({ advance: "PT1H", from: "desk" }) });
  expect(answer.headers.get("location")).toBe("/#time");
  expect(world.clock.now().getTime() - before).toBeGreaterThanOrEqual(3_600_000);
});

test("each shop has its two links, and what passed by is text", async () => {
  world.log.note({ at: "2999-01-01T00:00:00.000Z", method: "GET", host: "<b>x</b>", path: "/a?token=secret", status: 200, ms: 1 });
  const page = await (await fetch(world.url)).text();
  expect(page).toContain('href="/shop/comeback-demo/"');
  expect(page).toContain('href="/admin/store/comeback-demo/apps/comeback"');
  expect(page).not.toContain("<b>x</b>");
  expect(page).not.toContain("secret");
});

test("what passed by is the newest of everything", () => {
  const call = (minute: number) => ({
    at: `2026-11-21T09:0${minute}:00.000Z`,
    method: "POST",
    host: "a.test",
    path: "/x",
    status: minute === 3 ? 0 : 200,
    ms: 1,
  });
  const letter = (minute: number) => ({
    ...{ id: String(minute), arrivedAt: `2026-11-21T09:0${minute}:30.000Z`, from: "", to: ["a@b.test"], subject: "Hello", messageId: "", bytes: 0, raw: "" },
  });
  const found = newest([call(1), call(2), call(3)], [letter(2), letter(1)], [], 3);
  expect(found.map((one) => [one.what, one.at.slice(14, 19), one.end])).toEqual([
    ["Call", "03:00", "no answer"],
    ["Letter", "02:30", "arrived"],
    ["Call", "02:00", "200"],
  ]);
});
