// `/admin/store/<name>/themes/current/editor`: the corner of Shopify's theme editor in which an app's embeds are switched on and off.
import express, { type Request, type Response, Router } from "express";
import { type Html, html } from "../page.ts";
import { embedIsOn, themeExtension } from "../storefront/theme-extension.ts";
import { shopName, type Shops, type ShopState } from "./shop-state.ts";

const knownParameters = ["context", "template", "activateAppId", "target", "saved"];

/** The editor's pages; to be mounted at `/store/:name/themes/current/editor`. */
export function themeEditor({ appKey, shops }: { appKey: string; shops: Shops }): Router {
  const router = Router({ mergeParams: true });
  const shopOf = (request: Request): ShopState | undefined => shops.find(`${(request.params as { name?: string }).name ?? ""}.myshopify.com`);
  const refuse = (response: Response, status: number, why: string): void => {
    response.status(status).send(
      shell(
        "Theme editor",
        html`<main class="refused">
          <h1>This cannot be edited</h1>
          <p>${why}</p>
          <p><a href="/">Back to the desk</a></p>
        </main>`,
      ),
    );
  };

  router.get("/", (request, response) => {
    const shop = shopOf(request);
    if (!shop) return refuse(response, 404, "There is no such shop in this world.");
    const unknown = Object.keys(request.query).find((name) => !knownParameters.includes(name));
    if (unknown !== undefined) return refuse(response, 400, `The theme editor knows no ${unknown}.`);
    const { blocks } = themeExtension();
    const wanted = request.query["activateAppId"];
    let activate: string | null = null;
    if (wanted !== undefined) {
      // `<client id>/<name of the block's file>`: Shopify's own editor opens without a word where it is wrong, and nobody learns why.
      const [key, handle, ...rest] = String(wanted).split("/");
      const block = blocks.find((one) => one.handle === handle);
      if (key !== appKey) return refuse(response, 404, `No app has the client id ${key ?? ""}.`);
      if (!block || rest.length > 0) return refuse(response, 404, `The app has no block ${[handle, ...rest].join("/")}.`);
      if (request.query["context"] !== "apps") return refuse(response, 400, "An embed is switched on with context=apps.");
      if (!shop.installed) return refuse(response, 404, `Comeback is not installed in ${shop.name}.`);
      activate = block.handle;
    }
    return response.set("Cache-Control", "no-store").send(editorPage(shop, activate, request.query["saved"] !== undefined));
  });

  router.post("/", express.urlencoded({ extended: false }), (request, response) => {
    const shop = shopOf(request);
    if (!shop?.installed) return refuse(response, 404, "Comeback is not installed here.");
    shop.embed = (request.body as Record<string, string | undefined>)["embed"] === "on" ? "on" : "off";
    return response.redirect(303, `${request.baseUrl}?context=apps&saved=1`);
  });
  return router;
}

function editorPage(shop: ShopState, activate: string | null, saved: boolean): string {
  const name = shopName(shop.domain);
  const on = embedIsOn(shop);
  const embeds = shop.installed ? themeExtension().blocks.filter((block) => block.target !== "section") : [];
  const rows = embeds.map(
    (block) =>
      html`<li>
        <label
          ><span><strong>${block.name}</strong><small>App embed</small></span
          ><input
            type="checkbox"
            role="switch"
            name="embed"
            value="on"
            data-saved="${on ? "on" : "off"}"
            ${on || activate === block.handle ? html` checked` : ""}
        /></label>
        ${block.about.map((text) => html`<p>${text}</p>`)}
      </li>`,
  );
  return shell(
    `Theme editor · ${shop.name}`,
    html`<form method="post">
      <header>
        <a href="/admin/store/${name}/apps/comeback">Exit</a><b>Quay</b><span class="live">Live</span>
        <span class="state" role="status">${saved ? "Saved" : ""}</span><button>Save</button>
      </header>
      <div class="panes">
        <section aria-labelledby="embeds">
          <h1 id="embeds">App embeds</h1>
          ${
            embeds.length > 0
              ? html`<ul>
                  ${rows}
                </ul>`
              : html`<p>No installed app has embeds.</p>`
          }
        </section>
        <iframe src="/shop/${name}/" title="Preview of ${shop.name}"></iframe>
      </div>
      <script>
        const box = document.querySelector("[role=switch]");
        const button = document.querySelector("button");
        const changed = () => (button.disabled = !box || (box.checked ? "on" : "off") === box.dataset.saved);
        box?.addEventListener("change", changed);
        changed();
      </script>
    </form>`,
  );
}

function shell(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/admin/theme-editor.css" />
      </head>
      <body>
        ${body}
      </body>
    </html>`.markup;
}
