// What conditions claim about the same thing, and whether such claims exclude each other or leave nothing out.
import { dueBounds, foretells, type Foretelling } from "./foretold.ts";
import { canonical, milliseconds, type Condition, type Is, type Node, type When } from "./rule.ts";

/** Whole numbers, both ends included. */
type Range = readonly [low: number, high: number];

/**
 * A number and where it lies. `window`: what it is of. `bare`: it grows with that. `without`: whether somebody who has no such number fulfils the claim, too; null
 * where everybody has one.
 */
type Numbered = { kind: "number"; what: string; window: When; within: Range; ranges: Range[]; bare: boolean; without: boolean | null };

/** A claim: that something is so, or is not; that a number lies in some ranges; or that the one value of a field is among some. */
export type Claim = { kind: "is"; what: string; wanted: boolean } | Numbered | { kind: "value"; what: string; values: string[]; wanted: boolean };

const rangeOf = (is: Is, n: number, [first, last]: Range): Range => (is === "at-least" ? [n, last] : is === "at-most" ? [first, n] : [n, n]);

/** What of a range lies outside of some others, which rise and do not touch. */
function outsideOf(others: Range[], [first, last]: Range): Range[] {
  const ends = [...others.map(([low]) => low - 1), last];
  const begins = [first, ...others.map(([, high]) => high + 1)];
  return begins.map((low, index) => [low, ends[index] as number] as const).filter(([low, high]) => low <= high && low < Infinity && high > -Infinity);
}

const counts: Range = [0, Infinity];
const ever: When = { kind: "ever" };

/** What is expected of her, of whom anything is: then only what is turned around is true of her. */
function expectedClaim(node: Foretelling): Numbered | null {
  const number = { kind: "number", window: ever, bare: false, without: false, what: node.kind } as const;
  if (node.kind === "chance-of-order") {
    const within: Range = [0, 100];
    // What she may do within a month she may do within a year.
    const window: When = { kind: "last", length: { amount: node.within, unit: "days" } };
    return { ...number, window, within, ranges: [rangeOf(node.chance.is, node.chance.percent, within)], bare: true };
  }
  if (node.kind === "predicted-spend") return { ...number, within: counts, ranges: [rangeOf(node.spend.is, node.spend.value, counts)] };
  // How long ago the order was expected, in milliseconds.
  const { from, until } = dueBounds(node);
  return from < until ? { ...number, within: [-Infinity, Infinity], ranges: [[from, until - 1]] } : null;
}

/** What is claimed where a claim is denied. */
function denied(claim: Claim): Claim {
  if (claim.kind !== "number") return { ...claim, wanted: !claim.wanted };
  return { ...claim, ranges: outsideOf(claim.ranges, claim.within), without: claim.without === null ? null : !claim.without };
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

/** What a part of a group claims; null where it is a group itself, or nothing can lie in what it asks for. */
export function claimOf(node: Node): Claim | null {
  if (node.kind === "not") {
    const claim = claimOf(node.of);
    return claim === null ? null : denied(claim);
  }
  if (node.kind === "all" || node.kind === "any") return null;
  if (foretells(node)) return expectedClaim(node);
  const number = { kind: "number", within: counts, without: null } as const;
  if (node.kind === "did") {
    const what = canonical({ kind: "did", did: node.did, where: node.where, onDays: node.onDays });
    return { ...number, what, window: node.when, ranges: [rangeOf(node.times.is, node.times.n, counts)], bare: true };
  }
  if (node.kind === "orders" && node.measure !== "average") {
    const what = canonical({ kind: "orders", measure: node.measure, where: node.where });
    return { ...number, what, window: node.when, ranges: [rangeOf(node.is, node.value, counts)], bare: node.measure === "number" };
  }
  const values = valueOf(node);
  return values === null ? { kind: "is", what: canonical(node), wanted: true } : { kind: "value", what: node.kind, values, wanted: true };
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

const valuesIn = (claims: Claim[]) => grouped(claims.filter((one) => one.kind === "value"), (one) => one.what); // prettier-ignore

/** The same thing claimed and denied. */
function opposed(claims: Claim[]): boolean {
  const plain = claims.filter((one) => one.kind === "is");
  return plain.some((one) => plain.some((other) => one.what === other.what && one.wanted !== other.wanted));
}

/** Whether nobody can fulfil all of some claims. */
export function contradicts(claims: Claim[]): boolean {
  const numbers = claims.filter((one) => one.kind === "number");
  const sameWindow = grouped(numbers, (one) => `${one.what} ${canonical(one.window)}`);
  const nowhere = ([first, ...others]: Numbered[]) => first !== undefined && others.reduce((left, one) => overlap(left, one.ranges), first.ranges).length === 0;
  if (sameWindow.some((group) => nowhere(group) && !group.every((one) => one.without === true))) return true;
  // More in a part of the time than in the whole of it. Of whom the whole is known the part is, too.
  const most = (ranges: Range[]) => Math.max(-1, ...ranges.map(([, high]) => high));
  const least = (ranges: Range[]) => Math.min(Infinity, ...ranges.map(([low]) => low));
  const more = (part: Numbered, whole: Numbered) =>
    part.what === whole.what && liesIn(part.window, whole.window) && whole.without !== true && least(part.ranges) > most(whole.ranges);
  const bare = numbers.filter((one) => one.bare);
  if (bare.some((part) => bare.some((whole) => more(part, whole)))) return true;
  const emptied = valuesIn(claims).some((group) => {
    const [first] = group.filter((one) => one.wanted);
    return first !== undefined && first.values.every((value) => group.some((one) => one.values.includes(value) !== one.wanted));
  });
  return emptied || opposed(claims);
}

/** Whether everybody fulfils at least one of some claims: nobody could deny them all. */
export function coverAll(claims: Claim[]): boolean {
  return contradicts(claims.map(denied));
}
