import type { Checkout } from "../commerce/facts.ts";
import { findCheckouts } from "../commerce/update.server.ts";
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
    const mine = changes.filter((one) => one.segmentKey === triggers[key]);
    const entries = await eligible(shop, flow, mine, now, tx);
    for (const change of mine) {
      const entry = entries.get(change);
      if (entry !== undefined) await start(shop, flow, entry, now, tx);
      if (change.change === "entered") continue;
      for (const run of await activeRunsOf(shop.id, change.profileId, tx)) await checkNow(shop, flow, run, now, tx);
    }
  }
  const last = changes.at(-1);
  if (last !== undefined) await moveCursor(shop.id, flowsCursor, last.seq, tx);
  return changes.length;
}

type Entry = { checkout: Checkout; holdout: "the shop's" | "the flow's" | null };

/** The entries that start a run, with the arm of their person. Read and assigned together: a sale that ends lets many in at once. */
async function eligible(shop: Shop, flow: Flow, changes: Change[], now: Date, tx: Tx): Promise<Map<Change, Entry>> {
  const { enabledAt } = flow;
  if (enabledAt === null) return new Map();
  const entered = changes.filter((one) => one.change === "entered" && one.subject !== null);
  const checkouts = new Map(
    (
      await findCheckouts(
        shop.id,
        entered.map((one) => one.subject as string),
        tx,
      )
    ).map((one) => [one.token, one]),
  );
  // Nobody is reminded of what she left before the flow was switched on, or before the app was installed.
  const found = entered.flatMap((change) => {
    const checkout = checkouts.get(change.subject as string);
    return checkout === undefined || checkout.updatedAt < enabledAt ? [] : [{ change, checkout }];
  });
  if (found.length === 0) return new Map();
  // Assigned at eligibility, before anything is known about consent, so that both arms hold the same people.
  const profileIds = found.map(({ checkout }) => checkout.profileId);
  const everywhere = await assign(shop, globalExperiment, shop.holdoutPercent, profileIds, now, tx);
  const here = await assign(shop, flowExperiment(flow.key), flow.holdoutPercent, profileIds, now, tx);
  return new Map(
    found.map(({ change, checkout }) => {
      const holdout = everywhere.get(checkout.profileId) === "holdout" ? "the shop's" : here.get(checkout.profileId) === "holdout" ? "the flow's" : null;
      return [change, { checkout, holdout }];
    }),
  );
}

async function start(shop: Shop, flow: Flow, { checkout, holdout }: Entry, now: Date, tx: Tx): Promise<void> {
  const { profileId } = checkout;
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
      arm: holdout === null ? "treated" : "holdout",
      state: holdout === null ? "active" : "done",
      reason: holdout === null ? null : `in ${holdout} holdout`,
      stepIndex: 0,
      dueAt: holdout === null ? firstDue(flow, now) : null,
      startedAt: now,
      endedAt: holdout === null ? null : now,
    },
    tx,
  );
}
