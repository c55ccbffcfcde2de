// Brings a database up to date: every prisma/migrations/<name>/migration.sql once, in order of name, one transaction each.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";

export type Migration = { name: string; sql: string; checksum: string };
export type Outcome = {
  /** Applied now, in this order. */
  applied: string[];
  /** In the database but not in the folder: a newer version of the product has been here. */
  newer: string[];
};

const here = join(import.meta.dirname, "..", "..", "prisma", "migrations");
// Any number, as long as every version of the product uses the same.
const lock = 7_226_801_105;

/** The migrations of a folder, in the order in which they are applied. */
export function readMigrations(folder: string = here): Migration[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "migration.sql")))
    .map(({ name }) => {
      const sql = readFileSync(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Applies what is missing. Safe to run again, and by several processes at once: each file is one transaction under one lock. Throws when
 * a file was changed after it was applied. `begun` hears the name of each file as it begins.
 */
export async function migrate(url: string, folder: string = here, begun: (name: string) => void = () => undefined): Promise<Outcome> {
  const migrations = readMigrations(folder);
  const client = new pg.Client({ connectionString: url, options: "-c timezone=UTC -c statement_timeout=0" });
  // A connection that breaks also rejects the query it breaks: there the error is read.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await locked(client, () => client.query(table));
    const known = await appliedIn(client);
    refuseChanged(migrations, known);
    const applied: string[] = [];
    for (const migration of migrations.filter(({ name }) => !known.has(name))) {
      if (await locked(client, () => apply(client, migration, begun))) applied.push(migration.name);
    }
    const names = new Set(migrations.map(({ name }) => name));
    return { applied, newer: [...known.keys()].filter((name) => !names.has(name)) };
  } finally {
    await client.end().catch(() => undefined);
  }
}

// The table as Prisma itself makes it, so that its own tools read the same history.
const table = `create table if not exists "_prisma_migrations" (
  "id" varchar(36) primary key not null,
  "checksum" varchar(64) not null,
  "finished_at" timestamptz,
  "migration_name" varchar(255) not null,
  "logs" text,
  "rolled_back_at" timestamptz,
  "started_at" timestamptz not null default now(),
  "applied_steps_count" integer not null default 0
)`;

async function locked<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query("begin");
  try {
    await client.query("select pg_advisory_xact_lock($1)", [lock]);
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration, begun: (name: string) => void): Promise<boolean> {
  // Somebody else may have applied it while we waited for the lock.
  if ((await appliedIn(client)).has(name)) return false;
  if (ownTransaction.test(sql))
    throw new Error(`The migration ${name} begins or ends a transaction itself. Each file is one transaction already: take that out.`);
  begun(name);
  try {
    await client.query(sql);
  } catch (error) {
    throw new Error(`The migration ${name} failed, and nothing of it was kept: ${error instanceof Error ? error.message : String(error)}${place(error, sql)}`, {
      cause: error,
    });
  }
  await client.query(
    `insert into "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at", "applied_steps_count") values ($1, $2, $3, clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  );
  return true;
}

const ownTransaction = /^\s*(?:begin|start\s+transaction|commit|rollback)(?:\s+(?:work|transaction))?\s*;/im;

function place(error: unknown, sql: string): string {
  const position = Number((error as { position?: string }).position);
  return Number.isInteger(position) && position > 0 ? ` (line ${sql.slice(0, position - 1).split("\n").length})` : "";
}

async function appliedIn(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `select "migration_name" as name, "checksum", "finished_at" is not null as finished from "_prisma_migrations" where "rolled_back_at" is null order by "started_at"`,
  );
  const broken = rows.find(({ finished }) => !finished);
  if (broken !== undefined)
    throw new Error(
      `The migration ${broken.name} was begun by another tool and never finished. Put the database right by hand, then delete its row in _prisma_migrations.`,
    );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

function refuseChanged(migrations: Migration[], known: Map<string, string>): void {
  const changed = migrations.filter(({ name, checksum }) => known.has(name) && known.get(name) !== checksum).map(({ name }) => name);
  if (changed.length === 0) return;
  throw new Error(
    `Changed after it was applied to this database: ${changed.join(", ")}. A migration that has been applied stays as it is: put the old text back and make a new one with npm run db:new.`,
  );
}

if (import.meta.main) {
  try {
    const url = process.env["DATABASE_URL"];
    if (url === undefined || url === "") throw new Error("DATABASE_URL is not set: it says which database to bring up to date.");
    const { applied, newer } = await migrate(url, here, (name) => console.log(`migrating: ${name}`));
    if (newer.length > 0) console.log(`The database has been used by a newer version: it holds ${newer.join(", ")}.`);
    console.log(applied.length === 0 ? "The database is up to date." : `Applied ${applied.length} migrations.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
