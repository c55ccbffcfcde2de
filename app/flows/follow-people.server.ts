import type { Moves } from "../identity/resolve.server.ts";
import type { Tx } from "../lib/tx.ts";
import { moveMessages, reownMessages } from "../messages/send.server.ts";
import type { Shop } from "../shops/shop.ts";
import { meet } from "./arbiter.ts";
import type { FlowKey } from "./flow.ts";
import { activeRunsOf, moveRuns, reownRuns, returnRuns, updateRun } from "./store.server.ts";

/**
 * Runs and their messages go with their person, and back with her where a merge did not hold. Where two runs meet in one person the highest intent
 * goes on, and the other ends with a reason: nobody is written to twice because she was two.
 */
export async function followPeople(shop: Shop, { merges, revived, moved }: Moves, now: Date, tx: Tx): Promise<void> {
  for (const { loserId, survivorId } of revived) await returnRuns(shop.id, loserId, survivorId, tx);
  const joined = await moveRuns(shop.id, merges, tx);
  // Where no run moved there is no message to move, either: each has its run's profile.
  if (joined.size > 0) await moveMessages(shop.id, merges, tx);
  if (moved.length > 0) {
    await reownRuns(shop.id, moved, tx);
    await reownMessages(shop.id, moved, tx);
  }
  const met = (await activeRunsOf(shop.id, [...new Set([...joined, ...moved])], tx)).map((one) => ({ ...one, flowKey: one.flowKey as FlowKey }));
  for (const runs of Map.groupBy(met, (one) => one.profileId).values()) {
    for (const { id, reason } of meet(runs)) await updateRun(shop.id, id, { state: "exited", reason, dueAt: null, endedAt: now }, tx);
  }
}
