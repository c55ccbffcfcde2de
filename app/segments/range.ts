// What conditions claim about the same thing, and whether such claims exclude each other or leave nothing out.
import { canonical, milliseconds, type Condition, type Is, type Node, type When } from "./rule.ts";

/** Whole numbers, both ends included. */
type Range = readonly [low: number, high: number];

/** A claim: that something is so, or is not; that a number lies in some ranges; or that the one value of a field is among some. */
export type Claim =
  | { kind: "is"; what: string; wanted: boolean }
  | { kind: "number"; what: string; window: string; when: When; ranges: Range[]; bare: boolean }
  | { kind: "value"; what: string; values: string[]; wanted: boolean };

function rangesOf(is: Is, n: number, wanted: boolean): Range[] {
  const inside: Range[] = is === "at-least" ? [[n, Infinity]] : is === "at-most" ? [[0, n]] : [[n, n]];
  if (wanted) return inside;
  const outside: Range[] = is === "at-least" ? [[0, n - 1]] : is === "at-most" ? [[n + 1, Infinity]] : [[0, n - 1], [n + 1, Infinity]]; // prettier-ignore
  return outside.filter(([low, high]) => low <= high);
}

/** Fields of which everybody has one value at a time, or none. */
function valueOf(node: Condition): string[] | null {
  switch (node.kind) {
    case "country":
      return node.countries;
    case "language":
      return node.languages;
    case "email-consent":
      return node.states;
    case "rfm-group":
      return node.groups;
    case "lifecycle":
      return node.stages;
    default:
      return null;
  }
}

/** What a part of a group claims, or null where it is a group itself. */
export function claimOf(node: Node, wanted = true): Claim | null {
  if (node.kind === "not") return claimOf(node.of, !wanted);
  if (node.kind === "all" || node.kind === "any") return null;
  if (node.kind === "did") {
    const what = canonical({ kind: "did", did: node.did, where: node.where, onDays: node.onDays });
    return { kind: "number", what, window: canonical(node.when), when: node.when, ranges: rangesOf(node.times.is, node.times.n, wanted), bare: true };
  }
  if (node.kind === "orders" && node.measure !== "average") {
    const what = canonical({ kind: "orders", measure: node.measure, where: node.where });
    return {
      kind: "number",
      what,
      window: canonical(node.when),
      when: node.when,
      ranges: rangesOf(node.is, node.value, wanted),
      bare: node.measure === "number",
    };
  }
  const values = valueOf(node);
  return values === null ? { kind: "is", what: canonical(node), wanted } : { kind: "value", what: node.kind, values, wanted };
}

function overlap(a: Range[], b: Range[]): Range[] {
  return a.flatMap(([low, high]) => b.map(([from, until]) => [Math.max(low, from), Math.min(high, until)] as const)).filter(([low, high]) => low <= high);
}

/** Whether whatever lies in one window lies in the other. */
function liesIn(inner: When, outer: When): boolean {
  if (outer.kind === "ever") return true;
  return inner.kind === "last" && outer.kind === "last" && milliseconds(inner.length) <= milliseconds(outer.length);
}

function grouped<Of>(all: Of[], by: (one: Of) => string): Of[][] {
  const groups = new Map<string, Of[]>();
  for (const one of all) groups.set(by(one), [...(groups.get(by(one)) ?? []), one]);
  return [...groups.values()];
}

const numbers = (claims: Claim[]) => claims.filter((one) => one.kind === "number");
const valuesIn = (claims: Claim[]) => grouped(claims.filter((one) => one.kind === "value"), (one) => one.what); // prettier-ignore

/** The same thing claimed and denied. */
function opposed(claims: Claim[]): boolean {
  const plain = claims.filter((one) => one.kind === "is");
  return plain.some((one) => plain.some((other) => one.what === other.what && one.wanted !== other.wanted));
}

/** Whether nobody can fulfil all of some claims. */
export function contradicts(claims: Claim[]): boolean {
  const sameWindow = grouped(numbers(claims), (one) => `${one.what} ${one.window}`);
  const everything: Range[] = [[0, Infinity]];
  if (sameWindow.some((group) => group.reduce((left, one) => overlap(left, one.ranges), everything).length === 0)) return true;
  // More in a part of the time than in the whole of it.
  const most = (ranges: Range[]) => Math.max(-1, ...ranges.map(([, high]) => high));
  const least = (ranges: Range[]) => Math.min(Infinity, ...ranges.map(([low]) => low));
  const counts = numbers(claims).filter((one) => one.bare);
  if (counts.some((one) => counts.some((other) => one.what === other.what && liesIn(one.when, other.when) && least(one.ranges) > most(other.ranges))))
    return true;
  const emptied = valuesIn(claims).some((group) => {
    const allowed = group.filter((one) => one.wanted);
    const first = allowed[0];
    return first !== undefined && first.values.every((value) => group.some((one) => one.values.includes(value) !== one.wanted));
  });
  return emptied || opposed(claims);
}

/** Whether everybody fulfils at least one of some claims. */
export function coverAll(claims: Claim[]): boolean {
  const covered = grouped(numbers(claims), (one) => `${one.what} ${one.window}`).some((group) => {
    let next = 0;
    for (const [low, high] of group.flatMap((one) => one.ranges).sort((a, b) => a[0] - b[0])) if (low <= next) next = Math.max(next, high + 1);
    return next === Infinity;
  });
  const every = valuesIn(claims).some((group) => {
    const denied = group.filter((one) => !one.wanted);
    const first = denied[0];
    // Whoever is not among the first denied ones fulfils that; the others must each find another claim.
    return first !== undefined && first.values.every((value) => group.some((one) => one.values.includes(value) === one.wanted));
  });
  return covered || every || opposed(claims);
}
