// The year that the demo's shop has behind it: played once, into an empty folder.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoShop } from "../shopify/shop-state.ts";
import type { World } from "../world.ts";
import type { Ledger } from "./ledger.ts";
import { makePast, tidy } from "./past.ts";
import type { Progress } from "./play.ts";

/**
 * What the demo's shop is like. Half as many people only look as in rates.ts: with those who shop that makes about 13 orders of 100 visits, as in the Online
 * Shoppers Purchasing Intention data, and half as long to wait. The dial is turned to where a good flow is said to be: it brings back 8 to 12
 * of 100 sales that were left. Its merchant leaves a fifth of the people alone, twice the product's own share: a shop of this size proves little in a year
 * otherwise.
 */
export const demoYear = { seed: "harbour-and-pine", days: 365, orders: 2000, lift: 0.25, visitsPerOrder: 4, flowHoldout: 20, wakesPerDay: 1 };

/** As public as the demo's other keys, and the same in every demo, because who falls into a holdout follows from it. */
export const demoEncryptionKey = createHash("sha256").update("comeback-demo").digest("base64");

/** Holds what was left half done, and what a past was made of. */
const making = "past-in-the-making";
const made = "past.json";

/**
 * Whether this folder wants a past: it has neither one nor a life of its own. What an interrupted one left is cleared away, because half a year cannot be gone
 * on with: the people in it are gone.
 */
export function wantsPast(folder: string): boolean {
  if (existsSync(join(folder, making))) rmSync(folder, { recursive: true, force: true });
  return !existsSync(join(folder, "database")) && !existsSync(join(folder, "world"));
}

export type DemoPast = {
  folder: string;
  world: World;
  databaseUrl: string;
  encryptionKey: string;
  onProgress: (progress: Progress) => void;
  onLine: (line: string) => unknown;
  signal: AbortSignal;
};

/** Says that a past is begun; until `madePast` is done, the folder is worth nothing. */
export function beginPast(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, making), "");
}

/** Plays the year up to now, and leaves the world at real time. */
export async function madePast({ folder, world, databaseUrl, encryptionKey, onProgress, onLine, signal }: DemoPast): Promise<Ledger> {
  const { days, ...rest } = demoYear;
  const until = new Date(Math.floor(Date.now() / 60_000) * 60_000);
  world.memory.hold(true);
  const past = await makePast({
    ...rest,
    ...{ world, databaseUrl, shop: demoShop.domain, from: new Date(until.getTime() - days * 86_400_000), until },
    ...{ env: { ENCRYPTION_KEY: encryptionKey }, onProgress, onLine, signal, shielded: true },
  });
  // A year has proven what it could. Whoever tries the flow now should seldom be among those it leaves alone.
  await past.merchant.holdout(5);
  await past.stop();
  tidy(world.shopify.shops.get(demoShop.domain), until);
  world.clock.move({ reset: true });
  world.memory.hold(false);
  world.memory.saveNow();
  writeFileSync(join(folder, made), `${JSON.stringify({ until, ...demoYear, ledger: past.ledger }, null, 2)}\n`);
  rmSync(join(folder, making));
  return past.ledger;
}

/** What the past of this folder's demo really was; null where it has none. */
export function pastOf(folder: string): { until: string; ledger: Ledger } | null {
  const file = join(folder, made);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { until: string; ledger: Ledger }) : null;
}
