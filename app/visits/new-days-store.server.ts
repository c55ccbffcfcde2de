import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, type ShopQuery } from "../tx.server.ts";

/** Shops where a cursor has not come down to the beginning of the log yet. */
export function shopsAbove(cursor: string): ShopQuery {
  return Prisma.sql`SELECT s.id FROM shop s JOIN cursor c ON c.shop_id = s.id AND c.name = ${cursor} WHERE c.seq > 0 AND s.uninstalled_at IS NULL`;
}

export type Days = { visitor: string; profileId: string; firstSeenAt: Date; days: Date[] };

/** The days of some browsers. */
export async function daysKeptOf(shopId: number, visitors: string[], tx: Tx): Promise<Days[]> {
  const rows = await inside(tx).$queryRaw<(Omit<Days, "days"> & { days: unknown })[]>`
    SELECT visitor, profile_id::text AS "profileId", first_seen_at AS "firstSeenAt", to_json(days) AS days FROM visit WHERE shop_id = ${shopId} AND visitor = ANY(${visitors}::text[])`;
  // The column holds what writeVisits put there.
  return rows.map((row) => ({ ...row, days: (row.days as number[]).map((at) => new Date(at)) }));
}

export async function writeDays(shopId: number, settled: Pick<Days, "visitor" | "days">[], tx: Tx): Promise<void> {
  if (settled.length === 0) return;
  const rows = settled.map(({ visitor, days }) => ({ visitor, days: days.map((at) => at.getTime()) }));
  await inside(tx).$executeRaw`
    UPDATE visit v SET days = r.days FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(visitor text, days bigint[])
    WHERE v.shop_id = ${shopId} AND v.visitor = r.visitor`;
}
