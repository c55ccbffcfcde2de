// The large shop of the segments benches on a server of its own, and its peer: DuckDB with the same events, orders and people.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import pg from "pg";
import { testEnvironment } from "../test/environment.ts";
import { startCluster } from "../test/cluster.ts";
import { migrate } from "../tools/migrate/migrate.ts";
import { say, timed } from "./figures.ts";
import { fill, personOf } from "./segments-data.ts";

const hugePages = "/proc/sys/vm/nr_hugepages";

/**
 * Has the machine set so many megabytes aside in pages of 2 MB, which is for its administrator to do and not for the server: in pages of 4 kB the processor looks up where each
 * page lies before it looks into it. Says what came of it. Returns what gives them back.
 */
function setAside(megabytes: number): () => void {
  let before: string;
  try {
    before = readFileSync(hugePages, "utf8").trim();
    // Beside its tables' pages a server keeps some for itself.
    writeFileSync(hugePages, String(Math.ceil((megabytes * 1.05) / 2) + 100));
  } catch {
    say(`  no huge pages: nobody but the machine's administrator may set them aside in ${hugePages}`);
    return () => undefined;
  }
  const giveBack = () => writeFileSync(hugePages, before);
  process.once("exit", giveBack);
  say(`  huge pages: ${2 * Number(readFileSync(hugePages, "utf8"))} MB`);
  return () => {
    process.off("exit", giveBack);
    giveBack();
  };
}

/**
 * A server with the product's tables in it, and two fifths of the machine's memory for them, as the README has such a server set up. Load the app's modules after this: it tells
 * them where the database is.
 */
export async function startServer({ durable }: { durable: boolean }): Promise<{ url: string; client: pg.Client; close: () => Promise<void> }> {
  const megabytes = Math.floor((totalmem() * 0.4) / 2 ** 20);
  const giveBack = setAside(megabytes);
  const started = await startCluster({ durable, memory: `${megabytes}MB` });
  if (!started.ok) throw new Error(`This bench needs a PostgreSQL server: ${started.reason}`);
  const { cluster } = started;
  Object.assign(process.env, testEnvironment, { DATABASE_URL: cluster.url });
  await migrate(cluster.url);
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  const close = async () => {
    await client.end();
    await cluster.close();
    giveBack();
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
