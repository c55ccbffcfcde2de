import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import "@shopify/shopify-api/adapters/web-api";
import { ApiVersion, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cartPayload, shopRedactPayload } from "./payloads.ts";
import { parseSubscriptions } from "./subscriptions.ts";
import { type Sender, type SendOptions, webhookSender } from "./webhooks.ts";

const secret = "comeback-demo-secret";
const shop = "comeback-demo.myshopify.com";
const facts = { id: 6240981012345, domain: shop, name: "", email: "", currency: "GBP", timeZone: "UTC", countryCode: "GB" };
const cart = cartPayload(facts, { token: "hWN1", lines: [], createdAt: new Date(0), updatedAt: new Date(0) });
const api = shopifyApi({
  apiKey: "comeback-demo-key",
  apiSecretKey: secret,
  apiVersion: ApiVersion.October26,
  hostName: "localhost",
  isEmbeddedApp: true,
  logger: { level: LogSeverity.Error },
});

let server: Server;
let sender: Sender;
let heard: { headers: IncomingHttpHeaders; body: string; valid: boolean }[];
let answers: number[];
let installed: boolean;

beforeEach(async () => {
  heard = [];
  answers = [];
  installed = true;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const headers = new Headers();
      for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
      const rawRequest = new Request(`http://localhost${request.url}`, { method: "POST", headers });
      void api.webhooks.validate({ rawBody: body, rawRequest }).then((check) => {
        heard.push({ headers: request.headers, body, valid: check.valid });
        response.statusCode = answers.shift() ?? 200;
        response.end();
      });
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  sender = webhookSender({
    appUrl: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secret,
    now: () => new Date("2026-11-21T09:00:00Z"),
    installed: () => installed,
    retryAfterMs: [5, 5, 5],
  });
});

afterEach(async () => {
  await sender.close();
  server.closeAllConnections();
  server.close();
});

const send = (options?: SendOptions) => sender.send(shop, "carts/create", cart, options);

test("Shopify's own library accepts what is sent", async () => {
  const [delivery] = await send();
  expect(delivery).toMatchObject({ fate: "delivered", attempts: [{ status: 200 }] });
  expect(heard).toMatchObject([
    {
      valid: true,
      body: JSON.stringify(cart),
      headers: {
        "x-shopify-topic": "carts/create",
        "x-shopify-shop-domain": shop,
        "x-shopify-api-version": "2026-10",
        "x-shopify-triggered-at": "2026-11-21T09:00:00.000Z",
      },
    },
  ]);
});

test.each<[string, SendOptions]>([
  ["tampered", { signature: "tampered" }],
  ["missing", { signature: "missing" }],
  ["another secret's", { secret: "previous" }],
])("a signature that is %s is not accepted", async (_name, options) => {
  await send(options);
  expect(heard.map((one) => one.valid)).toEqual([false]);
});

test("a refused delivery is tried again with the same ids and body, until it is accepted", async () => {
  answers = [500, 302];
  const [delivery] = await send();
  expect(delivery?.fate).toBe("retrying");
  await sender.settled();
  expect(delivery).toMatchObject({ fate: "delivered", attempts: [{ status: 500 }, { status: 302 }, { status: 200 }] });
  expect(new Set(heard.map((one) => one.headers["x-shopify-webhook-id"])).size).toBe(1);
  expect(new Set(heard.map((one) => one.body)).size).toBe(1);
});

test("an app that never accepts is given up", async () => {
  answers = [500, 500, 500, 500];
  const [delivery] = await send();
  await sender.settled();
  expect(delivery).toMatchObject({ fate: "given up" });
  expect(heard).toHaveLength(4);
});

test("duplicates are several deliveries of one event", async () => {
  await send({ duplicates: 2 });
  expect(new Set(heard.map((one) => one.headers["x-shopify-event-id"])).size).toBe(1);
  expect(new Set(heard.map((one) => one.headers["x-shopify-webhook-id"])).size).toBe(3);
});

test("held events go out later, in the other order when asked; dropped ones never", async () => {
  await send({ hold: true, rawBody: "1" });
  await send({ hold: true, rawBody: "2" });
  await send({ drop: true });
  expect(heard).toHaveLength(0);
  await sender.release("reversed");
  expect(heard.map((one) => one.body)).toEqual(["2", "1"]);
});

test("nothing is sent that Shopify would not send", async () => {
  await expect(sender.send(shop, "draft_orders/create", {})).rejects.toThrow("not subscribed");
  await expect(sender.send(shop, "carts/create", { ...cart, token: 7 })).rejects.toThrow("/token must be string");
  expect(heard).toHaveLength(0);
});

test("an uninstalled app hears only of its own end", async () => {
  installed = false;
  const [cartDelivery] = await send();
  const [redactDelivery] = await sender.send(shop, "shop/redact", shopRedactPayload(facts));
  expect([cartDelivery?.fate, redactDelivery?.fate]).toEqual(["app not installed", "delivered"]);
});

test("the app's toml decides the topics, their paths and the version", () => {
  const toml = (compliance: string) => `
[access_scopes]
scopes = "read_orders, read_customers"
[webhooks]
api_version = "2026-10"
[[webhooks.subscriptions]]
topics = ["carts/create"]
uri = "/webhooks"
[[webhooks.subscriptions]]
compliance_topics = [${compliance}]
uri = "/compliance"
`;
  const all = `"customers/data_request", "customers/redact", "shop/redact"`;
  const read = parseSubscriptions(toml(all));
  expect(read.scopes).toEqual(["read_orders", "read_customers"]);
  expect([...read.topics]).toContainEqual(["carts/create", "/webhooks"]);
  expect(read.topics.get("shop/redact")).toBe("/compliance");
  expect(() => parseSubscriptions(toml(`"shop/redact"`))).toThrow("customers/data_request");
  expect(() => parseSubscriptions(toml(all).replace("carts/create", "products/update"))).toThrow("read_products");
});
