import { Prisma } from "../db.server.ts";
import { processCursor } from "../events/load.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, type ShopQuery } from "../tx.server.ts";
import type { CountFailed } from "./saved-store.server.ts";

/** Slow segments g whose time has come and that something can have changed since they were counted: events that were read, by the cursor c, or what is noted. */
const due = (now: Date) => Prisma.sql`
  segment g LEFT JOIN cursor c ON c.shop_id = g.shop_id AND c.name = ${processCursor}
  WHERE g.count_due <= ${now} AND (g.count_again OR g.counted_seq IS NULL OR c.seq > g.counted_seq)`;

export function shopsToCount(now: Date): ShopQuery {
  return Prisma.sql`SELECT s.id FROM shop s WHERE s.uninstalled_at IS NULL AND s.id IN (SELECT g.shop_id FROM ${due(now)})`;
}

/** One that is being counted. `until`: nobody else begins before. `seq`: how far the log had been read when it was counted last; null where that is not known. */
export type Claim = { key: string; until: Date; seq: bigint | null };

/** Takes the one that has waited longest. Until its count is noted it says that it was cut off. */
export async function claimCount(shopId: number, now: Date, until: Date): Promise<Claim | null> {
  const rows = await inside().$queryRaw<{ key: string; seq: bigint | null }[]>`
    WITH next AS (SELECT g.shop_id, g.key, g.counted_seq FROM ${due(now)} AND g.shop_id = ${shopId} ORDER BY g.count_due, g.key LIMIT 1 FOR UPDATE OF g SKIP LOCKED)
    UPDATE segment g SET count_due = ${until}, counted_seq = NULL, count_again = false FROM next n
    WHERE g.shop_id = n.shop_id AND g.key = n.key RETURNING g.key, n.counted_seq AS seq`;
  const [row] = rows;
  return row === undefined ? null : { ...row, until };
}

/** How far the log of events has been read. */
export async function readUpTo(shopId: number, tx: Tx): Promise<bigint> {
  const row = await inside(tx).cursor.findUnique({ where: { shopId_name: { shopId, name: processCursor } } });
  return row?.seq ?? 0n;
}

/** Notes a count that came to its end. What asked for another one meanwhile is not forgotten. */
export async function noteCount(shopId: number, key: string, counted: { at: Date; dueAt: Date; seq: bigint; again: boolean }, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    UPDATE segment SET counted_at = ${counted.at}, count_due = ${counted.dueAt}, counted_seq = ${counted.seq}, count_again = count_again OR ${counted.again}, count_failed = NULL
    WHERE shop_id = ${shopId} AND key = ${key}`;
}

/** Notes one that came to nothing. An edit since then has begun anew. */
export async function noteFailure(shopId: number, { key, until }: Claim, failed: CountFailed, dueAt: Date): Promise<void> {
  await inside().segment.updateMany({ where: { shopId, key, countDue: until }, data: { countFailed: failed, countDue: dueAt } });
}

/** Has every slow segment counted at its next time, whether an event came or not. */
export async function countAllAgain(shopId: number, tx?: Tx): Promise<void> {
  await inside(tx).segment.updateMany({ where: { shopId, countDue: { not: null } }, data: { countAgain: true } });
}
