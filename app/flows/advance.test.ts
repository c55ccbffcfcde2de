import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { abandonedAfter, viewedFor } from "../segments/standard.ts";
import { after, day, hour, minute } from "../lib/time.ts";
import { capUntil, caps, decide, firstDue, nextOf, quietAfterLook, tooOld, type Decision, type Facts, type Run, type Subject } from "./advance.ts";
import { defaultSettings, type Flow, type Step } from "./flow.ts";

const now = new Date("2026-11-21T09:00:00Z");
const flow = (change: Partial<Flow> = {}): Flow => ({
  key: "abandoned-checkout",
  name: "Abandoned checkout",
  enabledAt: after(now, -90 * day),
  version: 1,
  settings: defaultSettings["abandoned-checkout"],
  holdoutPercent: 10,
  testMailAt: now,
  testMailTo: null,
  otherMailsOffAt: now,
  ...change,
});
const run = (change: Partial<Run> = {}): Run => ({ stepIndex: 0, startedAt: after(now, -day), dueAt: now, ...change });
type Left = Extract<Subject, { kind: "checkout" }>;
type Look = Extract<Subject, { kind: "product" }>;
const checkout = (change: Partial<NonNullable<Left["checkout"]>> = {}): Left => ({
  kind: "checkout",
  checkout: { updatedAt: after(now, -day), completedAt: null, deletedAt: null, recoverUrl: "https://shop.test/recover", ...change },
});
const look = (change: Partial<Look> = {}): Look => ({
  kind: "product",
  standing: "shown",
  lookedAt: after(now, -5 * hour),
  lastSeenAt: after(now, -5 * hour),
  movedOn: false,
  remindedAt: null,
  ...change,
});
const facts = (change: Partial<Facts> = {}): Facts => ({
  shop: { ok: true },
  subject: checkout(),
  ordered: false,
  perhapsOrdered: false,
  email: "ann@x.test",
  permission: { allowed: true, rule: "8", because: "she said so", agreed: true },
  globalHoldout: false,
  sentLately: [],
  unread: false,
  codeReady: true,
  ...change,
});
const short = (decision: Decision) => (decision.kind === "send" ? `send ${decision.step.key}` : `${decision.kind}: ${decision.reason}`);
const refused = (reason: "suppressed" | "opted-out" | "no-consent") => ({ allowed: false, rule: "order", reason }) as const;
const browse = (change: Partial<Flow> = {}): Flow =>
  flow({ key: "browse-abandonment", name: "Browse abandonment", settings: defaultSettings["browse-abandonment"], ...change });
const live = (...enabled: boolean[]): Flow =>
  flow({ settings: { steps: defaultSettings["abandoned-checkout"].steps.map((step, index): Step => ({ ...step, enabled: enabled[index] ?? true })) } });

describe("what a run does now", () => {
  test.each<[law: string, flow: Flow, run: Run, facts: Facts, decision: string]>([
    ["due, allowed, nothing in the way", flow(), run(), facts(), "send reminder"],
    ["the second step", flow(), run({ stepIndex: 1 }), facts(), "send proof"],
    ["an offer with a code", flow(), run({ stepIndex: 2 }), facts(), "send offer"],
    ["a step that is off is passed over", live(true, false), run({ stepIndex: 1 }), facts(), "send offer"],
    ["the app was removed", flow(), run(), facts({ shop: { ok: false, reason: "uninstalled" } }), "exit: uninstalled"],
    ["she ordered", flow(), run(), facts({ ordered: true }), "exit: ordered"],
    ["somebody ordered who may be her", flow(), run(), facts({ perhapsOrdered: true }), "exit: may have ordered"],
    ["the checkout was completed", flow(), run(), facts({ subject: checkout({ completedAt: now }) }), "exit: ordered"],
    ["the flow was switched off", flow({ enabledAt: null }), run(), facts(), "exit: flow switched off"],
    ["the checkout was never seen", flow(), run(), facts({ subject: { kind: "checkout", checkout: null } }), "exit: checkout gone"],
    ["the checkout was deleted", flow(), run(), facts({ subject: checkout({ deletedAt: now }) }), "exit: checkout gone"],
    ["the checkout leads nowhere", flow(), run(), facts({ subject: checkout({ recoverUrl: null }) }), "exit: checkout gone"],
    ["nobody knows her address", flow(), run(), facts({ email: null }), "exit: no address"],
    ["her address is suppressed", flow(), run(), facts({ permission: refused("suppressed") }), "exit: suppressed"],
    ["she opted out", flow(), run(), facts({ permission: refused("opted-out") }), "exit: opted out"],
    ["she never agreed", flow(), run(), facts({ permission: refused("no-consent") }), "exit: no consent"],
    ["she is held out of everything", flow(), run(), facts({ globalHoldout: true }), "exit: global holdout"],
    ["there is no further step", flow(), run({ stepIndex: 3 }), facts(), "exit: every step done"],
    ["every step was switched off", live(false, false, false), run(), facts(), "exit: every step done"],
    ["held back for longer than she remembers", flow(), run({ dueAt: after(now, -tooOld - 1) }), facts(), "exit: too old"],
    ["held back as long as she remembers", flow(), run({ dueAt: after(now, -tooOld) }), facts(), "send reminder"],
    ["not due", flow(), run({ dueAt: after(now, 1) }), facts(), "wait: not due"],
    ["the shop is paused", flow(), run(), facts({ shop: { ok: false, reason: "paused" } }), "wait: paused"],
    ["she is at her checkout again", flow(), run(), facts({ subject: checkout({ updatedAt: after(now, 1 - abandonedAfter) }) }), "wait: shopper is back"],
    ["she left again an hour ago", flow(), run(), facts({ subject: checkout({ updatedAt: after(now, -abandonedAfter) }) }), "send reminder"],
    ["she had a mail today", flow(), run(), facts({ sentLately: [after(now, -hour)] }), "wait: frequency cap"],
    ["something of hers is in the log and not read", flow(), run(), facts({ unread: true }), "wait: something just arrived"],
    ["what ends it ends it all the same", flow(), run(), facts({ unread: true, ordered: true }), "exit: ordered"],
    ["the pool of codes is empty", flow(), run({ stepIndex: 2 }), facts({ codeReady: false }), "wait: no offer code"],
    ["a mail without an offer needs no code", flow(), run(), facts({ codeReady: false }), "send reminder"],
  ])("%s", (_law, one, of, given, decision) => expect(short(decide(one, of, given, now))).toBe(decision));

  test("a purchase is told before anything that only holds the run, and before a missing consent", () => {
    const all = facts({
      ordered: true,
      shop: { ok: false, reason: "paused" },
      permission: refused("no-consent"),
      email: null,
      subject: { kind: "checkout", checkout: null },
      globalHoldout: true,
    });
    expect(short(decide(flow(), run({ dueAt: after(now, day) }), all, now))).toBe("exit: ordered");
  });

  test("an opt-out ends the run at once, not when its next step is due", () => {
    expect(short(decide(flow(), run({ dueAt: after(now, day) }), facts({ permission: refused("opted-out") }), now))).toBe("exit: opted out");
  });
});

describe("what a run about a product does now", () => {
  const looked = (change: Partial<Look> = {}, rest: Partial<Facts> = {}) => facts({ subject: look(change), ...rest });
  test.each<[law: string, run: Run, facts: Facts, decision: string]>([
    ["due, allowed, nothing in the way", run(), looked(), "send reminder"],
    ["there is one mail unless the merchant wants the second", run({ stepIndex: 1 }), looked(), "exit: every step done"],
    ["not due", run({ dueAt: after(now, 1) }), looked(), "wait: not due"],
    ["she put something into a cart, or began a checkout", run(), looked({ movedOn: true }), "exit: cart or checkout since"],
    ["that ends it at once, not when it is due", run({ dueAt: after(now, hour) }), looked({ movedOn: true }), "exit: cart or checkout since"],
    ["she ordered", run(), looked({ movedOn: true }, { ordered: true }), "exit: ordered"],
    ["the product is gone", run(), looked({ standing: "gone" }), "exit: product gone"],
    ["the product is not known yet: held, not sent without its picture and price", run(), looked({ standing: "unknown" }), "wait: product not known yet"],
    ["she looks around just now", run(), looked({ lastSeenAt: after(now, 1 - abandonedAfter) }), "wait: shopper is back"],
    ["she left an hour ago", run(), looked({ lastSeenAt: after(now, -abandonedAfter) }), "send reminder"],
    ["she was reminded of another look less than two weeks ago", run(), looked({ remindedAt: after(now, 1 - quietAfterLook) }), "exit: reminded lately"],
    ["she was reminded of another look two weeks ago", run(), looked({ remindedAt: after(now, -quietAfterLook) }), "send reminder"],
    ["her last look is two weeks old", run(), looked({ lookedAt: after(now, -viewedFor), lastSeenAt: after(now, -viewedFor) }), "exit: looked too long ago"],
    ["a moment less", run(), looked({ lookedAt: after(now, 1 - viewedFor), lastSeenAt: after(now, 1 - viewedFor) }), "send reminder"],
    ["nobody knows her address", run(), looked({}, { email: null }), "exit: no address"],
    ["she opted out", run(), looked({}, { permission: refused("opted-out") }), "exit: opted out"],
    ["she never agreed", run(), looked({}, { permission: refused("no-consent") }), "exit: no consent"],
    ["she is held out of everything", run(), looked({}, { globalHoldout: true }), "exit: global holdout"],
    ["any marketing mail today counts, of whatever flow", run(), looked({}, { sentLately: [after(now, -hour)] }), "wait: frequency cap"],
    ["the app was removed", run(), looked({}, { shop: { ok: false, reason: "uninstalled" } }), "exit: uninstalled"],
    ["the shop is paused", run(), looked({}, { shop: { ok: false, reason: "paused" } }), "wait: paused"],
  ])("%s", (_law, of, given, decision) => expect(short(decide(browse(), of, given, now))).toBe(decision));

  test("it is off", () => expect(short(decide(browse({ enabledAt: null }), run(), looked(), now))).toBe("exit: flow switched off"));
  test("the first mail is due four hours after the look", () => expect(firstDue(browse(), now)).toEqual(after(now, 4 * hour)));
});

describe("the caps: one in 24 hours, three in 7 days", () => {
  test.each<[law: string, sent: number[], wait: number | null]>([
    ["none yet", [], null],
    ["one a moment less than a day ago", [day - 1], 1],
    ["one a day ago", [day], null],
    ["three within the week", [2 * day, 4 * day, 6 * day], day],
    ["three, one of them a week ago", [2 * day, 4 * day, 7 * day], null],
    ["both caps: the later end counts", [hour, 2 * day, 6 * day], day],
    ["two at once yesterday, by whatever way: until the older leaves, then the next look", [hour, 2 * hour], 22 * hour],
  ])("%s", (_law, sent, wait) =>
    expect(
      capUntil(
        sent.map((ago) => after(now, -ago)),
        now,
      ),
    ).toEqual(wait === null ? null : after(now, wait)),
  );
});

const moment = fc.integer({ min: -20 * 24 * 60, max: 24 * 60 }).map((minutes) => after(now, minutes * minute));
const anySubject: fc.Arbitrary<Subject> = fc.oneof(
  fc.record({
    kind: fc.constant("checkout" as const),
    checkout: fc.option(
      fc.record({
        updatedAt: moment,
        completedAt: fc.option(moment, { freq: 1 }),
        deletedAt: fc.option(moment, { freq: 1 }),
        recoverUrl: fc.option(fc.constant("https://shop.test/recover"), { freq: 9 }),
      }),
      { freq: 9 },
    ),
  }),
  fc.record({
    kind: fc.constant("product" as const),
    standing: fc.constantFrom("shown" as const, "shown" as const, "shown" as const, "gone" as const, "unknown" as const),
    lookedAt: moment,
    lastSeenAt: moment,
    movedOn: fc.constantFrom(false, false, true),
    remindedAt: fc.option(moment, { freq: 1 }),
  }),
);
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  shop: fc.constantFrom(
    { ok: true as const },
    { ok: true as const },
    { ok: false as const, reason: "paused" as const },
    { ok: false as const, reason: "uninstalled" as const },
  ),
  subject: anySubject,
  ordered: fc.boolean(),
  perhapsOrdered: fc.nat({ max: 19 }).map((chance) => chance === 0),
  email: fc.option(fc.constant("ann@x.test"), { freq: 9 }),
  permission: fc.constantFrom(
    { allowed: true as const, rule: "8", because: "", agreed: true },
    { allowed: true as const, rule: "8", because: "", agreed: true },
    refused("suppressed"),
    refused("opted-out"),
    refused("no-consent"),
  ),
  globalHoldout: fc.boolean(),
  sentLately: fc.array(moment, { maxLength: 4 }),
  unread: fc.nat(9).map((one) => one === 0),
  codeReady: fc.boolean(),
});
const anyRun = fc.record({ stepIndex: fc.nat(4), startedAt: moment, dueAt: fc.option(moment) });
const anyFlow = fc
  .record({ on: fc.boolean(), enabled: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }) })
  .map(({ on, enabled }): Flow => ({ ...live(...enabled), enabledAt: on ? after(now, -90 * day) : null }));

describe("laws, for any run and any facts", () => {
  test("nothing is sent to who ordered, opted out, was erased or held out; nor while paused, switched off or not due; nor over the cap", () => {
    let sent = 0;
    let looks = 0;
    fc.assert(
      fc.property(anyFlow, anyRun, anyFacts, (one, of, given) => {
        const decision = decide(one, of, given, now);
        if (decision.kind !== "send") return;
        sent += 1;
        expect(given).toMatchObject({
          shop: { ok: true },
          ordered: false,
          perhapsOrdered: false,
          email: "ann@x.test",
          permission: { allowed: true },
          unread: false,
          globalHoldout: false,
          subject: given.subject.kind === "checkout" ? { checkout: { completedAt: null, deletedAt: null } } : { standing: "shown", movedOn: false },
        });
        if (given.subject.kind === "product") {
          expect(given.subject.lastSeenAt <= after(now, -abandonedAfter)).toBe(true);
          expect(given.subject.remindedAt === null || given.subject.remindedAt <= after(now, -quietAfterLook)).toBe(true);
          looks += 1;
        }
        expect(one.enabledAt).not.toBeNull();
        expect(of.dueAt === null || of.dueAt <= now).toBe(true);
        expect(capUntil(given.sentLately, now)).toBeNull();
        expect(decision.step.enabled).toBe(true);
        if (decision.step.kind === "offer-email") expect(given.codeReady).toBe(true);
      }),
      { numRuns: 80_000, seed: 20261121 },
    );
    expect(looks).toBeGreaterThan(20);
    expect(sent - looks).toBeGreaterThan(20);
  });

  test("whoever waits, waits for a moment that is still to come: no run turns on the spot", () => {
    fc.assert(
      fc.property(anyFlow, anyRun, anyFacts, (one, of, given) => {
        const decision = decide(one, of, given, now);
        if (decision.kind === "wait") expect(decision.until > now).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

test("the caps are never exceeded, however many checkouts one person leaves and whenever the worker looks", () => {
  const checkouts = fc.array(fc.record({ leftAt: fc.nat(14 * 24), waits: fc.tuple(fc.nat(24), fc.nat(48), fc.nat(48)) }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(checkouts, fc.integer({ min: 1, max: 90 }), (left, step) => {
      const sent: Date[] = [];
      const begin = new Date("2026-11-01T00:00:00Z");
      const runs = left.map(({ leftAt, waits }) => {
        const one = flow({
          settings: { steps: defaultSettings["abandoned-checkout"].steps.map((each, index): Step => ({ ...each, waitHours: waits[index] ?? 0 })) },
        });
        const at = after(begin, leftAt * hour);
        return { one, at, over: false, of: run({ startedAt: at, dueAt: firstDue(one, after(at, abandonedAfter)) }) };
      });
      for (let clock = begin; clock < after(begin, 40 * day); clock = after(clock, step * 17 * minute)) {
        for (const each of runs) {
          if (each.over || each.at > clock) continue;
          const decision = decide(
            each.one,
            each.of,
            facts({ subject: checkout({ updatedAt: each.at }), sentLately: sent.filter((at) => at >= after(clock, -7 * day)) }),
            clock,
          );
          if (decision.kind === "exit") each.over = true;
          if (decision.kind === "wait") each.of = { ...each.of, dueAt: decision.until };
          if (decision.kind !== "send") continue;
          sent.push(clock);
          const next = nextOf(each.one, each.of.stepIndex, clock);
          each.of = { ...each.of, ...next };
          each.over = next.dueAt === null;
        }
      }
      for (const at of sent) {
        expect(sent.filter((other) => other > after(at, -day) && other <= at).length).toBeLessThanOrEqual(caps.day);
        expect(sent.filter((other) => other > after(at, -7 * day) && other <= at).length).toBeLessThanOrEqual(caps.week);
      }
      expect(sent.length).toBeGreaterThan(0);
    }),
    { numRuns: 40 },
  );
});

describe("where a run goes next", () => {
  test("to the next step, its wait counted from now", () => expect(nextOf(flow(), 0, now)).toEqual({ stepIndex: 1, dueAt: after(now, 72 * hour) }));
  test("over a step that is off", () => expect(nextOf(live(true, false, true), 0, now)).toEqual({ stepIndex: 1, dueAt: after(now, 48 * hour) }));
  test("to its end after the last", () => expect(nextOf(flow(), 2, now)).toEqual({ stepIndex: 3, dueAt: null }));
  test("a new run begins with the wait of the first step that is on", () => {
    expect(firstDue(flow(), now)).toEqual(now);
    expect(firstDue(live(false), now)).toEqual(after(now, 72 * hour));
  });
});
