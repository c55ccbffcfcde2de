import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startDatabase, type Database } from "../database/front.ts";
import { migrate } from "./migrate.ts";

let database: Database;
let client: pg.Client;
let folder: string;

const put = (name: string, sql: string): void => {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "migration.sql"), sql);
};
const tables = async (from = client): Promise<string[]> => {
  const { rows } = await from.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public' order by 1");
  return rows.map(({ name }) => name).filter((name) => !name.startsWith("_"));
};

beforeAll(async () => {
  database = await startDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "comeback-migrate-"));
  await client.query("drop schema public cascade; create schema public");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(async () => {
  await client.end();
  await database.close();
});

test("what is missing is applied in order of name, and the second time nothing is", async () => {
  put("0002_second", "alter table one add column two int");
  put("0001_first", "create table one (id int); create function f() returns int language plpgsql as $$ begin return 1; end; $$;");
  expect(await migrate(database.url, folder)).toEqual({ applied: ["0001_first", "0002_second"], newer: [] });
  expect(await migrate(database.url, folder)).toEqual({ applied: [], newer: [] });
  put("0003_third", "create table three (id int)");
  expect((await migrate(database.url, folder)).applied).toEqual(["0003_third"]);
});

test("a file that was changed after it was applied is refused by name, before anything else happens", async () => {
  put("0001_first", "create table one (id int)");
  await migrate(database.url, folder);
  put("0001_first", "create table one (id bigint)");
  put("0002_second", "create table two (id int)");
  await expect(migrate(database.url, folder)).rejects.toThrow(/Changed after it was applied.*0001_first/);
  expect(await tables()).toEqual(["one"]);
});

test("of a file that fails nothing stays, and the sentence says which and where", async () => {
  put("0001_first", "create table one (id int)");
  put("0002_broken", "create table two (id int);\nselect nonsense;");
  await expect(migrate(database.url, folder)).rejects.toThrow(/0002_broken failed.*nonsense.*line 2/);
  expect(await tables()).toEqual(["one"]);
  put("0002_broken", "create table two (id int)");
  expect((await migrate(database.url, folder)).applied).toEqual(["0002_broken"]);
});

test("two at once apply each file once", async () => {
  for (let n = 1; n <= 5; n += 1) put(`000${n}_step`, `create table step_${n} (id int)`);
  const outcomes = await Promise.all([migrate(database.url, folder), migrate(database.url, folder), migrate(database.url, folder)]);
  expect(outcomes.flatMap(({ applied }) => applied).sort()).toEqual([1, 2, 3, 4, 5].map((n) => `000${n}_step`));
  expect(await tables()).toHaveLength(5);
});

test("a file with its own transaction is refused", async () => {
  put("0001_own", "create table one (id int);\ncommit;\ncreate table two (id int);");
  await expect(migrate(database.url, folder)).rejects.toThrow("begins or ends a transaction itself");
  expect(await tables()).toEqual([]);
});

test("a database that a newer version has used is told apart", async () => {
  put("0001_first", "create table one (id int)");
  put("0002_second", "create table two (id int)");
  await migrate(database.url, folder);
  rmSync(join(folder, "0002_second"), { recursive: true });
  expect(await migrate(database.url, folder)).toEqual({ applied: [], newer: ["0002_second"] });
});

test("killed in the middle of a file, the database comes back without a trace of it, and the next run finishes", { timeout: 60_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), "comeback-migrate-data-"));
  put("0001_first", "create table one (id int)");
  put("0002_long", "create table two (id int); insert into two select generate_series(1, 3000000); create table three (id int)");
  const server = spawn(process.execPath, [join(import.meta.dirname, "..", "database", "serve.ts"), home], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise<string>((ready) => server.stdout.once("data", (line: Buffer) => ready((JSON.parse(line.toString()) as { url: string }).url)));
  const gone = new Promise((closed) => server.once("close", closed));
  const run = migrate(url, folder, (name) => {
    if (name === "0002_long") setTimeout(() => server.kill("SIGKILL"), 300);
  });
  await expect(run).rejects.toThrow();
  await gone;

  const again = await startDatabase({ folder: home });
  const reader = new pg.Client({ connectionString: again.url });
  await reader.connect();
  expect(await tables(reader)).toEqual(["one"]);
  expect((await migrate(again.url, folder)).applied).toEqual(["0002_long"]);
  expect(await tables(reader)).toEqual(["one", "three", "two"]);
  await reader.end();
  await again.close();
  rmSync(home, { recursive: true, force: true });
});
