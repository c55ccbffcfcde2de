import type { Shop } from "./shop.ts";
import { admin } from "./admin.server.ts";
import { shopAnswer, shopDocument } from "./admin/shop.ts";
import { ensurePixel } from "./pixel.server.ts";
import { ensureShop, shopByDomain, updateShop } from "./store.server.ts";

/** Reads who the shop is from the Admin API and keeps it, and sees to its pixel. Safe to repeat. Throws `AdminError`. */
export async function refresh(shop: Shop, now: Date): Promise<void> {
  const answer = await admin(shop.domain, { name: "ShopDetails", document: shopDocument, answer: shopAnswer });
  const scopes = answer.currentAppInstallation.accessScopes.map((one) => one.handle);
  await updateShop(shop.id, {
    name: answer.shop.name,
    email: answer.shop.email ?? null,
    currency: answer.shop.currencyCode,
    timezone: answer.shop.ianaTimezone,
    country: answer.shop.shopAddress?.countryCodeV2 ?? null,
    storefrontHost: new URL(answer.shop.primaryDomain.url).host,
    scopes: scopes.join(","),
  });
  await ensurePixel({ ...shop, scopes }, now);
}

/**
 * Notes that a shop has installed us, or opened us again: called after each token exchange, so it may come often. A reinstall clears the uninstall
 * and starts counting from now: carts from before are not mailed.
 */
export async function installed(domain: string, scopes: string[], now: Date): Promise<Shop> {
  const shop = await ensureShop(domain, now);
  const fresh = shop.installedAt === null || shop.uninstalledAt !== null;
  await updateShop(shop.id, { scopes: scopes.join(","), ...(fresh ? { installedAt: now, uninstalledAt: null, redactedAt: null } : {}) });
  return (await shopByDomain(domain)) as Shop;
}
