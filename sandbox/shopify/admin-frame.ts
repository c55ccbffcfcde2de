// `/admin/…`: an admin that frames the app as Shopify's does, and what App Bridge asks it for.
import express, { type Response, Router } from "express";
import { extensionInfo } from "../storefront/theme-extension.ts";
import { appBridgeScript, adminScript, adminStyle, themeEditorStyle } from "./app-bridge.ts";
import { adminPage } from "./admin-page.ts";
import type { FrameProxy } from "./frame-proxy.ts";
import { gid } from "./ids.ts";
import { hostParameter, launchUrl, merchantToken } from "./launch-url.ts";
import { display } from "./money.ts";
import type { Shops, ShopState } from "./shop-state.ts";
import { currentSubscriptions } from "./subscriptions.ts";
import { themeEditor } from "./theme-editor.ts";

export type AdminFrameSettings = {
  appKey: string;
  appSecret: string;
  shops: Shops;
  now: () => Date;
  worldUrl: () => string;
  proxy: FrameProxy;
};

// What Shopify adds to the app's address; it never shows in the admin's own address bar.
const launchParameters = ["embedded", "hmac", "host", "id_token", "locale", "session", "shop", "timestamp"];

/** The admin's pages, scripts and the calls that App Bridge makes; to be mounted at `/admin`. */
export function adminFrame(settings: AdminFrameSettings): Router {
  const { shops, now } = settings;
  const launch = () => ({ appKey: settings.appKey, appSecret: settings.appSecret, now: now() });
  const router = Router();

  const script = (response: Response, text: string, type: string): void => {
    response.type(type).set({ "Cache-Control": "no-store", "Access-Control-Allow-Origin": "*" }).send(text);
  };
  router.get("/app-bridge.js", (_request, response) => script(response, appBridgeScript(), "text/javascript"));
  router.get("/admin.js", (_request, response) => script(response, adminScript(), "text/javascript"));
  router.get("/admin.css", (_request, response) => script(response, adminStyle(), "text/css"));
  router.get("/theme-editor.css", (_request, response) => script(response, themeEditorStyle(), "text/css"));
  router.get("/inter.css", (_request, response) => script(response, "", "text/css"));

  // App Bridge calls from the app's own origin, which only the frame of this world can know.
  const bridge = Router();
  bridge.use((request, response, next) => {
    const origin = settings.proxy.origin();
    if (origin) response.set({ "Access-Control-Allow-Origin": origin, Vary: "Origin" });
    if (request.method === "OPTIONS") response.set("Access-Control-Allow-Headers", "content-type").status(204).end();
    else next();
  });
  bridge.get(
    "/session-token",
    withShop((shop, response) => response.json({ token: merchantToken(launch(), shop) })),
  );
  bridge.get(
    "/scopes",
    withShop((shop, response) => {
      const { scopes } = currentSubscriptions();
      response.json({ granted: shop.scopes, required: scopes, optional: [] });
    }),
  );
  bridge.get(
    "/products",
    withShop((shop, response) => response.json({ products: shop.products.map((product) => pick(shop, product)) })),
  );
  bridge.get(
    "/extensions",
    withShop((shop, response) => response.json({ extensions: shop.installed ? extensionInfo(shop) : [] })),
  );
  router.use("/bridge", express.json(), bridge);

  function withShop(answer: (shop: ShopState, response: Response) => void): express.RequestHandler {
    return (request, response) => {
      const shop = shops.find(String(request.query["shop"] ?? ""));
      if (shop) answer(shop, response);
      else response.status(404).json({ error: "There is no such shop in this world" });
    };
  }

  router.get(["/store/:name/apps/:app", "/store/:name/apps/:app/*"], (request, response, next) => {
    open(request.params, request.originalUrl, response).catch(next);
  });

  async function open(params: Record<string, string>, originalUrl: string, response: Response): Promise<void> {
    const shop = shops.find(`${params["name"]}.myshopify.com`);
    if (!shop || ![settings.appKey, "comeback"].includes(params["app"] ?? "")) {
      response.status(404).send(adminPage({ kind: "missing", shopLabel: params["name"] ?? "" }));
      return;
    }
    const asked = new URL(originalUrl, settings.worldUrl());
    for (const name of launchParameters) asked.searchParams.delete(name);
    const rest = params["0"] ?? "";
    const path = `/${rest || "app"}${asked.search}`;
    const origin = await settings.proxy.open();
    response.set("Cache-Control", "no-store").send(
      adminPage({
        kind: "app",
        shopLabel: shop.name,
        shopDomain: shop.domain,
        base: `/admin/store/${params["name"]}/apps/comeback`,
        frameUrl: launchUrl(launch(), shop, origin, path),
        frameOrigin: origin,
        // Survives every navigation inside the frame, as the query string does not.
        frameName: JSON.stringify({ shop: shop.domain, host: hostParameter(shop), apiKey: settings.appKey, locale: "en" }),
      }),
    );
  }

  router.use("/store/:name/themes/current/editor", themeEditor({ appKey: settings.appKey, shops }));

  router.get(["/store/:name", "/store/:name/*"], (request, response) => {
    const { name } = request.params as { name: string };
    const shop = shops.find(`${name}.myshopify.com`);
    response.status(shop ? 200 : 404).send(adminPage({ kind: "elsewhere", shopLabel: shop?.name ?? "" }));
  });
  return router;
}

function pick(shop: ShopState, product: ShopState["products"][number]) {
  return {
    id: gid("Product", product.id),
    title: product.title,
    handle: product.handle,
    price: display(product.variants[0]?.priceMinor ?? 0, shop.currency),
    variants: product.variants.map((variant) => ({ id: gid("ProductVariant", variant.id), title: variant.title, sku: variant.sku })),
  };
}
