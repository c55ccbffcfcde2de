// A world in the test's own process whose webhooks reach the app as the test likes: shops that have it installed, and what happens in them.
import { expect } from "vitest";
import type { Webhook } from "../app/capture/receive.server.ts";
import { after, hour } from "../app/lib/time.ts";
import { hear } from "./hear.ts";
import { enterWorld } from "./in-world.ts";

async function load() {
  return {
    ...(await import("../app/db.server.ts")),
    ...(await import("../app/queue.server.ts")),
    ...(await import("../app/tx.server.ts")),
    ...(await import("../app/capture/receive.server.ts")),
    ...(await import("../app/connectors/wire.server.ts")),
    ...(await import("../app/pipeline/process-event.server.ts")),
    ...(await import("../app/pipeline/sweep.server.ts")),
    ...(await import("../app/shops/api.server.ts")),
    ...(await import("../app/shops/load.server.ts")),
    ...(await import("../app/shops/refresh.server.ts")),
    ...(await import("../app/shops/sessions.server.ts")),
    past: {
      ...(await import("../app/past/compare.server.ts")),
      ...(await import("../app/past/import.server.ts")),
      ...(await import("../app/past/store.server.ts")),
    },
    flows: {
      ...(await import("../app/flows/settings.server.ts")),
      ...(await import("../app/flows/start.server.ts")),
      ...(await import("../app/flows/run.server.ts")),
    },
  };
}

export type LossyWorld = Awaited<ReturnType<typeof enterLossyWorld>>;

/** Enters it. Close it in the end. */
export async function enterLossyWorld() {
  const world = await enterWorld();
  const app = await load();
  await app.queue();
  let lose: (webhook: Webhook) => boolean = () => false;

  const now = () => world.clock.now();
  const pass = (ms: number) => expect(world.clock.move({ at: after(now(), ms).toISOString() })).toMatchObject({ ok: true });
  const shopOf = async (domain: string) => (await app.shopByDomain(domain)) ?? expect.unreachable();
  const state = (domain: string) => world.shopify.shops.get(domain);

  /** A shop of its own that has installed the app and switched its flow on. */
  async function open(name: string): Promise<string> {
    const domain = `${name}.myshopify.com`;
    world.shopify.shops.open({
      ...{ domain, name, email: `owner@${name}.example`, currency: "GBP", timeZone: "Europe/London", countryCode: "GB" },
    });
    const { session } = await app.api().auth.tokenExchange({
      shop: domain,
      sessionToken: new URL(world.shopify.launchUrl(domain)).searchParams.get("id_token") ?? expect.unreachable(),
      requestedTokenType: "urn:shopify:params:oauth:token-type:offline-access-token" as never,
      expiring: true,
    });
    await app.storeSession(session);
    const shop = await app.installed(domain, (session.scope ?? "").split(","), now());
    await app.refresh(shop, now());
    await app.updateShop(shop.id, { senderName: name, senderAddress: `hello@${name}.example`, postalAddress: "1 Quay, Leith", holdoutPercent: 0 });
    const one = await shopOf(domain);
    await app.past.writeComparison(one.id, now(), after(now(), hour));
    await app.flows.noteTestMail(one, "abandoned-checkout", "me@example.com", now());
    await app.flows.noteOtherMails(one, "abandoned-checkout", true, now());
    await app.flows.saveSettings(one, "abandoned-checkout", (await app.flows.findFlow(one.id, "abandoned-checkout")).settings, 0, now());
    expect(await app.flows.enable(one, "abandoned-checkout", now())).toEqual({ ok: true });
    return domain;
  }

  async function read(domain: string) {
    const shop = await shopOf(domain);
    while ((await app.processBatch(shop, now())) > 0);
  }

  /** What the worker would do now, the hourly comparison apart. */
  async function settle(domain: string) {
    await read(domain);
    await app.sweep(now());
    const shop = await shopOf(domain);
    while ((await app.transaction((tx) => app.flows.follow(shop, now(), tx))) > 0);
    while (await app.flows.advanceOne(shop, app.wire, now));
    await read(domain);
  }

  /** Compares to the end; returns what was found. */
  async function compare(domain: string) {
    const shop = await shopOf(domain);
    await read(domain);
    await app.past.setComparisonDue(shop.id, now());
    while (await app.past.comparePage(shop, now()));
    await read(domain);
    return (await app.past.findComparison(shop.id))?.lastFound ?? expect.unreachable();
  }

  /** A customer who agreed to mail; her record says so. */
  async function agreed(domain: string, email: string) {
    const customer = await world.shopify.store.customers.remember(state(domain), { email, firstName: "Ada", lastName: "Byrne" });
    await world.shopify.store.customers.agree(state(domain), customer);
  }

  async function leave(domain: string, email: string) {
    const shop = state(domain);
    const cart = await world.shopify.store.createCart(shop, [{ variantId: shop.products[0]?.variants[0]?.id ?? 0, quantity: 1 }], null);
    const checkout = await world.shopify.store.startCheckout(shop, cart);
    await world.shopify.store.fillCheckout(shop, checkout, { email, firstName: "Ada", lastName: "Byrne" });
    return checkout;
  }

  /** Does something while some webhooks are lost. */
  async function losing<T>(which: (webhook: Webhook) => boolean, work: () => Promise<T>): Promise<T> {
    lose = which;
    try {
      return await work();
    } finally {
      lose = () => false;
    }
  }

  const door = await hear(app.receive, now, (webhook) => lose(webhook));
  world.setAppUrl(door.url);
  const close = async () => {
    await door.close();
    await world.close();
  };
  return { world, app, door, now, pass, shopOf, state, open, read, settle, compare, agreed, leave, losing, close };
}
