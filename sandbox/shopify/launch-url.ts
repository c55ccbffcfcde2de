// The address that Shopify's admin opens an embedded app at: signed, with a fresh session token.
import { createHmac, randomUUID } from "node:crypto";
import { makeSessionToken } from "./session-token.ts";
import { type ShopState, shopName } from "./shop-state.ts";

export type Launch = { appKey: string; appSecret: string; now: Date };

/** The `host` parameter: where in Shopify the app is framed. */
export function hostParameter(shop: ShopState): string {
  return Buffer.from(`admin.shopify.com/store/${shopName(shop.domain)}`)
    .toString("base64")
    .replace(/=+$/, "");
}

/** The merchant of a shop: one person, whose id and session are derived from the shop. */
export function merchantToken(launch: Launch, shop: ShopState, sessionId: string = randomUUID()): string {
  return makeSessionToken(launch, shop.domain, shop.id + 1, sessionId);
}

/** `<base><path>?embedded=1&hmac=…&host=…&id_token=…` with the search part of `path` kept. */
export function launchUrl(launch: Launch, shop: ShopState, base: string, path: string): string {
  const url = new URL(path, base);
  const session = randomUUID();
  const parameters: Record<string, string> = {
    embedded: "1",
    host: hostParameter(shop),
    id_token: merchantToken(launch, shop, session),
    locale: "en",
    session: createHmac("sha256", launch.appSecret).update(session).digest("hex"),
    shop: shop.domain,
    timestamp: String(Math.floor(launch.now.getTime() / 1000)),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  url.searchParams.set("hmac", queryHmac(url.searchParams, launch.appSecret));
  return url.toString();
}

/** The hex HMAC that Shopify puts beside the other parameters. */
export function queryHmac(parameters: URLSearchParams, secret: string): string {
  const sorted = [...parameters].filter(([name]) => name !== "hmac").sort(([one], [other]) => (one < other ? -1 : 1));
  return createHmac("sha256", secret).update(new URLSearchParams(sorted).toString()).digest("hex");
}
