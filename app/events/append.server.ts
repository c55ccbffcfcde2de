import type { HotTx, Tx } from "../lib/tx.ts";
import { day } from "../lib/time.ts";
import type { NewEvent } from "./event.ts";
import { insertEvents, insertEventsHot, makePartition } from "./store.server.ts";

export const eventSequence = "event";

const made = new Set<number>();
const partitioned = { from: Date.UTC(2009, 0, 1), to: Date.UTC(2100, 0, 1) };

function monthOf(at: Date): Date | null {
  if (at.getTime() < partitioned.from || at.getTime() >= partitioned.to) return null;
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1));
}

/**
 * Makes the partitions that the given instants fall into. Call it outside a transaction that writes: making a table is rare, and must not hold
 * others up for longer than itself.
 */
export async function ensurePartitions(instants: Date[]): Promise<void> {
  for (const at of instants) {
    const month = monthOf(at);
    if (month === null || made.has(month.getTime())) continue;
    await makePartition(month);
    made.add(month.getTime());
  }
}

/** Makes this month's partition and the next two: ahead of the clock, which may be moved. */
export async function ensureComingPartitions(now: Date): Promise<void> {
  await ensurePartitions([now, new Date(now.getTime() + 32 * day), new Date(now.getTime() + 63 * day)]);
}

/** Appends events of several shops, and returns how many were new: what the log already holds changes nothing. The partitions must exist (`ensurePartitions`). */
export async function append(items: { shopId: number; event: NewEvent }[], tx: Tx): Promise<number> {
  return items.length > 0 ? insertEvents(items, eventSequence, tx) : 0;
}

/** The same for the doors. */
export async function appendHot(items: { shopId: number; event: NewEvent }[], tx: HotTx): Promise<void> {
  if (items.length > 0) await insertEventsHot(items, eventSequence, tx);
}
