import { findCheckout } from "../commerce/update.server.ts";
import { assign } from "../holdouts/assign.server.ts";
import { flowExperiment, globalExperiment } from "../holdouts/assign.ts";
import { lockCursor, moveCursor } from "../events/load.server.ts";
import { newId } from "../lib/id.server.ts";
import type { Tx } from "../lib/tx.ts";
import { changesAfter, type Change } from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { firstDue } from "./advance.ts";
import { triggers, type Flow, type FlowKey } from "./flow.ts";
import { checkNow } from "./run.server.ts";
import { activeRunsOf, findFlow, insertRun, updateRun } from "./store.server.ts";

/** How far the flows have read the change log of segments. */
export const flowsCursor = "flows";

const keys = Object.keys(triggers) as FlowKey[];

/**
 * Follows the change log for one step: entries start runs, exits look whether a run is over. All of it and the cursor commit together.
 * Returns how many lines were read.
 */
export async function follow(shop: Shop, now: Date, tx: Tx): Promise<number> {
  const seq = await lockCursor(shop.id, flowsCursor, tx);
  const changes = await changesAfter(shop.id, seq, 200, tx);
  for (const key of keys) {
    const flow = await findFlow(shop.id, key, tx);
    for (const change of changes.filter((one) => one.segmentKey === triggers[key])) {
      if (change.change === "entered") await start(shop, flow, change, now, tx);
      else for (const run of await activeRunsOf(shop.id, change.profileId, tx)) await checkNow(shop, flow, run, now, tx);
    }
  }
  const last = changes.at(-1);
  if (last !== undefined) await moveCursor(shop.id, flowsCursor, last.seq, tx);
  return changes.length;
}

async function start(shop: Shop, flow: Flow, change: Change, now: Date, tx: Tx): Promise<void> {
  if (flow.enabledAt === null || change.subject === null) return;
  const checkout = await findCheckout(shop.id, change.subject, tx);
  // Nobody is reminded of what she left before the flow was switched on, or before the app was installed.
  if (checkout === null || checkout.updatedAt < flow.enabledAt) return;
  const profileId = checkout.profileId;
  // Assigned at eligibility, before anything is known about consent, so that both arms hold the same people.
  const everywhere = (await assign(shop, globalExperiment, shop.holdoutPercent, [profileId], now, tx)).get(profileId);
  const here = (await assign(shop, flowExperiment(flow.key), flow.holdoutPercent, [profileId], now, tx)).get(profileId);
  const arm = everywhere === "holdout" || here === "holdout" ? "holdout" : "treated";
  for (const older of await activeRunsOf(shop.id, profileId, tx)) {
    if (older.subject === checkout.token) return;
    await updateRun(shop.id, older.id, { state: "exited", reason: "a newer checkout took over", dueAt: null, endedAt: now }, tx);
  }
  await insertRun(
    {
      shopId: shop.id,
      id: newId(now),
      flowKey: flow.key,
      profileId,
      subject: checkout.token,
      arm,
      state: arm === "holdout" ? "done" : "active",
      reason: arm === "holdout" ? (everywhere === "holdout" ? "in the shop's holdout" : "in the flow's holdout") : null,
      stepIndex: 0,
      dueAt: arm === "holdout" ? null : firstDue(flow, now),
      startedAt: now,
      endedAt: arm === "holdout" ? now : null,
    },
    tx,
  );
}
