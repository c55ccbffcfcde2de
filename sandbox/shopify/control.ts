// `/shopify/control/*`: what tests and browser stories tell the world to do.
import express, { type Request, type RequestHandler, Router } from "express";
import { z } from "zod";
import { faultsShape, setFaults, type ApiFaults } from "./faults.ts";
import { amount } from "./money.ts";
import { orderTotalMinor } from "./order-payload.ts";
import { demoShop, type Order, shopName, type Shops, type ShopState } from "./shop-state.ts";
import { standardPayload } from "./standard-payload.ts";
import { recoverUrl, type Storefront, type WantedLine } from "./storefront.ts";
import type { Sender, SendOptions } from "./webhooks.ts";

export type ControlSettings = {
  shops: Shops;
  store: Storefront;
  sender: Sender;
  faults: ApiFaults;
  now: () => Date;
  worldUrl: () => string;
  uninstall: (shop: ShopState) => Promise<void>;
  launchUrl: (shop: ShopState, path: string) => { url: string; frameUrl: string };
  apiCalls: () => readonly unknown[];
};

const attributes = z.array(z.object({ name: z.string(), value: z.string() }));
const lines = z.array(z.object({ variantId: z.number(), quantity: z.number().int().min(1).default(1) }));
const inShop = z.object({ shop: z.string().default(demoShop.domain) });
const optionsShape = z.object({
  duplicates: z.number().int().min(0).max(50).optional(),
  delayMs: z.number().int().min(0).max(60_000).optional(),
  drop: z.boolean().optional(),
  hold: z.boolean().optional(),
  signature: z.enum(["right", "tampered", "missing"]).optional(),
  secret: z.string().optional(),
  rawBody: z.string().optional(),
  webhookId: z.string().optional(),
  eventId: z.string().optional(),
  triggeredAt: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .optional(),
});
const webhookShape = inShop.extend({ topic: z.string(), payload: z.unknown().optional(), options: optionsShape.default({}) });
const checkoutShape = inShop.extend({
  email: z.email().optional(),
  firstName: z.string().default("Ada"),
  lastName: z.string().default("Byrne"),
  country: z.string().length(2).optional(),
  acceptsMarketing: z.boolean().default(false),
  lines: lines.optional(),
  landingSite: z.string().nullable().default(null),
  attributes: attributes.default([]),
  discount: z.string().optional(),
});
const payShape = z.object({
  email: z.email().optional(),
  discount: z.string().optional(),
  attributes: attributes.optional(),
  acceptsMarketing: z.boolean().optional(),
  landingSite: z.string().optional(),
});
const shopShape = z.object({
  domain: z.string(),
  name: z.string().default("Other shop"),
  email: z.email().default("owner@other.example"),
  currency: z.string().length(3).default("EUR"),
  timeZone: z.string().default("Europe/Berlin"),
  countryCode: z.string().length(2).default("DE"),
});

/** Runs a deed and answers its result as JSON; what cannot be done is a 422 with the reason. */
function deed(run: (request: Request) => unknown): RequestHandler {
  return (request, response) => {
    Promise.resolve()
      .then(() => run(request))
      .then((result) => response.json(result ?? { ok: true }))
      .catch((error: unknown) => {
        const reason = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
        response.status(422).json({ error: reason });
      });
  };
}

/** The first product, once: what a checkout holds when nobody says. */
export function someLines(shop: ShopState): WantedLine[] {
  return shop.products.slice(0, 1).map((product) => ({ variantId: product.variants[0]?.id ?? 0, quantity: 1 }));
}

/** The JSON control calls. */
export function control(settings: ControlSettings): Router {
  const { shops, store, sender } = settings;
  const router = Router();
  router.use(express.json({ limit: "5mb" }));

  router.post(
    "/webhooks",
    deed(async (request) => {
      const { shop: domain, topic, payload, options } = webhookShape.parse(request.body);
      const shop = shops.get(domain);
      const standing = { shop, store, now: settings.now(), worldUrl: settings.worldUrl() };
      const body = options.rawBody === undefined && payload === undefined ? standardPayload(topic, standing) : payload;
      return { deliveries: await sender.send(domain, topic, body, present(options)) };
    }),
  );
  router.post(
    "/webhooks/release",
    deed(async (request) => {
      const { order } = z.object({ order: z.enum(["as sent", "reversed"]).default("as sent") }).parse(request.body ?? {});
      return { deliveries: await sender.release(order) };
    }),
  );
  router.post(
    "/checkouts",
    deed(async (request) => {
      const wanted = checkoutShape.parse(request.body ?? {});
      const shop = shops.get(wanted.shop);
      const cart = await store.createCart(shop, wanted.lines ?? someLines(shop), wanted.landingSite, wanted.attributes);
      const checkout = await store.startCheckout(shop, cart);
      const { email, firstName, lastName, acceptsMarketing } = wanted;
      if (email) {
        const country = wanted.country ?? shop.countryCode;
        await store.fillCheckout(shop, checkout, { email, firstName, lastName, country, acceptsMarketing, code: wanted.discount ?? null });
      }
      const link = recoverUrl(settings.worldUrl(), shop, checkout);
      return { shop: shop.domain, token: checkout.token, cartToken: cart.token, recoverUrl: link };
    }),
  );
  router.post(
    "/checkouts/:token/pay",
    deed(async (request) => {
      const entry = payShape.parse(request.body ?? {});
      const { shop, checkout } = findCheckout(shops, request.params["token"] ?? "");
      if (entry.landingSite !== undefined) checkout.landingSite = entry.landingSite;
      const { email, discount, acceptsMarketing } = entry;
      if (email !== undefined || discount !== undefined || acceptsMarketing !== undefined || entry.attributes) {
        await store.fillCheckout(shop, checkout, {
          ...(email !== undefined && { email, firstName: checkout.firstName || "Ada", lastName: checkout.lastName || "Byrne" }),
          ...(discount !== undefined && { code: discount }),
          ...(acceptsMarketing !== undefined && { acceptsMarketing }),
          ...(entry.attributes && { attributes: entry.attributes }),
        });
      }
      return orderAnswer(shop, await store.pay(shop, checkout));
    }),
  );
  router.post(
    "/orders/:id/refund",
    deed(async (request) => {
      const { amountMinor } = z.object({ amountMinor: z.number().int().optional() }).parse(request.body ?? {});
      const { shop, order } = findOrder(shops, request.params["id"] ?? "");
      await store.refund(shop, order, amountMinor);
      return orderAnswer(shop, order);
    }),
  );
  router.post(
    "/orders/:id/cancel",
    deed(async (request) => {
      const { shop, order } = findOrder(shops, request.params["id"] ?? "");
      await store.cancel(shop, order);
      return orderAnswer(shop, order);
    }),
  );
  router.post(
    "/collections/:handle",
    deed(async (request) => {
      const shape = inShop.extend({ product: z.string(), in: z.boolean().default(true), byRule: z.boolean().default(false) });
      const { shop: domain, product: handle, in: into, byRule } = shape.parse(request.body ?? {});
      const shop = shops.get(domain);
      const product = shop.products.find((one) => one.handle === handle);
      if (!product) throw new Error(`${shop.name} does not sell ${handle}`);
      await store.shelves.shelve(shop, request.params["handle"] ?? "", product.id, { into, byRule });
    }),
  );
  router.post(
    "/consent",
    deed(async (request) => {
      const shape = inShop.extend({ email: z.email(), state: z.enum(["subscribed", "unsubscribed", "not_subscribed", "pending"]) });
      const { shop: domain, email, state } = shape.parse(request.body);
      const shop = shops.get(domain);
      const customer = shop.customers.find((one) => one.email === email);
      if (!customer) throw new Error(`${shop.name} has no customer ${email}`);
      await store.setConsent(shop, customer, state);
      return { customerId: customer.id };
    }),
  );
  router.post(
    "/faults",
    deed((request) => {
      const wanted = faultsShape.parse(request.body);
      setFaults(settings.faults, wanted);
      if (wanted.webhooks) {
        const { times, ...options } = wanted.webhooks;
        sender.misbehave(times, present(options));
      }
    }),
  );
  router.delete(
    "/faults",
    deed(() => {
      setFaults(settings.faults, { throttle: 0, tooMany: 0, unapproved: [], bulkFails: 0, downloadCuts: 0 });
      settings.faults.status = null;
      sender.misbehave(0, {});
    }),
  );
  router.get(
    "/state",
    deed(() => ({ shops: shops.all(), deliveries: sender.deliveries(), apiCalls: settings.apiCalls() })),
  );
  router.post(
    "/uninstall",
    deed((request) => settings.uninstall(shops.get(inShop.parse(request.body ?? {}).shop))),
  );
  router.post(
    "/install-url",
    deed((request) => {
      const { shop, path } = inShop.extend({ path: z.string().startsWith("/").default("/app") }).parse(request.body ?? {});
      return settings.launchUrl(shops.get(shop), path);
    }),
  );
  router.post(
    "/shops",
    deed((request) => {
      const shop = shops.open(shopShape.parse(request.body));
      return { domain: shop.domain, id: shop.id, storefront: `${settings.worldUrl()}/shop/${shopName(shop.domain)}/` };
    }),
  );
  return router;
}

/** Without keys that are undefined, as exact optional fields want it. */
function present(options: { [Key in keyof SendOptions]?: SendOptions[Key] | undefined }): SendOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function findCheckout(shops: Shops, token: string) {
  for (const shop of shops.all()) {
    const checkout = shop.checkouts.find((one) => one.token === token);
    if (checkout) return { shop, checkout };
  }
  throw new Error(`There is no checkout ${token}`);
}

/** An order of any shop, by its id. */
export function findOrder(shops: Shops, id: string): { shop: ShopState; order: Order } {
  for (const shop of shops.all()) {
    const order = shop.orders.find((one) => String(one.id) === id);
    if (order) return { shop, order };
  }
  throw new Error(`There is no order ${id}`);
}

function orderAnswer(shop: ShopState, order: Order) {
  return {
    orderId: order.id,
    name: order.name,
    total: amount(orderTotalMinor(order), shop.currency),
    currency: shop.currency,
    discountCodes: order.discountCodes,
    financialStatus: order.financialStatus,
    cancelledAt: order.cancelledAt,
    refundedMinor: order.refundedMinor,
  };
}
