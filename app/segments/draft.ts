// A rule while somebody edits it: the same tree, with fields as they are typed. What is odd in one is said by `readRule`, never prevented here.
import type { DeedKind } from "./deed.ts";
import type { Condition, Node } from "./rule.ts";

/** What a field may hold meanwhile: a number that is typed is a text, and an empty field is absent. */
export type Value = string | number | boolean | Value[] | { [key: string]: Value } | undefined;
export type DraftCondition = { kind: Condition["kind"] } & { [field: string]: Value };
export type DraftGroup = { kind: "all" | "any"; of: Draft[] };
export type DraftNot = { kind: "not"; of: Draft };
export type Draft = DraftCondition | DraftGroup | DraftNot;
/** Leads to a node: the number of the part in each group on the way; 0 into a *not*. */
export type Path = readonly number[];

export const isGroup = (node: Draft): node is DraftGroup => node.kind === "all" || node.kind === "any";
export const isNot = (node: Draft): node is DraftNot => node.kind === "not";

/** A rule as a draft. Whatever lies in a rule may lie in a draft, so this only forgets what is known of it. */
export function draftOf(node: Node): Draft {
  // JSON in between: a rule holds `undefined` where it holds nothing.
  return JSON.parse(JSON.stringify(node)) as Draft;
}

/** The node at a path, or null where there is none. */
export function nodeAt(root: Draft, path: Path): Draft | null {
  const [step, ...rest] = path;
  if (step === undefined) return root;
  const next = isGroup(root) ? root.of[step] : isNot(root) && step === 0 ? root.of : undefined;
  return next === undefined ? null : nodeAt(next, rest);
}

/** The tree with another node at a path; unchanged where nothing lies there. */
export function replaced(root: Draft, path: Path, node: Draft): Draft {
  const [step, ...rest] = path;
  if (step === undefined) return node;
  if (isGroup(root)) return { ...root, of: root.of.map((one, index) => (index === step ? replaced(one, rest, node) : one)) };
  return isNot(root) && step === 0 ? { ...root, of: replaced(root.of, rest, node) } : root;
}

/** Adds a node at the end of the group at a path. Where a condition or a *not* lies there, both come into a new group. */
export function added(root: Draft, path: Path, node: Draft): Draft {
  const at = nodeAt(root, path);
  if (at === null) return root;
  return replaced(root, path, isGroup(at) ? { ...at, of: [...at.of, node] } : { kind: "all", of: [at, node] });
}

/** Without the node at a path, and without the *not* that stood only for it. The last part of a group takes the group along; a root stays as an empty group. */
export function removed(root: Draft, path: Path): Draft {
  const parentPath = path.slice(0, -1);
  const parent = nodeAt(root, parentPath);
  const step = path.at(-1);
  if (step === undefined || parent === null) return { kind: "all", of: [] };
  if (isNot(parent)) return removed(root, parentPath);
  if (!isGroup(parent) || parent.of[step] === undefined) return root;
  const of = parent.of.filter((_, index) => index !== step);
  return of.length === 0 ? removed(root, parentPath) : replaced(root, parentPath, { ...parent, of });
}

/** Moves a part of a group before (-1) or after (+1) its neighbour; unchanged where it has none there. */
export function moved(root: Draft, path: Path, by: -1 | 1): Draft {
  const parentPath = path.slice(0, -1);
  const parent = nodeAt(root, parentPath);
  const step = path.at(-1);
  if (step === undefined || parent === null || !isGroup(parent)) return root;
  const node = parent.of[step];
  const other = parent.of[step + by];
  if (node === undefined || other === undefined) return root;
  const of = parent.of.map((one, index) => (index === step ? other : index === step + by ? node : one));
  return replaced(root, parentPath, { ...parent, of });
}

/** Puts a node into a group of its own, or turns it around. */
export function wrapped(root: Draft, path: Path, kind: "all" | "any" | "not"): Draft {
  const node = nodeAt(root, path);
  if (node === null) return root;
  return replaced(root, path, kind === "not" ? { kind, of: node } : { kind, of: [node] });
}

/** Takes the *not* away, or puts the parts of a group where the group was. A group that lies in no other can be taken away only while it holds one part. */
export function unwrapped(root: Draft, path: Path): Draft {
  const node = nodeAt(root, path);
  if (node === null) return root;
  if (isNot(node)) return replaced(root, path, node.of);
  if (!isGroup(node)) return root;
  const only = node.of.length === 1 ? node.of[0] : undefined;
  if (only !== undefined) return replaced(root, path, only);
  const parentPath = path.slice(0, -1);
  const parent = nodeAt(root, parentPath);
  if (path.length === 0 || parent === null || !isGroup(parent)) return root;
  return replaced(root, parentPath, { ...parent, of: parent.of.flatMap((one, index) => (index === path.at(-1) ? node.of : [one])) });
}

/** The value of a field of a condition. */
export function valueAt(from: Value, path: readonly string[]): Value {
  const [step, ...rest] = path;
  if (step === undefined) return from;
  return typeof from === "object" && !Array.isArray(from) ? valueAt(from[step], rest) : undefined;
}

/** A condition with another value in a field; one that is undefined leaves it out. */
export function withValue(condition: DraftCondition, path: readonly string[], value: Value): DraftCondition {
  const put = (from: Value, [step, ...rest]: readonly string[]): Value => {
    if (step === undefined) return value;
    const { [step]: before, ...others } = typeof from === "object" && !Array.isArray(from) ? from : {};
    const inner = put(before, rest);
    return inner === undefined ? others : { ...others, [step]: inner };
  };
  return put(condition, path) as DraftCondition;
}

/** What is typed for a number: a number where it is one, else the text itself, which no rule accepts; nothing where nothing is typed. */
export function typedNumber(text: string): Value {
  const trimmed = text.trim();
  return trimmed === "" ? undefined : /^-?\d+$/.test(trimmed) ? Number(trimmed) : text;
}

/** A problem of a rule's JSON, by the node it lies in and the field there. */
export function placeOf(path: readonly (string | number)[], root: Draft): { path: number[]; field: string } {
  const steps: number[] = [];
  let at: Draft | null = root;
  let index = path[0] === "match" ? 1 : 0;
  while (at !== null && path[index] === "of") {
    if (isNot(at)) {
      steps.push(0);
      index += 1;
    } else {
      const step = path[index + 1];
      if (typeof step !== "number") break;
      steps.push(step);
      index += 2;
    }
    at = nodeAt(root, steps);
  }
  return { path: steps, field: path.slice(index).join(".") };
}

const days = (amount: number) => ({ amount, unit: "days" });
const ever = { kind: "ever" };

/** A new condition of each kind, ready to be asked: what a merchant most often means by it. `chosen`: what only the shop knows. */
const fresh: Record<Condition["kind"], (chosen: { segment: string; country: string }) => Omit<DraftCondition, "kind">> = {
  did: () => ({ did: "viewed-product", where: {}, times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "last", length: days(14) } }),
  orders: () => ({ measure: "number", is: "at-least", value: 1, where: {}, when: ever }),
  "order-date": () => ({ which: "last", where: {}, when: { kind: "last", length: days(30) } }),
  "left-behind": () => ({ what: "cart", atLeast: { amount: 1, unit: "hours" }, lessThan: days(30) }),
  country: ({ country }) => ({ countries: [country] }),
  language: () => ({ languages: ["en"] }),
  has: () => ({ what: "email" }),
  "email-consent": () => ({ states: ["confirmed", "single"] }),
  "first-seen": () => ({ when: { kind: "last", length: days(7) } }),
  "first-landing": () => ({ sources: [] }),
  "in-segment": ({ segment }) => ({ segment }),
  rfm: () => ({ recency: [4, 5] }),
  "rfm-group": () => ({ groups: ["champions"] }),
  lifecycle: () => ({ stages: ["active"] }),
  "chance-of-order": () => ({ within: 90, chance: { is: "at-least", percent: 50 } }),
  "expected-order": () => ({ due: { kind: "within", length: days(14) } }),
  "predicted-spend": () => ({ spend: { is: "at-least", value: 10_000 } }),
};

export function freshCondition(kind: Condition["kind"], chosen: { segment: string; country: string }): DraftCondition {
  return { ...fresh[kind](chosen), kind };
}

/** Another deed in a *did* (or its *since*): what it was narrowed down by belonged to the one before. */
export function withDeed(condition: DraftCondition, path: readonly string[], did: DeedKind): DraftCondition {
  return withValue(withValue(condition, [...path, "did"], did), [...path, "where"], {});
}
