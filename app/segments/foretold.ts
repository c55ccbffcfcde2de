// Conditions over predictions: while each is true of somebody who ordered, if she does not again.
import { day } from "../lib/time.ts";
import type { Model } from "../predictions/model.ts";
import { groupCount, groupOf, standingOf, steps, type Placed } from "../predictions/place.ts";
import { predictionOf, spendOf } from "../predictions/predict.ts";
import { placeOf, tablesOf } from "../predictions/tables.ts";
import { canonical, milliseconds, type Condition, type ConditionOf } from "./rule.ts";

export type Foretelling = ConditionOf<"chance-of-order" | "expected-order" | "predicted-spend">;

export function foretells(node: Condition): node is Foretelling {
  return node.kind === "chance-of-order" || node.kind === "expected-order" || node.kind === "predicted-spend";
}

/** What is expected of somebody, of what a condition asks for; the same as her own screen says. */
export type Expected =
  | { what: "chance"; percent: number; low: number; high: number }
  | { what: "date"; at: Date; passed: boolean }
  | { what: "spend"; minor: number; low: number; high: number }
  /** She has no order that counts; or too little is known of the shop. */
  | { what: "never-ordered" | "unknown" };

export function expectedNow(node: Foretelling, orders: readonly Placed[], model: Model | null, now: Date): Expected {
  const standing = standingOf(orders);
  if (standing === null) return { what: "never-ordered" };
  if (model === null) return { what: "unknown" };
  const { chance, nextOrder, spend } = predictionOf(model, standing, now);
  if (node.kind === "expected-order") return nextOrder === null ? { what: "unknown" } : { what: "date", at: nextOrder.at, passed: nextOrder.at < now };
  if (node.kind === "predicted-spend") return spend === null ? { what: "unknown" } : { what: "spend", ...spend };
  const found = chance[node.within];
  return found === null ? { what: "unknown" } : { what: "chance", ...found };
}

type Bounds = { from: number; until: number };

/** How long after an expected order a condition over it is true, half-open: before it, where negative. */
export function dueBounds({ due }: ConditionOf<"expected-order">): Bounds {
  if (due.kind === "within") return { from: -milliseconds(due.length), until: 0 };
  return { from: milliseconds(due.atLeast), until: due.lessThan === undefined ? Infinity : milliseconds(due.lessThan) };
}

/** The stretches of time in which a condition holds; null where too little is known for any answer, or she never ordered. */
export function foretold(node: Foretelling, orders: readonly Placed[], model: Model): Bounds[] | null {
  const standing = standingOf(orders);
  if (standing === null) return null;
  const tables = tablesOf(model);
  const group = groupOf(standing, model.typicalGap);
  const last = standing.lastAt.getTime();
  if (node.kind === "expected-order") {
    const days = tables.expected?.[group];
    const { from, until } = dueBounds(node);
    return days === undefined ? null : [{ from: last + days * day + from, until: last + days * day + until }];
  }
  const value = (step: number) =>
    node.kind === "chance-of-order" ? (tables.chance[node.within]?.[placeOf(group, step)] ?? null) : spendOf(model, standing, group, step);
  if (value(0) === null) return null;
  const { is, limit } = node.kind === "chance-of-order" ? { is: node.chance.is, limit: node.chance.percent } : { is: node.spend.is, limit: node.spend.value };
  const holds = (step: number) => (is === "at-least" ? (value(step) ?? 0) >= limit : (value(step) ?? 0) <= limit);
  const found: Bounds[] = [];
  steps.forEach((days, step) => {
    if (!holds(step)) return;
    // An order that lies ahead of our clock was just placed; beyond the last step nothing changes any more.
    const [from, until] = [step === 0 ? -Infinity : last + days * day, last + (steps[step + 1] ?? Infinity) * day];
    const before = found.at(-1);
    if (before?.until === from) before.until = until;
    else found.push({ from, until });
  });
  return found;
}

/**
 * The last step, by group, at which another model may answer one of some conditions differently: whoever stands beyond it has the same future by both. Null where
 * anybody may be moved.
 */
export function movedSteps(before: Model | null, after: Model | null, asked: Foretelling[]): number[] | null {
  const nowhere = groups.map(() => -1);
  if (asked.length === 0 || (before === null && after === null)) return nowhere;
  if (before === null || after === null || before.typicalGap !== after.typicalGap) return null;
  const [was, is] = [tablesOf(before), tablesOf(after)];
  const lastDiffering = (node: Foretelling, group: number): number => {
    if (node.kind === "expected-order") return was.expected?.[group] === is.expected?.[group] ? -1 : steps.length;
    const places = steps.map((_, step) => placeOf(group, step));
    if (node.kind === "chance-of-order") {
      const [one, other] = [was.chance[node.within], is.chance[node.within]];
      if ((one === null) !== (other === null)) return steps.length;
      const { is: how, percent } = node.chance;
      const holds = (chance: number) => (how === "at-least" ? chance >= percent : chance <= percent);
      return places.findLastIndex((place) => holds(one?.[place] ?? 0) !== holds(other?.[place] ?? 0));
    }
    if (canonical(before.value) !== canonical(after.value)) return steps.length;
    return places.findLastIndex((place) => was.orders?.[place] !== is.orders?.[place]);
  };
  return groups.map((group) => Math.max(-1, ...asked.map((node) => lastDiffering(node, group))));
}

const groups = Array.from({ length: groupCount }, (_, group) => group);
