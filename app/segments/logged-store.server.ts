import type { Tx } from "../lib/tx.ts";
import { inside } from "../tx.server.ts";
import type { Item } from "./history.ts";

/** What a browser of somebody told, as the log has it: fields that said nothing are not there. */
export type Told = { profileId: string; id: string; name: string; at: Date; data: Record<string, unknown> };

/** The newest events of some names that browsers of some people told, at most so many. Whoever has the browser now did it. */
export async function toldBy(shopId: number, profileIds: string[], names: string[], most: number, tx: Tx): Promise<Told[]> {
  if (names.length === 0) return [];
  // Browsers' ids begin with pixel/, and '0' is the byte after '/': the other half of the log is not looked at. It has no index by person, so it is read once for all of them.
  return inside(tx).$queryRaw<Told[]>`
    SELECT v.profile_id AS "profileId", e.source_id AS id, e.name, e.occurred_at AS at, e.data
    FROM (SELECT profile_id, 'visitor:' || visitor AS subject FROM visit WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[])) v
    JOIN event e ON e.subject = v.subject
    WHERE e.shop_id = ${shopId} AND e.source_id >= 'pixel/' AND e.source_id < 'pixel0' AND e.name = ANY(${names}::text[])
    ORDER BY e.occurred_at DESC, e.source_id DESC LIMIT ${most}`;
}

/** What each of some orders held, by its newest state: it is told by the log alone. */
export async function orderLinesOf(shopId: number, orderIds: string[], tx: Tx): Promise<Map<string, Item[]>> {
  if (orderIds.length === 0) return new Map();
  const rows = await inside(tx).$queryRaw<{ id: string; lines: Item[] }[]>`
    SELECT DISTINCT ON (e.data->>'orderId') e.data->>'orderId' AS id, e.data->'lines' AS lines FROM event e
    WHERE e.shop_id = ${shopId} AND e.name IN ('order.placed', 'order.paid', 'order.updated', 'order.cancelled') AND e.data->>'orderId' = ANY(${orderIds}::text[])
    ORDER BY e.data->>'orderId', (e.data->>'updatedAt')::timestamptz DESC, e.seq DESC`;
  return new Map(rows.map(({ id, lines }) => [id, lines.map(({ productId, priceMinor }) => ({ productId, priceMinor }))]));
}
