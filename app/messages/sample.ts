// A cart that nobody left: what previews and test mails are filled with.
import { after, day } from "../lib/time.ts";
import type { Filling } from "./content.ts";

type SampleShop = { name: string; senderName: string | null; postalAddress: string | null; currency: string; timezone: string; storefrontHost: string };

/** Fills a message with a made-up person and cart, in the shop's own name and currency. All links lead to the storefront. */
export function sampleFilling(shop: SampleShop, offer: { percent: number; validDays: number } | null, now: Date): Filling {
  const home = `https://${shop.storefrontHost}/`;
  const line = (title: string, quantity: number, priceMinor: number) => ({ productId: null, variantId: null, title, quantity, priceMinor });
  const lines = [line("Linen shirt, blue", 1, 4900), line("Wool socks", 2, 1200)];
  return {
    shop: { name: shop.senderName ?? shop.name, postalAddress: shop.postalAddress ?? "your postal address", currency: shop.currency, timezone: shop.timezone },
    person: { firstName: "Robin", locale: null },
    cart: { lines, totalMinor: lines.reduce((sum, one) => sum + one.priceMinor * one.quantity, 0) },
    offer: offer === null ? null : { code: "SAMPLE-CODE", percent: offer.percent, until: after(now, offer.validDays * day) },
    links: { button: home, unsubscribe: home },
    why: `You get this because you began a checkout at ${shop.name} and agreed to hear from us.`,
  };
}
