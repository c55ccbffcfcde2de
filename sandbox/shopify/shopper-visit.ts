// What a shopper's browser carries from page to page: the cart, the landing page, a discount waiting for the checkout.
import type { Request, Response } from "express";

const visitMs = 30 * 60 * 1000;

/** One cookie of the request. */
export function cookie(request: Request, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const [key, ...value] = part.trim().split("=");
    if (key === name) return decodeURIComponent(value.join("="));
  }
  return undefined;
}

/** Remembers something for the shop whose pages lie under `path`. */
export function remember(response: Response, path: string, name: string, value: string): void {
  response.cookie(name, value, { path, maxAge: visitMs, httpOnly: true, sameSite: "lax" });
}

/** The page a visit began on; a link with campaign parameters begins a new one, as Shopify counts visits. */
export function landing(request: Request, response: Response, path: string): string {
  const here = request.originalUrl.slice(path.length) || "/";
  const campaign = /[?&](utm_|gclid=|fbclid=|ref=)/.test(here);
  const known = cookie(request, "landing");
  if (known && !campaign) return known;
  const page = (here.startsWith("/") ? here : `/${here}`).slice(0, 500);
  remember(response, path, "landing", page);
  return page;
}
