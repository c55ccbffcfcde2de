import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, type ShopQuery } from "../tx.server.ts";
import type { OwnSegment } from "./saved-store.server.ts";

/** How far everybody has been looked at for a segment that all people are let into who fit. */
export type Filling = Pick<OwnSegment, "key" | "fillFrom" | "filledTo" | "countedAt" | "countFailed">;

/** A standard segment that came with a newer version than its shop was installed with. */
export type Arrived = Filling & { arrivedAt: Date };

export async function arrivedSegments(shopId: number, tx?: Tx): Promise<Arrived[]> {
  const rows = await inside(tx).arrivedSegment.findMany({ where: { shopId }, orderBy: { key: "asc" }, omit: { shopId: true } });
  return rows.map((row) => ({ ...row, countFailed: row.countFailed as OwnSegment["countFailed"] }));
}

/** Those standard segments of some that are not kept in a shop yet. A new shop has all of them from its first day. */
export async function lackingSegments(shopId: number, keys: string[], tx?: Tx): Promise<string[]> {
  const basis = await inside(tx).segmentBasis.findUnique({ where: { shopId }, select: { standard: true } });
  return basis === null ? [] : keys.filter((key) => !basis.standard.includes(key));
}

/** Shops that lack one of them. */
export function shopsLacking(keys: string[]): ShopQuery {
  return Prisma.sql`SELECT s.id FROM shop s JOIN segment_basis b ON b.shop_id = s.id WHERE s.uninstalled_at IS NULL AND NOT b.standard @> ${keys}::text[]`;
}

/** Notes that these are kept from now on, with everybody to be looked at for them. */
export async function writeArrived(shopId: number, keys: string[], now: Date, tx: Tx): Promise<void> {
  await inside(tx).arrivedSegment.createMany({ data: keys.map((key) => ({ shopId, key, arrivedAt: now, fillFrom: now })), skipDuplicates: true });
  // None is taken away: an older version may still be at work beside this one.
  await inside(tx).segmentBasis.updateMany({ where: { shopId }, data: { standard: { push: keys } } });
}
