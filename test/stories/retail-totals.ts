// What the product's tables say of an order history, in plain SQL.
import type { Stage } from "./stage.ts";

const sql = `
  WITH r AS (SELECT f.amount_minor, o.order_id IS NOT NULL AS matched FROM refund f LEFT JOIN placed_order o ON o.shop_id = f.shop_id AND o.order_id = f.order_id)
  SELECT (SELECT count(*) FROM placed_order) AS "orders",
    (SELECT count(DISTINCT profile_id) FROM placed_order) AS "profilesWithOrders",
    (SELECT count(DISTINCT p.customer_gid) FROM profile p WHERE p.merged_into IS NULL AND EXISTS (SELECT FROM placed_order o WHERE o.shop_id = p.shop_id AND o.profile_id = p.id)) AS "customers",
    (SELECT sum(total_minor) FROM placed_order) AS "grossMinor",
    (SELECT sum(refunded_minor) FROM placed_order) AS "refundedMinor",
    (SELECT sum(amount_minor) FROM r WHERE matched) AS "matchedMinor",
    (SELECT sum(amount_minor) FROM r WHERE NOT matched) AS "unmatchedMinor"`;

/** Totals by name, in minor units. */
export async function retailTotals(stage: Stage): Promise<Record<string, number>> {
  const [row] = await stage.rows<Record<string, string | null>>(sql);
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value ?? 0)]));
}
