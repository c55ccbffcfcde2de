import type { Wire } from "../connectors/contract.ts";
import { newId } from "../lib/id.server.ts";
import { after, minute } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { log } from "../log.server.ts";
import { claimMessage, prepare, send, stateOfStep, type Prepared } from "../messages/send.server.ts";
import { giveCode } from "../offers/fill.server.ts";
import { want } from "../products/complete.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { decide, nextOf, type Decision } from "./advance.ts";
import { liveSteps, type Flow, type FlowKey, type Step } from "./flow.ts";
import { look } from "./look.server.ts";
import { beingSent, findFlow, lockDue, lockRun, updateRun, type RunRow } from "./store.server.ts";

/** While a mail is being handed over nobody else looks at its run for this long; then what did not begin is tried again. */
const lease = 2 * minute;
const retryFor = 24 * 60 * minute;

async function end(shop: Shop, run: RunRow, reason: string, now: Date, tx: Tx): Promise<void> {
  await updateRun(shop.id, run.id, { state: reason === "every step done" ? "done" : "exited", reason, dueAt: null, endedAt: now }, tx);
}

/** Looks whether a run is over, now, without waiting for its next step: a purchase ends it at once. */
export async function checkNow(shop: Shop, flow: Flow, run: RunRow, now: Date, tx: Tx): Promise<void> {
  const decision = decide(flow, run, (await look(shop, flow, run, now, tx)).facts, now);
  if (decision.kind === "exit") await end(shop, run, decision.reason, now, tx);
}

type Claimed = { run: RunRow; flow: Flow; step: Step; message: Prepared };

/**
 * Takes the next run that is due and decides about it, all in one transaction: consent, purchase, caps and the offer code are read in the
 * transaction that writes the intent. Returns what is to be sent, `more` where something was done without a mail, null where nothing is due.
 */
async function claimNext(shop: Shop, now: Date): Promise<Claimed | "more" | null> {
  return transaction(async (tx) => {
    const run = await lockDue(shop.id, now, tx);
    if (run === null) return null;
    const flow = await findFlow(shop.id, run.flowKey as FlowKey, tx);
    const step = liveSteps(flow)[run.stepIndex];
    const before = step === undefined ? null : await stateOfStep(shop.id, run.id, step.key, tx);
    if (before !== null && before.state !== "intent") return settle(shop, flow, run, before, now, tx);
    const { facts, about, profile, wants } = await look(shop, flow, run, now, tx);
    const decision: Decision = decide(flow, run, facts, now);
    if (decision.kind === "exit") {
      await end(shop, run, decision.reason, now, tx);
      return "more";
    }
    // Asked for while something else holds the run, so that the product need not.
    if (decision.kind === "wait" && wants !== null) await want(shop, [wants], now, tx);
    if (decision.kind === "wait" || about === null || profile === null || facts.email === null || !facts.permission.allowed) {
      await updateRun(shop.id, run.id, decision.kind === "wait" ? { dueAt: decision.until, reason: decision.reason } : { dueAt: after(now, lease) }, tx);
      return "more";
    }
    const code = decision.step.kind === "offer-email" ? await giveCode(shop.id, { flowKey: flow.key, stepKey: decision.step.key }, run.id, now, tx) : null;
    const message = await claimMessage(
      {
        shop,
        id: newId(now),
        flow: { key: flow.key, name: flow.name, version: flow.version },
        runId: run.id,
        step: decision.step,
        profile,
        about,
        agreed: facts.permission.agreed,
        to: facts.email,
        basis: `rule ${facts.permission.rule}: ${facts.permission.because}`,
        offer: code === null || decision.step.kind !== "offer-email" ? null : { code: code.code, percent: decision.step.percent, until: code.endsAt },
        now,
      },
      tx,
    );
    await updateRun(shop.id, run.id, { dueAt: after(now, lease), reason: beingSent }, tx);
    return { run, flow, step: decision.step, message };
  });
}

/** A step whose message is already behind it, or is in somebody's hands. */
async function settle(shop: Shop, flow: Flow, run: RunRow, message: { state: string; claimedAt: Date | null }, now: Date, tx: Tx): Promise<"more"> {
  const held = message.state === "data-started" && message.claimedAt !== null && message.claimedAt > after(now, -lease);
  if (held) await updateRun(shop.id, run.id, { dueAt: after(now, lease) }, tx);
  else await goOn(shop, flow, run, now, tx);
  return "more";
}

async function goOn(shop: Shop, flow: Flow, run: RunRow, now: Date, tx: Tx): Promise<void> {
  const next = nextOf(flow, run.stepIndex, now);
  if (next.dueAt === null)
    await updateRun(shop.id, run.id, { state: "done", reason: "every step done", stepIndex: next.stepIndex, dueAt: null, endedAt: now }, tx);
  else await updateRun(shop.id, run.id, { stepIndex: next.stepIndex, dueAt: next.dueAt, reason: null }, tx);
}

/** Advances one due run of a shop. Returns false when nothing is due any more. */
export async function advanceOne(shop: Shop, wire: Wire, clock: () => Date): Promise<boolean> {
  const claimed = await claimNext(shop, clock());
  if (claimed === null) return false;
  if (claimed === "more") return true;
  const { run, flow, step, message } = claimed;
  let outcome: Awaited<ReturnType<typeof send>>;
  try {
    outcome = await send(shop, await prepare(shop, message, clock()), wire, clock);
  } catch (error) {
    // A message that cannot be made (a template that fails) must not hold up the queue: it ends its run, with a reason the merchant sees.
    log.warn({ err: error, shop: shop.domain, run: run.id, step: step.key }, "message could not be made");
    await transaction(async (tx) => {
      const mine = await lockRun(shop.id, run.id, tx);
      if (mine?.state === "active" && mine.stepIndex === run.stepIndex) await end(shop, mine, "the message could not be made", clock(), tx);
    });
    return true;
  }
  const now = clock();
  await transaction(async (tx) => {
    const mine = await lockRun(shop.id, run.id, tx);
    if (mine === null || mine.state !== "active" || mine.stepIndex !== run.stepIndex) return;
    if (outcome.kind === "over") await goOn(shop, flow, mine, now, tx);
    if (outcome.kind === "again") {
      if (message.createdAt < after(now, -retryFor)) await end(shop, mine, "the mail server could not be reached for a day", now, tx);
      else await updateRun(shop.id, run.id, { dueAt: after(now, outcome.afterMs), reason: "the mail server asks to try again" }, tx);
    }
    if (outcome.kind === "stop") await end(shop, mine, outcome.reason, now, tx);
  });
  return true;
}
