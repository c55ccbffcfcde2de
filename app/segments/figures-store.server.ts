import type { Tx } from "../lib/tx.ts";
import type { Model } from "../predictions/model.ts";
import { inside, toPrisma } from "../tx.server.ts";
import { placeOf, spendOf } from "./sql-foretold.ts";
import { once } from "./sql-store.server.ts";

/** How many of a shop's customers stand where. */
export async function placesOf(shopId: number, { typicalGap }: Model, now: Date, tx: Tx): Promise<{ place: number; people: number }[]> {
  return inside(tx).$queryRaw`
    SELECT ${toPrisma(placeOf(typicalGap, now))} AS place, count(*)::int AS people FROM buyer b WHERE b.shop_id = ${shopId} GROUP BY 1 ${once}`;
}

/** The most that any of a shop's customers is expected to spend, and what half of them are expected to spend at most. */
export async function spendsOf(shopId: number, model: Model, now: Date, tx: Tx): Promise<{ highest: number; half: number } | null> {
  const spend = spendOf(model, now);
  if (spend === null) return null;
  const [row] = await inside(tx).$queryRaw<{ highest: string | null; half: string | null }[]>`
    SELECT max(s.minor)::text AS highest, (percentile_disc(0.5) WITHIN GROUP (ORDER BY s.minor))::text AS half
    FROM (SELECT ${toPrisma(spend)} AS minor FROM buyer b WHERE b.shop_id = ${shopId}) s ${once}`;
  return row === undefined || row.highest === null ? null : { highest: Number(row.highest), half: Number(row.half) };
}
