// Sends a page: the theme's, with what Shopify adds to it — head, events, the app's embed — and the slim bar of this world on top.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";
import { escapeHtml, html } from "../page.ts";
import { standardShippingMinor } from "../shopify/storefront.ts";
import { cartJson } from "./cart-json.ts";
import { cartObject } from "./event-objects.ts";
import { allCollections, customerObject } from "./objects.ts";
import { factsId, type PageFacts } from "./page-facts.ts";
import { withoutProtected } from "./protected-fields.ts";
import { regions, type PixelNeeds } from "./regions.ts";
import { type Happening, pageViewed } from "./standard-events.ts";
import { embedIsOn, themeExtension } from "./theme-extension.ts";
import { renderBlock, renderTheme } from "./theme.ts";
import { eventShop, takePending, type Visit } from "./visit.ts";

export type ShowOptions = {
  title: string;
  /** Of the page, beside `page_viewed`. */
  happenings?: Happening[];
  /** Whose pending events this page tells; the cart's where nothing is said. */
  pendingOf?: string | undefined;
  status?: number;
  layout?: "theme" | "checkout";
  description?: string;
};

const needsShape = z.object({
  customer_privacy: z.object({
    analytics: z.boolean(),
    marketing: z.boolean(),
    preferences: z.boolean(),
    sale_of_data: z.enum(["enabled", "disabled", "ldu"]),
  }),
});

/** `[customer_privacy]` of the pixel's toml. */
export function pixelNeeds(): PixelNeeds {
  const toml = readFileSync(join(import.meta.dirname, "../../extensions/pixel/shopify.extension.toml"), "utf8");
  return needsShape.parse(parse(toml)).customer_privacy;
}

export async function show(visit: Visit, template: string, scope: Record<string, unknown>, options: ShowOptions): Promise<void> {
  const { shop, root, request, response, cart, customer } = visit;
  const layout = options.layout ?? "theme";
  const pictureUrl = (handle: string) => `/shop/pictures/${handle}.svg`;
  const whole = {
    shop: { name: shop.name, email: shop.email, currency: shop.currency, url: root, domain: shop.domain },
    request: { locale: { iso_code: "en" }, path: request.path, page_type: template.split("/")[0] },
    routes: routesOf(root),
    collections: allCollections(shop, root),
    cart: cartJson({ shop, root, pictureUrl }, cart),
    customer: customerObject(shop, customer, root),
    page_title: options.title,
    page_description: options.description ?? "Things for a house by the sea, made to be used and mended.",
    template: template.replaceAll("/", "-"),
    now_year: visit.world.now().getUTCFullYear(),
    privacy_region: visit.region.rule,
    newsletter: { posted: request.query["newsletter"] === "thanks", error: request.query["newsletter"] === "refused" },
    settings: { delivery_price: standardShippingMinor },
    search_terms: "",
    ...scope,
  };
  const happenings = [...takePending(visit, options.pendingOf ?? cart?.token), pageViewed(), ...(options.happenings ?? [])];
  const header = await contentForHeader(visit, factsOf(visit, happenings), layout, whole);
  const page = await renderTheme(template, whole, { root, currency: shop.currency }, { layout, header });
  const atEnd = layout === "theme" ? await embeds(visit, "body", whole) : "";
  const inBody = page.replace(/<body[^>]*>/, (tag) => tag + worldBar(visit)).replace("</body>", () => `${atEnd}</body>`);
  response
    .status(options.status ?? 200)
    .set("Cache-Control", "no-store")
    .type("html")
    .send(inBody);
}

function routesOf(root: string) {
  return {
    root_url: root,
    cart_url: `${root}cart`,
    cart_add_url: `${root}cart/add`,
    search_url: `${root}search`,
    account_url: `${root}account`,
    account_login_url: `${root}account/login`,
    account_logout_url: `${root}account/logout`,
    account_register_url: `${root}account/register`,
    all_products_collection_url: `${root}collections/all`,
  };
}

function factsOf(visit: Visit, happenings: Happening[]): PageFacts {
  const { shop, root, cart, customer } = visit;
  // Names and addresses leave the server only where the app's scopes open them.
  const open = <Value>(value: Value) => withoutProtected(value, shop.scopes);
  const orders = customer ? shop.orders.filter((order) => order.customerId === customer.id).length : 0;
  const { name, domain, countryCode, currency } = shop;
  const runs = shop.installed && shop.webPixel && !visit.designMode;
  return {
    shop: { name, domain, countryCode, currency },
    root,
    region: visit.region,
    designMode: visit.designMode,
    now: visit.world.now().toISOString(),
    happenings: open(happenings),
    pixel: runs && shop.webPixel ? { id: shop.webPixel.id, needs: pixelNeeds(), settings: shop.webPixel.settings, script: `${root}cdn/wpm/pixel.js` } : null,
    init: open({
      cart: cart ? cartObject(eventShop(shop), cart) : null,
      customer: customer && {
        ...{ id: String(customer.id), email: customer.email, firstName: customer.firstName, lastName: customer.lastName },
        ...{ phone: customer.phone ?? null, ordersCount: orders },
      },
    }),
  };
}

/** `{{ content_for_header }}`: the `Shopify` object, the platform's script and what embeds load in the head. */
async function contentForHeader(visit: Visit, facts: PageFacts, layout: "theme" | "checkout", scope: Record<string, unknown>): Promise<string> {
  const { shop, root, region } = visit;
  const theme = { name: "Quay", id: shop.id + 31, role: "main" };
  const globals = {
    ...{ shop: shop.domain, locale: "en", currency: { active: shop.currency, rate: "1.0" }, country: region.country, theme },
    ...{ routes: { root }, designMode: visit.designMode },
  };
  return [
    `<script>window.Shopify = Object.assign(window.Shopify || {}, ${scriptJson(globals)});</script>`,
    `<script id="${factsId}" type="application/json">${scriptJson(facts)}</script>`,
    `<link href="${root}cdn/wpm/platform.css" rel="stylesheet" />`,
    // Before the scripts of embeds: both wait for the page, and run in this order.
    `<script src="${root}cdn/wpm/platform.js" defer="defer"></script>`,
    // A checkout is Shopify's own page: no theme, and no embed of one.
    ...(layout === "theme" ? [embedScripts(visit), await embeds(visit, "compliance_head", scope), await embeds(visit, "head", scope)] : []),
  ].join("\n");
}

/** JSON that no text of a product can end early. */
const scriptJson = (value: unknown): string => JSON.stringify(value).replace(/</g, "\\u003c");

function blocksOf({ shop }: Visit) {
  return embedIsOn(shop) ? themeExtension().blocks.filter((block) => block.target !== "section") : [];
}

/** `"javascript"` and `"stylesheet"` of an embed's schema. */
function embedScripts(visit: Visit): string {
  const { handle } = themeExtension();
  const at = (file: string) => `${visit.root}cdn/extensions/${handle}/assets/${file}`;
  return blocksOf(visit)
    .flatMap((block) => [
      ...(block.javascript ? [`<script src="${at(block.javascript)}" type="text/javascript" defer="defer"></script>`] : []),
      ...(block.stylesheet ? [`<link href="${at(block.stylesheet)}" rel="stylesheet" type="text/css" media="all" />`] : []),
    ])
    .join("\n");
}

async function embeds(visit: Visit, target: "head" | "body" | "compliance_head", scope: Record<string, unknown>): Promise<string> {
  const globals = { root: visit.root, currency: visit.shop.currency };
  const rendered = blocksOf(visit)
    .filter((block) => block.target === target)
    .map(async (block) => {
      const inner = await renderBlock(block.liquid, { ...scope, block: { id: block.handle, settings: {} } }, globals);
      return target === "body" ? `<div id="shopify-block-${escapeHtml(block.handle)}" class="shopify-block shopify-app-block">${inner}</div>` : inner;
    });
  return (await Promise.all(rendered)).join("\n");
}

/** Not of the shop: where this browser pretends to be, and the way back to the world. */
function worldBar(visit: Visit): string {
  if (visit.designMode) return "";
  const options = regions.map(({ code, name }) => html`<option value="${code}" ${code === visit.region.code ? html` selected` : ""}>${name}</option>`);
  return html`<aside class="world-bar" aria-label="This world">
    <a href="/">Comeback’s world</a>
    <form method="post" action="${visit.root}world/region">
      <label for="world-region">Pretend to be in</label>
      <select id="world-region" name="region">
        ${options}
      </select>
      <input type="hidden" name="back" value="${visit.request.originalUrl}" />
      <button>Go there</button>
    </form>
  </aside>`.markup;
}
