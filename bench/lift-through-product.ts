// The same question, asked of the whole product: plays small shops through it, and holds what Home says against their ledgers.
import type { Overview } from "../app/dashboard/overview.server.ts";
import { makePast } from "../sandbox/simulator/past.ts";
import { demoShop } from "../sandbox/shopify/shop-state.ts";
import { startWorld } from "../sandbox/world.ts";
import { startDatabase } from "../tools/database/front.ts";
import { migrate } from "../tools/migrate/migrate.ts";

const until = new Date("2026-11-25T12:00:00Z");
const from = new Date(until.getTime() - 60 * 86_400_000);

/** Plays shops of two months. Whether Home's counts were the ledgers' in all of them, and its intervals held the truth in nine of ten. */
export async function throughProduct(seeds: number, lift: number): Promise<boolean> {
  let [held, same] = [0, 0];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const found = await one(seed, lift);
    held += found.held ? 1 : 0;
    same += found.same ? 1 : 0;
  }
  process.stdout.write(`  through the product: ${held} of ${seeds} held, counts equal in ${same}\n`);
  return same === seeds && held >= Math.floor(0.9 * seeds);
}

async function one(seed: number, lift: number): Promise<{ held: boolean; same: boolean }> {
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
    const held = found.kind === "measured" && found.lowMinor <= truth && truth <= found.highMinor;
    const same =
      figures.revenue.orders === ledger.orders &&
      figures.revenue.grossMinor === ledger.grossMinor &&
      figures.credited.orders === ledger.credited.orders &&
      figures.messages.sent === ledger.mails;
    const said = found.kind === "measured" ? `${pounds(found.incrementalMinor)} (${pounds(found.lowMinor)} to ${pounds(found.highMinor)})` : found.kind;
    process.stdout.write(
      `  shop ${seed}: truth ${pounds(truth)}, Home says ${said}: ${held ? "held" : "NOT held"}; ${ledger.orders} orders, ${ledger.mails} mails, ` +
        `counts ${same ? "equal" : "DIFFERENT"}, ${((performance.now() - began) / 1000).toFixed(0)} s\n`,
    );
    return { held, same };
  } finally {
    await world.close();
    await database.close();
  }
}

const pounds = (minor: number): string => `£${Math.round(minor / 100).toLocaleString("en-GB")}`;
