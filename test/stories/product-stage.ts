// One product with web and worker in a world, its shop installed: what a browser, Shopify and a merchant may send to it.
import { insteadOf } from "../../sandbox/addresses.ts";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { startingAccounts } from "../../sandbox/meta/ad-account.ts";
import { openDoor, type Answer } from "../../sandbox/replay/door.ts";
import { sceneAt } from "../../sandbox/replay/scene.ts";
import type { Product } from "../../sandbox/product.ts";
import { openStage, until, type Stage } from "./stage.ts";

export const other = "other-shop.myshopify.com";
export const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";

export type Senders = {
  stage: Stage;
  product: Product;
  worker: Product;
  /** The key that a shop's pixel carries. */
  keyOf: (shop: string) => string;
  /** A signed webhook of the demo shop. */
  webhook: (topic: string, payload: unknown, id: string) => Promise<Answer>;
  /** A pixel's request: each from an address of its own, unless told. */
  pixel: (body: string, headers?: Record<string, string>) => Promise<number>;
  /** A form of an embedded screen, sent by the demo shop's merchant. */
  form: (path: string, route: string, fields: Record<string, string>) => Promise<number>;
  screen: (path: string, route: string) => Promise<number>;
  /** Connects Meta as the merchant does, through its dialog, and keeps an audience equal to a segment. */
  audienceAtMeta: (segment: string) => Promise<void>;
  close: () => Promise<void>;
};

export async function openSenders(env: Record<string, string> = {}): Promise<Senders> {
  const stage = await openStage();
  const worker = await stage.start("worker", env);
  const product = await stage.start("web", { PIXEL_SHOP_PER_SECOND: "100000", ...env });
  const { world } = stage;
  await fetch(`${world.url}/shopify/control/shops`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ domain: other, name: "Other shop" }),
  });
  for (const shop of [demoShop.domain, other]) await sceneAt(world.url).install(shop);
  const keyOf = (shop: string) => world.shopify.shops.get(shop).webPixel?.settings["accountID"];
  await until("both shops have their pixel", () => Promise.resolve(keyOf(demoShop.domain) && keyOf(other)), 20_000);
  const door = openDoor({ address: () => product.url, secret: world.context.appSecret, connections: 16 });
  let sent = 0;

  async function merchant(path: string, route: string, body?: URLSearchParams): Promise<{ status: number; text: string }> {
    const url = new URL(path, product.url);
    url.searchParams.set("_data", route);
    const token = new URL(world.shopify.launchUrl(demoShop.domain)).searchParams.get("id_token") ?? "";
    const headers = { authorization: `Bearer ${token}`, "user-agent": chrome };
    const answer = await fetch(url, { headers, redirect: "manual", ...(body === undefined ? {} : { method: "POST", body }) });
    return { status: answer.status, text: await answer.text() };
  }

  async function audienceAtMeta(segment: string): Promise<void> {
    const press = async (fields: Record<string, string>) => {
      const { status, text } = await merchant("/app/audiences", "routes/app.audiences/route", new URLSearchParams({ platform: "meta", ...fields }));
      if (status !== 200 || !text.includes('"ok":true')) throw new Error(`The audiences screen answered ${status} to ${fields["intent"] ?? ""}: ${text}`);
      return JSON.parse(text) as { open?: string };
    };
    const { open = "" } = await press({ intent: "connect" });
    const said = await fetch(insteadOf(open, world.url), { method: "POST", body: new URLSearchParams({ answer: "continue" }), redirect: "manual" });
    const back = new URL(said.headers.get("location") ?? "");
    await press({ intent: "finish", code: back.searchParams.get("code") ?? "", state: back.searchParams.get("state") ?? "" });
    await press({ intent: "choose", account: `act_${startingAccounts()[0]?.id ?? ""}` });
    await press({ intent: "start", segment });
  }

  return {
    stage,
    product,
    worker,
    keyOf: (shop) => keyOf(shop) ?? "",
    webhook: (topic, payload, id) =>
      door.knock(
        { shop: demoShop.domain, topic, apiVersion: "2026-10", webhookId: id, eventId: id, triggeredAt: world.clock.now() },
        typeof payload === "string" ? payload : JSON.stringify(payload),
      ),
    async pixel(body, headers = {}) {
      sent += 1;
      const from = `10.${sent % 251}.${(sent >> 8) % 251}.${sent % 199}`;
      const answer = await fetch(`${product.url}/pixel`, {
        method: "POST",
        body,
        headers: { "content-type": "text/plain", "user-agent": chrome, "x-forwarded-for": from, ...headers },
      });
      await answer.arrayBuffer();
      return answer.status;
    },
    form: async (path, route, fields) => (await merchant(path, route, new URLSearchParams(fields))).status,
    screen: async (path, route) => (await merchant(path, route)).status,
    audienceAtMeta,
    async close() {
      door.close();
      await stage.close();
    },
  };
}

/** Does `work` for each item, some at a time, and gives the answers in order. */
export async function each<Item, Result>(items: readonly Item[], work: (item: Item, index: number) => Promise<Result>, atOnce = 12): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as Item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
