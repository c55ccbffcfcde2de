import { lockCursor, moveCursor } from "../events/load.server.ts";
import { pixelKeptSince } from "../events/retention.ts";
import type { Tx } from "../lib/tx.ts";
import type { ShopQuery } from "../tx.server.ts";
import { browsersBefore, cutBrowsers, shopsBefore } from "./horizon-store.server.ts";
import { joinUp } from "./store.server.ts";

/** Up to which instant what browsers did was let go, in milliseconds. */
export const horizon = "visits-horizon";
/** How many browsers are looked at in one transaction. */
const pageSize = 500;

/** Shops whose browsers may have done something of which the log knows nothing any more: once a month all of them. */
export function shopsToCut(now: Date): ShopQuery {
  return shopsBefore(horizon, pixelKeptSince(now));
}

/**
 * Lets go of what the next browsers after one did before the time that the log is kept for. Returns whose they are, where anything went, and after which to go
 * on; null where none is left. Cut off anywhere it begins anew and comes to the same. Take the writer's lock before.
 */
export async function cutPage(shopId: number, now: Date, visitor: string, tx: Tx): Promise<{ touched: string[]; next: string | null }> {
  const since = pixelKeptSince(now);
  const visitors = await browsersBefore(shopId, since, visitor, pageSize, tx);
  const touched = await cutBrowsers(shopId, visitors, since, tx);
  await joinUp(shopId, touched, tx);
  const next = visitors.length < pageSize ? null : (visitors.at(-1) ?? null);
  if (next === null) {
    await lockCursor(shopId, horizon, tx);
    await moveCursor(shopId, horizon, BigInt(since.getTime()), tx);
  }
  return { touched, next };
}
