import { connectors } from "#app/connectors/registry.server.ts";
import { wire } from "#app/connectors/wire.server.ts";
import { callbackUri } from "#app/destinations/callback.server.ts";
import { audiencesOf, connect, readOauthState, retryAudience } from "#app/destinations/connect.server.ts";
import { env } from "#app/env.server.ts";
import { log } from "#app/log.server.ts";
import { wake } from "#app/queue.server.ts";
import { shopById } from "#app/shops/settings.server.ts";
import type { Shop } from "#app/shops/shop.ts";

/** The Audiences screen inside a shop's admin. */
function audiencesAddress(shop: Shop, query = ""): string {
  return `https://admin.shopify.com/store/${shop.domain.replace(/\.myshopify\.com$/, "")}/apps/${env().SHOPIFY_API_KEY}/app/audiences${query}`;
}

export type Finished = { kind: "back"; to: string } | { kind: "page"; page: "bad" | "failed"; status: 400 | 502 };

/** What becomes of a merchant who returns from Meta: the shop is taken from our own signed state, and from nothing else. */
export async function finish(params: URLSearchParams, now: Date): Promise<Finished> {
  const bad: Finished = { kind: "page", page: "bad", status: 400 };
  const named = readOauthState(params.get("state") ?? "", now);
  const { meta } = connectors();
  if (named === null || named.connectorId !== "meta" || meta === undefined) return bad;
  const shop = await shopById(named.shopId);
  if (shop === null || shop.installedAt === null || shop.uninstalledAt !== null) return bad;
  if (params.has("error")) return { kind: "back", to: audiencesAddress(shop, "?meta=denied") };
  const code = params.get("code");
  if (code === null || code === "") return bad;
  try {
    await connect(shop, meta, wire, code, callbackUri("meta"), now);
    for (const audience of await audiencesOf(shop.id)) if (audience.connector === "meta") await retryAudience(shop, audience.id);
    await wake("audiences.sync", shop.id);
  } catch (error) {
    log.warn({ err: error, shop: shop.domain }, "connecting failed");
    return { kind: "page", page: "failed", status: 502 };
  }
  return { kind: "back", to: audiencesAddress(shop) };
}
