// The segments every shop begins with, all written in the language of rules, and the sentences a merchant finds them by.
import { day, hour } from "../lib/time.ts";
import { rfmGroups, stages } from "./groups.ts";
import type { ConditionOf, Doing, Length, Node, When } from "./rule.ts";
import { standardWords } from "./standard-words.ts";

export type Standard = {
  key: string;
  name: string;
  /** What it is for, in a sentence. */
  template: string;
  rule: Node;
  /** How long after an entry another subject of somebody who is in is a new entry. Absent: it never is. */
  anew?: number;
};

const days = (amount: number): Length => ({ amount, unit: "days" });
const hours = (amount: number): Length => ({ amount, unit: "hours" });
const last = (amount: number): When & { kind: "last" } => ({ kind: "last", length: days(amount) });
const ever = { kind: "ever" } as const;
const since = (did: Doing["did"]): When => ({ kind: "since", deed: { did, where: {} } });

const did = (what: Doing["did"], when: When = ever, n = 1, onDays = false): Node => ({
  ...{ kind: "did", did: what, where: {}, times: { is: "at-least", n }, onDays, when },
});
const didNot = (what: Doing["did"], when: When = ever): Node => ({
  ...{ kind: "did", did: what, where: {}, times: { is: "exactly", n: 0 }, onDays: false, when },
});
const all = (...of: Node[]): Node => ({ kind: "all", of });
/** A cart or checkout counts as left behind after an hour without a change. */
export const abandonedAfter = hour;
/** How long a look at a product is worth a word. */
export const viewedFor = 14 * day;

const left = (what: ConditionOf<"left-behind">["what"]): Node => ({ kind: "left-behind", what, atLeast: hours(1), lessThan: days(30) });
const lastOrdered = (when: ConditionOf<"order-date">["when"]): Node => ({ kind: "order-date", which: "last", where: {}, when });
const lastOrderedAgo = (from: number, until: number): Node => lastOrdered({ kind: "ago", atLeast: days(from), lessThan: days(until) });

const rules: [key: keyof typeof standardWords.each, rule: Node, anew?: number][] = [
  ["checkout-abandoners", left("reachable-checkout"), 0],
  ["cart-abandoners", left("cart"), 0],
  ["past-purchasers", did("ordered")],
  ["recent-buyers", did("ordered", last(30))],
  [
    "product-viewers",
    all(
      did("viewed-product", last(14)),
      ...(["added-to-cart", "filled-cart", "was-in-checkout", "ordered"] as const).map((what) => didNot(what, since("viewed-product"))),
    ),
    // Every look a line of its own would make the change log as long as the log of events.
    day,
  ],
  ["form-abandoners", all(did("left-form", last(14)), didNot("sent-form", since("left-form")), didNot("ordered", since("left-form"))), 0],
  ["new-visitors", all({ kind: "first-seen", when: last(7) }, didNot("ordered"))],
  ["returning-visitors", did("visited", last(30), 2, true)],
  ["buyers-30", lastOrdered(last(30))],
  ["buyers-90", lastOrderedAgo(30, 90)],
  ["buyers-180", lastOrderedAgo(90, 180)],
  ["buyers-365", lastOrderedAgo(180, 365)],
  ["repeat-buyers", did("ordered", ever, 2)],
  ["lapsed-buyers", lastOrdered({ kind: "ago", atLeast: days(90) })],
  ["high-value", { kind: "rfm", money: [5] }],
];

const chance = (is: "at-least" | "at-most", percent: number): Node => ({ kind: "chance-of-order", within: 90, chance: { is, percent } });

/** What is expected of customers, as far as enough is known of the shop. */
const expectedRules: Record<keyof typeof standardWords.expected, Node> = {
  "expected-likely": chance("at-least", 60),
  "expected-overdue": all(did("ordered", ever, 2), { kind: "expected-order", due: { kind: "overdue", atLeast: days(7), lessThan: days(90) } }),
  "expected-slipping": all(did("ordered", ever, 2), chance("at-most", 20), lastOrdered(last(365))),
  "expected-valuable": all({ kind: "rfm", money: [5] }, chance("at-least", 40)),
};

/** All of them: the built-in ones, then the groups of RFM, then the stages of a customer's life, then what is expected. */
export const standard: Standard[] = [
  ...rules.map(([key, rule, anew]) => ({ key, ...standardWords.each[key], rule, ...(anew === undefined ? {} : { anew }) })),
  ...rfmGroups.map((group) => ({ key: `rfm-${group}`, ...standardWords.groups[group], rule: { kind: "rfm-group" as const, groups: [group] } })),
  ...stages.map((stage) => ({ key: `stage-${stage}`, ...standardWords.stages[stage], rule: { kind: "lifecycle" as const, stages: [stage] } })),
  ...Object.entries(expectedRules).map(([key, rule]) => ({ key, ...standardWords.expected[key as keyof typeof standardWords.expected], rule })),
];

/** Those that are kept up to date in every shop. The others are where a segment was made from them. */
export const standardLive: Standard[] = standard.slice(0, rules.length);

/** A standard segment by its key, or null. */
export function standardOf(key: string): Standard | null {
  return standard.find((one) => one.key === key) ?? null;
}
