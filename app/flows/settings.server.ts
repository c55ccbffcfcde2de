import { percent } from "../lib/percent.ts";
import type { Tx } from "../lib/tx.ts";
import { wake } from "../queue.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { flowSettings, liveSteps, missingFor, type Flow, type FlowKey, type FlowSettings } from "./flow.ts";
import { endRuns, findFlow, saveFlow } from "./store.server.ts";

export {
  countActive,
  endRuns,
  endRunsOf,
  eraseFlows,
  findFlow,
  findFlows,
  linesForFlows,
  oldestDueRun,
  shopsWithDueRuns,
  shopsWithMailInHand,
} from "./store.server.ts";

export type EnableOutcome = { ok: true } | { ok: false; missing: ReturnType<typeof missingFor> };

/** Switches a flow on from now: what was left before is never mailed. Says what is missing instead where something is. */
export async function enable(shop: Shop, key: FlowKey, now: Date): Promise<EnableOutcome> {
  const flow = await findFlow(shop.id, key);
  const missing = missingFor(flow, shop);
  if (missing.length > 0) return { ok: false, missing };
  if (flow.enabledAt === null) await saveFlow(shop.id, key, { enabledAt: now }, now);
  // The offer's codes are made ahead, so that the step finds one.
  await wake("offers.fill", shop.id);
  return { ok: true };
}

/** Switches a flow off and ends its runs. Returns how many ended. */
export async function disable(shop: Shop, key: FlowKey, now: Date): Promise<number> {
  return transaction(async (tx: Tx) => {
    await saveFlow(shop.id, key, { enabledAt: null }, now, tx);
    return endRuns(shop.id, key, "flow switched off", now, tx);
  });
}

/** Saves what the merchant changed. Runs under way take their next step from the new version. Throws on settings that do not fit: check them with `flowSettings` first. */
export async function saveSettings(shop: Shop, key: FlowKey, settings: FlowSettings, holdoutPercent: number, now: Date): Promise<void> {
  await saveFlow(shop.id, key, { settings: flowSettings.parse(settings), holdoutPercent }, now);
  await wake("offers.fill", shop.id);
}

export async function noteTestMail(shop: Shop, key: FlowKey, to: string, now: Date): Promise<void> {
  await saveFlow(shop.id, key, { testMailAt: now, testMailTo: to }, now);
}

export async function noteOtherMails(shop: Shop, key: FlowKey, off: boolean, now: Date): Promise<void> {
  await saveFlow(shop.id, key, { otherMailsOffAt: off ? now : null }, now);
}

/** The offer pools that a flow needs filled while it is on. */
export function poolsOf(flow: Flow): { flowKey: string; stepKey: string; title: string; percent: number; validDays: number }[] {
  if (flow.enabledAt === null) return [];
  return liveSteps(flow).flatMap((step) =>
    step.kind === "offer-email"
      ? [{ flowKey: flow.key, stepKey: step.key, title: `${flow.name}: ${percent(step.percent)} (Comeback)`, percent: step.percent, validDays: step.validDays }]
      : [],
  );
}
