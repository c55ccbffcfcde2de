// A shop whose truth is known, through the whole product: what it measures is what happened, and its interval holds what the mails really brought.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Overview } from "../../app/dashboard/overview.server.ts";
import { demoEncryptionKey, demoYear } from "../../sandbox/simulator/demo-past.ts";
import { identityScore } from "../../sandbox/simulator/identity-score.ts";
import type { Ledger } from "../../sandbox/simulator/ledger.ts";
import { makePast, type Past } from "../../sandbox/simulator/past.ts";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { startWorld, type World } from "../../sandbox/world.ts";
import { freshDatabase, type FreshDatabase } from "../database.ts";

// Six weeks of the demo's own people, busier than hers, with a larger holdout: the year has enough in it, and takes longer.
const until = new Date("2026-06-20T12:00:00Z");
const from = new Date(until.getTime() - 42 * 86_400_000);

let database: FreshDatabase;
let world: World;
let past: Past;
let ledger: Ledger;
let home: Overview;
let client: pg.Client;

const count = async (sql: string): Promise<number> => Number((await client.query<{ count: string }>(sql)).rows[0]?.count);

/** What a week of other people leaves behind, in a world and database of its own. */
async function shortPast() {
  const own = await freshDatabase();
  const elsewhere = await startWorld({ appUrl: "http://127.0.0.1:9" });
  try {
    const week = { from: new Date(until.getTime() - 7 * 86_400_000), until };
    const made = await makePast({
      ...{ world: elsewhere, databaseUrl: own.url, shop: demoShop.domain, seed: "again", lift: 0.5, ...week },
      ...{ orders: 60, visitsPerOrder: 1, flowHoldout: 30, wakesPerDay: 1, env: { ENCRYPTION_KEY: demoEncryptionKey } },
    });
    await made.stop();
    const reader = new pg.Client({ connectionString: own.url });
    await reader.connect();
    const { rows: profiles } = await reader.query("SELECT id, email FROM profile WHERE email IS NOT NULL AND merged_into IS NULL ORDER BY email, id");
    const { rows: arms } = await reader.query("SELECT profile_id, experiment, arm, contaminated FROM assignment ORDER BY 1, 2");
    await reader.end();
    return { ledger: made.ledger, profiles, arms };
  } finally {
    await elsewhere.close();
    await own.close();
  }
}

beforeAll(async () => {
  database = await freshDatabase();
  world = await startWorld({ appUrl: "http://127.0.0.1:9" });
  past = await makePast({
    ...{ world, databaseUrl: database.url, shop: demoShop.domain, seed: demoYear.seed, lift: demoYear.lift, from, until },
    ...{ orders: 400, visitsPerOrder: 1, flowHoldout: 45, wakesPerDay: 1, env: { ENCRYPTION_KEY: demoEncryptionKey } },
  });
  ({ ledger } = past);
  home = (await past.merchant.read<{ figures: Overview }>("/app?index&period=all", "routes/app.home/route")).figures;
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
}, 280_000);

afterAll(async () => {
  await client?.end();
  await past?.stop();
  await world?.close();
  await database?.close();
});

describe("what is measured is what happened", () => {
  test("there was something to measure", () => {
    expect(ledger.orders).toBeGreaterThan(250);
    expect(ledger.abandoned).toBeGreaterThan(200);
    expect(ledger.wonByMail).toBeGreaterThan(5);
    expect(ledger.scannedOnlyMails).toBeGreaterThan(5);
    expect(ledger.robots).toBeGreaterThan(0);
    expect(ledger.strayMails).toEqual([]);
  });

  test("orders, customers, money and what was given back", () => {
    expect(home.revenue).toEqual({
      orders: ledger.orders,
      customers: ledger.customers,
      grossMinor: ledger.grossMinor,
      refundsMinor: ledger.refundsMinor,
      unmatchedRefundsMinor: 0,
      unmatchedRefunds: 0,
      netMinor: ledger.grossMinor - ledger.refundsMinor,
    });
  });

  test("what is credited to mails, and what was recovered in the strict sense", () => {
    expect(home.credited).toEqual({
      orders: ledger.credited.orders,
      minor: ledger.credited.minor,
      recoveredOrders: ledger.credited.recoveredOrders,
      recoveredMinor: ledger.credited.recoveredMinor,
    });
  });

  test("mails, the clicks of people, those of machines, and unsubscriptions", () => {
    expect(home.messages).toEqual({
      ...{ sent: ledger.mails, clicked: ledger.clickedMails, machineOnly: ledger.scannedOnlyMails, unsubscribed: ledger.unsubscribed },
      ...{ failed: 0, unknown: 0 },
    });
  });

  test("carts, checkouts and those that were left", async () => {
    expect(await count("SELECT count(*) FROM cart")).toBe(ledger.carts);
    expect(await count("SELECT count(*) FROM checkout")).toBe(ledger.checkouts);
    expect(await count("SELECT count(*) FROM flow_run")).toBe(ledger.abandoned);
    expect(home.allTime.treated.people + home.allTime.holdout.people).toBe(ledger.abandonedPeople);
  });

  test("visitors, what their browsers told, and robots that were turned away", async () => {
    expect(await count("SELECT count(DISTINCT subject) FROM event WHERE subject LIKE 'visitor:%'")).toBe(ledger.visitors);
    const { rows } = await client.query<{ name: string; count: number }>(
      "SELECT name, count(*)::int AS count FROM event WHERE subject LIKE 'visitor:%' GROUP BY name",
    );
    expect(Object.fromEntries(rows.map((row) => [row.name, row.count]))).toEqual(ledger.told);
    expect(await count("SELECT coalesce(sum(count), 0) AS count FROM pixel_refusal WHERE reason = 'bot'")).toBe(ledger.robots);
    expect(await count("SELECT count(*) FROM pixel_refusal WHERE reason <> 'bot'")).toBe(0);
    expect(await count("SELECT count(*) FROM delivery WHERE fate <> 'accepted'")).toBe(0);
  });
});

test("the interval holds what the mails really brought", () => {
  const { lift } = home.allTime;
  expect(lift).toMatchObject({ kind: "measured" });
  if (lift.kind !== "measured") return;
  expect(lift.lowMinor).toBeLessThanOrEqual(ledger.incrementalInWindowMinor);
  expect(lift.highMinor).toBeGreaterThanOrEqual(ledger.incrementalInWindowMinor);
});

test("whoever is one person is known as one, and nobody as another", async () => {
  const { purchases, keys } = await identityScore(client, past.plan);
  for (const score of [purchases, keys]) {
    expect(score.recall).toBeGreaterThanOrEqual(0.95);
    expect(score.precision).toBeGreaterThanOrEqual(0.99);
  }
  expect(keys.pairs).toBeGreaterThan(1_000);
});

test("the same seed and key make the same world again, to the person in the holdout", async () => {
  const [one, other] = [await shortPast(), await shortPast()];
  expect(one.profiles.length).toBeGreaterThan(20);
  expect(one).toEqual(other);
}, 200_000);

test("what clicks were credited with is more than the mails brought: some would have come anyway", () => {
  expect(ledger.incrementalMinor).toBeGreaterThan(0);
  expect(ledger.credited.minor).toBeGreaterThan(0);
  expect(ledger.cameBackAnyway).toBeGreaterThan(ledger.wonByMail);
});
