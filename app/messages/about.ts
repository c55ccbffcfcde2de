// What a message is about: a checkout that was left, or a product that was looked at.
import type { Checkout } from "../commerce/facts.ts";
import type { ShownProduct } from "../products/product.ts";
import type { Shop } from "../shops/shop.ts";
import type { Filling } from "./content.ts";
import { landingUrl } from "./recovery-link.ts";

export type About = { kind: "checkout"; checkout: Checkout } | { kind: "product"; product: ShownProduct };

/** Where the button of a message leads. */
export function targetOf(shop: Pick<Shop, "storefrontHost">, about: About, code: string | null): string {
  if (about.kind === "product") return landingUrl(about.product.url, null);
  return landingUrl(about.checkout.recoverUrl ?? `https://${shop.storefrontHost}/`, code);
}

/** The address of a picture as a message may load it: over https, or from the shop itself. Shopify's CDN makes it as small as a mail needs. */
export function pictureOf(shop: Pick<Shop, "storefrontHost" | "domain">, address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const url = new URL(address);
  const ours = url.host === shop.storefrontHost || url.host === shop.domain;
  if (url.username !== "" || url.password !== "" || !(url.protocol === "https:" || (url.protocol === "http:" && ours))) return null;
  if (url.host === "cdn.shopify.com") url.searchParams.set("width", "720");
  return url.href;
}

/** As much of it as is shown. */
type Shown = { kind: "checkout"; checkout: Pick<Checkout, "lines" | "totalMinor" | "currency"> } | { kind: "product"; product: ShownProduct };

/** What of it a message is filled with, in its own currency. `agreed`: she said that she wants to hear from the shop; where the law needs no word of hers, none is claimed. */
export function shownOf(
  shop: Pick<Shop, "name" | "storefrontHost" | "domain">,
  about: Shown,
  agreed: boolean,
): Pick<Filling, "cart" | "product" | "why"> & { currency: string } {
  const why = (cause: string) => `You get this because ${cause}${agreed ? " and agreed to hear from us" : ""}.`;
  if (about.kind === "checkout")
    return {
      cart: { lines: about.checkout.lines, totalMinor: about.checkout.totalMinor },
      product: null,
      currency: about.checkout.currency,
      why: why(`you began a checkout at ${shop.name}`),
    };
  const { title, priceMinor, priceVaries, currency, imageUrl } = about.product;
  return {
    cart: null,
    product: { title, priceMinor, priceVaries, imageUrl: pictureOf(shop, imageUrl) },
    currency,
    why: why(`you looked at ${title} at ${shop.name}`),
  };
}
