import type { Wire } from "../connectors/contract.ts";
import { newId } from "../lib/id.server.ts";
import { after, minute } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { log } from "../log.server.ts";
import { claimMessage, prepare, send, stateOfStep, type Prepared } from "../messages/send.server.ts";
import { giveCode } from "../offers/fill.server.ts";
import { want } from "../products/complete.server.ts";
import type { Shop } from "../shops/shop.ts";
import { statement, transaction } from "../tx.server.ts";
import { decide, nextOf, type Decision } from "./advance.ts";
import { liveSteps, type Flow, type FlowKey, type Step } from "./flow.ts";
import { look } from "./look.server.ts";
import { beingSent, findFlow, lockDue, updateRun, type RunChange, type RunRow } from "./store.server.ts";

/** While a mail is being handed over nobody else looks at its run for this long; then what did not begin is tried again. */
const lease = 2 * minute;
const retryFor = 24 * 60 * minute;

const ended = (reason: string, now: Date): RunChange => ({ state: reason === "every step done" ? "done" : "exited", reason, dueAt: null, endedAt: now });

/** The step is behind it. */
function goneOn(flow: Flow, stepIndex: number, now: Date): RunChange {
  const next = nextOf(flow, stepIndex, now);
  return next.dueAt === null ? { ...ended("every step done", now), stepIndex: next.stepIndex } : { stepIndex: next.stepIndex, dueAt: next.dueAt, reason: null };
}

/** Looks whether a run is over, now, without waiting for its next step: a purchase ends it at once. Returns whether it did. */
export async function checkNow(shop: Shop, flow: Flow, run: RunRow, now: Date, tx: Tx): Promise<boolean> {
  const decision = decide(flow, run, (await look(shop, flow, run, now, tx)).facts, now);
  if (decision.kind !== "exit") return false;
  await updateRun(shop.id, run.id, ended(decision.reason, now), tx);
  return true;
}

type Claimed = { run: RunRow; flow: Flow; step: Step; message: Prepared };

/** What became of a run that was due. `offers`: its flow gave a code, waits for one, or comes to an offer next, so that its pool should be looked after. */
export type Advanced = { mailed: boolean; offers: boolean };

function advanced(flow: Flow, run: RunRow, mailed: boolean): Advanced {
  return {
    mailed,
    offers: liveSteps(flow)
      .slice(run.stepIndex, run.stepIndex + 2)
      .some((one) => one.kind === "offer-email"),
  };
}

/**
 * Takes the next run that is due and decides about it, all in one transaction: consent, purchase, caps and the offer code are read in the
 * transaction that writes the intent. Returns what is to be sent, or what was done without a mail; null where nothing is due.
 */
async function claimNext(shop: Shop, now: Date): Promise<Claimed | Advanced | null> {
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
      await updateRun(shop.id, run.id, ended(decision.reason, now), tx);
      return { mailed: false, offers: false };
    }
    // Asked for while something else holds the run, so that the product need not.
    if (decision.kind === "wait" && wants !== null) await want(shop, [wants], now, tx);
    if (decision.kind === "wait" || about === null || profile === null || facts.email === null || !facts.permission.allowed) {
      await updateRun(shop.id, run.id, decision.kind === "wait" ? { dueAt: decision.until, reason: decision.reason } : { dueAt: after(now, lease) }, tx);
      return advanced(flow, run, false);
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
async function settle(shop: Shop, flow: Flow, run: RunRow, message: { state: string; claimedAt: Date | null }, now: Date, tx: Tx): Promise<Advanced> {
  const held = message.state === "data-started" && message.claimedAt !== null && message.claimedAt > after(now, -lease);
  await updateRun(shop.id, run.id, held ? { dueAt: after(now, lease) } : goneOn(flow, run.stepIndex, now), tx);
  return advanced(flow, run, false);
}

/** Advances one due run of a shop. Returns null when nothing is due any more. `onFound` is told before a mail is handed over, which takes its time. */
export async function advanceOne(shop: Shop, wire: Wire, clock: () => Date, onFound: () => void = () => undefined): Promise<Advanced | null> {
  const claimed = await claimNext(shop, clock());
  if (claimed === null) return null;
  onFound();
  if ("mailed" in claimed) return claimed;
  const { run, flow, step, message } = claimed;
  // Nobody else has looked at it since, unless the lease has run out: what another worker, a purchase or the merchant made of it stays.
  const leave = (change: RunChange) => statement(() => updateRun(shop.id, run.id, change, undefined, run.stepIndex));
  let outcome: Awaited<ReturnType<typeof send>>;
  try {
    outcome = await send(shop, await prepare(shop, message, clock()), wire, clock);
  } catch (error) {
    // A message that cannot be made (a template that fails) must not hold up the queue: it ends its run, with a reason the merchant sees.
    log.warn({ err: error, shop: shop.domain, run: run.id, step: step.key }, "message could not be made");
    await leave(ended("the message could not be made", clock()));
    return advanced(flow, run, false);
  }
  const now = clock();
  if (outcome.kind === "over") await leave(goneOn(flow, run.stepIndex, now));
  if (outcome.kind === "again") {
    const tooLong = message.createdAt < after(now, -retryFor);
    await leave(
      tooLong
        ? ended("the mail server could not be reached for a day", now)
        : { dueAt: after(now, outcome.afterMs), reason: "the mail server asks to try again" },
    );
  }
  if (outcome.kind === "stop") await leave(ended(outcome.reason, now));
  return advanced(flow, run, true);
}
