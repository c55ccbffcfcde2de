// A past for a shop: the product with its doors and its worker as two processes, a merchant who sets it up, and the people of a plan.
import { dirname, join } from "node:path";
import { openClock } from "../clock/clock.ts";
import { startProduct, type Product } from "../product.ts";
import type { World } from "../world.ts";
import { httpFront } from "./http-front.ts";
import type { Ledger } from "./ledger.ts";
import { merchantOf, type Merchant } from "./merchant.ts";
import { planOf, type Item, type Plan } from "./plan.ts";
import { play, type Progress } from "./play.ts";
import type { ShopState } from "../shopify/shop-state.ts";

export type PastOptions = {
  world: World;
  databaseUrl: string;
  /** The shop's domain. */
  shop: string;
  seed: string;
  from: Date;
  until: Date;
  orders: number;
  lift: number;
  visitsPerOrder?: number;
  /** Of those who leave a checkout, the percentage that the flow leaves alone; absent = the product's own. */
  flowHoldout?: number;
  wakesPerDay?: number;
  env?: Record<string, string>;
  onProgress?: (progress: Progress) => void;
  onLine?: (line: string) => unknown;
  signal?: AbortSignal;
  shielded?: boolean;
};

export type Past = { plan: Plan; ledger: Ledger; doors: Product; worker: Product; merchant: Merchant; stop: () => Promise<void> };

/** Lets go of what nobody comes back to: carts of more than a month ago, checkouts of more than three, and how codes were once made. */
export function tidy(shop: ShopState, now: Date): void {
  const since = (days: number) => new Date(now.getTime() - days * 86_400_000);
  shop.carts = shop.carts.filter((cart) => cart.updatedAt >= since(30));
  shop.checkouts = shop.checkouts.filter((checkout) => checkout.updatedAt >= since(90));
  shop.bulkCreations = shop.bulkCreations.filter((bulk) => !bulk.done);
}

/** Everything that stands on the shelves of a shop. */
export function shelfOf(shop: ShopState): Item[] {
  return shop.products.flatMap((product) =>
    product.variants.map((variant) => ({ productId: product.id, variantId: variant.id, priceMinor: variant.priceMinor })),
  );
}

/**
 * Plays a period in a world that has not lived it yet. The worker goes by the world's clock; the doors have one of their own, which runs ahead of it by up to a
 * step. Both stand at the end of the period afterwards, and the product still runs.
 */
export async function makePast(options: PastOptions): Promise<Past> {
  const { world, databaseUrl, from, until, env = {}, seed, orders, lift } = options;
  const shop = world.shopify.shops.get(options.shop);
  const opened = new Date(from.getTime() - 400 * 86_400_000);
  Object.assign(shop, { createdAt: opened, updatedAt: opened });
  for (const product of shop.products) Object.assign(product, { createdAt: opened, updatedAt: opened });
  const doorsClock = openClock(join(dirname(world.clockFile), "doors-clock.json"));
  world.clock.move({ at: from.toISOString() });
  doorsClock.follow(world.clock);

  world.mail.hurry(true);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    world.mail.hurry(false);
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const start = async (flag: "--web" | "--worker", more: Record<string, string>): Promise<Product> => {
      const made = await startProduct({
        ...{ databaseUrl, world, flags: [flag], env: { LOG_LEVEL: "warn", SWEEP_EVERY_SECONDS: "0.25", ...env, ...more } },
        ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
        shielded: options.shielded ?? false,
      });
      stops.push(made.stop);
      return made;
    };
    // A worker has no door to knock at: that it is ready is a line of its log.
    const [doors, worker] = await Promise.all([start("--web", { SANDBOX_CLOCK: doorsClock.file }), start("--worker", { LOG_LEVEL: "info" })]);
    const merchant = merchantOf({ world, appUrl: doors.url, shop: options.shop });
    await merchant.open();
    await merchant.embedOn();
    await merchant.switchOn(options.flowHoldout === undefined ? {} : { flowHoldout: options.flowHoldout });
    const front = httpFront({ world, appUrl: doors.url, shop: options.shop, doors: doorsClock, nudge: () => worker.process.kill("SIGUSR2") });
    stops.push(() => Promise.resolve(front.close()));
    await front.quiet(async () => void (await front.letters()));
    const looks = options.visitsPerOrder === undefined ? {} : { visitsPerOrder: options.visitsPerOrder };
    const plan = planOf({ seed, from, until, timeZone: shop.timeZone, orders, lift, shelf: shelfOf(shop), ...looks });
    const ledger = await play({
      ...{ plan, front, shop, worldUrl: world.url },
      ...(options.wakesPerDay === undefined ? {} : { wakesPerDay: options.wakesPerDay }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return { plan, ledger, doors, worker, merchant, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
