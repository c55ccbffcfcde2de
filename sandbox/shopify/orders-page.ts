// `/shopify`: the merchant's back room, where orders are refunded and cancelled, webhooks read and the app uninstalled.
import express, { type Request, type Response, Router } from "express";
import { html, page } from "../page.ts";
import { findOrder } from "./control.ts";
import { display } from "./money.ts";
import { orderTotalMinor } from "./order-payload.ts";
import { shopName, type Shops, type ShopState } from "./shop-state.ts";
import type { Storefront } from "./storefront.ts";
import type { Sender } from "./webhooks.ts";

export type OrdersPageSettings = {
  shops: Shops;
  store: Storefront;
  sender: Sender;
  uninstall: (shop: ShopState) => Promise<void>;
};

const shownWebhooks = 60;

/** Pages for people, mounted at `/shopify`. */
export function ordersPage({ shops, store, sender, uninstall }: OrdersPageSettings): Router {
  const router = Router();
  router.use(express.urlencoded({ extended: false }));

  router.get(["/", "/orders"], (_request, response) => {
    const parts = shops.all().map(
      (shop) =>
        html`<section class="card">
          <h2>${shop.name}</h2>
          <p class="soft">
            ${shop.domain} · Comeback is ${shop.installed ? "installed" : "not installed"} · <a href="/shop/${shopName(shop.domain)}/">Storefront</a> ·
            <a href="/admin/store/${shopName(shop.domain)}/apps/comeback">Admin</a>
          </p>
          ${orders(shop)} ${letters(shop)}
          ${shop.installed ? html`<form method="post" action="/shopify/uninstall/${shopName(shop.domain)}"><button class="quiet">Uninstall Comeback</button></form>` : ""}
        </section>`,
    );
    response.send(
      page(
        "Orders",
        html`<h1>Orders</h1>
          <p class="lead">Give money back or cancel, and Shopify tells the app. <a href="/shopify/webhooks">What was told so far</a></p>
          ${parts}`,
      ),
    );
  });

  router.get("/webhooks", (_request, response) => {
    const rows = [...sender.deliveries()]
      .slice(-shownWebhooks)
      .reverse()
      .map(
        (one) =>
          html`<tr>
            <td>${one.triggeredAt.slice(0, 19).replace("T", " ")}</td>
            <td>${one.topic}</td>
            <td>${one.shop}</td>
            <td>${one.fate}</td>
            <td>${one.attempts.map((attempt) => attempt.status).join(", ")}</td>
          </tr>`,
      );
    response.send(
      page(
        "Webhooks",
        html`<h1>Webhooks</h1>
          <p class="lead">The newest ${shownWebhooks}, newest first. <a href="/shopify">Orders</a></p>
          <table>
            <tr>
              <th>Triggered (UTC)</th>
              <th>Topic</th>
              <th>Shop</th>
              <th>Fate</th>
              <th>Answers</th>
            </tr>
            ${rows}
          </table>`,
      ),
    );
  });

  const act = (path: string, run: (request: Request) => Promise<void>): void => {
    router.post(path, (request: Request, response: Response) => {
      run(request)
        .then(() => response.redirect(303, "/shopify"))
        .catch((error: unknown) => {
          const text = error instanceof Error ? error.message : String(error);
          response.status(422).send(
            page(
              "That did not work",
              html`<h1>That did not work</h1>
                <p>${text}</p>
                <p><a href="/shopify">Back</a></p>`,
            ),
          );
        });
    });
  };
  act("/orders/:id/refund", async (request) => {
    const { shop, order } = findOrder(shops, request.params["id"] ?? "");
    await store.refund(shop, order);
  });
  act("/orders/:id/cancel", async (request) => {
    const { shop, order } = findOrder(shops, request.params["id"] ?? "");
    await store.cancel(shop, order);
  });
  act("/uninstall/:shop", async (request) => uninstall(shops.get(`${request.params["shop"] ?? ""}.myshopify.com`)));
  return router;
}

/** What was written in the shop's contact form. */
function letters(shop: ShopState) {
  if (!shop.letters || shop.letters.length === 0) return "";
  const rows = [...shop.letters].reverse().map(
    (letter) =>
      html`<tr>
        <td>${letter.writtenAt.toISOString().slice(0, 16).replace("T", " ")}</td>
        <td>${letter.name} ${letter.email}</td>
        <td>${letter.body}</td>
      </tr>`,
  );
  return html`<h2>Letters</h2>
    <table>
      <tr>
        <th>Written (UTC)</th>
        <th>By</th>
        <th>What</th>
      </tr>
      ${rows}
    </table>`;
}

function orders(shop: ShopState) {
  if (shop.orders.length === 0) return html`<p>No orders yet.</p>`;
  const rows = [...shop.orders].reverse().map((order) => {
    const left = orderTotalMinor(order) - order.refundedMinor;
    const money = (minor: number) => display(minor, shop.currency);
    const state = order.cancelledAt ? "cancelled" : order.financialStatus.replaceAll("_", " ");
    const refund =
      left > 0 ? html`<form method="post" action="/shopify/orders/${order.id}/refund"><button class="quiet">Refund ${money(left)}</button></form>` : "";
    const cancel = order.cancelledAt ? "" : html`<form method="post" action="/shopify/orders/${order.id}/cancel"><button class="quiet">Cancel</button></form>`;
    return html`<tr>
      <td>${order.name}</td>
      <td>${order.email}</td>
      <td>${order.discountCodes.map((code) => code.code).join(", ")}</td>
      <td>${state}</td>
      <td class="number">${money(orderTotalMinor(order))}</td>
      <td><div class="row">${refund}${cancel}</div></td>
    </tr>`;
  });
  return html`<table>
    <tr>
      <th>Order</th>
      <th>Shopper</th>
      <th>Code</th>
      <th>State</th>
      <th>Total</th>
      <th></th>
    </tr>
    ${rows}
  </table>`;
}
