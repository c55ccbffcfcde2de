// The database's power is cut right after a batch was read. Its commit did not wait for the disk: what is lost of it is read again from the log, which did, and comes to the same.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import pg from "pg";
import { startCluster } from "../cluster.ts";
import { freshDatabase, prepareTemplate, type FreshDatabase } from "../database.ts";
import { testEnvironment } from "../environment.ts";

const outcome = await startCluster({ durable: true });
if (!outcome.ok) process.stdout.write(`SKIPPED: a power cut of a PostgreSQL server, because ${outcome.reason}\n`);

describe.skipIf(!outcome.ok)("a power cut", () => {
  const given = process.env["TEST_DATABASE_URL"];
  const now = new Date("2026-11-20T10:00:00Z");
  let database: FreshDatabase;
  let dropTemplate: () => Promise<void>;
  const code = async () => ({
    ...(await import("../../app/db.server.ts")),
    ...(await import("../../app/events/append.server.ts")),
    ...(await import("../../app/pipeline/process-event.server.ts")),
    ...(await import("../../app/shops/refresh.server.ts")),
    ...(await import("../../app/tx.server.ts")),
    ...(await import("../reads.ts")),
  });
  let app: Awaited<ReturnType<typeof code>>;

  const rows = async (sql: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    return (await client.query<object>(sql).finally(() => client.end())).rows;
  };
  /** Everything a batch writes of who did it, what it was and where that led. */
  const kept = async () => ({
    cursor: await rows("SELECT seq FROM cursor WHERE name = 'process'"),
    people: await rows("SELECT kind, key, profile_id, since FROM profile_alias ORDER BY 1, 2"),
    visits: await rows("SELECT visitor, profile_id, product_id, product_viewed_at FROM visit ORDER BY 1"),
    deeds: await rows("SELECT visitor, kind, detail, count, moments FROM deed ORDER BY 1, 2, 3"),
    members: await rows("SELECT segment_key, profile_id, entered_at, subject FROM member ORDER BY 1, 2"),
    lines: await rows("SELECT seq, segment_key, profile_ids, change, at FROM membership_change ORDER BY 1"),
  });
  const logged = () => rows("SELECT seq, source_id FROM event ORDER BY 1");

  beforeAll(async () => {
    if (!outcome.ok) return;
    process.env["TEST_DATABASE_URL"] = outcome.cluster.url;
    dropTemplate = await prepareTemplate();
    database = await freshDatabase();
    Object.assign(process.env, testEnvironment, { DATABASE_URL: database.url });
    app = await code();
  }, 120_000);
  afterAll(async () => {
    await app?.db.$disconnect();
    await database?.close();
    await dropTemplate?.().catch(() => undefined);
    if (given === undefined) delete process.env["TEST_DATABASE_URL"];
    else process.env["TEST_DATABASE_URL"] = given;
    if (outcome.ok) await outcome.cluster.close();
  }, 60_000);

  test("takes what was read with it, and never what was told; read again it is as it was", async () => {
    if (!outcome.ok) return;
    const { cluster } = outcome;
    const shop = await app.installed("power.myshopify.com", ["read_orders"], now);
    // What nobody waits for is written as late as the server can.
    await rows("ALTER SYSTEM SET wal_writer_delay = '10s'");
    await rows("SELECT pg_reload_conf()");
    let lost = 0;
    for (let round = 0; round < 5; round += 1) {
      await app.browse(shop.id, 60, now);
      const told = await logged();
      // The first is written at once where nothing was for long: it is the second that waits.
      while ((await app.processBatch(shop, now)) > 0);
      await app.browse(shop.id, 40, now);
      const all = await logged();
      expect(all.length).toBe(told.length + 40);
      // All of them, and nobody looks in vain after that: what comes to its end waits for the disk.
      expect(await app.processBatch(shop, now)).toBe(40);
      const before = await kept();
      expect(before.visits.length).toBeGreaterThan(0);
      await cluster.crash();
      await cluster.restart();
      expect(await logged()).toEqual(all);
      const recovered = await kept();
      if (JSON.stringify(recovered.cursor) !== JSON.stringify(before.cursor)) lost += 1;
      else expect(recovered).toEqual(before);
      while ((await app.processBatch(shop, now)) > 0);
      expect(await kept()).toEqual(before);
    }
    expect(lost).toBeGreaterThan(0);
  }, 60_000);

  test("takes no number away by which the catalogue is kept in memory", async () => {
    if (!outcome.ok) return;
    const shop = await app.installed("products.myshopify.com", ["read_products"], now);
    const numbered = () => rows(`SELECT name, next FROM sequence WHERE shop_id = ${shop.id} AND name <> 'event' ORDER BY 1`);
    let before: unknown[] = [];
    for (let round = 0; round < 5; round += 1) {
      // As above: of two batches the first is written at once.
      await app.browse(shop.id, 10, now);
      expect(await app.processBatch(shop, now)).toBe(10);
      const at = new Date(now.getTime() + round * 1_000);
      const data = { productId: "7", title: "Oak board", status: "active" as const, vendor: `vendor ${round}`, updatedAt: at.toISOString() };
      const event = { name: "product.updated" as const, sourceId: `power-${round}`, sourceAt: at, occurredAt: at, subject: null, data };
      await app.transaction((tx) => app.append([{ shopId: shop.id, event }], tx));
      expect(await app.processBatch(shop, now)).toBe(1);
      const taken = await numbered();
      expect(taken).not.toEqual(before);
      await outcome.cluster.crash();
      await outcome.cluster.restart();
      expect(await numbered()).toEqual(taken);
      before = taken;
    }
  }, 60_000);
});
