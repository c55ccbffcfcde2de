// Another shop's id in any route is a 404, and nothing of the other shop is read or changed.
import { createHmac } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startProduct, type Product } from "../../sandbox/product.ts";
import { startWorld, type World } from "../../sandbox/world.ts";
import { freshDatabase, type FreshDatabase } from "../database.ts";

let database: FreshDatabase;
let world: World;
let product: Product;
let sql: pg.Client;
const [ours, theirs] = ["comeback-demo.myshopify.com", "other-shop.myshopify.com"];

function token(shop: string): string {
  return new URL(world.shopify.launchUrl(shop)).searchParams.get("id_token") ?? expect.unreachable();
}

/** Asks for a screen's data, or posts a form to it, as the browser of this shop's merchant does. */
async function ask(shop: string, path: string, route: string, form?: Record<string, string>): Promise<{ status: number; text: string }> {
  const url = new URL(path, product.url);
  if (route !== "") url.searchParams.set("_data", route);
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token(shop)}`, "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" },
    ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    redirect: "manual",
  });
  return { status: response.status, text: await response.text() };
}

beforeAll(async () => {
  database = await freshDatabase();
  world = await startWorld({ appUrl: "http://127.0.0.1:9" });
  product = await startProduct({ databaseUrl: database.url, world, env: { LOG_LEVEL: "warn" } });
  world.setAppUrl(product.url);
  await fetch(`${world.url}/shopify/control/shops`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ domain: theirs, name: "Other shop" }),
  });
  for (const shop of [ours, theirs]) expect((await ask(shop, "/app", "routes/app.home/route")).status).toBe(200);
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  // One of everything that has an address, in both shops under different ids.
  for (const [index, domain] of [ours, theirs].entries()) {
    const id = (await sql.query<{ id: number }>("SELECT id FROM shop WHERE domain = $1", [domain])).rows[0]?.id;
    const uuid = `00000000-0000-4000-8000-00000000000${index}`;
    await sql.query("INSERT INTO profile (shop_id, id, first_seen_at, email) VALUES ($1, $2, now(), $3)", [id, uuid, `secret-${index}@example.com`]);
    await sql.query(
      "INSERT INTO profile_merge (shop_id, id, loser_id, survivor_id, at, reason, because, loser_key, survivor_key) SELECT $1, $2, $2, $2, now(), 'token', '{}', 'cart:a', 'cart:b' WHERE $3 = 1",
      [id, uuid, index],
    );
    await sql.query(
      "INSERT INTO placed_order (shop_id, order_id, name, profile_id, placed_at, updated_at, test, source, currency, total_minor, discount_minor, discount_codes) VALUES ($1, $2, '#1', $3, now(), now(), false, 'web', 'GBP', 100, 0, '{}')",
      [id, `900${index}`, uuid],
    );
    await sql.query(
      "INSERT INTO message (shop_id, id, flow_key, run_id, step_key, profile_id, channel, state, subject, created_at) VALUES ($1, $2, 'abandoned-checkout', $2, 'reminder', $2, 'email', 'sent', 'secret', now())",
      [id, uuid],
    );
    await sql.query(
      "INSERT INTO audience (shop_id, id, connector, segment_key, name, state, created_at) VALUES ($1, $2, 'meta', 'recent-buyers', 'a', 'live', now())",
      [id, uuid],
    );
    await sql.query("INSERT INTO segment (shop_id, key, name, rule, created_at, updated_at) VALUES ($1, $2, 'secret', $3, now(), now())", [
      ...[id, uuid],
      { version: 1, match: { kind: "has", what: "email" } },
    ]);
    await sql.query("INSERT INTO membership (shop_id, segment_key, profile_id, entered_at) VALUES ($1, $2, $3, now())", [id, uuid, uuid]);
    await sql.query(
      "INSERT INTO privacy_request (shop_id, id, kind, requested_at, due_at, completed_at, answer) VALUES ($1, $2, 'data-request', now(), now(), now(), 'v1.x')",
      [id, `data-request/${index}`],
    );
  }
}, 120_000);

afterAll(async () => {
  await sql?.end();
  await product?.stop();
  await world?.close();
  await database?.close();
});

const theirUuid = "00000000-0000-4000-8000-000000000001";
const ourUuid = "00000000-0000-4000-8000-000000000000";

test.each([
  ["an order", "/app/orders/9001", "routes/app.order/route", undefined],
  ["a message", `/app/messages/${theirUuid}`, "routes/app.message/route", undefined],
  ["a person", `/app/people/${theirUuid}`, "routes/app.person/route", undefined],
  ["a person of an id that is none", "/app/people/nonsense", "routes/app.person/route", undefined],
  ["a data request's file", "/app/settings/request?id=data-request/1", "routes/app.settings-request/route", undefined],
  ["pausing an audience", "/app/audiences", "routes/app.audiences/route", { intent: "pause", id: theirUuid }],
  ["stopping an audience", "/app/audiences", "routes/app.audiences/route", { intent: "stop", id: theirUuid }],
  ["trying an audience again", "/app/audiences", "routes/app.audiences/route", { intent: "retry", id: theirUuid }],
  ["a segment", `/app/segments/${theirUuid}`, "routes/app.segments-one/route", undefined],
  ["the past of a segment", `/app/segments/${theirUuid}`, "routes/app.segments-one/route", { intent: "past", day: "2026-11-01" }],
  ["deleting a segment", `/app/segments/${theirUuid}`, "routes/app.segments-one/route", { intent: "delete" }],
  ["changing a segment", `/app/segments/build/${theirUuid}`, "routes/app.segments-build/route", undefined],
  ["a copy of a segment", `/app/segments/build?from=${theirUuid}`, "routes/app.segments-build/route", undefined],
  ["an order that nobody has", "/app/orders/1", "routes/app.order/route", undefined],
  ["an id that is none", "/app/messages/nonsense", "routes/app.message/route", undefined],
  ["a flow that is none", "/app/flows/nonsense", "routes/app.flow/route", undefined],
  ["switching on a flow that is none", "/app/flows/nonsense", "routes/app.flow/route", { intent: "enable" }],
  ["a step that is none", "/app/flows/browse-abandonment/nonsense", "routes/app.flow-step/route", undefined],
  ["a step of another flow", "/app/flows/browse-abandonment/proof", "routes/app.flow-step/route", undefined],
  ["a step of a flow that is none", "/app/flows/nonsense/reminder", "routes/app.flow-step/route", undefined],
  ["saving a step of a flow that is none", "/app/flows/nonsense/reminder", "routes/app.flow-step/route", { intent: "save" }],
])("%s of another shop is 404", async (_what, path, route, form) => {
  const answer = await ask(ours, path, route, form);
  expect(answer.status).toBe(404);
  expect(answer.text).not.toContain("secret");
});

test("its own are found, and nothing of the other shop was changed", async () => {
  expect((await ask(ours, "/app/orders/9000", "routes/app.order/route")).status).toBe(200);
  expect((await ask(ours, `/app/messages/${ourUuid}`, "routes/app.message/route")).status).toBe(200);
  expect((await ask(ours, `/app/people/${ourUuid}`, "routes/app.person/route")).status).toBe(200);
  const listed = await ask(ours, "/app/people", "routes/app.people/route");
  expect(listed.text).toContain("secret-0@example.com");
  const found = await ask(ours, "/app/people", "routes/app.people/route", { text: "secret-" });
  for (const text of [listed.text, found.text]) expect(text).not.toContain("secret-1");
  expect(found.text).toContain("secret-0");
  // A rule sees its own shop's people alone, and saves over its own shop's segments alone.
  const rule = JSON.stringify({ version: 1, match: { kind: "has", what: "email" } });
  const build = `/app/segments/build/${theirUuid}`;
  const looked = await ask(ours, build, "routes/app.segments-build/route", { intent: "look", rule, asked: "1" });
  expect(looked.text).toContain("secret-0");
  expect(looked.text).not.toContain("secret-1");
  expect((await ask(ours, build, "routes/app.segments-build/route", { intent: "save", name: "Mine", rule, version: "1" })).status).toBe(422);
  const compared = await ask(ours, build, "routes/app.segments-build/route", { intent: "compare", rule });
  expect(compared.text).not.toContain("secret-1");
  expect((await sql.query("SELECT name, version FROM segment WHERE key = $1", [theirUuid])).rows).toEqual([{ name: "secret", version: 1 }]);
  // A merge of another shop cannot be taken back from here.
  expect((await ask(ours, `/app/people/${ourUuid}`, "routes/app.person/route", { intent: "take-back", merge: theirUuid })).status).toBe(422);
  expect((await sql.query("SELECT undone_at FROM profile_merge")).rows).toEqual([{ undone_at: null }]);
  expect((await sql.query("SELECT state, retry_at FROM audience WHERE id = $1", [theirUuid])).rows).toEqual([{ state: "live", retry_at: null }]);
});

test("a session token that is forged, of another app, or out of date opens nothing", async () => {
  const [head, body] = token(ours).split(".");
  for (const bad of [`${head}.${body}.AAAA`, "nonsense", `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.`]) {
    const response = await fetch(new URL("/app?_data=routes/app.home/route", product.url), {
      headers: { authorization: `Bearer ${bad}`, "user-agent": "Mozilla/5.0 (X11) Firefox/140.0" },
      redirect: "manual",
    });
    expect(response.status).toBe(401);
  }
});

test("the app proxy answers only what Shopify has signed, and lately", async () => {
  const ask = async (query: Record<string, string>, key: string) => {
    const signature = createHmac("sha256", key)
      .update(
        Object.entries(query)
          .map(([name, value]) => `${name}=${value}`)
          .sort()
          .join(""),
      )
      .digest("hex");
    return (await fetch(`${product.url}/proxy/anything?${new URLSearchParams({ ...query, signature })}`)).status;
  };
  const now = Math.floor(world.clock.now().getTime() / 1000);
  const query = { shop: ours, path_prefix: "/apps/comeback", timestamp: String(now), logged_in_customer_id: "" };
  expect(await ask(query, world.context.appSecret)).toBe(404);
  expect(await ask(query, "another secret")).toBe(400);
  expect(await ask({ ...query, timestamp: String(now - 3600) }, world.context.appSecret)).toBe(400);
});

test("a wrong environment stops the start with the list of what is wrong, and no value", async () => {
  const failed = await startProduct({
    databaseUrl: "mysql://u:hush@localhost/x",
    world,
    env: { ENCRYPTION_KEY: "too short", SHOPIFY_API_SECRET: "", SWEEP_EVERY_SECONDS: "often" },
  }).then(
    () => "",
    (error: unknown) => String(error),
  );
  for (const name of ["DATABASE_URL", "ENCRYPTION_KEY", "SHOPIFY_API_SECRET: is not set", "SWEEP_EVERY_SECONDS"]) expect(failed).toContain(name);
  expect(failed).not.toContain("hush");
});
