import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { db } from "../db.server.ts";
import { queue } from "../queue.server.ts";
import { longestWebhook, webhookDoor } from "./webhooks.server.ts";

const secret = "comeback-test-secret";
let server: Server;
let url: string;

function sign(body: string | Buffer, key = secret): string {
  return createHmac("sha256", key).update(body).digest("base64");
}

async function post(body: string | Buffer, headers: Record<string, string> = {}): Promise<number> {
  const given = {
    "x-shopify-topic": "products/delete",
    "x-shopify-shop-domain": "door.myshopify.com",
    "x-shopify-api-version": "2026-10",
    "x-shopify-webhook-id": "w",
    "x-shopify-hmac-sha256": sign(body),
    ...headers,
  };
  const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
  return (await fetch(url, { method: "POST", body: body as BodyInit, headers: sent })).status;
}

beforeAll(async () => {
  await queue();
  server = createServer((request, response) => void webhookDoor(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const body = '{"id":1}';

test.each<[string, Promise<number> | (() => Promise<number>), number]>([
  ["no signature", () => post(body, { "x-shopify-hmac-sha256": "" }), 401],
  ["the signature of another secret", () => post(body, { "x-shopify-hmac-sha256": sign(body, "another") }), 401],
  ["a body changed by one byte", () => post('{"id":2}', { "x-shopify-hmac-sha256": sign(body) }), 401],
  ["a signature of no length", () => post(body, { "x-shopify-hmac-sha256": "=" }), 401],
  ["a very long signature", () => post(body, { "x-shopify-hmac-sha256": "A".repeat(9000) }), 401],
  ["an empty body", () => post(""), 401],
  ["no topic", () => post(body, { "x-shopify-topic": "" }), 401],
  ["another method", async () => (await fetch(url)).status, 405],
  ["a domain that is not a shop's", () => post(body, { "x-shopify-shop-domain": "evil.com" }), 400],
  ["a domain that only looks like a shop's", () => post(body, { "x-shopify-shop-domain": "x.myshopify.com.evil.com" }), 400],
])("%s is refused and nothing is stored", async (_name, send, status) => {
  expect(await (typeof send === "function" ? send() : send)).toBe(status);
  expect(await db.delivery.count()).toBe(0);
  expect(await db.shop.count()).toBe(0);
});

test("a body over the limit is 413, told or counted", async () => {
  expect(await post(Buffer.alloc(longestWebhook + 1, 32))).toBe(413);
  expect(await db.delivery.count()).toBe(0);
});

test("signed and right is kept before it is acknowledged; a copy is acknowledged too", async () => {
  expect(await post(body, { "x-shopify-event-id": "e1" })).toBe(200);
  expect(await post(body, { "x-shopify-event-id": "e1", "x-shopify-webhook-id": "w2" })).toBe(200);
  expect(await db.delivery.findMany({ select: { topic: true, fate: true, copies: true } })).toEqual([
    { topic: "products/delete", fate: "accepted", copies: 2 },
  ]);
  expect(await db.event.count()).toBe(1);
});

test("for as long as it is known, the secret before the last rotation is good too", async () => {
  expect(await post('{"id":9}', { "x-shopify-event-id": "e9", "x-shopify-hmac-sha256": sign('{"id":9}', "comeback-test-secret-before") })).toBe(200);
  expect(await db.delivery.count({ where: { eventKey: "e9", fate: "accepted" } })).toBe(1);
});

test("signed but malformed is kept as rejected with a reason, and acknowledged", async () => {
  expect(await post("{nope", { "x-shopify-event-id": "e2" })).toBe(200);
  expect(await post('{"id":{}}', { "x-shopify-event-id": "e3" })).toBe(200);
  expect(
    (await db.delivery.findMany({ where: { fate: "rejected" }, select: { reason: true }, orderBy: { eventKey: "asc" } })).map((one) => one.reason),
  ).toEqual(["The body is not JSON.", expect.stringContaining("The payload of products/delete is not as documented (id: ")]);
});

test("compliance topics are asked for once each and wait for their answer", async () => {
  const asked = JSON.stringify({ shop_id: 1, shop_domain: "door.myshopify.com", customer: { id: 5, email: "a@b.test" }, orders_to_redact: [] });
  expect(await post(asked, { "x-shopify-topic": "customers/redact", "x-shopify-event-id": "e4" })).toBe(200);
  expect(await post(asked, { "x-shopify-topic": "customers/redact", "x-shopify-event-id": "e4" })).toBe(200);
  expect(await db.privacyRequest.findMany({ select: { kind: true, customerGid: true, completedAt: true } })).toEqual([
    { kind: "customer-redact", customerGid: "gid://shopify/Customer/5", completedAt: null },
  ]);
});
