// npm run db:new <name> writes the migration that schema.prisma still lacks; npm run db:check fails while there is one.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { readMigrations } from "../migrate/migrate.ts";
import { missingSql } from "./schema-engine.ts";

type Place = { schema: string; migrations: string };

const root = join(import.meta.dirname, "..", "..");
const here: Place = { schema: join(root, "prisma", "schema.prisma"), migrations: join(root, "prisma", "migrations") };

/** Writes the next migration and returns its file, or null when there is nothing to write. `empty` writes one for SQL by hand. */
export async function newMigration(name: string, options: { place?: Place; empty?: boolean } = {}): Promise<string | null> {
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    throw new Error(`"${name}" is no name for a migration: say what it does in small letters, such as npm run db:new message_click.`);
  const place = options.place ?? here;
  const migrations = readMigrations(place.migrations);
  const sql = options.empty === true ? "-- SQL by hand.\n" : await missingSql(migrations, readFileSync(place.schema, "utf8"));
  if (sql === null) return null;
  const last = Math.max(0, ...migrations.map((migration) => Number.parseInt(migration.name, 10) || 0));
  const file = join(place.migrations, `${String(last + 1).padStart(4, "0")}_${name}`, "migration.sql");
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, sql.endsWith("\n") ? sql : `${sql}\n`);
  // Prisma's own tools ask for it.
  const lock = join(place.migrations, "migration_lock.toml");
  if (!existsSync(lock)) writeFileSync(lock, 'provider = "postgresql"\n');
  return file;
}

/** The SQL between the migrations and the schema, or null when they agree. Throws when a migration fails on an empty database. */
export async function checkMigrations(place: Place = here): Promise<string | null> {
  return missingSql(readMigrations(place.migrations), readFileSync(place.schema, "utf8"));
}

async function main([task, ...rest]: string[]): Promise<void> {
  if (task === "new") {
    const name = rest.find((word) => !word.startsWith("--"));
    if (name === undefined) throw new Error("Which one? npm run db:new <name>, or npm run db:new -- <name> --empty for SQL by hand.");
    const file = await newMigration(name, { empty: rest.includes("--empty") });
    console.log(
      file === null
        ? "Nothing to write: the migrations already say what schema.prisma says."
        : `Wrote ${relative(root, file)}. Read it, and edit it before it is applied anywhere.`,
    );
    return;
  }
  const missing = await checkMigrations();
  if (missing !== null) throw new Error(`schema.prisma and the migrations differ. Still missing:\n\n${missing}\nWrite it with npm run db:new <name>.`);
  console.log("schema.prisma and the migrations agree.");
}

if (import.meta.main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
