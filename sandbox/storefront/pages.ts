// `/shop/<name>/…`: the storefronts of all shops, in which everything a shopper does makes the webhooks and the pixel events Shopify would send.
import express, { type Request, type Response, Router } from "express";
import { picture } from "../shopify/catalogue.ts";
import type { Shops } from "../shopify/shop-state.ts";
import type { Storefront } from "../shopify/storefront.ts";
import { accountPages } from "./account-pages.ts";
import { cartPages } from "./cart-pages.ts";
import { checkoutPages } from "./checkout-pages.ts";
import { pixelScript, platformScript, platformStyle } from "./pixel-bundle.ts";
import { withoutProtected } from "./protected-fields.ts";
import { regions } from "./regions.ts";
import { collection, contact, home, notFound, policy, postContact, product, search } from "./shop-pages.ts";
import { show } from "./show.ts";
import { embedIsOn, themeExtension } from "./theme-extension.ts";
import { themeAsset } from "./theme.ts";
import { beginVisit, rememberRegion, type StorefrontWorld, takePending, type Visit } from "./visit.ts";

/** The storefronts; to be mounted at `/shop`. */
export function storefrontPages({ shops, store, now }: { shops: Shops; store: Storefront; now: () => Date }): Router {
  const world: StorefrontWorld = { store, now, pending: new Map(), sessions: new Map() };
  const router = Router();
  router.use(express.urlencoded({ extended: true }), express.json());

  router.get("/pictures/:file", (request, response) => {
    const drawn = picture((request.params["file"] ?? "").replace(/\.svg$/, ""));
    if (drawn) response.type("image/svg+xml").set("Cache-Control", "max-age=3600").send(drawn);
    else response.status(404).end();
  });

  const visitOf = (request: Request, response: Response): Visit | null => {
    const shop = shops.find(`${request.params["shop"] ?? ""}.myshopify.com`);
    if (shop) return beginVisit(world, shop, request, response);
    response.status(404).type("text").send("There is no such shop in this world");
    return null;
  };

  /** A page or call of one shop; what goes wrong is said on a page, not in a stack. */
  const at = (method: "get" | "post", path: string, run: (visit: Visit) => Promise<void> | void): void => {
    router[method](`/:shop${path}`, (request: Request, response: Response, next) => {
      const visit = visitOf(request, response);
      if (!visit) return;
      Promise.resolve()
        .then(() => run(visit))
        .catch(async (error: unknown) => {
          if (response.headersSent) throw error;
          const reason = error instanceof Error ? error.message : String(error);
          await show(visit, "error", { reason }, { title: "That did not work", status: 422 });
        })
        .catch(next);
    });
  };

  files(at);
  at("get", "/", home);
  at("get", "/collections", (visit) => collection(visit, "all"));
  at("get", "/collections/:handle", (visit) => collection(visit, visit.request.params["handle"] ?? ""));
  at("get", "/collections/:collection/products/:handle", (visit) => product(visit, visit.request.params["handle"] ?? ""));
  at("get", "/products/:handle", (visit) => product(visit, visit.request.params["handle"] ?? ""));
  at("get", "/search", search);
  at("get", "/policies/privacy-policy", policy);
  at("get", "/contact", (visit) => contact(visit, { posted: visit.request.query["posted"] === "true", error: null }));
  at("get", "/pages/contact", (visit) => contact(visit, { posted: visit.request.query["posted"] === "true", error: null }));
  at("post", "/contact", postContact);
  accountPages(at);
  cartPages(at);
  checkoutPages(at);
  at("post", "/world/region", (visit) => {
    const { region, back } = visit.request.body as { region?: string; back?: string };
    if (regions.some((one) => one.code === region)) rememberRegion(visit, region ?? "");
    visit.response.redirect(303, typeof back === "string" && back.startsWith(visit.root) ? back : visit.root);
  });
  at("get", "/*", notFound);
  return router;
}

/** Style sheets and scripts: the theme's, the platform's, the app's. */
function files(at: (method: "get" | "post", path: string, run: (visit: Visit) => Promise<void> | void) => void): void {
  const send = ({ response }: Visit, type: string, text: string): void => {
    response.type(type).set("Cache-Control", "no-cache").send(text);
  };
  at("get", "/cdn/wpm/platform.js", async (visit) => send(visit, "text/javascript", await platformScript()));
  at("get", "/cdn/wpm/platform.css", (visit) => send(visit, "text/css", platformStyle()));
  at("get", "/cdn/wpm/pixel.js", async (visit) => {
    if (visit.shop.installed && visit.shop.webPixel) return send(visit, "text/javascript", await pixelScript());
    visit.response.status(404).end();
  });
  // What the cart's Ajax calls made happen, for the page that made them.
  at("post", "/cdn/wpm/happenings", (visit) => {
    visit.response.json(withoutProtected(takePending(visit, visit.cart?.token), visit.shop.scopes));
  });
  at("get", "/cdn/shop/t/1/assets/:file", (visit) => {
    const found = themeAsset(visit.request.params["file"] ?? "");
    if (found) return send(visit, found.type, found.text);
    visit.response.status(404).end();
  });
  at("get", "/cdn/extensions/:handle/assets/:file", (visit) => {
    const { handle, file } = visit.request.params as { handle: string; file: string };
    const extension = themeExtension();
    const text = embedIsOn(visit.shop) && handle === extension.handle ? extension.asset(file) : null;
    if (text !== null) return send(visit, file.endsWith(".css") ? "text/css" : "text/javascript", text);
    visit.response.status(404).end();
  });
}
