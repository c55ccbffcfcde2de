import { createHmac } from "node:crypto";
import { expect, test, vi } from "vitest";

vi.stubEnv("SHOPIFY_API_SECRET_PREVIOUS", "");
const { api, webhookIsGenuine } = await import("./api.server.ts");
const secret = process.env["SHOPIFY_API_SECRET"] ?? expect.unreachable();
const sign = (body: string, key = secret) => createHmac("sha256", key).update(body, "utf8").digest("base64");

const whole = {
  "x-shopify-topic": "carts/create",
  "x-shopify-shop-domain": "a.myshopify.com",
  "x-shopify-api-version": "2026-10",
  "x-shopify-webhook-id": "w",
};

/** What Shopify's own library says of it. */
async function library(rawBody: string, headers: Record<string, string>): Promise<boolean> {
  return (await api().webhooks.validate({ rawBody, rawRequest: new Request("https://localhost/webhooks", { method: "POST", headers }) })).valid;
}

const body = '{"title":"Größe ☕ 12"}';
test.each<[what: string, body: string, signature: string | null, genuine: boolean]>([
  ["the right signature", body, sign(body), true],
  ["of text outside of ASCII", '"\u{1F600}é"', sign('"\u{1F600}é"'), true],
  ["another body's", body, sign(`${body} `), false],
  ["another secret's", body, sign(body, "another"), false],
  ["none", body, null, false],
  ["half of it", body, sign(body).slice(0, 20), false],
  ["hex instead of base64", body, createHmac("sha256", secret).update(body).digest("hex"), false],
  ["a very long one", body, "A".repeat(9000), false],
  ["one without its padding", body, sign(body).replace(/=+$/, ""), false],
])("%s: as Shopify's library says", async (_what, text, signature, genuine) => {
  const headers = { ...whole, ...(signature === null ? {} : { "x-shopify-hmac-sha256": signature }) };
  expect(webhookIsGenuine(text, headers)).toBe(genuine);
  expect(await library(text, headers)).toBe(genuine);
});

test.each(Object.keys(whole))("without %s it is none, as the library says", async (name) => {
  const headers = Object.fromEntries(Object.entries({ ...whole, "x-shopify-hmac-sha256": sign(body) }).filter(([one]) => one !== name));
  expect(webhookIsGenuine(body, headers)).toBe(false);
  expect(await library(body, headers)).toBe(false);
});
