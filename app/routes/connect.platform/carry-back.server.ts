import { connectorOf } from "#app/connectors/registry.server.ts";
import { readOauthState } from "#app/destinations/connect.server.ts";
import { env } from "#app/env.server.ts";
import { shopById } from "#app/shops/settings.server.ts";
import type { Shop } from "#app/shops/shop.ts";

/** The Audiences screen inside a shop's admin. */
function audiencesAddress(shop: Shop, query: string): string {
  return `https://admin.shopify.com/store/${shop.domain.replace(/\.myshopify\.com$/, "")}/apps/${env().SHOPIFY_API_KEY}/app/audiences${query}`;
}

export type Returned = { kind: "back"; to: string } | { kind: "page"; page: "bad"; status: 400 };

/**
 * What becomes of a merchant who returns from an ad platform. Nothing is connected here, outside of the admin, where nobody knows whose browser this is: the code is
 * carried into the admin of the shop that our signed state names, and only a merchant who is logged in there can redeem it. Otherwise somebody could be
 * talked into connecting her ad account to another person's shop.
 */
export async function carryBack(platform: string, params: URLSearchParams, now: Date): Promise<Returned> {
  const bad: Returned = { kind: "page", page: "bad", status: 400 };
  const named = readOauthState(params.get("state") ?? "", now);
  if (named === null || named.connectorId !== platform || connectorOf(platform) === null) return bad;
  const shop = await shopById(named.shopId);
  if (shop === null || shop.installedAt === null || shop.uninstalledAt !== null) return bad;
  if (params.has("error")) return { kind: "back", to: audiencesAddress(shop, `?denied=${platform}`) };
  const [code, state] = [params.get("code"), params.get("state") ?? ""];
  if (code === null || code === "") return bad;
  return { kind: "back", to: audiencesAddress(shop, `?${new URLSearchParams({ code, state }).toString()}`) };
}
