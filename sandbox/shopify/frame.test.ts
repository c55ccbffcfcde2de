import express from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adminToWorld, allowFraming } from "./frame-proxy.ts";
import { queryHmac } from "./launch-url.ts";
import { readSessionToken } from "./session-token.ts";
import { demo, type SmallWorld, startSmallWorld } from "./small-world.ts";

let world: SmallWorld;
let origin: string;
beforeAll(async () => {
  const app = express();
  app.get("/app", (_request, response) => {
    response
      .set("Content-Security-Policy", `frame-ancestors https://${demo} https://admin.shopify.com;`)
      .set("Link", '<https://cdn.shopify.com/shopifycloud/app-bridge.js>; rel="preload"; as="script";')
      .send(`<script src="https://cdn.shopify.com/shopifycloud/app-bridge.js" data-api-key="comeback-demo-key"></script>
<link rel="stylesheet" href="https://cdn.shopify.com/static/fonts/inter/v4/styles.css"><p>https://cdn.shopify.com/s/files/a.png</p>`);
  });
  app.get("/main.js", (_request, response) => response.type("text/javascript").send(`x("https://cdn.shopify.com/shopifycloud/app-bridge.js")`));
  app.get("/data.bin", (_request, response) => response.type("application/octet-stream").send(Buffer.from([0, 255, 254, 1])));
  app.get("/away", (_request, response) => response.redirect("https://admin.shopify.com/store/comeback-demo/apps/comeback-demo-key/app/flows"));
  app.post("/form", (request, response) => response.json({ host: request.headers.host, origin: request.headers.origin }));
  world = await startSmallWorld(app);
  origin = await world.shopify.openFrame();
});
afterAll(() => world.close());

describe("the proxy changes four things and nothing else", () => {
  test("who may frame, where App Bridge and the font come from", async () => {
    const answer = await fetch(`${origin}/app`);
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy).toContain(`frame-ancestors https://${demo} https://admin.shopify.com ${world.worldUrl}`);
    expect(answer.headers.get("link")).toContain(`${world.worldUrl}/admin/app-bridge.js`);
    const text = await answer.text();
    expect(text).toContain(`src="${world.worldUrl}/admin/app-bridge.js" data-api-key="comeback-demo-key"`);
    expect(text).toContain(`href="${world.worldUrl}/admin/inter.css"`);
    expect(text).toContain("https://cdn.shopify.com/s/files/a.png");
    expect(await (await fetch(`${origin}/main.js`)).text()).toBe(`x("${world.worldUrl}/admin/app-bridge.js")`);
  });

  test("redirects to Shopify's admin lead to this one", async () => {
    const answer = await fetch(`${origin}/away`, { redirect: "manual" });
    expect(answer.headers.get("location")).toBe(`${world.worldUrl}/admin/store/comeback-demo/apps/comeback/app/flows`);
  });

  test("bytes stay bytes, and the app sees the host that the browser sees", async () => {
    expect([...new Uint8Array(await (await fetch(`${origin}/data.bin`)).arrayBuffer())]).toEqual([0, 255, 254, 1]);
    const form = await fetch(`${origin}/form`, { method: "POST", headers: { origin } });
    expect(await form.json()).toEqual({ host: new URL(origin).host, origin });
  });

  test("a policy of none and an address elsewhere", () => {
    expect(allowFraming("frame-ancestors 'none'; object-src 'none'", "http://127.0.0.1:4000")).toBe(
      "frame-ancestors http://127.0.0.1:4000 http://localhost:4000; object-src 'none'",
    );
    expect(allowFraming("default-src 'self'", "http://127.0.0.1:4000")).toBe("default-src 'self'");
    expect(adminToWorld("https://example.com/x", "key", "http://w")).toBe("https://example.com/x");
  });
});

test("the admin frames the app at a signed address with a session token that is good now", async () => {
  const page = await (await fetch(`${world.worldUrl}/admin/store/comeback-demo/apps/comeback/app/flows?tab=live`)).text();
  const source = /<iframe[^>]* src="([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const url = new URL(source);
  expect(url.origin).toBe(origin);
  expect(url.pathname).toBe("/app/flows");
  const get = (name: string) => url.searchParams.get(name) ?? "";
  expect([get("embedded"), get("shop"), get("tab")]).toEqual(["1", demo, "live"]);
  expect(Buffer.from(get("host"), "base64").toString()).toBe("admin.shopify.com/store/comeback-demo");
  expect(get("hmac")).toBe(queryHmac(url.searchParams, world.context.appSecret));
  const maker = { appKey: world.context.appKey, appSecret: world.context.appSecret, now: world.context.now() };
  expect(readSessionToken(get("id_token"), maker, demo)).toMatchObject({ ok: true, claims: { dest: `https://${demo}` } });
});

test("App Bridge gets fresh tokens, for shops that exist, from the frame's origin only", async () => {
  const answer = await fetch(`${world.worldUrl}/admin/bridge/session-token?shop=${demo}`);
  expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  const { token } = (await answer.json()) as { token: string };
  expect((await world.exchange({ subject_token: token })).status).toBe(200);
  expect((await fetch(`${world.worldUrl}/admin/bridge/session-token?shop=x.myshopify.com`)).status).toBe(404);
  expect(await (await fetch(`${world.worldUrl}/admin/app-bridge.js`)).text()).toContain("window.shopify");
});

test("shops and places that are not there are said to be missing", async () => {
  expect((await fetch(`${world.worldUrl}/admin/store/nobody/apps/comeback`)).status).toBe(404);
  expect(await (await fetch(`${world.worldUrl}/admin/store/comeback-demo/products/1`)).text()).toContain("not built here");
  expect(await (await fetch(`${world.worldUrl}/shopify`)).text()).toContain("Harbour &amp; Pine");
});
