import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { driverQuery, inside } from "../tx.server.ts";
import type { Credit, OrderToCredit } from "./credit.ts";

/** `siblings`: the checkouts that share a cart with the order: a message about one of them is about this order. */
type Candidate = OrderToCredit & { profileId: string | null; discountCodes: string[]; siblings: string[] };

/** Orders by id, those these profiles placed since an instant, and all that `people` placed. */
export async function ordersToCredit(shopId: number, orderIds: string[], profileIds: string[], since: Date, people: string[], tx: Tx): Promise<Candidate[]> {
  const sql = Prisma.sql`
    SELECT order_id AS "orderId", placed_at AS "placedAt", checkout_token AS "checkoutToken", cart_token AS "cartToken", profile_id AS "profileId", discount_codes AS "discountCodes",
      ARRAY(SELECT c.token FROM checkout c WHERE c.shop_id = ${shopId} AND c.cart_token = placed_order.cart_token) AS siblings
    FROM placed_order WHERE shop_id = ${shopId} AND NOT test
      AND (order_id = ANY(${orderIds}) OR (profile_id = ANY(${profileIds}::uuid[]) AND placed_at >= ${since}) OR profile_id = ANY(${people}::uuid[]))`;
  return driverQuery<Candidate>(tx, "orders-to-credit", sql);
}

export async function cartsOf(shopId: number, checkoutTokens: string[], tx: Tx): Promise<Map<string, string | null>> {
  if (checkoutTokens.length === 0) return new Map();
  const rows = await inside(tx).checkout.findMany({ where: { shopId, token: { in: checkoutTokens } }, select: { token: true, cartToken: true } });
  return new Map(rows.map((row) => [row.token, row.cartToken]));
}

export async function writeCredits(shopId: number, credits: Credit[], cleared: string[], tx: Tx): Promise<void> {
  const orderIds = [...cleared, ...credits.map((one) => one.orderId)];
  await driverQuery(tx, "clear-credits", Prisma.sql`DELETE FROM credit WHERE shop_id = ${shopId} AND order_id = ANY(${orderIds})`);
  if (credits.length === 0) return;
  await inside(tx).credit.createMany({
    data: credits.map((one) => ({
      shopId,
      orderId: one.orderId,
      messageId: one.messageId,
      flowKey: one.flowKey,
      channel: one.channel,
      profileId: one.profileId,
      by: one.by,
      touchedAt: one.at,
      orderAt: one.orderAt,
      recovered: one.recovered,
    })),
  });
}

export async function moveCredits(shopId: number, merges: readonly { loserId: string; survivorId: string }[], tx: Tx): Promise<void> {
  if (merges.length === 0) return;
  const sql = Prisma.sql`
    UPDATE credit t SET profile_id = r.survivor FROM unnest(${merges.map((one) => one.loserId)}::uuid[], ${merges.map((one) => one.survivorId)}::uuid[]) AS r(loser, survivor)
    WHERE t.shop_id = ${shopId} AND t.profile_id = r.loser`;
  await driverQuery(tx, "move-credits", sql);
}

export async function eraseCredits(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).credit.deleteMany({ where: { shopId } });
}
