// Whether one profile matches a rule, because of what, and until when that holds if nothing happens.
import { expectedNow, foretells, type Expected } from "./foretold.ts";
import type { Done, History } from "./history.ts";
import { countedBy, timelineOf, type Asked, type World } from "./meaning.ts";
import type { Condition, Node } from "./rule.ts";
import { at, nextEdge } from "./timeline.ts";
import { spansOf } from "./window.ts";

export type { World } from "./meaning.ts";

/** Whether a profile is in, because of what, and until when that holds if nothing happens. */
export type Membership = { member: boolean; subject: string | null; changesAt: Date | null };

/**
 * A condition that speaks for or against her. `path` leads to it in the tree; `deeds` are those that count now, newest first, at most ten. `expected`: what is, where it
 * is asked for.
 */
export type Reason = { path: number[]; condition: Condition; wanted: boolean; holds: boolean; deeds: { id: string; at: Date }[]; expected: Expected | null };

/** For a member what made her one; for somebody else what is missing. */
export type Evaluation = Membership & { because: Reason[] };

const deedsSaid = 10;

/** Whether she is in, because of which subject, and when that may change next. The subject is that of the newest thing that counts and has one. */
export function decide(rule: Node, history: History, world: World, now: Date): Membership {
  const timeline = timelineOf({ history, world, now, within: [] }, rule, true);
  const here = at(timeline, now.getTime());
  const edge = nextEdge(timeline, now.getTime());
  return { member: here !== null, subject: here?.subject ?? null, changesAt: edge === null ? null : new Date(edge) };
}

/** The same, with why. */
export function evaluate(rule: Node, history: History, world: World, now: Date): Evaluation {
  return { ...decide(rule, history, world, now), because: reasons({ history, world, now, within: [] }, rule, true, []) };
}

function holdsNow(asked: Asked, node: Node, wanted: boolean): boolean {
  return at(timelineOf(asked, node, wanted), asked.now.getTime()) !== null;
}

/** The conditions that made a node come out as it did. */
function reasons(asked: Asked, node: Node, wanted: boolean, path: number[]): Reason[] {
  if (node.kind === "not") return reasons(asked, node.of, !wanted, [...path, 0]);
  const holds = holdsNow(asked, node, wanted);
  if (node.kind !== "all" && node.kind !== "any") {
    const expected = foretells(node) ? expectedNow(node, asked.history.orders, asked.world.predictions, asked.now) : null;
    return [{ path, condition: node, wanted, holds, deeds: countingNow(asked, node), expected }];
  }
  // What agrees with the outcome brought it about: one of several that all fail is a reason, one that holds in spite of them is none.
  return node.of.flatMap((one, index) => (holdsNow(asked, one, wanted) === holds ? reasons(asked, one, wanted, [...path, index]) : []));
}

function countingNow(asked: Asked, condition: Condition): Reason["deeds"] {
  const { deeds, window, atOnce } = countedBy(asked, condition);
  const counts = (deed: Done) => spansOf([deed], window, { known: atOnce === true, now: asked.now }).some((span) => span.from <= asked.now.getTime());
  return deeds
    .filter(counts)
    .sort((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, deedsSaid)
    .map(({ id, at }) => ({ id, at }));
}
