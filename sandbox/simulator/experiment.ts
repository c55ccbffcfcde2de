// The experiment on the people of a plan, without the product around it: its own pure functions decide, and both outcomes of everybody are known.
import { liftOf, spendWindow, type ArmSpend, type Lift } from "../../app/attribution/lift.ts";
import { allows, type Consent } from "../../app/consent/allows.ts";
import { decide, firstDue, nextOf, type Facts, type Run } from "../../app/flows/advance.ts";
import { defaultSettings, type Flow } from "../../app/flows/flow.ts";
import { armOf, flowExperiment, globalExperiment } from "../../app/holdouts/assign.ts";
import { abandonedAfter } from "../../app/segments/standard.ts";
import { standardShippingMinor } from "../shopify/storefront.ts";
import type { Intent, Person, Plan } from "./plan.ts";
import { readingOf } from "./reading.ts";

const minute = 60_000;
const day = 86_400_000;
/** From the mail to the eye. */
const readsAfter = 40 * minute;

export type Experiment = { lift: Lift; treated: ArmSpend; holdout: ArmSpend; mails: number; orders: number; truthMinor: number };
export type ExperimentOptions = { salt: string; globalPercent?: number; flowPercent?: number };

type Bought = { at: Date; netMinor: number; won: boolean; intent: Intent; otherPurse: boolean };
type Mailing = { mails: number; bought: Bought[] };

/** What every arm spent, as Home adds it up, and what the mails really brought. */
export function experimentOn(plan: Plan, { salt, globalPercent = 5, flowPercent = 10 }: ExperimentOptions): Experiment {
  const prices = new Map(plan.options.shelf.map((item) => [item.variantId, item.priceMinor]));
  const flow: Flow = {
    ...{ key: "abandoned-checkout", name: "", version: 1, settings: defaultSettings["abandoned-checkout"], holdoutPercent: flowPercent },
    ...{ enabledAt: plan.options.from, testMailAt: null, testMailTo: null, otherMailsOffAt: null },
  };
  const arms = { treated: [] as number[], holdout: [] as number[] };
  let [mails, orders, truthMinor] = [0, 0, 0];
  let first: Date | null = null;
  for (const person of plan.people) {
    const arm = (experiment: string, percent: number) => armOf(salt, experiment, person.key, percent);
    const holdout = arm(globalExperiment, globalPercent) === "holdout" || arm(flowExperiment(flow.key), flowPercent) === "holdout";
    const { bought, startedAt, mails: sent } = lifeOf(plan, person, flow, holdout, prices);
    mails += sent;
    orders += bought.length;
    if (startedAt === null) continue;
    if (first === null || startedAt < first) first = startedAt;
    const window = bought.filter((one) => one.at >= startedAt && one.at.getTime() < startedAt.getTime() + spendWindow);
    // Who pays with another address has another purse, which the product does not know to be hers; what the mail brought it brought all the same.
    arms[holdout ? "holdout" : "treated"].push(window.filter((one) => !one.otherPurse).reduce((sum, one) => sum + one.netMinor, 0));
    truthMinor += window.filter((one) => one.won).reduce((sum, one) => sum + one.netMinor, 0);
  }
  const share = 1 - (1 - globalPercent / 100) * (1 - flowPercent / 100);
  const [treated, holdout] = [spendOf(arms.treated), spendOf(arms.holdout)];
  const days = first === null ? 0 : (plan.options.until.getTime() - first.getTime()) / day;
  return { lift: liftOf(treated, holdout, share, days), treated, holdout, mails, orders, truthMinor };
}

function spendOf(spends: readonly number[]): ArmSpend {
  return {
    people: spends.length,
    buyers: spends.filter((spend) => spend > 0).length,
    sum: spends.reduce((sum, spend) => sum + spend, 0),
    sumOfSquares: spends.reduce((sum, spend) => sum + spend * spend, 0),
  };
}

/** One person's time: what she bought, and when she first counted as somebody who left a checkout. */
function lifeOf(plan: Plan, person: Person, flow: Flow, holdout: boolean, prices: ReadonlyMap<number, number>) {
  const { until } = plan.options;
  const bought: Bought[] = [];
  const buy = (intent: Intent, at: Date, won: boolean, percentOff = 0): void => {
    if (at <= until) bought.push({ at, won, intent, netMinor: netOf(intent, at, until, prices, percentOff), otherPurse: intent.payEmail !== null });
  };
  for (const intent of person.intents) {
    if (intent.reach === "order") buy(intent, new Date(intent.at.getTime() + intent.paceMs.pay), false);
    if (intent.outcome.kind === "anyway") buy(intent, intent.outcome.at, false);
  }
  let startedAt: Date | null = null;
  const mailing: Mailing & { sent: Date[]; out: Date | null } = { mails: 0, bought, sent: [], out: null };
  const left = person.intents
    .filter((intent) => intent.reach === "checkout")
    .map((intent) => ({ intent, at: new Date(intent.at.getTime() + intent.paceMs.contact) }));
  for (const [index, { intent, at }] of left.entries()) {
    const begins = new Date(at.getTime() + abandonedAfter);
    if (begins > until || bought.some((one) => one.at <= begins && (one.intent === intent || (one.at >= at && !one.otherPurse)))) continue;
    startedAt ??= begins;
    if (holdout) continue;
    const next = left[index + 1];
    const over = next === undefined ? until : new Date(next.at.getTime() + abandonedAfter);
    runOf(plan, person, flow, { intent, leftAt: at, begins, over }, mailing, buy);
  }
  return { bought, startedAt, mails: mailing.mails };
}

type Left = { intent: Intent; leftAt: Date; begins: Date; over: Date };

/** One run through the flow, decided by the product's own engine, with what she does at each mail. */
function runOf(
  plan: Plan,
  person: Person,
  flow: Flow,
  { intent, leftAt, begins, over }: Left,
  mailing: Mailing & { sent: Date[]; out: Date | null },
  buy: (intent: Intent, at: Date, won: boolean, percentOff?: number) => void,
): void {
  const run: Run = { stepIndex: 0, startedAt: begins, dueAt: firstDue(flow, begins) };
  for (let [now, mail] = [begins, 0]; now < over && run.dueAt !== null;) {
    const facts: Facts = {
      ...{ shop: { ok: true }, email: intent.email, globalHoldout: false, unread: false, codeReady: true, perhapsOrdered: false },
      subject: { kind: "checkout", checkout: { updatedAt: leftAt, completedAt: null, deletedAt: null, recoverUrl: "https://shop.example/" } },
      ordered: mailing.bought.some((one) => one.at <= now && (one.intent === intent || (one.at >= leftAt && !one.otherPurse))),
      permission: allows(person.country, "email", "cart-reminder", consentOf(person, intent, leftAt, mailing, now), now),
      sentLately: mailing.sent.filter((at) => at.getTime() > now.getTime() - 7 * day),
    };
    const decision = decide(flow, run, facts, now);
    if (decision.kind === "exit") return;
    if (decision.kind === "wait") {
      now = decision.until;
      continue;
    }
    mailing.mails += 1;
    mailing.sent.push(now);
    const readsAt = new Date(now.getTime() + readsAfter);
    const reading = readingOf(plan.options.seed, intent, mail, readsAt);
    const percentOff = decision.step.kind === "offer-email" ? decision.step.percent : 0;
    if (reading.buysAfterMs !== null) buy(intent, new Date(readsAt.getTime() + reading.buysAfterMs), true, percentOff);
    if (reading.unsubscribes !== null) mailing.out = readsAt;
    const next = nextOf(flow, run.stepIndex, now);
    Object.assign(run, next);
    mail += 1;
    now = next.dueAt ?? over;
  }
}

function consentOf(person: Person, intent: Intent, leftAt: Date, { out, bought }: Mailing & { out: Date | null }, now: Date): Consent {
  const sold = bought.filter((one) => one.at <= now && !one.otherPurse).map((one) => one.at);
  const soldAt = sold.sort((one, other) => other.getTime() - one.getTime())[0] ?? null;
  if (out !== null && out <= now) return { state: "out", at: out, source: "unsubscribe", soldAt, suppressed: "unsubscribed" };
  return intent.ticksNewsletter
    ? { state: "single", at: leftAt, source: "checkout", soldAt, suppressed: null }
    : { state: "none", at: null, source: null, soldAt, suppressed: null };
}

function netOf(intent: Intent, at: Date, until: Date, prices: ReadonlyMap<number, number>, percentOff: number): number {
  const lines = intent.changedLines.length > 0 ? intent.changedLines : intent.lines;
  const worth = lines.reduce((sum, line) => sum + (prices.get(line.variantId) ?? 0) * line.quantity, 0);
  const total = worth - Math.round((worth * percentOff) / 100) + standardShippingMinor;
  const { fate } = intent;
  if (fate.kind === "kept" || at.getTime() + fate.afterMs > until.getTime()) return total;
  return fate.kind === "cancelled" ? 0 : Math.round(total * (1 - fate.share));
}
