// The large shop of the segments benches on a server of its own, and its peer: DuckDB with the same events, orders and people.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import pg from "pg";
import { testEnvironment } from "../test/environment.ts";
import { startCluster } from "../test/cluster.ts";
import { migrate } from "../tools/migrate/migrate.ts";
import { say, timed } from "./figures.ts";
import { fill, personOf } from "./segments-data.ts";

/** A server with the product's tables in it, and a quarter of the machine's memory for them, as such a server is set up. Load the app's modules after this: it tells them where the database is. */
export async function startServer({ durable }: { durable: boolean }): Promise<{ url: string; client: pg.Client; close: () => Promise<void> }> {
  const started = await startCluster({ durable, memory: `${Math.floor(totalmem() / 4 / 2 ** 20)}MB` });
  if (!started.ok) throw new Error(`This bench needs a PostgreSQL server: ${started.reason}`);
  const { cluster } = started;
  Object.assign(process.env, testEnvironment, { DATABASE_URL: cluster.url });
  await migrate(cluster.url);
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  const close = async () => {
    await client.end();
    await cluster.close();
  };
  return { url: cluster.url, client, close };
}

/** Fills the empty shop, and says how long each step took. */
export async function fillShop(client: pg.Client, profiles: number, events: number, again = 0): Promise<void> {
  await fill(client, profiles, events, again, async (what, statement) => {
    const { ms } = await timed(() => client.query(statement));
    say(`  ${what.padEnd(28)} ${(ms / 1000).toFixed(1)} s`);
  });
}

/** The same events, orders and people for DuckDB, in columns of its own, with everybody's number already beside what she did. */
export async function peer(client: pg.Client): Promise<{ duck: DuckDBConnection; close: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "comeback-bench-"));
  chmodSync(folder, 0o777);
  const out = (name: string, query: string) => client.query(`COPY (${query}) TO '${join(folder, name)}' (FORMAT csv, HEADER)`);
  await out(
    "events.csv",
    `SELECT ${personOf("substr(subject, 9)")} AS person, name, (data->>'productId')::int AS product, (data->>'collectionId')::int AS collection, data->>'source' AS source,
       (extract(epoch FROM occurred_at) * 1000)::bigint AS ts FROM event`,
  );
  await out(
    "orders.csv",
    "SELECT ('x' || right(profile_id::text, 8))::bit(32)::int AS person, (extract(epoch FROM placed_at) * 1000)::bigint AS ts, total_minor AS total FROM placed_order",
  );
  await out("profiles.csv", "SELECT ('x' || right(id::text, 8))::bit(32)::int AS person, country FROM profile");
  const instance = await DuckDBInstance.create(join(folder, "peer.duckdb"));
  const duck = await instance.connect();
  for (const name of ["events", "orders", "profiles"]) await duck.run(`CREATE TABLE ${name} AS SELECT * FROM read_csv('${join(folder, `${name}.csv`)}')`);
  return {
    duck,
    close: () => {
      duck.closeSync();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** How many people DuckDB finds. */
export const ducks = async (duck: DuckDBConnection, query: string): Promise<number> =>
  Number((await duck.runAndReadAll(`SELECT count(*)::int FROM (${query})`)).getRows()[0]?.[0]);
