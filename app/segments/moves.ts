// Which way what happens can move a rule. Whoever is in need not be looked at for what can only make it truer, nor whoever is out for what can only make it falser.
import type { EventName } from "../events/event.ts";
import { deedKinds } from "./deed.ts";
import { eventsOf } from "./needs.ts";
import { canonical, type ConditionOf, type Doing, type Node } from "./rule.ts";
import { writtenOut } from "./written-out.ts";

/** What happened to somebody: an event, that the first thing that browsers told of her is another one now, or that nothing was known of her before. */
export type Happening = EventName | "first-seen" | "first-landing" | "appeared";

/** What happened to somebody, and to which products; to none where it is done to nothing. */
export type Happened = ReadonlyMap<Happening, ReadonlySet<string | null>>;

/** `truer`: whenever the rule is true without it, if nothing else happens, it is true with it. `falser`: the other way round. `either`: nobody can say. */
export type Way = "truer" | "falser" | "either";

/** `ofMember`: which way it moves the rule where that is true. `products`: it moves nothing unless it is done to one of these; null where any will do. */
export type Move = { way: Way; ofMember: Way; products: ReadonlySet<string> | null };
export type Moves = ReadonlyMap<Happening, Move>;

const opposite: Record<Way, Way> = { truer: "falser", falser: "truer", either: "either" };

const unknown: Move = { way: "either", ofMember: "either", products: null };

type Rules = ReadonlyMap<string, Node>;

/** Whether a rule is true of nobody who never did this. */
function asksFor(node: Node, deed: string): boolean {
  if (node.kind === "all") return node.of.some((one) => asksFor(one, deed));
  if (node.kind === "any") return node.of.every((one) => asksFor(one, deed));
  return node.kind === "did" && node.times.is === "at-least" && node.times.n > 0 && doing(node) === deed;
}
const doing = ({ did, where }: Doing) => canonical({ did, where });

/** Which way more of what it counts moves a *did*. */
function wayOf({ times }: ConditionOf<"did">): Way {
  if (times.is === "at-least") return "truer";
  return times.is === "at-most" || times.n === 0 ? "falser" : "either";
}

type Put = (what: Happening, move: Move) => void;

function moveOfDid(node: ConditionOf<"did">, root: Node, wanted: boolean, put: Put): void {
  const turned = (way: Way) => (wanted ? way : opposite[way]);
  const each = ({ did, where }: Doing, way: Way, ofMember: Way) => {
    // What only browsers tell is never taken back.
    const { browser, events } = deedKinds[did];
    const products = browser && where.products !== undefined ? new Set(where.products) : null;
    const move: Move = browser ? { way: turned(way), ofMember: turned(ofMember), products } : unknown;
    for (const name of events) put(name, move);
  };
  const more = wayOf(node);
  each(node, more, more);
  if (node.when.kind !== "since") return;
  // What it counts from moves on, and less counts then. Only the first time there is something to count from at all.
  const since = node.when.deed;
  each(since, "either", asksFor(root, doing(since)) ? opposite[more] : "either");
}

function walk(node: Node, root: Node, wanted: boolean, rules: Rules, within: readonly string[], put: Put): void {
  switch (node.kind) {
    case "not":
      return walk(node.of, root, !wanted, rules, within, put);
    case "all":
    case "any":
      for (const one of node.of) walk(one, root, wanted, rules, within, put);
      return;
    case "did":
      return moveOfDid(node, root, wanted, put);
    case "rfm-group":
    case "lifecycle":
      return walk(writtenOut(node), root, wanted, rules, within, put);
    case "in-segment": {
      const other = rules.get(node.segment);
      if (other !== undefined && !within.includes(node.segment)) walk(other, root, wanted, rules, [...within, node.segment], put);
      return;
    }
    case "first-seen":
    case "first-landing":
      return put(node.kind, unknown);
    default:
      for (const name of eventsOf(node)) put(name, unknown);
  }
}

/** What two conditions of one rule make of the same happening. */
function joined(a: Move, b: Move): Move {
  const products = a.products === null || b.products === null ? null : new Set([...a.products, ...b.products]);
  return { way: a.way === b.way ? a.way : "either", ofMember: a.ofMember === b.ofMember ? a.ofMember : "either", products };
}

/** What can move a rule besides time, and which way; what products belong to and scores aside. `rules`: those of other segments it may ask for. */
export function movesOf(rule: Node, rules: Rules): Moves {
  const moves = new Map<Happening, Move>();
  walk(rule, rule, true, rules, [], (what, move) => {
    const before = moves.get(what);
    moves.set(what, before === undefined ? move : joined(before, move));
  });
  return moves;
}

/** Whether what happened to somebody may have changed whether a rule is true of her. `member`: whether it was; null where nobody knows. */
export function mayChange(moves: Moves, happened: Happened, member: boolean | null): boolean {
  for (const [what, products] of happened) {
    const move = moves.get(what);
    if (move === undefined || (member === true && move.ofMember === "truer") || (member === false && move.way === "falser")) continue;
    if (move.products === null || [...products].some((one) => one !== null && move.products?.has(one) === true)) return true;
  }
  return false;
}
