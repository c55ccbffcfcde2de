import { day } from "../lib/time.ts";
import type { HotTx, Tx } from "../lib/tx.ts";
import { statement, type Statement } from "../tx.server.ts";
import { insertDelivered, insertEvents, insertEventsHot, insertEventsWith, makePartition, type Item } from "./store.server.ts";

export const eventSequence = "event";

/** Which half of the log: what browsers told, in months; everything else, in years. */
export type Half = "pixel" | "told";

const made = new Set<string>();
const partitioned = { from: Date.UTC(2009, 0, 1), to: Date.UTC(2100, 0, 1) };

/**
 * Makes the partitions that the given instants fall into. Call it outside a transaction that writes: making a table is rare, and must not hold
 * others up for longer than itself.
 */
export async function ensurePartitions(instants: Date[], half: Half = "told"): Promise<void> {
  for (const at of instants) {
    if (at.getTime() < partitioned.from || at.getTime() >= partitioned.to) continue;
    const name = `${half} ${at.toISOString().slice(0, half === "pixel" ? 7 : 4)}`;
    if (made.has(name)) continue;
    await makePartition(at, half === "pixel");
    made.add(name);
  }
}

/** Makes the partitions of now and of the next two months: ahead of the clock, which may be moved. */
export async function ensureComingPartitions(now: Date): Promise<void> {
  const coming = [now, new Date(now.getTime() + 32 * day), new Date(now.getTime() + 63 * day)];
  await ensurePartitions(coming, "pixel");
  await ensurePartitions(coming, "told");
}

/** What was made may have been dropped since, where the clock was turned back: the next to come makes it again. */
async function withPartitions<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    made.clear();
    throw error;
  }
}

/** Appends events of several shops, and returns how many were new: what the log already holds changes nothing. The partitions must exist (`ensurePartitions`). */
export async function append(items: Item[], tx: Tx): Promise<number> {
  return items.length > 0 ? withPartitions(() => insertEvents(items, eventSequence, tx)) : 0;
}

/** The same together with a change that another store makes, or nothing where that changes nothing: one statement, which may be done twice. */
export async function appendWith(change: Statement, items: Item[]): Promise<void> {
  await statement(() => withPartitions(() => insertEventsWith(change, items, eventSequence)));
}

/** The same for the doors. */
export async function appendHot(items: Item[], tx: HotTx): Promise<void> {
  if (items.length > 0) await withPartitions(() => insertEventsHot(items, eventSequence, tx));
}

/**
 * Appends what deliveries brought in the statement that keeps them, which is a transaction by itself: `deliveries` writes them and returns each one's `key` and
 * whether it is `fresh`. Of those that are not, nothing is appended. Returns the keys of the fresh ones.
 */
export function appendDelivered(deliveries: Statement, items: (Item & { of: string })[], tx: HotTx): Promise<string[]> {
  return withPartitions(() => insertDelivered(deliveries, items, eventSequence, tx));
}
