// Shops with customers for the predictions bench, made in SQL: two of five people ordered, some again and again, each at her own pace, within two years. And its peer.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type pg from "pg";
import { now } from "./segments-data.ts";

const at = `timestamptz '${now.toISOString()}'`;
const profileId = (number: string) => `('00000000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

/** Fills one shop of a migrated database. */
export async function fillShop(client: pg.Client, shopId: number, profiles: number): Promise<void> {
  await client.query("SET timezone = 'UTC'; SET work_mem = '512MB'; SET maintenance_work_mem = '512MB'; SELECT setseed(0.42)");
  await client.query(`INSERT INTO shop (id, domain, salt, created_at, installed_at) VALUES (${shopId}, 'shop-${shopId}.myshopify.com', 'salt', ${at}, ${at})`);
  await client.query(
    `INSERT INTO profile (shop_id, id, first_seen_at, country, email)
     SELECT ${shopId}, ${profileId("n")}, ${at}, 'GB', 'p' || n || '@example.com' FROM generate_series(1, ${profiles}) n`,
  );
  // Half of those who ordered never do again; the others go on as often as not, for a while.
  await client.query(
    `INSERT INTO placed_order (shop_id, order_id, name, profile_id, placed_at, updated_at, test, source, currency, total_minor, discount_minor, discount_codes)
     SELECT ${shopId}, p.n || '-' || k, '#' || p.n || '-' || k, ${profileId("p.n")}, o.at, o.at, false, 'web', 'GBP', 500 + floor(random() * 20000)::int, 0, '{}'
     FROM (SELECT n, 1 + floor(-ln(1 - random()) * 1.4)::int AS orders, date_trunc('milliseconds', ${at} - random() * interval '730 days') AS first, 10 + n % 12 * 10 AS gap
       FROM generate_series(1, ${profiles}) n WHERE n % 5 < 2 OFFSET 0) p
     CROSS JOIN LATERAL generate_series(0, p.orders - 1) k
     CROSS JOIN LATERAL (SELECT p.first + k * p.gap * interval '1 day' + interval '1 day' * ((p.n * 7 + k * 13) % 10) AS at) o WHERE o.at <= ${at}`,
  );
  await client.query(
    `INSERT INTO buyer (shop_id, profile_id, order_count, net_minor, first_at, last_at, moments, amounts)
     SELECT ${shopId}, profile_id, count(*), sum(total_minor), min(placed_at), max(placed_at), (array_agg(placed_at ORDER BY placed_at DESC, order_id))[1:10],
       (array_agg(total_minor ORDER BY placed_at DESC, order_id))[1:10] FROM placed_order WHERE shop_id = ${shopId} GROUP BY profile_id`,
  );
  await client.query("VACUUM ANALYZE");
}

/** What anybody who predicts anything must have: what each customer's orders come to. By DuckDB and by PostgreSQL, plainly, from all orders of a shop. */
export type Totals = { customers: number; orders: number; minor: number };

const totals = (table: string, person: string, when: string, total: string) =>
  `SELECT count(*)::bigint AS customers, sum(g.orders)::bigint AS orders, sum(g.minor)::bigint AS minor FROM (
     SELECT ${person}, count(*) AS orders, sum(${total}) AS minor, min(${when}) AS first, max(${when}) AS last FROM ${table} GROUP BY 1) g
   WHERE g.first <= g.last`;

export async function byPostgres(client: pg.Client, shopId: number): Promise<Totals> {
  const orders = `(SELECT * FROM placed_order WHERE shop_id = ${shopId} AND cancelled_at IS NULL AND NOT test) o`;
  const { rows } = await client.query<Record<keyof Totals, string>>(totals(orders, "profile_id", "placed_at", "total_minor"));
  const [row] = rows;
  return { customers: Number(row?.customers), orders: Number(row?.orders), minor: Number(row?.minor) };
}

/** The orders of a shop in columns of DuckDB's own. */
export async function peer(client: pg.Client, shopId: number): Promise<{ ask: () => Promise<Totals>; close: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "comeback-bench-"));
  chmodSync(folder, 0o777);
  const file = join(folder, "orders.csv");
  await client.query(
    `COPY (SELECT ('x' || right(profile_id::text, 8))::bit(32)::int AS person, (extract(epoch FROM placed_at) * 1000)::bigint AS ts, total_minor AS total
     FROM placed_order WHERE shop_id = ${shopId}) TO '${file}' (FORMAT csv, HEADER)`,
  );
  const duck: DuckDBConnection = await (await DuckDBInstance.create(join(folder, "peer.duckdb"))).connect();
  await duck.run(`CREATE TABLE orders AS SELECT * FROM read_csv('${file}')`);
  return {
    ask: async () => {
      const [customers, orders, minor] = (await duck.runAndReadAll(totals("orders", "person", "ts", "total"))).getRows()[0] ?? [];
      return { customers: Number(customers), orders: Number(orders), minor: Number(minor) };
    },
    close: () => {
      duck.closeSync();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
