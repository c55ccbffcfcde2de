// The language of segments: one tree of conditions, joined by all, any and not. What each means is said in evaluate.ts.
import { z } from "zod";
import { day, hour } from "../lib/time.ts";
import { horizons } from "../predictions/model.ts";
import { deedKindNames, deedKinds, type Filter } from "./deed.ts";
import { rfmGroups, stages } from "./groups.ts";
import { ruleWords } from "./rule-words.ts";
import { isDate } from "../lib/shop-days.ts";

/** How large a rule may be: far beyond what a person can read, and small enough to hurt nobody. */
export const limits = {
  depth: 6,
  conditions: 50,
  /** With those of the segments it asks for. */
  conditionsInAll: 500,
  values: 500,
  valuesEach: 100,
  times: 1000,
  days: 3650,
  moneyMinor: 100_000_000_000,
  textLength: 100_000,
} as const;

const say = ruleWords.problem;
const value = z
  .string()
  .min(1, say.emptyValue)
  .max(200, say.longValue)
  // PostgreSQL keeps neither a NUL nor half a character.
  .refine((text) => !text.includes("\u0000") && text.isWellFormed(), say.oddValue);
/** A set: its order and repetitions mean nothing, so the canonical form has none. */
const setOf = <Item extends z.ZodType<string | number>>(item: Item) =>
  z
    .array(item)
    .min(1, say.noValue)
    .max(limits.valuesEach, say.valuesEach(limits.valuesEach))
    .transform((all) => [...new Set(all)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
const values = setOf(value);
const minor = z.number().int(say.whole).min(0, say.negative).max(limits.moneyMinor, say.money);

const length = z
  .strictObject({ amount: z.number().int(say.whole).min(1, say.short), unit: z.enum(["hours", "days"]) })
  .refine((one) => one.amount <= (one.unit === "days" ? limits.days : limits.days * 24), say.long(limits.days));
export type Length = z.infer<typeof length>;

/** A length of time in milliseconds. A day of a window is 24 hours, also where clocks change. */
export function milliseconds({ amount, unit }: Length): number {
  return amount * (unit === "days" ? day : hour);
}

const date = z.string().refine(isDate, say.date);
const priceMinor = z
  .strictObject({ atLeast: minor.optional(), atMost: minor.optional() })
  .refine((one) => one.atLeast !== undefined || one.atMost !== undefined, say.noPrice);
const which = {
  products: values.optional(),
  collections: values.optional(),
  vendors: values.optional(),
  /** Of one piece, both ends included. */
  priceMinor: priceMinor.optional(),
  forms: values.optional(),
  sources: values.optional(),
  mediums: values.optional(),
  campaigns: values.optional(),
  flows: values.optional(),
};
const where = z.strictObject(which);
/** Which deeds are meant. Several values of one filter: any of them. Several filters: all of them, and by the same product. */
export type Where = z.infer<typeof where>;

const filterOf: Record<keyof Where, Filter> = {
  ...{ products: "product", vendors: "product", priceMinor: "price", forms: "form", flows: "flow" },
  ...{ sources: "utm", mediums: "utm", campaigns: "utm" },
  // A collection looked at, or one that the product is in.
  collections: "collection",
};

/** What of `where` a kind cannot be asked. */
function unfit(one: { did: (typeof deedKindNames)[number]; where: Where }): (keyof Where)[] {
  const allowed: readonly Filter[] = deedKinds[one.did].filters;
  const fits = (filter: Filter) => allowed.includes(filter) || (filter === "collection" && allowed.includes("product"));
  return (Object.keys(one.where) as (keyof Where)[]).filter((key) => one.where[key] !== undefined && !fits(filterOf[key]));
}

const doing = z.strictObject({ did: z.enum(deedKindNames), where: where.default({}) }).superRefine((one, context) => {
  for (const key of unfit(one)) context.addIssue({ code: "custom", path: ["where", key], message: say.unfit });
});
/** A deed, whenever and however often. */
export type Doing = z.infer<typeof doing>;

const ever = z.strictObject({ kind: z.literal("ever") });
const last = z.strictObject({ kind: z.literal("last"), length });
/** Half-open: at least so long ago, and less than that. */
const ago = z.strictObject({ kind: z.literal("ago"), atLeast: length, lessThan: length.optional() });
/** Days of the shop, half-open: from the beginning of the first to the beginning of the second. */
const dates = z
  .strictObject({ kind: z.literal("dates"), from: date.optional(), before: date.optional() })
  .refine((one) => one.from !== undefined || one.before !== undefined, say.noDate);
/** At or after the last time she did another thing. Where she never did it, nothing counts. */
const since = z.strictObject({ kind: z.literal("since"), deed: doing });
const moment = z.discriminatedUnion("kind", [ever, last, ago, dates]);
export type Moment = z.infer<typeof moment>;
const when = z.discriminatedUnion("kind", [ever, last, ago, dates, since]);
export type When = z.infer<typeof when>;

const is = z.enum(["at-least", "at-most", "exactly"]);
export type Is = z.infer<typeof is>;
const n = z.number().int(say.whole).min(0, say.negative).max(limits.times, say.times(limits.times));
const score = setOf(z.number().int().min(1, say.score).max(5, say.score));
const flag = z.boolean();
const bound = z.enum(["at-least", "at-most"]);

const did = z
  .strictObject({
    kind: z.literal("did"),
    did: z.enum(deedKindNames),
    where: where.default({}),
    times: z.strictObject({ is, n }).default({ is: "at-least", n: 1 }),
    /** Counts the shop's days on which she did it, instead of the times. Visits are counted so in any case. */
    onDays: flag.default(false),
    when: when.default({ kind: "ever" }),
  })
  .superRefine((one, context) => {
    for (const key of unfit(one)) context.addIssue({ code: "custom", path: ["where", key], message: say.unfit });
  });

const orderWhere = z.strictObject({
  products: values.optional(),
  collections: values.optional(),
  vendors: values.optional(),
  priceMinor: priceMinor.optional(),
});

/** When the next order is expected: so soon, or so long ago without one (half-open, as *ago*). */
const due = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("within"), length }),
  z.strictObject({ kind: z.literal("overdue"), atLeast: length, lessThan: length.optional() }),
]);

const condition = z.discriminatedUnion("kind", [
  did,
  z.strictObject({
    kind: z.literal("orders"),
    /** How many; what they brought, net of refunds; or what one brought on average. Money in minor units. */
    measure: z.enum(["number", "spent", "average"]),
    is,
    value: minor,
    /** Orders with a line that fits; such an order counts with all it brought. */
    where: orderWhere.default({}),
    when: when.default({ kind: "ever" }),
  }),
  z.strictObject({ kind: z.literal("order-date"), which: z.enum(["first", "last"]), where: orderWhere.default({}), when: moment }),
  z.strictObject({
    kind: z.literal("left-behind"),
    /** Reachable: with an address or a number. */
    what: z.enum(["cart", "checkout", "reachable-checkout"]),
    atLeast: length,
    lessThan: length,
  }),
  z.strictObject({ kind: z.literal("country"), countries: setOf(z.string().regex(/^[A-Z]{2}$/, say.country)) }),
  z.strictObject({ kind: z.literal("language"), languages: setOf(z.string().regex(/^[a-z]{2,3}$/, say.language)) }),
  z.strictObject({ kind: z.literal("has"), what: z.enum(["email", "phone"]) }),
  z.strictObject({ kind: z.literal("email-consent"), states: setOf(z.enum(["none", "single", "confirmed", "out"])) }),
  z.strictObject({ kind: z.literal("first-seen"), when: moment }),
  z.strictObject({
    ...{ kind: z.literal("first-landing"), sources: values.optional(), mediums: values.optional(), campaigns: values.optional() },
  }),
  z.strictObject({ kind: z.literal("in-segment"), segment: value }),
  z
    .strictObject({ kind: z.literal("rfm"), recency: score.optional(), frequency: score.optional(), money: score.optional() })
    .refine((one) => one.recency !== undefined || one.frequency !== undefined || one.money !== undefined, say.noScore),
  z.strictObject({ kind: z.literal("rfm-group"), groups: setOf(z.enum(rfmGroups)) }),
  z.strictObject({ kind: z.literal("lifecycle"), stages: setOf(z.enum(stages)) }),
  z.strictObject({
    kind: z.literal("chance-of-order"),
    /** Days from now on. */
    within: z.literal(horizons),
    chance: z.strictObject({ is: bound, percent: z.number().int(say.whole).min(0, say.percent).max(100, say.percent) }),
  }),
  z.strictObject({ kind: z.literal("expected-order"), due }),
  /** Within a year from now on. */
  z.strictObject({ kind: z.literal("predicted-spend"), spend: z.strictObject({ is: bound, value: minor }) }),
]);
export type Condition = z.infer<typeof condition>;
export type ConditionOf<Kind extends Condition["kind"]> = Extract<Condition, { kind: Kind }>;

/** Whether a *did* counts the shop's days on which she did it. A visit is such a day: how many pages she opened on it, and how often she went away between, says nothing. */
export const byDays = ({ did, onDays }: Pick<ConditionOf<"did">, "did" | "onDays">): boolean => onDays || did === "visited";

export type Node = Condition | { kind: "all"; of: Node[] } | { kind: "any"; of: Node[] } | { kind: "not"; of: Node };
const node: z.ZodType<Node> = z.lazy(() =>
  z.discriminatedUnion("kind", [
    ...condition.options,
    z.strictObject({ kind: z.literal("all"), of: z.array(node).min(1, say.noCondition) }),
    z.strictObject({ kind: z.literal("any"), of: z.array(node).min(1, say.noCondition) }),
    z.strictObject({ kind: z.literal("not"), of: node }),
  ]),
);

/** A rule as it is kept, exported and imported. `version` names the language, not the edition of the rule. */
const rule = z.strictObject({ version: z.literal(1, say.version), match: node });
export type Rule = z.infer<typeof rule>;

/** Where in the tree (as in the JSON) something is wrong, in a sentence. */
export type Problem = { path: (string | number)[]; message: string };
export type Read = { ok: true; rule: Rule } | { ok: false; problems: Problem[] };

const no = (message: string, path: Problem["path"] = []): Read => ({ ok: false, problems: [{ path, message }] });

/** The conditions below a node, by the way that leads there. */
export function conditionsOf(at: Node, path: number[] = []): { condition: Condition; path: number[] }[] {
  if (at.kind === "all" || at.kind === "any") return at.of.flatMap((one, index) => conditionsOf(one, [...path, index]));
  if (at.kind === "not") return conditionsOf(at.of, [...path, 0]);
  return [{ condition: at, path }];
}

/** Reads a rule from anything. Looks at its size first: what is absurdly deep or long is not walked by the schema at all. */
export function readRule(input: unknown): Read {
  let left = 20_000;
  const waiting: [unknown, number][] = [[input, 0]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [one, depth] = next;
    if (typeof one !== "object" || one === null) continue;
    // Each level of the tree is two of the JSON: the node, and the list of what is in it.
    if (depth > 2 * limits.depth + 10) return no(say.deep(limits.depth));
    const inside = Object.values(one);
    if ((left -= inside.length) < 0) return no(say.large);
    for (const child of inside) waiting.push([child, depth + 1]);
  }
  const read = rule.safeParse(input);
  if (!read.success) {
    return {
      ok: false,
      problems: read.error.issues.map(({ path, message }) => ({ path: path.map((step) => (typeof step === "symbol" ? 0 : step)), message })),
    };
  }
  const conditions = conditionsOf(read.data.match);
  if (conditions.some((one) => one.path.length > limits.depth)) return no(say.deep(limits.depth), ["match"]);
  if (conditions.length > limits.conditions) return no(say.conditions(limits.conditions), ["match"]);
  const countOf = (one: unknown): number => (Array.isArray(one) ? one.length : typeof one === "object" && one !== null ? valuesIn(one) : 0);
  const valuesIn = (one: object): number => Object.values(one).reduce<number>((sum, inner) => sum + countOf(inner), 0);
  if (conditions.reduce((sum, { condition: one }) => sum + valuesIn(one), 0) > limits.values) return no(say.values(limits.values), ["match"]);
  return { ok: true, rule: read.data };
}

/** Reads a rule from its JSON. */
export function importRule(text: string): Read {
  if (text.length > limits.textLength) return no(say.large);
  try {
    return readRule(JSON.parse(text));
  } catch {
    return no(say.json);
  }
}

function sorted(one: unknown): unknown {
  if (Array.isArray(one)) return one.map(sorted);
  if (typeof one !== "object" || one === null) return one;
  const entries = Object.entries(one).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}

/** One text per meaning of each field: keys in order, defaults written out, nothing absent. Two rules, or parts of rules, are the same when their texts are. */
export function canonical(one: object): string {
  return JSON.stringify(sorted(one));
}
