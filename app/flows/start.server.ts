import { lockCursor, moveCursor } from "../events/load.server.ts";
import { newId } from "../lib/id.server.ts";
import { after } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { want } from "../products/complete.server.ts";
import { standingOf } from "../products/product.ts";
import { findProducts } from "../products/update.server.ts";
import { changesAfter, linesAtOnce } from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { firstDue, quietAfterLook } from "./advance.ts";
import { arbitrate } from "./arbiter.ts";
import { eligible, productsOf, type Entry } from "./eligible.server.ts";
import { flowKeys, lengthOf, subjects, triggers, type Flow, type FlowKey } from "./flow.ts";
import { checkNow } from "./run.server.ts";
import { activeRunsOf, findFlow, insertRun, runsAround, updateRun } from "./store.server.ts";

/** How far the flows have read the change log of segments. */
export const flowsCursor = "flows";

type Flows = Record<FlowKey, Flow>;

/**
 * Follows the change log for one step: entries start runs, the highest intent first; exits look whether a run is over. All of it and the cursor commit
 * together. Returns how many lines were read.
 */
export async function follow(shop: Shop, now: Date, tx: Tx): Promise<number> {
  const seq = await lockCursor(shop.id, flowsCursor, tx);
  const changes = await changesAfter(shop.id, seq, linesAtOnce, tx);
  if (changes.length === 0) return 0;
  const flows = {} as Flows;
  for (const key of flowKeys) flows[key] = await findFlow(shop.id, key, tx);
  for (const key of flowKeys) {
    const flow = flows[key];
    const mine = changes.filter((one) => one.segmentKey === triggers[key]);
    // Who is in because a segment was made or edited did nothing that a flow could answer.
    const moved = mine.filter((one) => one.because === null);
    const entries = await eligible(shop, flow, moved, now, tx);
    const started: Entry[] = [];
    for (const change of mine) {
      const entry = entries.get(change);
      if (entry !== undefined && (await start(shop, flows, flow, entry, now, tx))) started.push(entry);
      if (change.change === "entered") continue;
      const runs = (await activeRunsOf(shop.id, change.profileId, tx)).filter((one) => one.flowKey === key);
      for (const run of runs) await checkNow(shop, flow, run, now, tx);
    }
    await wantUnknown(shop, productsOf(flow, started), now, tx);
  }
  await moveCursor(shop.id, flowsCursor, (changes.at(-1) as { seq: bigint }).seq, tx);
  return changes.length;
}

/** Asks about products while their runs wait, so that the mail need not. */
async function wantUnknown(shop: Shop, productIds: string[], now: Date, tx: Tx): Promise<void> {
  const products = await findProducts(shop.id, productIds, tx);
  await want(
    shop,
    productIds.filter((id) => standingOf(products.get(id) ?? null).kind === "unknown"),
    now,
    tx,
  );
}

/** How long a run of somebody in the holdout stands in the way of others: as long as a treated one would take, and its quiet after a look. */
function heldFor(flow: Flow): number {
  return subjects[flow.key] === "product" ? Math.max(lengthOf(flow), quietAfterLook) : lengthOf(flow);
}

async function start(shop: Shop, flows: Flows, flow: Flow, { profileId, subject, holdout }: Entry, now: Date, tx: Tx): Promise<boolean> {
  const longest = Math.max(...flowKeys.map((key) => heldFor(flows[key])));
  const others = (await runsAround(shop.id, [profileId], after(now, -longest), tx))
    .map((one) => ({ ...one, flowKey: one.flowKey as FlowKey, active: one.state === "active" }))
    .filter((one) => one.active || one.startedAt > after(now, -heldFor(flows[one.flowKey])));
  const ruling = arbitrate({ flowKey: flow.key, subject }, others);
  if (!ruling.start) return false;
  const made = await insertRun(
    {
      shopId: shop.id,
      id: newId(now),
      flowKey: flow.key,
      profileId,
      subject,
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
  // What had its run already starts none, and ends none.
  if (!made) return false;
  for (const { id, reason } of ruling.ends) await updateRun(shop.id, id, { state: "exited", reason, dueAt: null, endedAt: now }, tx);
  return true;
}
