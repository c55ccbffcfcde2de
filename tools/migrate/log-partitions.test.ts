// The migration that cut the log in halves, on a log that was already written to.
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pixelSourceId } from "../../app/capture/pixel-event.ts";
import { startDatabase } from "../database/front.ts";
import { migrate } from "./migrate.ts";

const folder = mkdtempSync(join(tmpdir(), "comeback-migrations-"));
const all = join(import.meta.dirname, "../../prisma/migrations");
let database: Awaited<ReturnType<typeof startDatabase>>;
let client: pg.Client;

beforeAll(async () => {
  for (const name of readdirSync(all)) if (name < "0007_log") cpSync(join(all, name), join(folder, name), { recursive: true });
  database = await startDatabase();
  await migrate(database.url, folder);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const events: [source: string, at: string, data: object][] = [
    ["pixel/sh-1", "2026-10-31T23:59:59.999Z", { path: "/", cartToken: null, checkoutToken: "k1" }],
    ["pixel/sh-2", "2026-11-01T00:00:00Z", { path: "/a", cartToken: "c1", checkoutToken: null }],
    ["order.paid/e1", "2018-03-01T00:00:00Z", { orderId: "1", cancelledAt: null }],
    ["order.paid/e2", "1999-03-01T00:00:00Z", { orderId: "2", cancelledAt: null }],
    ["order.paid/e3", "2150-03-01T00:00:00Z", { orderId: "3", cancelledAt: null }],
  ];
  for (const [index, [source, at, data]] of events.entries()) {
    if (at > "2009" && at < "2100") await client.query("SELECT make_event_partition($1::timestamptz)", [at]);
    await client.query(
      "INSERT INTO event (shop_id, source_at, source_id, seq, name, subject, occurred_at, data) VALUES (1, $1, $2, $3, 'x', 'visitor:v', $1, $4)",
      [at, source, index + 1, data],
    );
  }
  await migrate(database.url);
  await migrate(database.url);
});

afterAll(async () => {
  await client?.end();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("every event is where it belongs, in its order, and nothing of the former log is left", async () => {
  const { rows } = await client.query("SELECT seq::int, source_id, tableoid::regclass::text AS place, data FROM event ORDER BY seq");
  expect(rows).toEqual([
    { seq: 1, source_id: pixelSourceId("sh-1"), place: "event_part.pixel_2026_10", data: { path: "/", checkoutToken: "k1" } },
    { seq: 2, source_id: pixelSourceId("sh-2"), place: "event_part.pixel_2026_11", data: { path: "/a", cartToken: "c1" } },
    { seq: 3, source_id: "order.paid/e1", place: "event_part.told_2018", data: { orderId: "1", cancelledAt: null } },
    { seq: 4, source_id: "order.paid/e2", place: "event_part.told_before_2009", data: { orderId: "2", cancelledAt: null } },
    { seq: 5, source_id: "order.paid/e3", place: "event_part.told_after_2100", data: { orderId: "3", cancelledAt: null } },
  ]);
  const former = await client.query("SELECT relname FROM pg_class WHERE relname LIKE 'm20%' OR relname LIKE 'former_%' OR relname LIKE 'event_before%'");
  expect(former.rows).toEqual([]);
});

test("no partition has more than two indexes", async () => {
  const { rows } = await client.query(
    "SELECT schemaname, tablename, count(*)::int AS indexes FROM pg_indexes WHERE schemaname = 'event_part' OR tablename = 'event' GROUP BY 1, 2 HAVING count(*) <> 2",
  );
  expect(rows).toEqual([]);
});

test("the version before still finds what it calls, and its events find their half", async () => {
  await client.query("SELECT make_event_partition('2027-02-01Z'::timestamptz)");
  await client.query(
    `INSERT INTO event (shop_id, source_at, source_id, seq, name, subject, occurred_at, data)
     VALUES (1, '2027-02-02Z', 'pixel/sh-9', 9, 'x', NULL, '2027-02-02Z', '{}'), (1, '2027-02-02Z', 'order.paid/e9', 10, 'x', NULL, '2027-02-02Z', '{}')`,
  );
  const { rows } = await client.query("SELECT tableoid::regclass::text AS place FROM event WHERE seq >= 9 ORDER BY seq");
  expect(rows.map((row: { place: string }) => row.place)).toEqual(["event_part.pixel_2027_02", "event_part.told_2027"]);
});
