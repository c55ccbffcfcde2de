// Where the button of a message leads, and whether that is the shop's own ground.
import type { Shop } from "../shops/shop.ts";

/** An address in the shop with where the visit came from and, for a checkout, the code that waits there. */
export function landingUrl(address: string, code: string | null): string {
  const url = new URL(address);
  if (code !== null) url.searchParams.set("discount", code);
  url.searchParams.set("utm_source", "comeback");
  url.searchParams.set("utm_medium", "email");
  return url.href;
}

/** Whether a link may stand in a message of this shop: its own storefront or myshopify address, over http(s). */
export function isOwnLink(shop: Pick<Shop, "storefrontHost" | "domain">, address: string): boolean {
  try {
    const url = new URL(address);
    return (
      (url.protocol === "https:" || url.protocol === "http:") &&
      url.username === "" &&
      url.password === "" &&
      (url.host === shop.storefrontHost || url.host === shop.domain)
    );
  } catch {
    return false;
  }
}
