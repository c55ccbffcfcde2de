import { append } from "../events/append.server.ts";
import type { NewEvent } from "../events/event.ts";
import type { Moves } from "../identity/resolve.server.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { armOf, type Arm } from "./assign.ts";
import { findArms, inExperiments, insertAssignments, keepBefore, mergeAssignments, restoreBefore } from "./store.server.ts";

export { eraseAssignments, findAssignments } from "./store.server.ts";

/** Follows people who were merged, or merged wrongly. */
export async function follow(shop: Shop, { merges, revived }: Moves, tx: Tx): Promise<void> {
  for (const { loserId, survivorId } of revived) await restoreBefore(shop.id, loserId, survivorId, tx);
  if (merges.length === 0) return;
  // Who was in no experiment brings nothing into a merge, and takes nothing back out of it.
  const had = await inExperiments(
    shop.id,
    merges.map((one) => one.loserId),
    tx,
  );
  for (const { loserId, survivorId } of merges.filter((one) => had.has(one.loserId))) {
    await keepBefore(shop.id, loserId, survivorId, tx);
    await mergeAssignments(shop.id, loserId, survivorId, tx);
  }
}

/**
 * The arm of each profile in some experiments (by their shares), assigned now where it has none yet: by experiment, then by profile. An assignment is for ever and is itself an event, so that the
 * analysis can be done again from the log. Call it when a profile becomes eligible, before anything is known about consent.
 */
export async function assign(
  shop: Shop,
  shares: Record<string, number>,
  profileIds: string[],
  now: Date,
  tx: Tx,
): Promise<Map<string, ReadonlyMap<string, Arm>>> {
  if (profileIds.length === 0) return new Map();
  const arms = await findArms(shop.id, Object.keys(shares), profileIds, tx);
  const fresh = Object.entries(shares).flatMap(([experiment, percent]) =>
    [...new Set(profileIds)]
      .filter((id) => arms.get(experiment)?.has(id) !== true)
      .map((profileId) => ({ profileId, experiment, arm: armOf(shop.salt, experiment, profileId, percent), percent, at: now })),
  );
  if (fresh.length === 0) return arms;
  await insertAssignments(shop.id, fresh, tx);
  const events = fresh.map(({ profileId, experiment, arm }): NewEvent => ({
    name: "holdout.assigned",
    sourceId: `holdout.assigned/${experiment}/${profileId}`,
    sourceAt: now,
    occurredAt: now,
    subject: `profile:${profileId}`,
    data: { profileId, experiment, arm },
  }));
  await append(
    events.map((event) => ({ shopId: shop.id, event })),
    tx,
  );
  for (const { profileId, experiment, arm } of fresh) arms.get(experiment)?.set(profileId, arm);
  return arms;
}
