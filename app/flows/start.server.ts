import { lockCursor, moveCursor } from "../events/load.server.ts";
import { newId } from "../lib/id.server.ts";
import { after } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { want } from "../products/complete.server.ts";
import { standingOf } from "../products/product.ts";
import { findProducts } from "../products/update.server.ts";
import { changesAfter } from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { firstDue, quietAfterLook } from "./advance.ts";
import { arbitrate, type Ruling } from "./arbiter.ts";
import { eligible, productsOf, type Entry, type Line } from "./eligible.server.ts";
import { flowKeys, lengthOf, subjects, triggers, type Flow, type FlowKey } from "./flow.ts";
import { checkNow } from "./run.server.ts";
import { findFlows, insertRuns, runsAround, updateRun, type RunRow } from "./store.server.ts";

/** How far the flows have read the change log of segments. */
export const flowsCursor = "flows";

type Flows = Record<FlowKey, Flow>;

/**
 * Follows the change log for one step: entries start runs, the highest intent first; exits look whether a run is over. All of it and the cursor commit
 * together. Returns of how many people it read.
 */
export async function follow(shop: Shop, now: Date, tx: Tx): Promise<number> {
  const seq = await lockCursor(shop.id, flowsCursor, tx);
  const changes = await changesAfter(shop.id, seq, tx);
  if (changes.length === 0) return 0;
  const flows = await findFlows(shop.id, tx);
  for (const key of flowKeys) {
    const mine = changes.filter((one) => one.segmentKey === triggers[key]);
    if (mine.length > 0) await answer(shop, flows, key, mine, now, tx);
  }
  await moveCursor(shop.id, flowsCursor, (changes.at(-1) as { seq: bigint }).seq, tx);
  return changes.length;
}

/** Has one flow answer its lines, in their order. */
async function answer(shop: Shop, flows: Flows, key: FlowKey, lines: Line[], now: Date, tx: Tx): Promise<void> {
  const flow = flows[key];
  // Who is in because a segment was made or edited did nothing that a flow could answer.
  const moved = lines.filter((one) => one.because === null);
  const entries = await eligible(shop, flow, moved, now, tx);
  const people = [...entries.values()].map((one) => one.profileId).concat(lines.filter((one) => one.change === "left").map((one) => one.profileId));
  const longest = Math.max(...flowKeys.map((one) => heldFor(flows[one])));
  const wanted = [...entries.values()].map((one) => one.subject);
  // Read for all of them at once, and kept as it is told below: whoever holds the cursor is alone in starting runs.
  const runs = await runsAround(shop.id, [...new Set(people)], after(now, -longest), key, wanted, tx);
  const fresh: Parameters<typeof insertRuns>[1] = [];
  const write = () => insertRuns(shop.id, fresh.splice(0), tx);
  const started: Entry[] = [];
  for (const line of lines) {
    const entry = entries.get(line);
    const ruling = entry === undefined ? null : rule(flows, key, entry, runs, now);
    if (entry !== undefined && ruling?.start === true) {
      const run = runOf(flow, entry, now);
      fresh.push(run);
      runs.push(run);
      started.push(entry);
      if (ruling.ends.length > 0) await write();
      for (const { id, reason } of ruling.ends) {
        await updateRun(shop.id, id, { state: "exited", reason, dueAt: null, endedAt: now }, tx);
        for (const one of runs) if (one.id === id) one.state = "exited";
      }
    }
    if (line.change === "entered") continue;
    const active = runs.filter((one) => one.profileId === line.profileId && one.flowKey === key && one.state === "active");
    if (active.length > 0) await write();
    for (const run of active) if (await checkNow(shop, flow, run, now, tx)) run.state = "exited";
  }
  await write();
  await wantUnknown(shop, productsOf(flow, started), now, tx);
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

function rule(flows: Flows, flowKey: FlowKey, { profileId, subject }: Entry, runs: RunRow[], now: Date): Ruling {
  // What had its run already starts none, and ends none.
  if (runs.some((one) => one.flowKey === flowKey && one.subject === subject)) return { start: false, ends: [] };
  const others = runs
    .map((one) => ({ ...one, flowKey: one.flowKey as FlowKey, active: one.state === "active" }))
    .filter((one) => one.profileId === profileId && (one.active || (one.arm === "holdout" && one.startedAt > after(now, -heldFor(flows[one.flowKey])))));
  return arbitrate({ flowKey, subject }, others);
}

function runOf(flow: Flow, { profileId, subject, holdout }: Entry, now: Date): RunRow & { endedAt: Date | null } {
  return {
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
  };
}
