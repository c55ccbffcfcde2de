import { Prisma } from "../db.server.ts";
import { appendDelivered } from "../events/append.server.ts";
import type { HotTx, Tx } from "../lib/tx.ts";
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

function insertion(rows: DeliveryRow[]): Prisma.Sql {
  const column = <Name extends keyof DeliveryRow>(name: Name): DeliveryRow[Name][] => rows.map((row) => row[name]);
  // Column by column, so that the bodies travel as they are: as JSON within JSON they would double in size.
  return Prisma.sql`
    INSERT INTO delivery (shop_id, topic, event_key, webhook_id, api_version, triggered_at, received_at, fate, reason, copies, body)
    SELECT * FROM unnest(${column("shopId")}::int[], ${column("topic")}::text[], ${column("eventKey")}::text[], ${column("webhookId")}::text[], ${column("apiVersion")}::text[],
      ${column("triggeredAt").map((at) => at?.toISOString() ?? null)}::timestamptz[], ${column("receivedAt").map((at) => at.toISOString())}::timestamptz[],
      ${column("fate")}::text[], ${column("reason")}::text[], ${column("copies")}::int[], ${column("body")}::text[])
    ON CONFLICT (shop_id, topic, event_key) DO UPDATE SET copies = delivery.copies + excluded.copies
    RETURNING shop_id || E'\n' || topic || E'\n' || event_key AS key, (xmax = 0) AS fresh`;
}

/** Writes deliveries (each key at most once in `rows`) and returns the keys that are new; the others only count one copy more. */
export async function insertDeliveries(rows: DeliveryRow[], tx: Tx): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const written = await inside(tx).$queryRaw<{ key: string; fresh: boolean }[]>(insertion(rows));
  return new Set(written.filter((row) => row.fresh).map((row) => row.key));
}

/** The same for the door, with the events that the new ones stand for. */
export async function insertDelivered(rows: DeliveryRow[], events: Parameters<typeof appendDelivered>[1], tx: HotTx): Promise<Set<string>> {
  return new Set(await appendDelivered(insertion(rows), events, tx));
}

export function deliveryKey(shopId: number, topic: string, eventKey: string): string {
  return `${shopId}\n${topic}\n${eventKey}`;
}

/** Deliveries are kept for 14 days; the events they became stay. */
export async function dropDeliveries(before: Date): Promise<number> {
  return inside().$executeRaw`DELETE FROM delivery WHERE received_at < ${before}`;
}

export async function rejectedDeliveries(shopId: number, most: number): Promise<{ topic: string; reason: string | null; receivedAt: Date }[]> {
  return inside().delivery.findMany({
    where: { shopId, fate: "rejected" },
    orderBy: { receivedAt: "desc" },
    take: most,
    select: { topic: true, reason: true, receivedAt: true },
  });
}

export async function eraseDeliveries(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).delivery.deleteMany({ where: { shopId } });
  await inside(tx).pixelRefusal.deleteMany({ where: { shopId } });
}

/** Empties the stored bodies that mention any of these strings. */
export async function redactDeliveries(shopId: number, mentions: string[], tx: Tx): Promise<void> {
  const patterns = mentions.map((text) => `%${text.replace(/[\\%_]/g, "\\$&")}%`);
  await inside(tx).$executeRaw`UPDATE delivery SET body = '' WHERE shop_id = ${shopId} AND body ILIKE ANY(${patterns})`;
}

/** What the pixel's door turned away since a day, by reason, most first. */
export async function refusalsSince(shopId: number, day: Date): Promise<{ reason: string; count: number }[]> {
  const rows = await inside().pixelRefusal.groupBy({ by: ["reason"], where: { shopId, day: { gte: day } }, _sum: { count: true } });
  return rows.map((row) => ({ reason: row.reason, count: row._sum.count ?? 0 })).sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));
}

/** Adds to the counters of what the pixel's door turned away. */
export async function addRefusals(rows: { shopId: number; day: string; reason: string; count: number }[]): Promise<void> {
  await inside().$executeRaw`
    INSERT INTO pixel_refusal (shop_id, day, reason, count)
    SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows.map(({ shopId, ...row }) => ({ shop_id: shopId, ...row })))}::jsonb) AS r(shop_id int, day date, reason text, count int)
    ON CONFLICT (shop_id, day, reason) DO UPDATE SET count = pixel_refusal.count + excluded.count`;
}
