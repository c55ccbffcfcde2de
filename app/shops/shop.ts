// A shop as every room sees it.

export type Shop = {
  id: number;
  domain: string;
  name: string;
  email: string | null;
  currency: string;
  timezone: string;
  country: string | null;
  storefrontHost: string;
  salt: string;
  scopes: string[];
  installedAt: Date | null;
  uninstalledAt: Date | null;
  redactedAt: Date | null;
  pausedAt: Date | null;
  senderName: string | null;
  senderAddress: string | null;
  postalAddress: string | null;
  senderConfirmedAt: Date | null;
  pixelSeenAt: Date | null;
  holdoutPercent: number;
  countOffline: boolean;
};

/** What the doors need to know of a shop. */
export type ShopAtDoor = Pick<Shop, "id" | "domain" | "currency" | "storefrontHost" | "installedAt" | "uninstalledAt" | "redactedAt">;

/** Whether anything may be sent or synced for this shop at all. */
export function mayAct(shop: Shop): { ok: true } | { ok: false; reason: "uninstalled" | "paused" } {
  if (shop.installedAt === null || shop.uninstalledAt !== null) return { ok: false, reason: "uninstalled" };
  return shop.pausedAt === null ? { ok: true } : { ok: false, reason: "paused" };
}
