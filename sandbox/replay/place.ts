// A product of one's own for a replay: database, world and app in memory, gone when it ends.
import { fileURLToPath } from "node:url";
import pg from "pg";
import { migrate } from "../../tools/migrate/migrate.ts";
import { startChild } from "../child.ts";
import { startProduct } from "../product.ts";
import { startWorld } from "../world.ts";

export type Place = { worldUrl: string; secret: string; totals: () => Promise<Totals>; close: () => Promise<void> };

/** What the product's database says after a replay, in minor units. */
export type Totals = { orders: number; customers: number; grossMinor: number; refundedMinor: number; unmatchedMinor: number };

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Starts everything, with its clock at `at`. */
export async function ownPlace(at: Date): Promise<Place> {
  const stops: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const databaseUrl = await startDatabase(stops);
    await migrate(databaseUrl);
    const world = await startWorld({ appUrl: "http://127.0.0.1:3000" });
    stops.push(world.close);
    world.clock.move({ at: at.toISOString() });
    const product = await startProduct({
      databaseUrl,
      world,
      env: { LOG_LEVEL: "warn", SWEEP_EVERY_SECONDS: "2" },
      onLine: (line) => console.error(`  comeback │ ${line}`),
    });
    stops.push(product.stop);
    return { worldUrl: world.url, secret: world.context.appSecret, totals: () => totalsOf(databaseUrl), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As a process of its own: the database and the sender of webhooks would otherwise share one core. */
async function startDatabase(stops: (() => Promise<unknown>)[]): Promise<string> {
  const child = startChild(["tools/database/serve.ts"], { cwd: root, env: {} });
  stops.push(() => child.stop());
  for (;;) {
    const line = child.lines().find((one) => one.startsWith("{"));
    if (line !== undefined) return (JSON.parse(line) as { url: string }).url;
    if (child.ended() !== undefined) throw new Error(`the database ${child.ended() ?? ""}\n${child.lines().slice(-20).join("\n")}`);
    await Promise.race([child.end, new Promise((resolve) => setTimeout(resolve, 50))]);
  }
}

async function totalsOf(databaseUrl: string): Promise<Totals> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Record<keyof Totals, string>>(`
      SELECT count(*) AS "orders", count(DISTINCT profile_id) AS "customers", coalesce(sum(total_minor), 0) AS "grossMinor", coalesce(sum(refunded_minor), 0) AS "refundedMinor",
        (SELECT coalesce(sum(amount_minor), 0) FROM refund r WHERE NOT EXISTS (SELECT FROM placed_order o WHERE o.shop_id = r.shop_id AND o.order_id = r.order_id)) AS "unmatchedMinor"
      FROM placed_order`);
    const [row] = rows;
    const number = (name: keyof Totals): number => Number(row?.[name] ?? 0);
    return {
      orders: number("orders"),
      customers: number("customers"),
      grossMinor: number("grossMinor"),
      refundedMinor: number("refundedMinor"),
      unmatchedMinor: number("unmatchedMinor"),
    };
  } finally {
    await client.end();
  }
}
