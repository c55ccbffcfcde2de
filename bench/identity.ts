// Who is one person? Plays shops whose people are known through the whole product, and holds its profiles against the plan.
//   npm run bench -- identity --shops 2 --orders 400
import { parseArgs } from "node:util";
import pg from "pg";
import { identityScore } from "../sandbox/simulator/identity-score.ts";
import type { Score } from "../sandbox/simulator/identity-truth.ts";
import { makePast } from "../sandbox/simulator/past.ts";
import { demoShop } from "../sandbox/shopify/shop-state.ts";
import { startWorld } from "../sandbox/world.ts";
import { startDatabase } from "../tools/database/front.ts";
import { migrate } from "../tools/migrate/migrate.ts";

const until = new Date("2026-11-25T12:00:00Z");
const from = new Date(until.getTime() - 60 * 86_400_000);
const wanted = { recall: 0.95, precision: 0.99 };

const { values } = parseArgs({ options: { shops: { type: "string", default: "2" }, orders: { type: "string", default: "400" } } });

async function one(seed: number): Promise<boolean> {
  const database = await startDatabase();
  const world = await startWorld({ appUrl: "http://127.0.0.1:9" });
  try {
    await migrate(database.url);
    const { plan, stop } = await makePast({
      ...{ world, databaseUrl: database.url, shop: demoShop.domain, seed: `identity ${seed}`, lift: 0.3, from, until },
      ...{ orders: Number(values.orders), visitsPerOrder: 1, flowHoldout: 20, wakesPerDay: 1 },
    });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { purchases, keys } = await identityScore(client, plan);
    await client.end();
    await stop();
    process.stdout.write(`shop ${seed}\n${line("purchases after a checkout was left", purchases)}${line("any two keys of one person", keys)}`);
    for (const missed of purchases.missed) process.stdout.write(`    ${missed}\n`);
    return purchases.recall >= wanted.recall && purchases.precision >= wanted.precision && keys.precision >= wanted.precision;
  } finally {
    await world.close();
    await database.close();
  }
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
const line = (what: string, score: Score) => `  ${what}: ${score.pairs} pairs, recall ${percent(score.recall)}, precision ${percent(score.precision)}\n`;

let good = true;
for (let seed = 1; seed <= Number(values.shops); seed += 1) good = (await one(seed)) && good;
process.stdout.write(good ? "as wanted\n" : `NOT as wanted: recall ${percent(wanted.recall)} of purchases at precision ${percent(wanted.precision)}\n`);
process.exitCode = good ? 0 : 1;
