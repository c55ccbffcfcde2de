import pg from "pg";
import { expect, test } from "vitest";
import { freshDatabase } from "./database.ts";

const tablesOf = async (url: string): Promise<string[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "select schemaname || '.' || tablename as name from pg_tables where schemaname in ('public', 'pgboss')",
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
};

test("a test file finds its own migrated database in DATABASE_URL, with the queue's tables", async () => {
  const tables = await tablesOf(process.env["DATABASE_URL"] ?? "");
  expect(tables).toContain("public._prisma_migrations");
  expect(tables).toContain("pgboss.version");
});

test("two fresh databases do not see each other", async () => {
  const [one, two] = [await freshDatabase(), await freshDatabase()];
  try {
    const client = new pg.Client({ connectionString: one.url });
    await client.connect();
    await client.query("create table only_here (id int)");
    await client.end();
    expect(await tablesOf(one.url)).toContain("public.only_here");
    expect(await tablesOf(two.url)).not.toContain("public.only_here");
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
});
