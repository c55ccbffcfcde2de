// What conditions claim about the same thing, and whether such claims exclude each other or leave nothing out.
import { day } from "../lib/time.ts";
import { addsUp, type Stretch } from "./adds-up.ts";
import { dueBounds, foretells, type Foretelling } from "./foretold.ts";
import { byDays, canonical, type Condition, type ConditionOf, type Is, type Node, type When } from "./rule.ts";
import { cycleOf } from "./stands-on.ts";
import { windowOf, type Window } from "./window.ts";
import { writtenOut } from "./written-out.ts";

/** Whole numbers, both ends included. Of several the lower comes first, and they do not touch. */
type Range = readonly [low: number, high: number];

/** Where what is counted lies. `anchor`: the deed since which it counts, where there is one. */
type Place = Window & { anchor: string | null };

/**
 * A number, and of what. `among`: where it can lie at all; of whom there is no such number it is taken to be the last of these, beyond all others. `bare`: it is no
 * less in the whole of some time than in a part of it; `adds`: in the whole it is what its parts come to. `counted`: what it is worked out from, and what it is where that is
 * none.
 */
type Numbered = {
  kind: "number";
  what: string;
  place: Place;
  among: Range;
  ranges: Range[];
  bare: boolean;
  adds: boolean;
  counted: { what: string; none: number } | null;
};

/** A claim: that something is so, or is not; that a number lies in some ranges; or that the one value of a field is among some. */
export type Claim = { kind: "is"; what: string; wanted: boolean } | Numbered | { kind: "value"; what: string; values: string[]; wanted: boolean };

/** A condition among others, and what it claims: the way to it, and whether it is asked for, or its opposite. */
export type Side = { path: number[]; wanted: boolean; claims: Claim[] };

/** The shop's days, and the rules of its other segments. `within`: those that led here. */
export type ClaimedIn = { timezone: string; rules: ReadonlyMap<string, Node>; within: readonly string[] };

const greatest = Number.MAX_SAFE_INTEGER - 1;
const counts: Range = [0, greatest];
/** The same for whom there may be no such number. */
const orNone = ([first, last]: Range): Range => [first, last + 1];

const rangeOf = (is: Is, n: number, [first, last]: Range): Range => (is === "at-least" ? [n, last] : is === "at-most" ? [first, n] : [n, n]);

/** What of a range lies outside of some others. */
function outsideOf(others: Range[], [first, last]: Range): Range[] {
  const ends = [...others.map(([low]) => low - 1), last];
  const begins = [first, ...others.map(([, high]) => high + 1)];
  return begins.map((low, index) => [low, ends[index] as number] as const).filter(([low, high]) => low <= high);
}

function overlap(a: Range[], b: Range[]): Range[] {
  return a.flatMap(([low, high]) => b.map(([from, until]) => [Math.max(low, from), Math.min(high, until)] as const)).filter(([low, high]) => low <= high);
}

const placeOf = (when: When, timezone: string): Place => ({ ...windowOf(when, timezone), anchor: when.kind === "since" ? canonical(when.deed) : null });
const ever = placeOf({ kind: "ever" }, "UTC");

/** On how many of the shop's days something can be done while a *when* looks at it: its ends may lie within a day, and a day may be short. */
export function mostDays(when: When, timezone: string): number {
  const { opens, closes, since, before } = windowOf(when, timezone);
  const dates = Math.round((before - since) / day);
  return Math.max(0, Math.min(dates, Math.floor((closes - opens) / day) + 2, greatest));
}

/** Whether whatever lies in one lies in the other. */
function liesIn(inner: Place, outer: Place): boolean {
  return (
    inner.opens >= outer.opens &&
    inner.closes <= outer.closes &&
    inner.since >= outer.since &&
    inner.before <= outer.before &&
    (outer.anchor === null || inner.anchor === outer.anchor)
  );
}

const plain = { kind: "number", place: ever, bare: false, adds: false, counted: null } as const;

/** What is expected of her. */
function expectedClaim(node: Foretelling): Numbered | null {
  if (node.kind === "chance-of-order") {
    const percents: Range = [0, 100];
    // What she may do within a month she may do within a year; and of whom the year is known the month is, too.
    const place = { ...ever, closes: node.within };
    return { ...plain, what: node.kind, place, among: orNone(percents), ranges: [rangeOf(node.chance.is, node.chance.percent, percents)], bare: true };
  }
  if (node.kind === "predicted-spend") {
    return { ...plain, what: node.kind, among: orNone(counts), ranges: [rangeOf(node.spend.is, node.spend.value, counts)] };
  }
  // How long ago the order was expected, in milliseconds.
  const { from, until } = dueBounds(node);
  const [first, last] = [Math.max(from, -greatest), Math.min(until - 1, greatest)];
  return first <= last ? { ...plain, what: node.kind, among: orNone([-greatest, greatest]), ranges: [[first, last]] } : null;
}

const deedCounted = (did: string, where: object, onDays: boolean) => canonical({ did, where, onDays });

function didClaim(node: ConditionOf<"did">, timezone: string): Numbered {
  const { did, where, times, when } = node;
  const onDays = byDays(node);
  // Who did it on some days did it.
  const counted = onDays ? { what: deedCounted(did, where, false), none: 0 } : null;
  const among: Range = onDays ? [0, mostDays(when, timezone)] : counts;
  const number = { ...plain, what: deedCounted(did, where, onDays), place: placeOf(when, timezone), among, bare: true, adds: !onDays, counted };
  return { ...number, ranges: overlap([rangeOf(times.is, times.n, counts)], [among]) };
}

function ordersClaim({ measure, is, value, where, when }: ConditionOf<"orders">, timezone: string): Numbered {
  const orders = deedCounted("ordered", where, false);
  const number = { ...plain, what: canonical({ measure, where }), place: placeOf(when, timezone), among: counts, ranges: [rangeOf(is, value, counts)] };
  if (measure === "number") return { ...number, what: orders, bare: true, adds: true };
  // No order brings less than nothing.
  if (measure === "spent") return { ...number, bare: true, adds: true, counted: { what: orders, none: 0 } };
  // In half steps: what lies between two amounts is one of them. Of no orders there is no average.
  const among = orNone(counts);
  return { ...number, among, ranges: [rangeOf(is, 2 * value, counts)], counted: { what: orders, none: among[1] } };
}

/** How long ago the one moment lies that is asked for, where it is not asked by dates. */
function momentClaim(node: ConditionOf<"order-date"> | ConditionOf<"first-seen">, timezone: string): Numbered | null {
  if (node.when.kind === "dates") return null;
  const { opens, closes } = windowOf(node.when, timezone);
  const last = Math.min(closes - 1, greatest);
  const what = canonical({ ...node, when: null });
  return opens <= last ? { ...plain, what, among: orNone(counts), ranges: [[opens, last]] } : null;
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

/** What a condition claims; null where nothing can lie in what it asks for. */
function claimOf(node: Condition, timezone: string): Claim | null {
  if (foretells(node)) return expectedClaim(node);
  if (node.kind === "did") return didClaim(node, timezone);
  if (node.kind === "orders") return ordersClaim(node, timezone);
  if ((node.kind === "order-date" || node.kind === "first-seen") && node.when.kind !== "dates") return momentClaim(node, timezone);
  const values = valueOf(node);
  return values === null ? { kind: "is", what: canonical(node), wanted: true } : { kind: "value", what: node.kind, values, wanted: true };
}

/** What is claimed where a claim is denied. */
function denied(claim: Claim): Claim {
  return claim.kind === "number" ? { ...claim, ranges: outsideOf(claim.ranges, claim.among) } : { ...claim, wanted: !claim.wanted };
}

/** The rule that a condition stands for, if there is one. What leads back to itself stands for nothing: it means something else wherever it is asked. */
function standsFor(node: Condition, { rules, within }: ClaimedIn): { rule: Node; within: readonly string[] } | null {
  if (node.kind === "lifecycle" || node.kind === "rfm-group") return { rule: writtenOut(node), within };
  if (node.kind !== "in-segment" || within.includes(node.segment)) return null;
  const rule = rules.get(node.segment);
  return rule === undefined || cycleOf(node.segment, rule, rules) !== null ? null : { rule, within: [...within, node.segment] };
}

/**
 * The conditions that what is joined by *all* or by *any* has side by side, each of which is to be fulfilled, or one of which is enough, and what each of them claims. What
 * is joined the same way inside it has its own along with them: *not* turns the one into the other, and a group of one part is both.
 */
export function sidesOf(node: Node, kind: "all" | "any", shop: ClaimedIn, wanted = true, path: number[] = []): Side[] {
  if (node.kind === "not") return sidesOf(node.of, kind, shop, !wanted, [...path, 0]);
  if (node.kind === "all" || node.kind === "any") {
    const isJoined = (node.kind === kind) === wanted || node.of.length === 1;
    return isJoined ? node.of.flatMap((one, index) => sidesOf(one, kind, shop, wanted, [...path, index])) : [];
  }
  const claim = claimOf(node, shop.timezone);
  const behind = standsFor(node, shop);
  const own = claim === null ? [] : [wanted ? claim : denied(claim)];
  const others = behind === null ? [] : sidesOf(behind.rule, kind, { ...shop, within: behind.within }, wanted);
  return [{ path, wanted, claims: [...own, ...others.flatMap(({ claims }) => claims)] }];
}

function grouped<Of>(all: Of[], by: (one: Of) => string): Of[][] {
  return [...Map.groupBy(all, by).values()];
}

/** That there are some, of whom a number is claimed that it could not be otherwise. */
function counting({ place, counted, ranges }: Numbered): Numbered[] {
  if (counted === null || overlap(ranges, [[counted.none, counted.none]]).length > 0) return [];
  return [{ ...plain, what: counted.what, place, among: counts, ranges: [[1, greatest]], bare: true, adds: true }];
}

/** Whether there could be one number as all of some claims about it have it. */
function couldBe(claims: Numbered[]): boolean {
  const windows = grouped(claims, ({ place: { opens, closes, since, before, anchor } }) => [opens, closes, since, before, anchor].join(" "));
  const left = windows.flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, ranges: others.reduce((some, one) => overlap(some, one.ranges), first.ranges) }],
  );
  const inOrder = left.map((one) => ({ ...one, parts: left.filter(({ place }) => liesIn(place, one.place)).length })).sort((a, b) => a.parts - b.parts);
  const least: { place: Place; number: number }[] = [];
  // The least that it can be in each, the parts of a time before the whole of it.
  for (const { place, ranges, bare } of inOrder) {
    const floor = bare ? Math.max(-Infinity, ...least.filter((one) => liesIn(one.place, place)).map(({ number }) => number)) : -Infinity;
    const range = ranges.find(([, high]) => high >= floor);
    if (range === undefined) return false;
    least.push({ place, number: Math.max(range[0], floor) });
  }
  return fitTogether(left.filter(({ adds, place }) => adds && place.anchor === null));
}

/** In how many ways at most it is tried which of several ranges a number lies in; of more than that the whole between the ends is taken. */
const tries = 64;
/** Of how many times the numbers are added up. */
const mostTimes = 30;

/** Whether numbers of several times can be what their parts come to. Times by their age and times by their date slide along each other: of both no sum is known. */
function fitTogether(claims: Numbered[]): boolean {
  const ages = claims.filter(({ place: { since, before } }) => since === -Infinity && before === Infinity);
  const dated = claims.filter(({ place: { opens, closes } }) => opens === 0 && closes === Infinity);
  return (
    canFit(ages.map(({ place, ranges }) => ({ from: place.opens, until: place.closes, ranges }))) &&
    canFit(dated.map(({ place, ranges }) => ({ from: place.since, until: place.before, ranges })))
  );
}

function canFit(times: { from: number; until: number; ranges: Range[] }[]): boolean {
  // Of one time within another it is known already, and of very many nobody would find out why.
  if (times.length < 3 || times.length > mostTimes) return true;
  let ways: Stretch[][] = [[]];
  for (const { from, until, ranges } of times) {
    const [first, last] = [ranges[0]?.[0] ?? 0, ranges.at(-1)?.[1] ?? 0];
    const apart = ways.length * ranges.length <= tries ? ranges : [[first, last] as const];
    ways = ways.flatMap((way) => apart.map(([least, most]) => [...way, { from, until, least, most }]));
  }
  return ways.some(addsUp);
}

/** Whether nobody can fulfil all of some claims. */
function contradicts(claims: Claim[]): boolean {
  const numbers = claims.filter((one) => one.kind === "number");
  if (!grouped([...numbers, ...numbers.flatMap(counting)], ({ what }) => what).every(couldBe)) return true;
  const emptied = grouped(claims.filter((one) => one.kind === "value"), ({ what }) => what).some((group) => {
    const [first] = group.filter((one) => one.wanted);
    return first !== undefined && first.values.every((value) => group.some((one) => one.values.includes(value) !== one.wanted));
  }); // prettier-ignore
  // The same thing claimed and denied.
  const facts = claims.filter((one) => one.kind === "is");
  return emptied || facts.some((one) => facts.some((other) => one.what === other.what && one.wanted !== other.wanted));
}

/** Whether nobody can be as all of some conditions have it; or, of *any*, whether everybody is as one of them has it, since nobody could deny them all. */
export function decideTogether(sides: Side[], kind: "all" | "any"): boolean {
  const claims = sides.flatMap((one) => one.claims);
  return contradicts(kind === "all" ? claims : claims.map(denied));
}

/** Of some conditions that decide together, a few that do so already, in their order, and of which none can be left out: two, where the first that do so have two among them. */
export function decisiveOf(sides: Side[], kind: "all" | "any"): Side[] {
  const decides = (some: Side[]) => decideTogether(some, kind);
  let [left, found] = [sides, [] as Side[]];
  while (left.length > 0 && !decides(found)) {
    // The last of the first so many that decide, along with those that are found: without it they would not, so it is one.
    let [few, enough] = [0, left.length];
    while (enough - few > 1) {
      const half = Math.floor((few + enough) / 2);
      if (decides([...left.slice(0, half), ...found])) enough = half;
      else few = half;
    }
    found = [...left.slice(enough - 1, enough), ...found];
    left = left.slice(0, enough - 1);
    const other = found.length === 1 && !decides(found) ? left.find((one) => decides([one, ...found])) : undefined;
    if (other !== undefined) return [other, ...found];
  }
  return found;
}
