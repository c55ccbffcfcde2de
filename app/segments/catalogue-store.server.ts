import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside } from "../tx.server.ts";

const dueAgain = Prisma.sql`ON CONFLICT (shop_id, profile_id) DO UPDATE SET due_at = least(membership_due.due_at, excluded.due_at)`;

/** Has everybody looked at again whose browsers did something of these kinds to one of these products. */
export async function doersDue(shopId: number, kinds: string[], products: string[], now: Date, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    INSERT INTO membership_due (shop_id, profile_id, due_at)
    SELECT DISTINCT shop_id, profile_id, ${now}::timestamptz FROM deed WHERE shop_id = ${shopId} AND kind = ANY(${kinds}::text[]) AND detail = ANY(${products}::text[]) ${dueAgain}`;
}

/** The same for everybody with an order that counts: what an order held is told by the log alone. */
export async function buyersDue(shopId: number, now: Date, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    INSERT INTO membership_due (shop_id, profile_id, due_at)
    SELECT shop_id, profile_id, ${now}::timestamptz FROM buyer WHERE shop_id = ${shopId} ${dueAgain}`;
}
