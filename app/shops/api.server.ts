import "@shopify/shopify-api/adapters/web-api";
import { ApiVersion, LogSeverity, shopifyApi, type Shopify } from "@shopify/shopify-api";
import { env } from "../env.server.ts";

export const apiVersion = ApiVersion.October26;

function make(secret: string): Shopify {
  const url = new URL(env().SHOPIFY_APP_URL);
  return shopifyApi({
    apiKey: env().SHOPIFY_API_KEY,
    apiSecretKey: secret,
    scopes: env().SCOPES,
    hostName: url.host,
    hostScheme: url.protocol === "https:" ? "https" : "http",
    apiVersion,
    isEmbeddedApp: true,
    logger: { level: LogSeverity.Error, httpRequests: false, timestamps: false, log: async () => undefined },
  });
}

let current: Shopify | undefined;
let previous: Shopify | undefined;

/** Shopify's API library with our credentials. */
export function api(): Shopify {
  return (current ??= make(env().SHOPIFY_API_SECRET));
}

function previousApi(): Shopify | undefined {
  const secret = env().SHOPIFY_API_SECRET_PREVIOUS;
  return secret === undefined ? undefined : (previous ??= make(secret));
}

/** Whether a webhook's raw body carries the signature of the current or the previous secret. Headers as Node gives them, lower case. */
export async function webhookIsGenuine(rawBody: string, headers: Record<string, string | string[] | undefined>): Promise<boolean> {
  const given = new Headers();
  for (const [name, value] of Object.entries(headers)) if (typeof value === "string" && name.startsWith("x-shopify-")) given.set(name, value);
  const rawRequest = new Request("https://localhost/webhooks", { method: "POST", headers: given });
  for (const library of [api(), previousApi()]) {
    if (library !== undefined && (await library.webhooks.validate({ rawBody, rawRequest })).valid) return true;
  }
  return false;
}
