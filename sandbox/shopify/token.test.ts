import { afterAll, beforeAll, expect, test } from "vitest";
import { signJwt } from "./session-token.ts";
import { demo, type SmallWorld, startSmallWorld } from "./small-world.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
let world: SmallWorld;
beforeAll(async () => {
  world = await startSmallWorld();
});
afterAll(() => world.close());

const works = async (token: string, shop = demo) => (await world.graphql("{ shop { name } }", {}, token, shop)).status === 200;

test("a good session token becomes an access token for an hour and a refresh token for 90 days", async () => {
  const { status, body } = await world.exchange();
  expect(status).toBe(200);
  expect(body).toMatchObject({ expires_in: 3600, refresh_token_expires_in: 90 * 24 * 3600 });
  expect(body.scope).toContain("read_orders");
  expect(await works(body.access_token)).toBe(true);
  world.pass(61 * minute);
  expect(await works(body.access_token)).toBe(false);
});

test("what Shopify would not exchange is refused", async () => {
  const seconds = world.context.now().getTime() / 1000;
  const claims = {
    iss: `https://${demo}/admin`,
    dest: `https://${demo}`,
    aud: world.context.appKey,
    sub: "7",
    exp: seconds + 60,
    nbf: seconds,
    iat: seconds,
    jti: "1",
  };
  const jwt = (changes: object, secret = world.context.appSecret) => signJwt(secret, { ...claims, ...changes });
  const refused: [string, Record<string, unknown>, string][] = [
    ["another secret's token", { subject_token: jwt({}, "other") }, "invalid_subject_token"],
    ["another app's token", { subject_token: jwt({ aud: "other" }) }, "invalid_subject_token"],
    ["another shop's token", { subject_token: jwt({ dest: "https://other.myshopify.com" }) }, "invalid_subject_token"],
    ["an expired token", { subject_token: jwt({ exp: seconds - 60 }) }, "invalid_subject_token"],
    ["a token of tomorrow", { subject_token: jwt({ nbf: seconds + 86400 }) }, "invalid_subject_token"],
    ["no token at all", { subject_token: "x" }, "invalid_subject_token"],
    ["a wrong client", { client_id: "other" }, "application_cannot_be_found"],
    ["a wrong client secret", { client_secret: "other" }, "invalid_client"],
    ["a token that never expires", { expiring: "0" }, "invalid_request"],
    ["an unknown grant", { grant_type: "password" }, "invalid_request"],
  ];
  for (const [name, changes, error] of refused) {
    const { status, body } = await world.exchange(changes);
    expect([name, status, body.error]).toEqual([name, 400, error]);
  }
  expect((await world.exchange({ subject_token: jwt({}) })).status).toBe(200);
});

test("a shop that does not exist has no door", async () => {
  expect((await world.exchange({}, "nobody.myshopify.com")).status).toBe(404);
});

test("a refresh token stays good until its successor is used", async () => {
  const first = (await world.exchange()).body;
  const second = (await world.refresh(first.refresh_token)).body;
  expect(await works(second.access_token)).toBe(true);
  // The answer got lost: the old one still works, and the newest pair goes on.
  const third = (await world.refresh(first.refresh_token)).body;
  expect(third.refresh_token).not.toBe(second.refresh_token);
  expect((await world.refresh(third.refresh_token)).status).toBe(200);
  expect(await world.refresh(first.refresh_token)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
});

test("recovery ends after 30 days, and the token itself after 90", async () => {
  const used = (await world.exchange()).body;
  const idle = (await world.exchange()).body;
  await world.refresh(used.refresh_token);
  world.pass(31 * day);
  expect((await world.refresh(used.refresh_token)).body.error).toBe("invalid_grant");
  world.pass(60 * day);
  expect((await world.refresh(idle.refresh_token)).body.error).toBe("invalid_grant");
});

test("an uninstall ends every token of that shop and of no other", async () => {
  await world.control("/shops", { domain: "other-shop.myshopify.com" });
  const other = (await world.exchange({}, "other-shop.myshopify.com")).body;
  const mine = (await world.exchange()).body;
  await world.control("/uninstall");
  expect(await works(mine.access_token)).toBe(false);
  expect((await world.refresh(mine.refresh_token)).status).toBe(400);
  expect(await works(other.access_token, "other-shop.myshopify.com")).toBe(true);
  expect(await works(other.access_token)).toBe(false);
  expect(world.heard.at(-1)).toMatchObject({ topic: "app/uninstalled", shop: demo, payload: { myshopify_domain: demo } });
});
