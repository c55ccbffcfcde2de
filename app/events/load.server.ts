import type { Tx } from "../lib/tx.ts";
import { eventSequence } from "./append.server.ts";
import type { ShopQuery } from "../tx.server.ts";
import type { Event } from "./event.ts";
import { lastSeenByPixel, lockNext, moveCursor, shopsBehind, skipUnused, unreadNaming } from "./store.server.ts";

export { browserMoments, lockCursor, moveCursor, numbersTaken, shopsBehind, skipOthers, takeNumbers, eraseEvents, redactEvents } from "./store.server.ts";

/** The cursor of the story itself: identity, consent, segments, attribution. */
export const processCursor = "process";

/** Locks a shop's cursor and gives the next events after it, oldest first. Call `done` in the same transaction. */
export async function next(shopId: number, most: number, tx: Tx): Promise<Event[]> {
  const events = await lockNext(shopId, processCursor, most, tx);
  if (events.length === 0) await skipUnused(shopId, processCursor, eventSequence, tx);
  return events;
}

/** Moves the cursor past these events. */
export async function done(shopId: number, events: Event[], tx: Tx): Promise<void> {
  const last = events.at(-1);
  if (last !== undefined) await moveCursor(shopId, processCursor, last.seq, tx);
}

/** Whether the log already holds something of a person, her checkout or her cart that the story has not read yet. */
export function unreadAbout(
  shopId: number,
  keys: { customerGid: string | null; emails: string[]; checkoutToken: string | null; cartToken: string | null },
  tx: Tx,
): Promise<boolean> {
  return unreadNaming(shopId, processCursor, eventSequence, keys, tx);
}

/** When the shop's pixel was last heard of. Looks through the newest 2,000 events: a pixel that said nothing among so many is as good as silent. */
export function pixelHeardAt(shopId: number): Promise<Date | null> {
  return lastSeenByPixel(shopId, 2000);
}

/** Shops with events that nobody has read yet. */
export function unread(shopId: number | null = null): ShopQuery {
  return shopsBehind(processCursor, eventSequence, shopId);
}
