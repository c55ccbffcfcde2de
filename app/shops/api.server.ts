import { createHmac } from "node:crypto";
import "@shopify/shopify-api/adapters/web-api";
import { ApiVersion, LogSeverity, shopifyApi, type Shopify } from "@shopify/shopify-api";
import { env } from "../env.server.ts";
import { sameText } from "../lib/hash.ts";

export const apiVersion = ApiVersion.October26;

function make(): Shopify {
  const url = new URL(env().SHOPIFY_APP_URL);
  return shopifyApi({
    apiKey: env().SHOPIFY_API_KEY,
    apiSecretKey: env().SHOPIFY_API_SECRET,
    scopes: env().SCOPES,
    hostName: url.host,
    hostScheme: url.protocol === "https:" ? "https" : "http",
    apiVersion,
    isEmbeddedApp: true,
    logger: { level: LogSeverity.Error, httpRequests: false, timestamps: false, log: async () => undefined },
  });
}

let current: Shopify | undefined;

/** Shopify's API library with our credentials. */
export function api(): Shopify {
  return (current ??= make());
}

/** Without these a request is no webhook of Shopify's, whatever it is signed with. */
const always = ["x-shopify-topic", "x-shopify-shop-domain", "x-shopify-api-version", "x-shopify-webhook-id"];

/**
 * Whether a webhook is whole and its raw body carries the signature of the current or the previous secret: base64 of its HMAC-SHA-256. Headers as Node
 * gives them, lower case. Node's own HMAC and not the library's check, which asks the same of WebCrypto, through a Request of its own, at many times the
 * cost; a test holds the two together.
 */
export function webhookIsGenuine(rawBody: string | Buffer, headers: Record<string, string | string[] | undefined>): boolean {
  const signature = headers["x-shopify-hmac-sha256"];
  if (typeof signature !== "string" || always.some((name) => !headers[name])) return false;
  const { SHOPIFY_API_SECRET: secret, SHOPIFY_API_SECRET_PREVIOUS: before } = env();
  return [secret, before].some((one) => one !== undefined && sameText(signature, createHmac("sha256", one).update(rawBody).digest("base64")));
}
