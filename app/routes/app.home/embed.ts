// Whether the theme's app embed is on, as Shopify tells the merchant's own browser, and where to switch it on.
import type { Embed } from "#app/dashboard/setup.ts";

/** File name of the embed inside the theme app extension. */
const block = "comeback-embed";

/** As App Bridge tells it; only what is read here. https://shopify.dev/docs/api/app-home/apis/authentication-and-data/app-api, read 2026-11. */
export type Extension = { type: string; activations: { target: string; handle?: string; status?: string }[] };

/** On in the published theme, off, or unknown where Shopify does not speak of it. */
export function embedOf(extensions: Extension[]): Exclude<Embed, "asking"> {
  const found = extensions.filter((one) => one.type === "theme_app_extension").flatMap(({ activations }) => activations.filter((one) => one.handle === block));
  if (found.length === 0) return "unknown";
  return found.some((one) => one.status === "active") ? "on" : "off";
}

/** The theme editor of a shop, with our embed switched on and waiting to be saved. */
export function embedLink(shop: string, apiKey: string): string {
  const url = new URL(`https://${shop}/admin/themes/current/editor`);
  url.search = new URLSearchParams({ context: "apps", template: "index", activateAppId: `${apiKey}/${block}` }).toString();
  return url.href;
}
