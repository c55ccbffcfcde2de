import { AppDistribution, shopifyApp } from "@shopify/shopify-app-remix/server";
import { LogSeverity } from "@shopify/shopify-api";
import { env } from "./env.server.ts";
import { log } from "./log.server.ts";
import { wake } from "./queue.server.ts";
import { apiVersion } from "./shops/api.server.ts";
import { installed, refresh } from "./shops/refresh.server.ts";
import { sessionStorage } from "./shops/sessions.server.ts";
import type { Shop } from "./shops/shop.ts";
import { shopByDomain } from "./shops/load.server.ts";

const levels: Record<number, "error" | "warn" | "info" | "debug"> = {
  [LogSeverity.Error]: "error",
  [LogSeverity.Warning]: "warn",
  [LogSeverity.Info]: "debug",
  [LogSeverity.Debug]: "debug",
};

const shopify = shopifyApp({
  apiKey: env().SHOPIFY_API_KEY,
  apiSecretKey: env().SHOPIFY_API_SECRET,
  appUrl: env().SHOPIFY_APP_URL,
  scopes: env().SCOPES,
  apiVersion,
  sessionStorage,
  distribution: AppDistribution.AppStore,
  isEmbeddedApp: true,
  future: { unstable_newEmbeddedAuthStrategy: true, expiringOfflineAccessTokens: true },
  logger: {
    level: LogSeverity.Warning,
    httpRequests: false,
    timestamps: false,
    // The library's lines can carry a whole request; its first sentence is enough to know where to look.
    log: async (severity, message) =>
      log[levels[severity] ?? "info"](
        { from: "shopify" },
        message
          .split("|")
          .at(-1)
          ?.split("\n")[0]
          ?.replace(/[{[].*$/s, "")
          .trim() ?? "",
      ),
  },
  hooks: {
    // Runs after every token exchange, about hourly while the app is open: everything here may be repeated.
    afterAuth: async ({ session }) => {
      const shop = await installed(
        session.shop,
        (session.scope ?? "").split(",").filter((scope) => scope !== ""),
        new Date(),
      );
      // The first screen of a new shop should already speak its currency and time zone; later ones can wait for the worker.
      if (shop.email === null)
        await refresh(shop, new Date()).catch((error: unknown) => log.warn({ err: error, shop: shop.domain }, "the shop's details could not be read yet"));
      await wake("shop.refresh", shop.id);
    },
  },
});

export const { authenticate, addDocumentResponseHeaders, unauthenticated } = shopify;
export const login = shopify.login;

/** The shop of a verified session: the only place an embedded screen takes it from. Throws the library's redirect where there is no session. */
export async function requireShop(request: Request): Promise<{ shop: Shop }> {
  const { session } = await authenticate.admin(request);
  const shop = (await shopByDomain(session.shop)) ?? (await installed(session.shop, (session.scope ?? "").split(","), new Date()));
  return { shop };
}
