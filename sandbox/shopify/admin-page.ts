// The admin around the app, drawn for this world: top bar, left navigation, the app's own title and its frame.
import { type Html, html, raw } from "../page.ts";
import { shopName } from "./shop-state.ts";

export type AdminView =
  | {
      kind: "app";
      shopLabel: string;
      shopDomain: string;
      base: string;
      frameUrl: string;
      frameOrigin: string;
      frameName: string;
    }
  | { kind: "elsewhere" | "missing"; shopLabel: string };

const places = ["Home", "Orders", "Products", "Customers", "Marketing", "Discounts", "Content", "Analytics"];

/** A whole page of the admin. */
export function adminPage(view: AdminView): string {
  const initials = view.shopLabel
    .split(/\s+/)
    .map((word) => word.slice(0, 1))
    .join("")
    .slice(0, 2)
    .toUpperCase();
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${view.kind === "app" ? `Comeback · ${view.shopLabel}` : "Admin"}</title>
        <link rel="stylesheet" href="/admin/admin.css" />
      </head>
      <body>
        <header class="top">
          <button class="menu" type="button" aria-label="Show navigation" aria-expanded="false" aria-controls="side">☰</button>
          <a class="world" href="/">Comeback's world</a>
          <span class="search" aria-hidden="true">Search</span>
          <span class="shop">${view.shopLabel}<b aria-hidden="true">${initials}</b></span>
          <div class="savebar" role="region" aria-label="Unsaved changes" hidden>
            <span>Unsaved changes</span>
            <button type="button" data-save="secondary">Discard</button>
            <button type="button" data-save="primary">Save</button>
          </div>
          <div class="progress" hidden></div>
        </header>
        <div class="body">
          <nav class="side" id="side" aria-label="Admin">
            <ul>
              ${places.map((place) => html`<li><span class="place">${place}</span></li>`)}
            </ul>
            <h2>Apps</h2>
            <ul>
              <li>
                <a class="app" ${view.kind === "app" ? raw(`href="${view.base}"`) : ""}><i aria-hidden="true">c</i>Comeback</a>
                <ul class="appnav"></ul>
              </li>
            </ul>
          </nav>
          <main>${view.kind === "app" ? frame(view) : nothing(view)}</main>
        </div>
        <div class="toasts" role="status" aria-live="polite"></div>
        <dialog class="leave" aria-labelledby="leave-title">
          <h2 id="leave-title">Leave page with unsaved changes?</h2>
          <p>Leaving this page will delete all unsaved changes.</p>
          <form method="dialog"><button value="stay">Stay</button><button value="leave" class="danger">Leave page</button></form>
        </dialog>
        ${view.kind === "app" ? html`<script src="/admin/admin.js" data-base="${view.base}" data-origin="${view.frameOrigin}"></script>` : ""}
      </body>
    </html>`.markup;
}

function frame(view: AdminView & { kind: "app" }): Html {
  return html`<div class="title"><i aria-hidden="true">c</i><span class="crumb"></span><strong>Comeback</strong><span class="actions"></span></div>
    <iframe name="${view.frameName}" title="Comeback" src="${view.frameUrl}" allow="clipboard-write" data-shop="${shopName(view.shopDomain)}"></iframe>`;
}

function nothing(view: AdminView): Html {
  return view.kind === "missing"
    ? html`<div class="nothing">
        <h1>There is no such shop or app</h1>
        <p>This world knows only the shops that were opened in it.</p>
        <p><a href="/">Back to the desk</a></p>
      </div>`
    : html`<div class="nothing">
        <h1>This part of the admin is not built here</h1>
        <p>The app linked to a page of Shopify's own admin. In a real shop it would open now.</p>
        <p><a href="/shopify">Orders of this world</a> · <a href="javascript:history.back()">Back</a></p>
      </div>`;
}
