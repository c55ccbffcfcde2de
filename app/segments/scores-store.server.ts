import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { day } from "../lib/time.ts";
import { inside, toPrisma, type ShopQuery } from "../tx.server.ts";
import type { CutPoints, Four } from "./rfm.ts";
import { standsUpTo } from "./sql-foretold.ts";

// The column holds what writeCuts put there.
export async function findCuts(shopId: number, tx?: Tx): Promise<{ cuts: CutPoints; madeAt: Date } | null> {
  const row = await inside(tx).cutPoints.findUnique({ where: { shopId } });
  return row === null ? null : { cuts: row.cuts as unknown as CutPoints, madeAt: row.madeAt };
}

/** Shops with customers whose cut points are to be made, for the first time or anew. */
export function shopsToScore(now: Date): ShopQuery {
  return Prisma.sql`
    SELECT s.id FROM shop s LEFT JOIN cut_points c ON c.shop_id = s.id
    WHERE s.uninstalled_at IS NULL AND coalesce(c.due_at <= ${now}, true) AND EXISTS (SELECT 1 FROM placed_order o WHERE o.shop_id = s.id)`;
}

type Fifths = Omit<CutPoints, "madeOn">;

/** A shop's customers with what is scored. A begun day counts as one. */
const customers = (shopId: number, now: Date) => Prisma.sql`
  SELECT profile_id, greatest(0, floor(extract(epoch FROM ${now}::timestamptz - last_at) * 1000 / ${day})::int) + 1 AS days, order_count AS orders, net_minor AS spent
  FROM buyer WHERE shop_id = ${shopId}`;

/** Where the fifths of a shop's customers end (nearest rank, as `quintiles` says it); null where nobody ever ordered. */
export async function fifthsOf(shopId: number, now: Date, tx: Tx): Promise<Fifths | null> {
  // Whole numbers throughout: the rank of a fifth is never rounded wrongly.
  const rows = await inside(tx).$queryRaw<{ days: number[] | null; orders: number[] | null; spent: bigint[] | null }[]>`
    WITH customer AS (${customers(shopId, now)}), rising AS (
      SELECT array_agg(days ORDER BY days) AS days, array_agg(orders ORDER BY orders) AS orders, array_agg(spent ORDER BY spent) AS spent, count(*)::int AS n FROM customer
    )
    SELECT ARRAY[days[(n + 4) / 5], days[(2 * n + 4) / 5], days[(3 * n + 4) / 5], days[(4 * n + 4) / 5]] AS days,
      ARRAY[orders[(n + 4) / 5], orders[(2 * n + 4) / 5], orders[(3 * n + 4) / 5], orders[(4 * n + 4) / 5]] AS orders,
      ARRAY[spent[(n + 4) / 5], spent[(2 * n + 4) / 5], spent[(3 * n + 4) / 5], spent[(4 * n + 4) / 5]] AS spent
    FROM rising WHERE n > 0`;
  const row = rows[0];
  const four = (values: (number | bigint)[] | null | undefined) => (values ?? []).map(Number) as unknown as Four;
  return row === undefined ? null : { recencyDays: four(row.days), orders: four(row.orders), spentMinor: four(row.spent) };
}

export async function writeCuts(shopId: number, cuts: CutPoints, madeAt: Date, dueAt: Date, tx: Tx): Promise<void> {
  const data = { cuts: cuts as unknown as Prisma.InputJsonValue, madeAt, dueAt };
  await inside(tx).cutPoints.upsert({ where: { shopId }, create: { shopId, ...data }, update: data });
}

/** Has every customer looked at again at the next sweep: nobody else has scores. */
export async function customersDue(shopId: number, now: Date, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    INSERT INTO membership_due (shop_id, profile_id, due_at) SELECT shop_id, profile_id, ${now}::timestamptz FROM buyer WHERE shop_id = ${shopId}
    ON CONFLICT (shop_id, profile_id) DO UPDATE SET due_at = excluded.due_at`;
}

/**
 * Has those customers looked at again at the next sweep who stand at these steps after their last order or at earlier ones: a list of the last step by group, -1
 * where nothing moved.
 */
export async function foretoldDue(shopId: number, typicalGap: number, lastSteps: readonly number[], at: Date, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    INSERT INTO membership_due (shop_id, profile_id, due_at)
    SELECT ${shopId}, b.profile_id, ${at}::timestamptz FROM buyer b WHERE b.shop_id = ${shopId} AND ${toPrisma(standsUpTo(lastSteps, typicalGap, at))}
    ON CONFLICT (shop_id, profile_id) DO UPDATE SET due_at = least(membership_due.due_at, excluded.due_at)`;
}

/** Has those customers looked at again at the next sweep whose score for orders or money is another by these cut points than it was by those. */
export async function movedDue(shopId: number, before: Fifths, now: Fifths, at: Date, tx: Tx): Promise<void> {
  const moved = (value: Prisma.Sql, was: Four, is: Four) => {
    const score = (cuts: Four) => Prisma.sql`(SELECT count(*) FROM unnest(${[...cuts]}::bigint[]) AS cut WHERE ${value} > cut)`;
    return Prisma.sql`${score(was)} <> ${score(is)}`;
  };
  await inside(tx).$executeRaw`
    INSERT INTO membership_due (shop_id, profile_id, due_at)
    SELECT ${shopId}, c.profile_id, ${at}::timestamptz FROM (${customers(shopId, at)}) c
    WHERE ${moved(Prisma.sql`c.orders`, before.orders, now.orders)} OR ${moved(Prisma.sql`c.spent`, before.spentMinor, now.spentMinor)}
    ON CONFLICT (shop_id, profile_id) DO UPDATE SET due_at = least(membership_due.due_at, excluded.due_at)`;
}
