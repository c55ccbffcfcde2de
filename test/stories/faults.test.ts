// What a database can do to the doors: crash in a burst, be away, hold a lock, cut connections, be slow for everybody else. On a PostgreSQL server of our own.
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { sceneAt } from "../../sandbox/replay/scene.ts";
import { startCluster, type Cluster } from "../cluster.ts";
import { prepareTemplate } from "../database.ts";
import { each, openSenders, type Senders } from "./product-stage.ts";
import { seeded, until } from "./stage.ts";

const outcome = await startCluster({ durable: true });
if (!outcome.ok) process.stdout.write(`SKIPPED: 9 faults of a PostgreSQL server, because ${outcome.reason}\n`);

describe.skipIf(!outcome.ok)("the doors, while the database", () => {
  const given = process.env["TEST_DATABASE_URL"];
  const random = seeded(20_261_125);
  let cluster: Cluster;
  let senders: Senders;
  let dropTemplate: () => Promise<void>;
  let number = 0;
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    if (!outcome.ok) return;
    cluster = outcome.cluster;
    process.env["TEST_DATABASE_URL"] = cluster.url;
    dropTemplate = await prepareTemplate();
    senders = await openSenders({ DATABASE_POOL: "4" });
  }, 120_000);
  afterAll(async () => {
    for (const close of closing) await close();
    await senders?.close();
    await dropTemplate?.().catch(() => undefined);
    if (given === undefined) delete process.env["TEST_DATABASE_URL"];
    else process.env["TEST_DATABASE_URL"] = given;
    if (outcome.ok) await outcome.cluster.close();
  }, 60_000);

  type Knock = { id: string; status: number; ms: number };

  const at = () => senders.stage.world.clock.now().toISOString();
  const pixelBody = (id: string) => {
    const event = { id, name: "page.viewed", at: at(), visitor: `visitor-${id}`, cart: null, checkout: null, data: { path: "/" } };
    return JSON.stringify({ shop: demoShop.domain, key: senders.keyOf(demoShop.domain), events: [event] });
  };
  const cart = (id: string) => ({ token: id, created_at: at(), updated_at: at(), line_items: [] });

  /** One delivery and one pixel event of that name, and how each was answered; status 0 where there was no answer. */
  async function knock(id = `fault-${(number += 1)}`): Promise<Knock[]> {
    const timed = async (send: () => Promise<number>): Promise<Knock> => {
      const began = performance.now();
      return { id, status: await send().catch(() => 0), ms: performance.now() - began };
    };
    return Promise.all([timed(async () => (await senders.webhook("carts/create", cart(id), id)).status), timed(() => senders.pixel(pixelBody(id)))]);
  }
  /** Knocks from some lanes until `done`, and gives every answer. */
  async function burst(done: () => boolean, lanes = 12): Promise<Knock[][]> {
    const answers: Knock[][] = [];
    const lane = async (): Promise<void> => {
      while (!done()) {
        answers.push(await knock());
        await wait(random() * 4);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return answers;
  }
  const kept = async (): Promise<{ deliveries: Set<string>; visitors: Set<string> }> => {
    const deliveries = await senders.stage.rows<{ id: string }>("SELECT event_key AS id FROM delivery WHERE event_key LIKE 'fault-%'");
    const visitors = await senders.stage.rows<{ id: string }>(
      "SELECT replace(subject, 'visitor:visitor-', '') AS id FROM event WHERE subject LIKE 'visitor:visitor-fault-%'",
    );
    return { deliveries: new Set(deliveries.map((row) => row.id)), visitors: new Set(visitors.map((row) => row.id)) };
  };
  async function nothingAcknowledgedIsMissing(answers: Knock[][]): Promise<void> {
    const { deliveries, visitors } = await kept();
    const missing = answers.flatMap(([webhook, pixel]) => [
      ...(webhook?.status === 200 && !deliveries.has(webhook.id) ? [`webhook ${webhook.id}`] : []),
      ...(pixel?.status === 204 && !visitors.has(pixel.id) ? [`pixel ${pixel.id}`] : []),
    ]);
    expect(missing).toEqual([]);
    const [log] = await senders.stage.rows<{ same: boolean }>(
      "SELECT count(DISTINCT (shop_id, seq)) = count(*) AND count(DISTINCT (shop_id, source_at, source_id)) = count(*) AS same FROM event",
    );
    expect(log?.same).toBe(true);
  }
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${senders.product.process.pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  const connection = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: senders.stage.databaseUrl });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  };
  /** A use case of the product in this process, on the same database. */
  async function productCode() {
    process.env["DATABASE_URL"] = senders.stage.databaseUrl;
    const { db } = await import("../../app/db.server.ts");
    closing.push(() => db.$disconnect());
    return import("../../app/events/retention.server.ts");
  }
  const well = () => until("both doors take again", async () => (await knock()).every((one) => one.status === 200 || one.status === 204), 20_000, 100);

  test("is well, keep a copy of a webhook sent fifty times at once as one", async () => {
    const answers = await each(Array.from({ length: 50 }), () => senders.webhook("carts/create", cart("fifty"), "fault-fifty"), 50);
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([200]));
    expect(answers.filter((one) => one.text === "accepted")).toHaveLength(1);
    expect(await senders.stage.rows("SELECT copies FROM delivery WHERE event_key = 'fault-fifty'")).toEqual([{ copies: 50 }]);
    expect(await senders.stage.rows("SELECT count(*)::int AS events FROM event WHERE data->>'token' = 'fifty'")).toEqual([{ events: 1 }]);
  });

  test("crashes in a burst, again and again, acknowledge nothing that it then does not have", async () => {
    let over = false;
    const answers = burst(() => over);
    for (let round = 0; round < 3; round += 1) {
      await wait(300 + random() * 500);
      await cluster.crash();
      await wait(100);
      await cluster.restart();
    }
    await wait(500);
    over = true;
    const all = await answers;
    await well();
    await nothingAcknowledgedIsMissing(all);
    expect(all.flat().filter((one) => one.status === 200 || one.status === 204).length).toBeGreaterThan(50);
    expect(all.flat().some((one) => one.status === 503)).toBe(true);
    expect([...new Set(all.flat().map((one) => one.status))].filter((status) => ![200, 204, 503].includes(status))).toEqual([]);
  }, 60_000);

  test("is away, say so within a second, do not grow, and take again by themselves when it is back", async () => {
    await cluster.crash();
    const before = memory();
    const ends = performance.now() + 2_500;
    const answers = (await burst(() => performance.now() > ends, 24)).flat();
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([503]));
    expect(answers.length).toBeGreaterThan(200);
    expect(Math.max(...answers.map((one) => one.ms))).toBeLessThan(1_000);
    expect((await fetch(`${senders.product.url}/health`)).status).toBe(503);
    expect(memory() - before).toBeLessThan(80);
    await cluster.restart();
    await well();
    expect(senders.product.ended()).toBeUndefined();
  }, 60_000);

  test("holds the log locked, give up within three seconds and never acknowledge late", async () => {
    const holder = await connection();
    await holder.query("BEGIN");
    await holder.query("LOCK TABLE event, delivery IN ACCESS EXCLUSIVE MODE");
    const answers = (await Promise.all(Array.from({ length: 12 }, () => knock())).finally(() => holder.end())).flat();
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([503]));
    expect(Math.max(...answers.map((one) => one.ms))).toBeLessThan(3_500);
    const { deliveries, visitors } = await kept();
    expect(answers.filter((one) => deliveries.has(one.id) || visitors.has(one.id))).toEqual([]);
    await well();
  }, 30_000);

  test("stops answering without a word, are not held by it", async () => {
    const victims = await senders.stage.rows<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    );
    const signal = (name: NodeJS.Signals) => {
      for (const { pid } of victims) process.kill(pid, name);
    };
    signal("SIGSTOP");
    const answers = (await Promise.all(Array.from({ length: 8 }, () => knock())).finally(() => signal("SIGCONT"))).flat();
    expect(answers.filter((one) => one.ms > 9_000)).toEqual([]);
    await well();
    await nothingAcknowledgedIsMissing([answers]);
  }, 40_000);

  test("cuts connections in the middle of transactions, lose and double nothing", async () => {
    const reaper = await connection();
    let over = false;
    const answers = burst(() => over, 16);
    let cut = 0;
    for (let round = 0; round < 16; round += 1) {
      await wait(80 + random() * 80);
      const { rows } = await reaper.query<{ cut: number }>(
        "SELECT count(pg_terminate_backend(pid))::int AS cut FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_type = 'client backend'",
      );
      cut += rows[0]?.cut ?? 0;
    }
    over = true;
    await reaper.end();
    const all = await answers;
    await well();
    await nothingAcknowledgedIsMissing(all);
    expect(cut).toBeGreaterThan(5);
    const refused = all.flat().filter((one) => one.status === 503).length;
    expect(refused).toBeLessThan(all.flat().length / 4);
    expect(await sceneAt(senders.stage.world.url).settled(30_000)).toBe(true);
    expect(senders.product.ended()).toBeUndefined();
  }, 60_000);

  test("is slow for everybody else, take as ever: the doors have connections of their own", async () => {
    const holder = await connection();
    await holder.query("BEGIN");
    // Whatever the screens ask of orders now waits, each on one of their four connections.
    await holder.query("LOCK TABLE placed_order IN ACCESS EXCLUSIVE MODE");
    const screens = Array.from({ length: 12 }, () => senders.screen("/app", "routes/app.home/route"));
    await until(
      "the screens' connections are all waiting",
      async () => {
        const [row] = await senders.stage.rows<{ waiting: number }>(
          "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%placed_order%'",
        );
        return (row?.waiting ?? 0) >= 4;
      },
      10_000,
      50,
    );
    const ends = performance.now() + 2_000;
    const answers = (await burst(() => performance.now() > ends).finally(() => holder.end())).flat();
    await Promise.all(screens);
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([200, 204]));
    expect(answers.length).toBeGreaterThan(50);
    expect(Math.max(...answers.map((one) => one.ms))).toBeLessThan(1_500);
  }, 40_000);

  test("has an old month that somebody reads, are not held up by its going: it stays until the next time", async () => {
    const { dropOldPixelEvents } = await productCode();
    await senders.stage.rows("SELECT make_event_partition('2020-01-15Z'::timestamptz, true)");
    const reader = await connection();
    await reader.query("BEGIN");
    await reader.query("SELECT count(*) FROM event_part.pixel_2020_01");
    const ends = performance.now() + 1_000;
    const [dropped, answers] = await Promise.all([dropOldPixelEvents(new Date()), burst(() => performance.now() > ends, 4)]).finally(() => reader.end());
    expect(dropped).toEqual([]);
    expect(new Set(answers.flat().map((one) => one.status))).toEqual(new Set([200, 204]));
    expect(await dropOldPixelEvents(new Date())).toEqual(["2020_01"]);
    expect(await dropOldPixelEvents(new Date())).toEqual([]);
  }, 20_000);

  test("keeps browsers' events, each takes at most 400 bytes with its two indexes", async () => {
    const shown = { productId: "8801345678901", variantId: "44012345678901", vendor: "Harbour & Pine", price: "84.00", currency: "GBP" };
    const kinds: [name: string, share: number, data: object][] = [
      ["page.viewed", 40, { path: "/collections/living-room/products/oak-stool" }],
      ["product.viewed", 25, shown],
      ["collection.viewed", 12, { collectionId: "30012345678", path: "/collections/living-room" }],
      ["search.submitted", 4, { query: "oak stool small" }],
      ["product.added-to-cart", 6, { ...shown, quantity: 1 }],
      ["cart.viewed", 4, { quantity: 2 }],
      ["checkout.step", 4, { step: "contact" }],
      [
        "landing.arrived",
        5,
        {
          path: "/",
          referrer: "www.google.com",
          utm: { source: "google", medium: "cpc", campaign: "autumn" },
          click: { kind: "gclid", id: "EAIaIQobChMI8vP6zq" },
        },
      ],
    ];
    const mix = kinds.flatMap(([name, share, data]) => Array.from({ length: share }, () => ({ name, data })));
    const month = at().slice(0, 7).replace("-", "_");
    const size = async () =>
      (
        await senders.stage.rows<{ bytes: number; count: number }>(
          `SELECT pg_total_relation_size('event_part.pixel_${month}')::int AS bytes, (SELECT count(*)::int FROM event_part.pixel_${month}) AS count`,
        )
      )[0] ?? expect.unreachable();
    await senders.stage.rows(`VACUUM (FULL) event_part.pixel_${month}`);
    const before = await size();
    const key = senders.keyOf(demoShop.domain);
    const batches = Array.from({ length: 400 }, (_none, batch) =>
      Array.from({ length: 50 }, (_also, index) => {
        const { name, data } = mix[(batch * 37 + index * 61) % mix.length] ?? expect.unreachable();
        const visitor = `${crypto.randomUUID()}`;
        return {
          id: `sh-${crypto.randomUUID()}`,
          name,
          at: new Date(Date.parse(at()) - batch * 50 + index).toISOString(),
          visitor,
          cart: index % 3 === 0 ? "hWN77vXVzuiaDszY8fXtTfm0" : null,
          checkout: null,
          data,
        };
      }),
    );
    const statuses = await each(batches, (events) => senders.pixel(JSON.stringify({ shop: demoShop.domain, key, events })), 8);
    expect(new Set(statuses)).toEqual(new Set([204]));
    const after = await size();
    expect(after.count - before.count).toBe(20_000);
    const each1 = (after.bytes - before.bytes) / 20_000;
    console.info(`${Math.round(each1)} bytes for an event with its indexes`);
    expect(each1).toBeLessThanOrEqual(400);
  }, 60_000);
});
