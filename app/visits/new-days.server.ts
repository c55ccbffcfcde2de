import { browserMoments, lockCursor, moveCursor, processCursor } from "../events/load.server.ts";
import type { Tx } from "../lib/tx.ts";
import type { ShopQuery } from "../tx.server.ts";
import { horizon } from "./horizon.server.ts";
import { daysKeptOf, shopsAbove, writeDays } from "./new-days-store.server.ts";
import { lastDays, visitEvents } from "./visit.ts";

/** Down to which event the log was read again for days; the beginning of the log: all of it was. */
const cursor = "visits-days";
/** How many events are read in one transaction. */
const pageSize = 5_000;

/** Shops that moved to another time zone, and whose browsers' days are not all settled by it yet. */
export function shopsSettlingDays(): ShopQuery {
  return shopsAbove(cursor);
}

/**
 * Has the days of all browsers settled anew, after the shop moved to another time zone: two of the new days may have been one of the old, of which the last moment alone
 * is kept. Whatever was read until now is looked at again; what is read from now on goes by the new days. Take the writer's lock before.
 */
export async function beginNewDays(shopId: number, tx: Tx): Promise<void> {
  const read = await lockCursor(shopId, processCursor, tx);
  await lockCursor(shopId, cursor, tx);
  await moveCursor(shopId, cursor, read, tx);
}

/**
 * Adds to the days of browsers what the next events of the log tell, from the newest to the oldest: once the beginning is reached, all of them have been looked at
 * by the new days. Only moments that were told are ever added, and of each day the last stays: cut off anywhere, or begun anew in the middle by another move, it comes
 * to the same. Returns whose days became others, and whether any event is left. `timezone`: whose days are the shop's, by which what is read now is settled. Take the
 * writer's lock before.
 */
export async function settlePage(shopId: number, timezone: string, tx: Tx, most = pageSize): Promise<{ touched: string[]; more: boolean }> {
  const last = await lockCursor(shopId, cursor, tx);
  if (last === 0n) return { touched: [], more: false };
  // What was let go stays so, though the log may have it a little longer.
  const since = new Date(Number(await lockCursor(shopId, horizon, tx)));
  const { moments, next } = await browserMoments(shopId, last, visitEvents, since, most, tx);
  const kept = await daysKeptOf(shopId, [...moments.keys()].map(visitorIn), tx);
  const settled = kept.flatMap((one) => {
    // What she did before she was erased is nobody's, though the log has it.
    const hers = (moments.get(`visitor:${one.visitor}`) ?? []).filter((at) => at >= one.firstSeenAt);
    const days = lastDays([...one.days, ...hers], timezone);
    return String(days.map(Number)) === String(one.days.map(Number)) ? [] : [{ ...one, days }];
  });
  await writeDays(shopId, settled, tx);
  await moveCursor(shopId, cursor, next, tx);
  return { touched: [...new Set(settled.map((one) => one.profileId))], more: next > 0n };
}

const visitorIn = (key: string): string => key.slice("visitor:".length);
