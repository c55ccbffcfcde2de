// Whose page a pixel's request came from, as far as a browser says it. A hint, no proof: whoever sends without a browser writes what he likes.
import type { ShopAtDoor } from "../shops/shop.ts";

/**
 * Whether a request with this Origin may be a pixel of the shop: nothing and `null` (the sandbox's worker), its myshopify domain, its own domain and what
 * stands under that (www, checkout, account).
 */
export function originFits(origin: string | null, shop: Pick<ShopAtDoor, "domain" | "storefrontHost">): boolean {
  if (origin === null || origin === "" || origin === "null") return true;
  if (!/^https?:\/\//.test(origin) || !URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  const own = shop.storefrontHost.replace(/^www\./, "");
  return host === shop.domain || host === own || host.endsWith(`.${own}`);
}
