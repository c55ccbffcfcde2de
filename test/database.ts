// Databases for tests: each a copy of one migrated template. Embedded by default; on a server where TEST_DATABASE_URL names one.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, openAsBlob, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { startDatabase } from "../tools/database/front.ts";
import { migrate, readMigrations } from "../tools/migrate/migrate.ts";

export type FreshDatabase = { url: string; close(): Promise<void> };

const root = join(import.meta.dirname, "..");
const cache = join(root, ".cache", "test");

/** A fresh, migrated database that any process of this machine can reach. `close` takes it away. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = process.env["TEST_DATABASE_URL"];
  return server === undefined || server === "" ? embeddedCopy() : serverCopy(server);
}

/** Makes the template unless it is there; returns what leaves no trace of it on a server. */
export async function prepareTemplate(): Promise<() => Promise<void>> {
  const server = process.env["TEST_DATABASE_URL"];
  if (server === undefined || server === "") {
    await embeddedTemplate();
    return () => Promise.resolve();
  }
  const name = await serverTemplate(server);
  return () => on(server, (client) => dropTemplate(client, name));
}

/** Changes whenever the template would: the migrations, the database and the queue that brings its own tables. */
function fingerprint(): string {
  const version = (name: string): string => (JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")) as { version: string }).version;
  const parts = [...readMigrations().map(({ name, checksum }) => `${name} ${checksum}`), version("@electric-sql/pglite"), version("pg-boss")];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}

/** The product's tables, and the queue's: installing those at every start would be most of a test's time. */
async function fill(url: string): Promise<void> {
  await migrate(url);
  const queue = new PgBoss({ connectionString: url, max: 1, supervise: false, schedule: false });
  await queue.start();
  await queue.stop({ graceful: false, close: true });
}

let template: Promise<string> | undefined;
const embeddedTemplate = (): Promise<string> => (template ??= makeEmbeddedTemplate());

async function makeEmbeddedTemplate(): Promise<string> {
  const file = join(cache, `template-${fingerprint()}.tar`);
  if (existsSync(file)) return file;
  const database = await startDatabase();
  try {
    await fill(database.url);
    const dump = await database.dump();
    mkdirSync(cache, { recursive: true });
    for (const old of readdirSync(cache)) if (old.startsWith("template-")) rmSync(join(cache, old), { force: true });
    // Renamed into place: another process may be making, or reading, the same one.
    const part = join(cache, `part-${randomUUID()}`);
    writeFileSync(part, Buffer.from(await dump.arrayBuffer()));
    renameSync(part, file);
  } finally {
    await database.close();
  }
  return file;
}

async function embeddedCopy(): Promise<FreshDatabase> {
  return startDatabase({ dump: await openAsBlob(await embeddedTemplate()) });
}

async function on<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const at = (server: string, name: string): string => {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return String(url);
};

async function serverTemplate(server: string): Promise<string> {
  const name = `comeback_template_${fingerprint()}`;
  await on(server, async (client) => {
    await client.query("select pg_advisory_lock(7226801106)");
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1 and datistemplate", [name]);
    if (rowCount === 1) return;
    // Half made by somebody who was killed.
    await dropTemplate(client, name);
    await client.query(`create database "${name}"`);
    await fill(at(server, name));
    await client.query(`alter database "${name}" is_template true`);
  });
  return name;
}

async function dropTemplate(client: pg.Client, name: string): Promise<void> {
  const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
  if (rowCount === 0) return;
  // PostgreSQL refuses to drop a database that is marked as a template.
  await client.query(`alter database "${name}" is_template false`);
  await client.query(`drop database if exists "${name}" with (force)`);
}

let onServer: Promise<string> | undefined;

async function serverCopy(server: string): Promise<FreshDatabase> {
  const from = await (onServer ??= serverTemplate(server));
  const name = `comeback_test_${randomUUID().replaceAll("-", "")}`;
  await on(server, async (client) => void (await client.query(`create database "${name}" template "${from}" strategy file_copy`)));
  return {
    url: at(server, name),
    close: () => on(server, async (client) => void (await client.query(`drop database if exists "${name}" with (force)`))),
  };
}
