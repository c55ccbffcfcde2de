// What stories of the whole product share: a database, a world and the product's processes in it.
import pg from "pg";
import { startProduct, type Product } from "../../sandbox/product.ts";
import { startWorld, type World } from "../../sandbox/world.ts";
import { freshDatabase } from "../database.ts";

export type Role = "web" | "worker";

export type Stage = {
  world: World;
  databaseUrl: string;
  rows: <Row extends pg.QueryResultRow>(sql: string, values?: unknown[]) => Promise<Row[]>;
  start: (role: Role, env?: Record<string, string>) => Promise<Product>;
  close: () => Promise<void>;
};

/** Sets the stage, with nobody on it yet. */
export async function openStage(): Promise<Stage> {
  const database = await freshDatabase();
  const world = await startWorld({ appUrl: "http://127.0.0.1:9" });
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  // The database goes last and cuts what the pool has not closed by then: nobody needs to hear of it.
  pool.on("error", () => undefined).on("connect", (client) => client.on("error", () => undefined));
  const started = new Set<Product>();
  return {
    world,
    databaseUrl: database.url,
    rows: async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) => (await pool.query<Row>(sql, values)).rows,
    async start(role, env = {}) {
      const product = await startProduct({
        databaseUrl: database.url,
        world,
        flags: [`--${role}`],
        env: { LOG_LEVEL: "info", SWEEP_EVERY_SECONDS: "0.5", ...env },
      });
      started.add(product);
      return product;
    },
    async close() {
      await Promise.all([...started].map((product) => product.kill9()));
      await pool.end();
      await world.close();
      await database.close();
    },
  };
}

/** Waits until `look` finds something, looking again every `everyMs`. */
export async function until<Found>(what: string, look: () => Promise<Found | null | undefined | false>, mostMs: number, everyMs = 250): Promise<Found> {
  for (const end = performance.now() + mostMs; ;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`It took too long until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Numbers from 0 to 1 that are the same for a seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
