// The engine: what a run does now. Pure, so that a preview and the real thing cannot differ.
import type { Permission } from "../consent/allows.ts";
import { abandonedAfter, viewedFor } from "../segments/standard.ts";
import { after, day, earliest, hour, minute, second } from "../lib/time.ts";
import { liveSteps, type Flow, type Step } from "./flow.ts";

export type Run = { stepIndex: number; startedAt: Date; dueAt: Date | null };

/** What a run is about, as it stands now. */
export type Subject =
  | { kind: "checkout"; checkout: { updatedAt: Date; completedAt: Date | null; deletedAt: Date | null; recoverUrl: string | null } | null }
  | {
      kind: "product";
      standing: "shown" | "gone" | "unknown";
      /** Her last look at a product, and the last that a browser of hers told of anything. */
      lookedAt: Date;
      lastSeenAt: Date;
      /** She put something into a cart or began a checkout since. */
      movedOn: boolean;
      /** When another run of this flow last wrote to her. */
      remindedAt: Date | null;
    };

/** Everything the decision stands on, read in the transaction that acts on it. */
export type Facts = {
  shop: { ok: true } | { ok: false; reason: "uninstalled" | "paused" };
  subject: Subject;
  /** An order finished this checkout or its cart, or she ordered something else since the run began; for a look, also shortly before it. */
  ordered: boolean;
  /** Somebody ordered who may be her, and it is not certain: she shares a key with her, and another speaks against it. */
  perhapsOrdered: boolean;
  email: string | null;
  permission: Permission;
  globalHoldout: boolean;
  /** When her last marketing mails went out, newest first, over 7 days. */
  sentLately: Date[];
  /** The log holds something of her, of this checkout or its cart, that has not been read yet: it may be the very purchase that ends this. */
  unread: boolean;
  /** For an offer step: whether a code is there to give. */
  codeReady: boolean;
};

export type ExitReason =
  | "ordered"
  | "may have ordered"
  | "checkout gone"
  | "product gone"
  | "cart or checkout since"
  | "reminded lately"
  | "looked too long ago"
  | "flow switched off"
  | "uninstalled"
  | "no address"
  | "suppressed"
  | "opted out"
  | "no consent"
  | "global holdout"
  | "too old"
  | "every step done";
export type WaitReason = "not due" | "paused" | "shopper is back" | "frequency cap" | "product not known yet" | "no offer code" | "something just arrived";

export type Decision = { kind: "exit"; reason: ExitReason } | { kind: "wait"; until: Date; reason: WaitReason } | { kind: "send"; step: Step };

/** At most one marketing mail in 24 hours and three in 7 days to one person, over all flows. */
export const caps = { day: 1, week: 3 };
/** A message that was held back longer than this is about something she has forgotten. */
export const tooOld = 14 * day;
/** Who was reminded of a look is not reminded of another for two weeks: the short end of the 14 to 21 days that practitioners let pass before re-entry. */
export const quietAfterLook = 14 * day;
/** Who ordered this lately is not written to about what she looks at; the same practitioners say 10 days. */
export const boughtLately = 10 * day;

const exits = { "no-consent": "no consent", "opted-out": "opted out", suppressed: "suppressed" } as const;

/** When the caps allow the next mail, or null when they allow it now. */
export function capUntil(sentLately: Date[], now: Date): Date | null {
  const lastDay = sentLately.filter((at) => at > after(now, -day));
  const lastWeek = sentLately.filter((at) => at > after(now, -7 * day));
  const waits: Date[] = [];
  if (lastDay.length >= caps.day) waits.push(after(earliest(lastDay) as Date, day));
  if (lastWeek.length >= caps.week) waits.push(after(earliest(lastWeek) as Date, 7 * day));
  return waits.length === 0 ? null : new Date(Math.max(...waits.map((at) => at.getTime())));
}

/** Why what a run is about ends it, or null where it does not. */
function endOf(subject: Subject, now: Date): ExitReason | null {
  if (subject.kind === "checkout") {
    const { checkout } = subject;
    if (checkout === null || checkout.deletedAt !== null || checkout.recoverUrl === null) return "checkout gone";
    return checkout.completedAt === null ? null : "ordered";
  }
  if (subject.movedOn) return "cart or checkout since";
  if (subject.standing === "gone") return "product gone";
  if (subject.remindedAt !== null && subject.remindedAt > after(now, -quietAfterLook)) return "reminded lately";
  return subject.lookedAt <= after(now, -viewedFor) ? "looked too long ago" : null;
}

/** Until when she counts as being at it. */
function busyUntil(subject: Subject): Date | null {
  const at = subject.kind === "product" ? subject.lastSeenAt : subject.checkout?.updatedAt;
  return at === undefined ? null : after(at, abandonedAfter);
}

/**
 * Decides what a run does at `now`. What ends it comes first, so that a purchase, an opt-out or an erasure that is committed before always wins;
 * then what holds it; then the step itself.
 */
export function decide(flow: Flow, run: Run, facts: Facts, now: Date): Decision {
  if (!facts.shop.ok && facts.shop.reason === "uninstalled") return { kind: "exit", reason: "uninstalled" };
  if (facts.ordered) return { kind: "exit", reason: "ordered" };
  if (flow.enabledAt === null) return { kind: "exit", reason: "flow switched off" };
  if (facts.perhapsOrdered) return { kind: "exit", reason: "may have ordered" };
  const { subject } = facts;
  const over = endOf(subject, now);
  if (over !== null) return { kind: "exit", reason: over };
  if (facts.email === null) return { kind: "exit", reason: "no address" };
  if (!facts.permission.allowed) return { kind: "exit", reason: exits[facts.permission.reason] };
  if (facts.globalHoldout) return { kind: "exit", reason: "global holdout" };

  const step = liveSteps(flow)[run.stepIndex];
  if (step === undefined) return { kind: "exit", reason: "every step done" };
  if (run.dueAt !== null && run.dueAt > now) return { kind: "wait", until: run.dueAt, reason: "not due" };
  if (run.dueAt !== null && run.dueAt < after(now, -tooOld)) return { kind: "exit", reason: "too old" };
  if (!facts.shop.ok) return { kind: "wait", until: after(now, 10 * minute), reason: "paused" };
  const leftAgain = busyUntil(subject);
  if (leftAgain !== null && leftAgain > now) return { kind: "wait", until: leftAgain, reason: "shopper is back" };
  const capped = capUntil(facts.sentLately, now);
  if (capped !== null) return { kind: "wait", until: capped, reason: "frequency cap" };
  if (subject.kind === "product" && subject.standing === "unknown") return { kind: "wait", until: after(now, 10 * minute), reason: "product not known yet" };
  if (facts.unread) return { kind: "wait", until: after(now, 5 * second), reason: "something just arrived" };
  if (step.kind === "offer-email" && !facts.codeReady) return { kind: "wait", until: after(now, 5 * minute), reason: "no offer code" };
  return { kind: "send", step };
}

/** Where a run stands once a step is behind it: the next step's time, or its end. */
export function nextOf(flow: Flow, stepIndex: number, now: Date): { stepIndex: number; dueAt: Date | null } {
  const next = liveSteps(flow)[stepIndex + 1];
  return { stepIndex: stepIndex + 1, dueAt: next === undefined ? null : after(now, next.waitHours * hour) };
}

/** When the first step of a new run is due. */
export function firstDue(flow: Flow, now: Date): Date {
  return after(now, (liveSteps(flow)[0]?.waitHours ?? 0) * hour);
}
