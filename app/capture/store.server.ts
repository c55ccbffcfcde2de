import type { Tx } from "../lib/tx.ts";
import { inside } from "../tx.server.ts";

export type DeliveryRow = {
  shopId: number;
  topic: string;
  eventKey: string;
  webhookId: string;
  apiVersion: string;
  triggeredAt: Date | null;
  receivedAt: Date;
  fate: "accepted" | "rejected" | "ignored";
  reason: string | null;
  copies: number;
  body: string;
};

/** Writes deliveries (each key at most once in `rows`) and returns the keys that are new; the others only count one copy more. */
export async function insertDeliveries(rows: DeliveryRow[], tx: Tx): Promise<Set<string>> {
  const json = rows.map((row) => ({
    shop_id: row.shopId,
    topic: row.topic,
    event_key: row.eventKey,
    webhook_id: row.webhookId,
    api_version: row.apiVersion,
    triggered_at: row.triggeredAt,
    received_at: row.receivedAt,
    fate: row.fate,
    reason: row.reason,
    copies: row.copies,
    body: row.body,
  }));
  const found = await inside(tx).$queryRaw<{ shop_id: number; topic: string; event_key: string; fresh: boolean }[]>`
    INSERT INTO delivery (shop_id, topic, event_key, webhook_id, api_version, triggered_at, received_at, fate, reason, copies, body)
    SELECT * FROM jsonb_to_recordset(${JSON.stringify(json)}::jsonb)
      AS r(shop_id int, topic text, event_key text, webhook_id text, api_version text, triggered_at timestamptz, received_at timestamptz, fate text, reason text, copies int, body text)
    ON CONFLICT (shop_id, topic, event_key) DO UPDATE SET copies = delivery.copies + excluded.copies
    RETURNING shop_id, topic, event_key, (xmax = 0) AS fresh`;
  return new Set(found.filter((row) => row.fresh).map((row) => deliveryKey(row.shop_id, row.topic, row.event_key)));
}

export function deliveryKey(shopId: number, topic: string, eventKey: string): string {
  return `${shopId}\n${topic}\n${eventKey}`;
}

/** Deliveries are kept for 14 days; the events they became stay. */
export async function dropDeliveries(before: Date): Promise<number> {
  return inside().$executeRaw`DELETE FROM delivery WHERE received_at < ${before}`;
}

export async function rejectedDeliveries(shopId: number, most: number): Promise<{ topic: string; reason: string | null; receivedAt: Date }[]> {
  return inside().delivery.findMany({ where: { shopId, fate: "rejected" }, orderBy: { receivedAt: "desc" }, take: most, select: { topic: true, reason: true, receivedAt: true } });
}

export async function eraseDeliveries(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).delivery.deleteMany({ where: { shopId } });
}

/** Empties the stored bodies that mention any of these strings. */
export async function redactDeliveries(shopId: number, mentions: string[], tx: Tx): Promise<void> {
  const patterns = mentions.map((text) => `%${text.replace(/[\\%_]/g, "\\$&")}%`);
  await inside(tx).$executeRaw`UPDATE delivery SET body = '' WHERE shop_id = ${shopId} AND body ILIKE ANY(${patterns})`;
}
