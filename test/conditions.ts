// Conditions and groups in few words, as tables of rules write them.
import type { ConditionOf, Length, Moment, Node, When } from "../app/segments/rule.ts";
import type { Horizon } from "../app/predictions/model.ts";

export const days = (amount: number): Length => ({ amount, unit: "days" });
export const last = (amount: number): { kind: "last"; length: Length } => ({ kind: "last", length: days(amount) });
export const did = (change: Partial<ConditionOf<"did">> = {}): Node => ({
  ...{ kind: "did", did: "ordered", where: {}, times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "ever" } },
  ...change,
});
export const times = (is: "at-least" | "at-most" | "exactly", n: number, when: When = { kind: "ever" }) => did({ times: { is, n }, when });
export const all = (...of: Node[]): Node => ({ kind: "all", of });
export const any = (...of: Node[]): Node => ({ kind: "any", of });
export const not = (of: Node): Node => ({ kind: "not", of });
export const chance = (is: "at-least" | "at-most", percent: number, within: Horizon = 90): Node => ({
  kind: "chance-of-order",
  within,
  chance: { is, percent },
});
export const spend = (is: "at-least" | "at-most", value: number): Node => ({ kind: "predicted-spend", spend: { is, value } });
export const within = (amount: number): Node => ({ kind: "expected-order", due: { kind: "within", length: days(amount) } });
export const overdue = (atLeast: number, lessThan?: number): Node => ({
  kind: "expected-order",
  due: { kind: "overdue", atLeast: days(atLeast), ...(lessThan === undefined ? {} : { lessThan: days(lessThan) }) },
});
export const orders = (
  measure: "number" | "spent" | "average",
  is: "at-least" | "at-most" | "exactly",
  value: number,
  when: When = { kind: "ever" },
): Node => ({
  ...{ kind: "orders", measure, is, value, where: {}, when },
});
export const average = (is: "at-least" | "at-most", value: number, when?: When) => orders("average", is, value, when);
export const spent = (is: "at-least" | "at-most", value: number, when?: When) => orders("spent", is, value, when);
export const between = (atLeast: number, lessThan: number): Moment => ({ kind: "ago", atLeast: days(atLeast), lessThan: days(lessThan) });
export const dates = (from: string, before?: string): Moment => ({ kind: "dates", from, ...(before === undefined ? {} : { before }) });
export const sinceLook: When = { kind: "since", deed: { did: "viewed-product", where: {} } };
export const firstOrder = (when: Moment): Node => ({ kind: "order-date", which: "first", where: {}, when });
export const lastOrder = (when: Moment): Node => ({ kind: "order-date", which: "last", where: {}, when });
export const view = (when: When): Node => did({ did: "viewed-product", when });
