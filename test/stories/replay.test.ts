// A year of real orders through the front door, and every number again from the raw files.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { replay, type Summary } from "../../sandbox/replay/replay.ts";
import { sceneAt, type Scene } from "../../sandbox/replay/scene.ts";
import { retailRows } from "../../sandbox/replay/retail-file.ts";
import { deedsOf } from "../../sandbox/replay/retail-orders.ts";
import { retailTotals } from "./retail-totals.ts";
import { segmentsOf, truthOf, type Truth } from "./retail-truth.ts";
import { openStage, until, type Stage } from "./stage.ts";
import type { CutPoints } from "../../app/segments/rfm.ts";

const folder = join(import.meta.dirname, "../../../shared/data/datasets/online-retail");
const files = ["online_retail_2010-12_to_2011-06.csv.gz", "online_retail_2011-07_to_2011-12.csv.gz"].map((name) => join(folder, name));
const here = files.every((file) => existsSync(file));
if (!here) console.warn("SKIPPED: a year of real orders, because ../shared/data/datasets/online-retail is not here");

const temporary = mkdtempSync(join(tmpdir(), "comeback-replay-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

describe.skipIf(!here)("a year of real orders", () => {
  let stage: Stage;
  let scene: Scene;
  let truth: Truth;
  let summary: Summary;

  beforeAll(async () => {
    truth = truthOf(files);
    stage = await openStage();
    stage.world.clock.move({ at: "2010-11-30T00:00:00Z" });
    await stage.start("worker", { SWEEP_EVERY_SECONDS: "2" });
    await stage.start("web");
    scene = sceneAt(stage.world.url);
    summary = await replay({ files, scene, secret: stage.world.context.appSecret });
    expect(await scene.settled(120_000)).toBe(true);
    console.info(`${summary.sent} webhooks, ${Math.round(summary.sent / summary.seconds)} a second`);
  }, 600_000);
  afterAll(() => stage?.close());

  test("the files are the ones whose totals are known", () => {
    expect(truth).toMatchObject({ orders: 18_532, customers: 4_338, grossMinor: 891_140_790 });
    expect(truth.grossMinor - truth.matchedMinor - truth.unmatchedMinor).toBe(830_006_581);
  });

  test("everything sent was taken, once", async () => {
    expect(summary.answers).toEqual({ accepted: summary.sent });
    const [row] = await stage.rows<{ events: number; distinct: number }>(
      `SELECT count(*)::int AS events, count(DISTINCT source_id)::int AS distinct FROM event WHERE name LIKE 'order.%'`,
    );
    expect(row).toEqual({ events: summary.sent, distinct: summary.sent });
  });

  test("orders, customers, gross, refunds and what could not be matched are those of the files", async () => {
    const { orders, customers, grossMinor, matchedMinor, unmatchedMinor } = truth;
    expect(await retailTotals(stage)).toEqual({
      orders,
      customers,
      grossMinor,
      matchedMinor,
      unmatchedMinor,
      refundedMinor: matchedMinor,
      profilesWithOrders: customers,
    });
  });

  test("the home screen says the same", async () => {
    Object.assign(process.env, { DATABASE_URL: stage.databaseUrl });
    const { overview } = await import("../../app/dashboard/overview.server.ts");
    const { periodOf } = await import("../../app/dashboard/period.ts");
    const { shopByDomain } = await import("../../app/shops/store.server.ts");
    const { db } = await import("../../app/db.server.ts");
    try {
      const shop = await shopByDomain("comeback-demo.myshopify.com");
      if (shop === null) throw new Error("no shop");
      expect(shop).toMatchObject({ currency: "GBP", timezone: "Europe/London" });
      const now = stage.world.clock.now();
      const all = await overview(shop, periodOf("all", shop.timezone, now), 1);
      expect(all.revenue).toMatchObject({
        orders: truth.orders,
        customers: truth.customers,
        grossMinor: truth.grossMinor,
        refundsMinor: truth.matchedMinor + truth.unmatchedMinor,
        unmatchedRefundsMinor: truth.unmatchedMinor,
        netMinor: 830_006_581,
      });
      // Months in the shop's own zone: the last bar is December, up to the ninth.
      expect(all.chart.bars.at(-1)).toMatchObject({ start: "2011-12-01", grossMinor: truth.lastMonth.grossMinor });
      expect(all.chart.bars.reduce((sum, bar) => sum + bar.grossMinor, 0)).toBe(truth.grossMinor);
      expect(all.chart.bars).toHaveLength(13);
    } finally {
      await db.$disconnect();
    }
  });

  test("past purchasers are everybody who has an order that was not given back", async () => {
    const [row] = await stage.rows<{ members: number; buyers: number }>(
      `SELECT (SELECT count(*)::int FROM membership WHERE segment_key = 'past-purchasers') AS members, count(DISTINCT profile_id)::int AS buyers FROM placed_order WHERE refunded_minor < total_minor`,
    );
    expect(row?.members).toBe(row?.buyers);
  });

  test("repeat buyers, lapsed buyers and scores are those of the files", async () => {
    // Scores are made once a day: anew, now that all of it is there. Asked for again until they are: those of the day before may be in the making, and say when the next are due.
    const asked = stage.world.clock.now();
    const [made] = await until(
      "the scores were made",
      async () => {
        await stage.rows("UPDATE cut_points SET due_at = $1 WHERE made_at < $1", [asked]);
        const rows = await stage.rows<{ at: Date; cuts: CutPoints }>("SELECT made_at AS at, cuts FROM cut_points WHERE made_at >= $1", [asked]);
        return rows.length > 0 && rows;
      },
      60_000,
    );
    await until(
      "everybody whose time had come was looked at",
      async () => (await stage.rows("SELECT 1 FROM membership_due WHERE due_at <= $1 LIMIT 1", [stage.world.clock.now()])).length === 0,
      120_000,
    );
    const { at, cuts } = made ?? expect.unreachable();
    const expected = segmentsOf(truth, at);
    expect(cuts.orders).toEqual(expected.frequency);
    expect(cuts.spentMinor).toEqual(expected.money);
    expect(cuts.recencyDays).toEqual(expected.recency);
    const sizes = await stage.rows<{ key: string; n: number }>(
      "SELECT segment_key AS key, count(*)::int AS n FROM membership WHERE segment_key IN ('repeat-buyers', 'lapsed-buyers', 'high-value') GROUP BY 1",
    );
    expect(Object.fromEntries(sizes.map((row) => [row.key, row.n]))).toEqual({
      ...{ "repeat-buyers": expected.repeat, "lapsed-buyers": expected.lapsed, "high-value": expected.highValue },
    });
  }, 240_000);

  test("the same history again changes nothing", async () => {
    const before = await retailTotals(stage);
    const part = join(temporary, "part.csv");
    writeFileSync(
      part,
      gunzipSync(readFileSync(files[0] ?? ""))
        .toString("utf8")
        .split("\n")
        .slice(0, 8_000)
        .join("\n"),
    );
    const again = await replay({ files: [part], scene, secret: stage.world.context.appSecret });
    expect(again.orders).toBeGreaterThan(200);
    expect(await scene.settled(60_000)).toBe(true);
    expect(await retailTotals(stage)).toEqual(before);
  });
});

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
const good = "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom";

async function readAll(name: string, ...lines: string[]): Promise<unknown[]> {
  const file = join(temporary, name);
  writeFileSync(file, lines.join("\n"));
  const deeds: unknown[] = [];
  for await (const deed of deedsOf(retailRows([file]))) deeds.push(deed);
  return deeds;
}

describe("a file that is not as described", () => {
  test.each([
    ["536365,85123A,HEART,six,2010-12-01 08:26:00,2.55,17850.0,United Kingdom", '"six" is not a quantity'],
    ["536365,85123A,HEART,6,yesterday,2.55,17850.0,United Kingdom", '"yesterday" is not a time'],
    ["536365,85123A,HEART,6,2010-02-30 08:26:00,2.55,17850.0,United Kingdom", "is not a time"],
    ["536365,85123A,HEART,6,2010-12-01 08:26:00,£2,17850.0,United Kingdom", '"£2" is not a price'],
    ["536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,Atlantis", '"Atlantis" is not a country'],
    ["536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0", "has 7 columns, not 8"],
    ["536366,85123A,HEART,6,2009-12-01 08:26:00,2.55,17850.0,United Kingdom", "goes back in time"],
  ])("says file and line: %s", async (line, why) => {
    await expect(readAll("wrong.csv", header, good, good, line)).rejects.toThrow(why);
    await expect(readAll("wrong.csv", header, good, good, line)).rejects.toThrow("wrong.csv line 4: ");
  });

  test("is refused for its first line already", async () => {
    await expect(readAll("other.csv", "a,b", "1,2")).rejects.toThrow("other.csv line 1: expected the columns InvoiceNo");
    await expect(readAll("empty.csv", "")).rejects.toThrow("empty.csv is empty");
  });
});

describe("what rows mean", () => {
  test("an invoice is one order of its good lines; a cancelled line gives back the newest order that holds it; London time is told in UTC", async () => {
    const row = (invoice: string, code: string, quantity: number, date: string, price = "1.50") =>
      `${invoice},${code},X,${quantity},${date},${price},12345,EIRE`;
    const deeds = await readAll(
      "meaning.csv",
      header,
      row("500001", "A", 2, "2011-06-01 10:00:00"),
      row("500001", "FREE", 1, "2011-06-01 10:00:00", "0.0"),
      row("500002", "A", 3, "2011-06-02 10:00:00"),
      row("500002", "B", 1, "2011-06-02 10:00:00"),
      "500003,A,X,1,2011-06-03 10:00:00,1.50,,EIRE",
      row("C500004", "A", -1, "2011-12-04 10:00:00"),
      row("C500004", "NEVER", -1, "2011-12-04 10:00:00"),
      row("C500004", "B", -1, "2011-12-04 10:00:00"),
    );
    expect(deeds).toMatchObject([
      { kind: "order", invoice: "500001", country: "IE", at: new Date("2011-06-01T09:00:00Z"), lines: [{ stockCode: "A", quantity: 2, priceMinor: 150 }] },
      { kind: "order", invoice: "500002", lines: [{ stockCode: "A" }, { stockCode: "B" }] },
      {
        kind: "refund",
        orderInvoice: "500002",
        part: 0,
        at: new Date("2011-12-04T10:00:00Z"),
        lines: [
          { stockCode: "A", index: 0 },
          { stockCode: "B", index: 1 },
        ],
      },
      { kind: "refund", orderInvoice: null, part: 1, lines: [{ stockCode: "NEVER", quantity: 1 }] },
    ]);
  });
});
