// A cart that nobody left and a product that nobody looked at: what previews and test mails are filled with.
import { after, day } from "../lib/time.ts";
import type { ShownProduct } from "../products/product.ts";
import type { Shop } from "../shops/shop.ts";
import { shownOf } from "./about.ts";
import type { Filling } from "./content.ts";

type SampleShop = Pick<Shop, "name" | "senderName" | "postalAddress" | "currency" | "timezone" | "storefrontHost" | "domain">;
/** What a sample is about. Where the shop has a product of its own to show, that one is shown. */
export type SampleAbout = { kind: "checkout" } | { kind: "product"; product: ShownProduct | null };

/** Fills a message with a made-up person and what she left or looked at, in the shop's own name and currency. All links lead to the storefront. */
export function sampleFilling(shop: SampleShop, about: SampleAbout, offer: { percent: number; validDays: number } | null, now: Date): Filling {
  const home = `https://${shop.storefrontHost}/`;
  const line = (title: string, quantity: number, priceMinor: number) => ({ productId: null, variantId: null, title, quantity, priceMinor });
  const lines = [line("Linen shirt, blue", 1, 4900), line("Wool socks", 2, 1200)];
  const { currency, ...shown } = shownOf(
    shop,
    about.kind === "product"
      ? {
          kind: "product",
          product: about.product ?? {
            productId: "",
            title: "Linen shirt, blue",
            url: home,
            imageUrl: null,
            priceMinor: 4900,
            priceVaries: false,
            currency: shop.currency,
          },
        }
      : {
          kind: "checkout",
          checkout: { lines, totalMinor: lines.reduce((sum, one) => sum + one.priceMinor * one.quantity, 0), currency: shop.currency },
        },
    true,
  );
  return {
    shop: { name: shop.senderName ?? shop.name, postalAddress: shop.postalAddress ?? "your postal address", currency, timezone: shop.timezone },
    person: { firstName: "Robin", locale: null },
    offer: offer === null ? null : { code: "SAMPLE-CODE", percent: offer.percent, until: after(now, offer.validDays * day) },
    links: { button: home, unsubscribe: home },
    ...shown,
  };
}
