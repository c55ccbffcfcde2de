// The same question, asked of the whole product: plays small shops through it, and holds what Home says against their ledgers.
import type { Overview } from "../app/dashboard/overview.server.ts";
import { makePast } from "../sandbox/simulator/past.ts";
import { demoShop } from "../sandbox/shopify/shop-state.ts";
import { startWorld } from "../sandbox/world.ts";
import { startDatabase } from "../tools/database/front.ts";
import { migrate } from "../tools/migrate/migrate.ts";

const until = new Date("2026-11-25T12:00:00Z");
const from = new Date(until.getTime() - 60 * 86_400_000);

/** Whether Home's counts were the ledgers' and its intervals held the truth, in every one of `seeds` shops of two months. */
export async function throughProduct(seeds: number, lift: number): Promise<boolean> {
  let right = true;
  for (let seed = 1; seed <= seeds; seed += 1) right = (await one(seed, lift)) && right;
  return right;
}

async function one(seed: number, lift: number): Promise<boolean> {
  const database = await startDatabase();
  const world = await startWorld({ appUrl: "http://127.0.0.1:9" });
  const began = performance.now();
  try {
    await migrate(database.url);
    const { ledger, merchant, stop } = await makePast({
      ...{ world, databaseUrl: database.url, shop: demoShop.domain, seed: `bench ${seed}`, lift, from, until },
      ...{ orders: 400, visitsPerOrder: 0, flowHoldout: 40, wakesPerDay: 1 },
    });
    const { figures } = await merchant.read<{ figures: Overview }>("/app?index&period=all", "routes/app.home/route");
    await stop();
    const found = figures.allTime.lift;
    const truth = ledger.incrementalInWindowMinor;
    const covered = found.kind === "measured" && found.lowMinor <= truth && truth <= found.highMinor;
    const same =
      figures.revenue.orders === ledger.orders &&
      figures.revenue.grossMinor === ledger.grossMinor &&
      figures.credited.orders === ledger.credited.orders &&
      figures.messages.sent === ledger.mails;
    const said = found.kind === "measured" ? `${pounds(found.incrementalMinor)} (${pounds(found.lowMinor)} to ${pounds(found.highMinor)})` : found.kind;
    process.stdout.write(
      `  through the product, shop ${seed}: truth ${pounds(truth)}, Home says ${said}: ${covered ? "held" : "NOT held"}; ${ledger.orders} orders, ${ledger.mails} mails, ` +
        `counts ${same ? "equal" : "DIFFERENT"}, ${((performance.now() - began) / 1000).toFixed(0)} s\n`,
    );
    return covered && same;
  } finally {
    await world.close();
    await database.close();
  }
}

const pounds = (minor: number): string => `£${Math.round(minor / 100).toLocaleString("en-GB")}`;
