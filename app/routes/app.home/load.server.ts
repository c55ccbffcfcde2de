import { connectors } from "#app/connectors/registry.server.ts";
import { overview } from "#app/dashboard/overview.server.ts";
import { periodOf } from "#app/dashboard/period.ts";
import { setup } from "#app/dashboard/setup.server.ts";
import { env } from "#app/env.server.ts";
import type { Shop } from "#app/shops/shop.ts";
import { embedLink } from "./embed.ts";

/** What the home screen shows, for the period and page that its address names. */
export async function load(shop: Shop, params: URLSearchParams, now: Date) {
  const page = Math.min(10_000, Math.max(1, Math.trunc(Number(params.get("page") ?? "1")) || 1));
  const period = periodOf(params.get("period"), shop.timezone, now);
  const [figures, facts] = await Promise.all([overview(shop, period, page), setup(shop, Object.keys(connectors()))]);
  return {
    key: period.key,
    figures,
    setup: facts,
    embedUrl: embedLink(shop.domain, env().SHOPIFY_API_KEY),
    storefrontUrl: `https://${shop.storefrontHost}/`,
  };
}
