// How much is read for what some people have in hand.
import { afterEach, expect, test, vi } from "vitest";
import { db, Prisma } from "../db.server.ts";
import { newId } from "../lib/id.server.ts";
import { installed } from "../shops/refresh.server.ts";
import { driverQuery, transaction, withOnePlan } from "../tx.server.ts";
import { factsOf } from "./store.server.ts";

const now = new Date("2026-11-20T12:00:00Z");

afterEach(() => void vi.restoreAllMocks());

test("a statement that was planned while nobody had anything soon reads no more than is theirs, when many have", async () => {
  const shop = await installed("facts.myshopify.com", ["read_orders"], now);
  const ids = Array.from({ length: 8_000 }, () => newId(now));
  const some = ids.slice(0, 100);
  const read = () =>
    transaction(async (tx) => {
      const soFar = async () => {
        const sql = Prisma.sql`SELECT sum(seq_tup_read + idx_tup_fetch)::int AS n FROM pg_stat_xact_user_tables WHERE relname IN ('cart', 'checkout', 'placed_order')`;
        return (await driverQuery<{ n: number }>(tx, null, sql))[0]?.n ?? expect.unreachable();
      };
      await withOnePlan(tx);
      const before = await soFar();
      const facts = [...(await factsOf(shop.id, some, true, tx)).values()];
      return { rows: (await soFar()) - before, found: facts.map((one) => [one.carts[0]?.token, one.checkouts[0]?.token, one.orders[0]?.orderId]) };
    });
  expect((await read()).found).toEqual(some.map(() => [undefined, undefined, undefined]));

  await db.$executeRaw`
    WITH someone AS (SELECT ${shop.id}::int AS shop, id, id::text AS key, ${now}::timestamptz AS at FROM unnest(${ids}::uuid[]) AS id),
    carts AS (INSERT INTO cart (shop_id, token, profile_id, created_at, updated_at, item_count, lines) SELECT shop, key, id, at, at, 1, '[]' FROM someone),
    checkouts AS (
      INSERT INTO checkout (shop_id, token, profile_id, started_at, updated_at, currency, total_minor, lines) SELECT shop, key, id, at, at, 'EUR', 5, '[]' FROM someone
    )
    INSERT INTO placed_order (shop_id, order_id, name, profile_id, placed_at, updated_at, test, source, currency, total_minor, discount_minor, discount_codes)
    SELECT shop, key, '#1', id, at, at, false, 'web', 'EUR', 5, 0, '{}' FROM someone`;

  const real = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => real() + 5_000);
  const { rows, found } = await read();
  expect(found).toEqual(some.map((id) => [id, id, id]));
  expect(rows).toBe(3 * some.length);
});
