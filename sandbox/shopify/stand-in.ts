// The Shopify of the world: tokens, Admin API, webhooks, storefront, and an admin that frames the app.
import { Router } from "express";
import { z } from "zod";
import type { StandIn, WorldContext } from "../context.ts";
import { storefrontPages } from "../storefront/pages.ts";
import { adminApi } from "./admin-api.ts";
import { adminFrame } from "./admin-frame.ts";
import { control } from "./control.ts";
import { teller } from "./delays.ts";
import { noFaults } from "./faults.ts";
import { frameProxy } from "./frame-proxy.ts";
import { launchUrl } from "./launch-url.ts";
import { ordersPage } from "./orders-page.ts";
import { demoShop, shopName, shopRegister, type ShopState } from "./shop-state.ts";
import { currentShopPayload } from "./standard-payload.ts";
import { storefront } from "./storefront.ts";
import { currentSubscriptions } from "./subscriptions.ts";
import { type Grant, tokenDoor } from "./token.ts";
import { webhookSender } from "./webhooks.ts";

const savedShape = z.object({ shops: z.string(), grants: z.array(z.unknown()) });

export type ShopifyStandIn = ReturnType<typeof shopifyStandIn>;

/** Shopify as one world has it. Besides its pages under `/shopify` it has pages at the root of the world: `rootPages`. */
export function shopifyStandIn(context: WorldContext, options: { webhookDelays?: boolean } = {}) {
  const { appKey, appSecret, now, worldUrl } = context;
  const shops = shopRegister(now);
  const faults = noFaults();
  const sender = webhookSender({
    appUrl: context.appUrl,
    secret: appSecret,
    now,
    installed: (shop) => shops.find(shop)?.installed ?? false,
  });
  const telling = teller(sender, options.webhookDelays ?? false);
  const store = storefront({ now, worldUrl, tell: telling.tell });
  const tokens = tokenDoor({
    appKey,
    appSecret,
    now,
    shopExists: (shop) => shops.find(shop) !== undefined,
    install,
    scopes: (shop) => shops.get(shop).scopes,
  });
  const api = adminApi({ shops, shopOf: tokens.shopOf, now, worldUrl, faults });
  const proxy = frameProxy({ appKey, appUrl: context.appUrl, worldUrl });

  function install(domain: string): readonly string[] {
    const shop = shops.get(domain);
    if (!shop.installed) {
      shop.installed = true;
      shop.scopes = [...currentSubscriptions().scopes];
    }
    return shop.scopes;
  }

  async function uninstall(shop: ShopState): Promise<void> {
    shop.installed = false;
    shop.webPixel = null;
    shop.embed = "off";
    shop.scopes = [];
    tokens.revoke(shop.domain);
    await sender.send(shop.domain, "app/uninstalled", currentShopPayload({ shop, worldUrl: worldUrl() }));
  }

  const launch = () => ({ appKey, appSecret, now: now() });

  const pages = Router();
  pages.use(
    "/control",
    control({
      ...{ shops, store, sender, faults, now, worldUrl, uninstall },
      apiCalls: api.calls,
      launchUrl: (shop, path) => ({
        url: launchUrl(launch(), shop, proxy.origin() ?? context.appUrl(), path),
        frameUrl: `${worldUrl()}/admin/store/${shopName(shop.domain)}/apps/comeback${path}`,
      }),
    }),
  );
  pages.use(ordersPage({ shops, store, sender, uninstall }));

  const rootPages = Router();
  rootPages.use("/shop", storefrontPages({ shops, store, now }));
  rootPages.use("/admin", adminFrame({ appKey, appSecret, shops, now, worldUrl, proxy }));
  // The demo shop's own domain is the world's, so cart permalinks and product links of the shop work at its root.
  const home = `/shop/${shopName(demoShop.domain)}`;
  rootPages.get(["/cart/*", "/products/*", "/collections/*", "/discount/*"], (request, response) => response.redirect(302, `${home}${request.originalUrl}`));

  const outbound = Router();
  outbound.use(tokens.router, api.router);

  return {
    name: "shopify",
    label: "Shopify",
    pages,
    outbound: [
      { hosts: /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, router: outbound },
      { hosts: /^storage\.googleapis\.com$/, router: api.files },
    ],
    save: () => ({ shops: shops.save(), grants: tokens.grants }),
    restore: (saved: unknown) => {
      const read = savedShape.parse(saved);
      shops.restore(read.shops);
      tokens.grants.splice(0, tokens.grants.length, ...(read.grants as Grant[]));
    },
    close: async () => {
      telling.close();
      await Promise.all([sender.close(), proxy.close()]);
    },
    /** To be mounted at the root of the world: `/admin/…`, `/shop/…` and the demo shop's permalinks. */
    rootPages,
    /** Opens the second port of the world, on which the admin frame shows the app; `SHOPIFY_APP_URL` must be its origin. */
    openFrame: proxy.open,
    frameOrigin: proxy.origin,
    shops,
    store,
    sender,
    faults,
    tokens,
    install,
    uninstall,
    apiCalls: api.calls,
    launchUrl: (domain: string, path = "/app") => launchUrl(launch(), shops.get(domain), proxy.origin() ?? context.appUrl(), path),
  } satisfies StandIn & Record<string, unknown>;
}
