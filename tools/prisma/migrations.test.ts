import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkMigrations, newMigration } from "./migrations.ts";

let folder: string;
const place = () => ({ schema: join(folder, "schema.prisma"), migrations: join(folder, "migrations") });
const schema = (extra = ""): void =>
  writeFileSync(
    place().schema,
    `generator client {
  provider = "prisma-client"
  output   = "generated"
}

datasource db {
  provider = "postgresql"
}

model Event {
  shopId   Int      @map("shop_id")
  sourceAt DateTime @map("source_at") @db.Timestamptz(3)
  sourceId String   @map("source_id")
  seq      BigInt
  ${extra}

  @@id([shopId, sourceAt, sourceId])
  @@index([shopId, seq])
  @@map("event")
}
`,
  );

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "comeback-prisma-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a migration written from the schema, and partitioned by hand, agrees with it; a new column does not", { timeout: 60_000 }, async () => {
  schema();
  const file = await newMigration("init", { place: place() });
  expect(file).toBe(join(folder, "migrations", "0001_init", "migration.sql"));
  const written = readFileSync(file ?? "", "utf8");
  const partitioned = `${written.replace(/(PRIMARY KEY[^\n]*\n\))/, '$1 PARTITION BY RANGE ("source_at")')}
CREATE SCHEMA event_part;
CREATE TABLE event_part.event_2026_01 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE event_part.event_rest PARTITION OF event DEFAULT;
CREATE INDEX event_late ON event (source_id) WHERE seq > 100;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN NEW; END; $$;
CREATE TRIGGER touched BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION touch();
`;
  expect(partitioned).toContain("PARTITION BY RANGE");
  writeFileSync(file ?? "", partitioned);
  expect(await checkMigrations(place())).toBeNull();
  expect(await newMigration("nothing", { place: place() })).toBeNull();

  schema("extra String?");
  expect(await checkMigrations(place())).toContain('ADD COLUMN     "extra" TEXT');
  expect(await newMigration("extra", { place: place() })).toContain("0002_extra");
  expect(await checkMigrations(place())).toBeNull();

  writeFileSync((await newMigration("by_hand", { place: place(), empty: true })) ?? "", "select nonsense");
  await expect(checkMigrations(place())).rejects.toThrow(/0003_by_hand fails on an empty database.*nonsense/);
});

test("a name that is no name is refused", async () => {
  await expect(newMigration("../evil", { place: place() })).rejects.toThrow("is no name for a migration");
});
