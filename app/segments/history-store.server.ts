import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { driverQuery } from "../tx.server.ts";

/** What we sent to some profiles, what they clicked themselves, and their unsubscriptions. Its rooms come later in the flow; what they know of a person is asked for here in one statement. */
export type Sent = { profileId: string; kind: "was-sent-message" | "clicked-message" | "unsubscribed"; id: string; at: Date; flow: string | null };

export async function sentTo(shopId: number, profileIds: string[], tx?: Tx): Promise<Sent[]> {
  if (profileIds.length === 0) return [];
  const sql = Prisma.sql`
    SELECT profile_id AS "profileId", 'was-sent-message' AS kind, id::text, sent_at AS at, flow_key AS flow FROM message
    WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[]) AND state = 'sent' AND sent_at IS NOT NULL
    UNION ALL
    SELECT m.profile_id, 'clicked-message', c.id::text, c.at, m.flow_key FROM message m JOIN message_click c ON c.shop_id = m.shop_id AND c.message_id = m.id AND c.by = 'human'
    WHERE m.shop_id = ${shopId} AND m.profile_id = ANY(${profileIds}::uuid[])
    UNION ALL
    SELECT profile_id, 'unsubscribed', source_id, occurred_at, NULL FROM consent_record
    WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[]) AND source = 'unsubscribe' AND channel = 'email'
    ORDER BY at DESC, id DESC`;
  return driverQuery<Sent>(tx, "sent-to", sql);
}
