import { counted } from "../commerce/ordered-sql.ts";
import type { Prisma } from "../db.server.ts";
import { sql } from "../lib/sql-text.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, toPrisma } from "../tx.server.ts";
import { modelVersion, type Bought, type Model } from "./model.ts";

/** Of a shop with more customers than this so many are looked at, as if drawn by lot, and the same ones each time. */
const mostCustomers = 20_000;
/** How many orders of one customer are looked at, her last ones. */
const mostOrders = 300;

type Row = { count: number; first_at: Date; moments: Date[]; amounts: bigint[] };

/** What a shop's customers ordered, as far as it counts. */
export async function findBought(shopId: number, tx: Tx): Promise<Bought[]> {
  const rows = await inside(tx).$queryRaw<Row[]>`
    WITH drawn AS MATERIALIZED (SELECT profile_id FROM buyer WHERE shop_id = ${shopId} ORDER BY uuid_hash(profile_id), profile_id LIMIT ${mostCustomers})
    SELECT count(*)::int AS count, min(o.placed_at) AS first_at, (array_agg(o.placed_at ORDER BY o.placed_at DESC, o.order_id))[1:${mostOrders}::int] AS moments,
      (array_agg(o.total_minor - o.refunded_minor ORDER BY o.placed_at DESC, o.order_id))[1:${mostOrders}::int] AS amounts
    FROM drawn d JOIN placed_order o ON o.shop_id = ${shopId} AND o.profile_id = d.profile_id JOIN shop s ON s.id = o.shop_id
    WHERE ${toPrisma(counted(sql`s.count_offline`))}
    GROUP BY d.profile_id`;
  return rows.map((row) => ({
    count: row.count,
    firstAt: row.first_at,
    orders: row.moments.map((at, index) => ({ at, netMinor: Number(row.amounts[index] ?? 0n) })).reverse(),
  }));
}

/** The model of a shop; null where there is none, or none that can be used any more. */
export async function findModel(shopId: number, tx?: Tx): Promise<Model | null> {
  const row = await inside(tx).predictionModel.findUnique({ where: { shopId } });
  // The column holds what writeModel put there.
  const model = row === null ? null : (row.model as unknown as Model);
  return model?.version === modelVersion ? model : null;
}

export async function writeModel(shopId: number, model: Model, madeAt: Date, tx: Tx): Promise<void> {
  const data = { model: model as unknown as Prisma.InputJsonValue, madeAt };
  await inside(tx).predictionModel.upsert({ where: { shopId }, create: { shopId, ...data }, update: data });
}

export async function dropModel(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).predictionModel.deleteMany({ where: { shopId } });
}
