// One request of a shopper: whose shop, which cart, who is logged in, where she pretends to be.
import type { Request, Response } from "express";
import type { Attribute } from "../shopify/checkout-payload.ts";
import { type Cart, type Customer, shopName, type ShopState } from "../shopify/shop-state.ts";
import type { Storefront } from "../shopify/storefront.ts";
import { cartToken } from "./cart-json.ts";
import type { EventShop } from "./event-objects.ts";
import { regionOf, type Region } from "./regions.ts";
import type { Happening } from "./standard-events.ts";

/** What all pages of the storefront share. */
export type StorefrontWorld = {
  store: Storefront;
  now: () => Date;
  /** What happened to a cart and was not told to a page yet, by the cart's token. */
  pending: Map<string, Happening[]>;
  /** Who is logged in where, by the session's cookie. */
  sessions: Map<string, { shop: string; customerId: number }>;
};

export type Visit = {
  world: StorefrontWorld;
  shop: ShopState;
  /** `/shop/<name>/`: Shopify's `routes.root_url`. */
  root: string;
  request: Request;
  response: Response;
  cart: Cart | null;
  customer: Customer | null;
  region: Region;
  /** The page stands in the theme editor's preview: no pixel, nothing of the world around it. */
  designMode: boolean;
};

const visitMs = 30 * 60 * 1000;
const cartMs = 14 * 86_400_000;
const yearMs = 365 * 86_400_000;

export const rootOf = (shop: ShopState): string => `/shop/${shopName(shop.domain)}/`;

/** One cookie of the request; a name that was never set by us is looked for as it is. */
export function cookie(request: Request, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const [key, ...value] = part.trim().split("=");
    if (key !== name) continue;
    try {
      return decodeURIComponent(value.join("="));
    } catch {
      return undefined;
    }
  }
  return undefined;
}

export function beginVisit(world: StorefrontWorld, shop: ShopState, request: Request, response: Response): Visit {
  const session = world.sessions.get(cookie(request, "storefront_session") ?? "");
  const [token, key = ""] = (cookie(request, "cart") ?? "").split("?key=");
  return {
    ...{ world, shop, root: rootOf(shop), request, response },
    // A cart of an earlier version has no key yet.
    cart: shop.carts.find((one) => one.token === token && (one.key ?? "") === key) ?? null,
    customer: session?.shop === shop.domain ? (shop.customers.find((one) => one.id === session.customerId) ?? null) : null,
    region: regionOf(cookie(request, "world_region")),
    designMode: request.get("sec-fetch-dest") === "iframe",
  };
}

/** Remembers something for this shop's pages. Only what Shopify lets scripts read is readable. */
export function remember({ response, root }: Visit, name: string, value: string, how: { maxAge?: number; readable?: boolean } = {}): void {
  response.cookie(name, value, { path: root, maxAge: how.maxAge ?? visitMs, httpOnly: !how.readable, sameSite: "lax" });
}

export const forget = ({ response, root }: Visit, name: string): void => void response.clearCookie(name, { path: root });

/** The cart cookie is readable by scripts, as Shopify's is: the theme's embed looks at it. */
export function rememberCart(visit: Visit, cart: Cart): void {
  remember(visit, "cart", cartToken(cart), { maxAge: cartMs, readable: true });
  visit.cart = cart;
}

export const rememberRegion = (visit: Visit, code: string): void => remember(visit, "world_region", code, { maxAge: yearMs });

/** The page a visit began on; a link with campaign parameters begins a new one, as Shopify counts visits. */
export function landing(visit: Visit): string {
  const { request, root } = visit;
  const here = `/${request.originalUrl.slice(root.length)}`;
  const campaign = /[?&](utm_|gclid=|fbclid=|ref=)/.test(here);
  const known = cookie(request, "landing");
  if (known && !campaign) return known;
  const page = here.slice(0, 500);
  remember(visit, "landing", page);
  return page;
}

/** The shop as events speak of it. */
export const eventShop = (shop: ShopState): EventShop => ({ ...shop, pictureUrl: (handle) => `//${shop.domain}/cdn/shop/files/${handle}.svg` });

/** Keeps what happened for the next page, or the next look, of whoever holds the cart. */
export function happened(visit: Visit, token: string, ...what: Happening[]): void {
  const { pending } = visit.world;
  pending.set(token, [...(pending.get(token) ?? []), ...what].slice(-50));
}

export function takePending(visit: Visit, token: string | undefined): Happening[] {
  if (token === undefined) return [];
  const found = visit.world.pending.get(token) ?? [];
  visit.world.pending.delete(token);
  return found;
}

export const text = (value: unknown): string | undefined => (typeof value === "string" && value.trim() !== "" ? value.trim() : undefined);

/** `attributes[a]=b` of a form or link. */
export function pairs(value: unknown): Attribute[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([name, one]) => ({ name, value: String(one) }));
}

/** The fields of a posted form under one name: `customer[email]` → `fields(visit, "customer").email`. */
export function fields({ request }: Visit, name: string): Record<string, string | undefined> {
  const found = (request.body as Record<string, unknown> | undefined)?.[name];
  if (typeof found !== "object" || found === null) return {};
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, text(value)]));
}

export const looksLikeEmail = (value: string): boolean => /^\S+@\S+\.\S+$/.test(value);
