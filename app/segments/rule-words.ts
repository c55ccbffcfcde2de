// Every word a rule is said in, and every word said about one. English first; a second language is a second file of the same shape.
import { percent } from "../lib/percent.ts";
import type { DeedKind } from "./deed.ts";
import type { RfmGroup, Stage } from "./groups.ts";

const plural = (count: number, one: string, many: string) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
const times = (n: number) => (n === 1 ? "once" : `${n.toLocaleString("en")} times`);

/** One deed in both ways of saying it. `what` is what it was done to, where there is such a thing. */
type Verb = { did: (what: string) => string; didNot: (what: string) => string };
const verb = (past: string, present: string, rest = ""): Verb => ({
  did: (what) => `${past}${what === "" ? "" : ` ${what}`}${rest}`,
  didNot: (what) => `did not ${present}${what === "" ? "" : ` ${what}`}${rest}`,
});

/** Of some people nothing is expected, since they never ordered or too little is known of the shop: what is turned around is true of them, too. */
const orUnknown = " (or nobody can say)";

const noChance = (days: number) => `have no known chance to order again within ${days} days`;

const one: Record<string, string> = { are: "is", have: "has", were: "was", do: "does", read: "reads", score: "scores" };

/** Countries that are spoken of with an article. */
const withArticle: ReadonlySet<string> = new Set("AE AX BS CC CF CK DO FK FO GB GM IM IO KM KY MH MP MV NL PH PS SB SC TC TF UM US VG VI".split(" "));

export const ruleWords = {
  orUnknown,
  verbs: {
    visited: verb("visited", "visit", " the shop"),
    landed: verb("came", "come"),
    "viewed-product": verb("viewed", "view"),
    "viewed-collection": verb("viewed", "view"),
    searched: verb("searched", "search"),
    "viewed-cart": verb("looked", "look", " into the cart"),
    "added-to-cart": verb("added", "add", " to a cart"),
    "removed-from-cart": verb("took", "take", " out of a cart"),
    "started-form": verb("started", "start"),
    "left-form": verb("left", "leave", " unsent"),
    "sent-form": verb("sent", "send"),
    "filled-cart": verb("filled", "fill", " a cart"),
    "was-in-checkout": { did: () => "were in a checkout", didNot: () => "were not in a checkout" },
    "was-sent-message": { did: (what) => `were sent ${what}`, didNot: (what) => `were not sent ${what}` },
    "clicked-message": verb("clicked", "click"),
    unsubscribed: verb("unsubscribed", "unsubscribe"),
    ordered: verb("ordered", "order"),
  } as Record<DeedKind, Verb>,
  /** What a deed is done to where nothing narrows it down. */
  objects: {
    ...{ "viewed-product": "a product", "viewed-collection": "a collection", "added-to-cart": "a product", "removed-from-cart": "a product" },
    ...{ "started-form": "a form", "left-form": "a form", "sent-form": "a form", "was-sent-message": "a message", "clicked-message": "a message" },
  } as Partial<Record<DeedKind, string>>,
  aProduct: "a product",
  inCollection: (names: string) => `in ${names}`,
  byVendor: (names: string) => `by ${names}`,
  theForm: (names: string) => `the form ${names}`,
  messageOf: (names: string) => `a message of ${names}`,
  price: (low: string | null, high: string | null) =>
    low === null ? `for ${high ?? ""} or less` : high === null ? `for ${low} or more` : low === high ? `for ${low}` : `for ${low} to ${high}`,
  tag: {
    sources: (names: string) => `from ${names}`,
    mediums: (names: string) => `by ${names}`,
    campaigns: (names: string) => `through the campaign ${names}`,
  },

  often: {
    "at-least": (n: number) => (n === 1 ? "" : `at least ${times(n)}`),
    "at-most": (n: number) => `at most ${times(n)}`,
    exactly: (n: number) => `exactly ${times(n)}`,
    not: (n: number) => `not exactly ${times(n)}`,
    always: "any number of times",
  },
  onDays: {
    "at-least": (n: number) => `on at least ${plural(n, "day", "days")}`,
    "at-most": (n: number) => `on at most ${plural(n, "day", "days")}`,
    exactly: (n: number) => `on exactly ${plural(n, "day", "days")}`,
    not: (n: number) => `on any number of days but ${n.toLocaleString("en")}`,
    always: "on any number of days",
  },

  length: (amount: number, unit: "hours" | "days") => (unit === "days" ? plural(amount, "day", "days") : plural(amount, "hour", "hours")),
  inTheLast: (amount: number, unit: "hours" | "days") =>
    amount === 1 ? `in the last ${unit === "days" ? "24 hours" : "hour"}` : `in the last ${amount.toLocaleString("en")} ${unit}`,
  atLeastAgo: (length: string) => `at least ${length} ago`,
  betweenAgo: (from: string, until: string) => `at least ${from} and less than ${until} ago`,
  betweenUnits: (from: number, until: string) => `${from.toLocaleString("en")} to ${until} ago`,
  from: (date: string) => `since ${date}`,
  before: (date: string) => `before ${date}`,
  between: (first: string, last: string) => (first === last ? `on ${first}` : `from ${first} to ${last}`),
  since: "since",
  sinceDid: (what: string) => `since they last ${what}`,

  orders: {
    number: {
      "at-least": (n: string, one: boolean) => `placed at least ${n} ${one ? "order" : "orders"}`,
      "at-most": (n: string, one: boolean) => `placed at most ${n} ${one ? "order" : "orders"}`,
      exactly: (n: string, one: boolean) => `placed exactly ${n} ${one ? "order" : "orders"}`,
      not: (n: string, one: boolean) => `did not place exactly ${n} ${one ? "order" : "orders"}`,
      none: "placed no orders",
    },
    spent: {
      "at-least": (money: string) => `spent at least ${money}`,
      "at-most": (money: string) => `spent at most ${money}`,
      exactly: (money: string) => `spent exactly ${money}`,
    },
    average: {
      "at-least": (money: string) => `spent at least ${money} per order`,
      "at-most": (money: string) => `spent at most ${money} per order`,
      exactly: (money: string) => `spent exactly ${money} per order`,
    },
    notSpent: (money: string) => `did not spend exactly ${money}`,
    notAverage: {
      "at-least": (money: string) => `did not spend at least ${money} per order`,
      "at-most": (money: string) => `did not spend at most ${money} per order`,
      exactly: (money: string) => `did not spend exactly ${money} per order`,
    },
    with: (what: string) => `on orders with ${what}`,
    numberWith: (what: string) => `with ${what}`,
  },
  firstOrder: { did: (what: string) => `first ordered${what}`, didNot: (what: string) => `did not first order${what}` },
  lastOrder: { did: (what: string) => `last ordered${what}`, didNot: (what: string) => `did not last order${what}` },
  leftBehind: {
    cart: { did: "left a cart with something in it", didNot: "did not leave a cart with something in it" },
    checkout: { did: "left a checkout", didNot: "did not leave a checkout" },
    "reachable-checkout": { did: "left a checkout with contact details", didNot: "did not leave a checkout with contact details" },
  },
  withoutOrder: "without ordering since",
  inCountry: (code: string, name: string) => (withArticle.has(code) ? `the ${name}` : name),
  country: { did: (names: string) => `are in ${names}`, didNot: (names: string) => `are not in ${names}` },
  language: { did: (names: string) => `read ${names}`, didNot: (names: string) => `do not read ${names}` },
  has: {
    email: { did: "have an email address", didNot: "have no email address" },
    phone: { did: "have a phone number", didNot: "have no phone number" },
  },
  consent: {
    none: { did: "never said whether they want email", didNot: "did say whether they want email" },
    single: { did: "agreed to email marketing", didNot: "did not agree to email marketing" },
    confirmed: { did: "agreed to email marketing and confirmed it", didNot: "did not confirm that they want email marketing" },
    out: { did: "said no to email marketing", didNot: "did not say no to email marketing" },
  },
  firstSeen: { did: "came for the first time", didNot: "did not come for the first time" },
  firstSeenEver: { did: "came at least once", didNot: "never came" },
  firstLanding: { did: (how: string) => `first came ${how}`.trim(), didNot: (how: string) => `did not first come ${how}`.trim() },
  inSegment: { did: (name: string) => `are in ${name}`, didNot: (name: string) => `are not in ${name}` },
  rfm: {
    did: (scores: string) => `score ${scores}`,
    didNot: (scores: string) => `do not score ${scores}`,
    recency: (scores: string) => `${scores} for recency`,
    frequency: (scores: string) => `${scores} for frequency`,
    money: (scores: string) => `${scores} for money`,
  },
  among: { did: (names: string) => `are ${names}`, didNot: (names: string) => `are not ${names}` },
  groups: {
    ...{ champions: "champions", loyal: "loyal customers", "potential-loyalists": "potential loyalists", "new-customers": "new customers (by score)" },
    ...{ promising: "promising customers", "need-attention": "customers who need attention", "about-to-sleep": "customers about to sleep" },
    ...{ "at-risk": "customers at risk (by score)", "cannot-lose": "customers not to lose", hibernating: "hibernating customers" },
  } as Record<RfmGroup, string>,
  stages: {
    ...{
      prospect: "prospects",
      new: "new customers",
      active: "active customers",
      "at-risk": "customers at risk",
      lapsed: "lapsed customers",
      lost: "lost customers",
    },
  } as Record<Stage, string>,

  chance: {
    did: (how: "at-least" | "at-most", chance: number, days: number) => `are ${amountOf(how, percent(chance))} likely to order again within ${days} days`,
    didNot: (how: "at-least" | "at-most", chance: number, days: number) =>
      chance === (how === "at-least" ? 0 : 100)
        ? noChance(days)
        : `are ${how === "at-least" ? "less" : "more"} than ${percent(chance)} likely to order again within ${days} days${orUnknown}`,
    unknown: noChance,
  },
  expected: {
    within: { did: (length: string) => `are expected to order within ${length}`, didNot: (length: string) => `are not expected to order within ${length}` },
    overdue: { did: (how: string) => `were expected back ${how} and have not ordered`, didNot: (how: string) => `were not expected back ${how}` },
  },
  spend: {
    did: (how: "at-least" | "at-most", money: string) => `are expected to spend ${amountOf(how, money)} within a year`,
    didNot: (how: "at-least" | "at-most", money: string) =>
      how === "at-least" ? `are not expected to spend as much as ${money} within a year` : `are expected to spend more than ${money} within a year${orUnknown}`,
    unknown: "have no expected spend within a year",
  },

  /** The same of one person: what a condition says begins with its verb, and all others are in the past. */
  ofOne: (text: string, among: boolean) => {
    if (among) return text.replace(/^are (not )?/, "is $1among ");
    return text.replace(/^(?:are|have|were|do|read|score)\b/, (many) => one[many] ?? many).replace(" and have not ordered", " and has not ordered");
  },
  and: (parts: string[]) => list(parts, "and"),
  or: (parts: string[]) => list(parts, "or"),
  bracket: (part: string) => `(${part})`,
  none: (part: string) => `do not fit this: (${part})`,
  name: (name: string) => `*${name}*`,
  gone: { product: "a product that is gone", collection: "a collection that is gone", segment: "a segment that is gone", flow: "a flow that is gone" },
  more: (names: string, count: number) => `${names} or ${count.toLocaleString("en")} more`,
  who: (what: string) => `People who ${what}.`,

  problem: {
    emptyValue: "A value is empty.",
    longValue: "A value is longer than 200 characters.",
    oddValue: "A value holds a character that cannot be kept.",
    noValue: "Choose at least one value.",
    valuesEach: (most: number) => `A condition can name at most ${most} values.`,
    values: (most: number) => `A rule can name at most ${most} values in all.`,
    whole: "Give a whole number.",
    negative: "Give 0 or more.",
    money: "This is more money than can be counted.",
    short: "A length of time is at least 1.",
    long: (days: number) => `A rule looks back at most ${days.toLocaleString("en")} days.`,
    times: (most: number) => `Ask for at most ${most.toLocaleString("en")} times.`,
    score: "A score is between 1 and 5.",
    percent: "A chance is between 0 and 100 percent.",
    noScore: "Choose a score for recency, frequency or money.",
    country: "A country has two capital letters, such as GB.",
    language: "A language has two or three small letters, such as en.",
    date: "Give a date that exists, such as 2026-11-25.",
    noPrice: "Give a lowest price, a highest price, or both.",
    noDate: "Give a first day, a day before which, or both.",
    unfit: "This cannot be asked of that.",
    noCondition: "A group needs at least one condition.",
    version: "This rule was written by a version of Comeback that is not known here.",
    deep: (most: number) => `Groups can lie in each other at most ${most} deep.`,
    conditions: (most: number) => `A rule can have at most ${most} conditions.`,
    conditionsInAll: (most: number) => `A rule can have at most ${most} conditions, with those of the segments it asks for.`,
    large: "This is too large to be a rule.",
    json: "This is not JSON.",
  },

  warning: {
    never: "Nobody can ever match this.",
    always: "Everybody matches this.",
    "never-by-days": "That time has fewer days than are asked for, so nobody can match this.",
    "always-by-days": "That time has so few days that everybody matches this.",
    contradiction: "Nobody can match these together: one excludes the other.",
    tautology: "Everybody matches one of these: together they leave nobody out.",
    "empty-range": "This range ends before it begins, so nothing lies in it.",
    future: "This begins on a day that has not come yet. Until then nothing counts.",
    "beyond-retention": (months: number) => `What browsers tell is kept for ${months} months, so this cannot look back as far as it asks.`,
    "kept-only": (months: number) => `What browsers tell is kept for ${months} months: nothing older counts here.`,
    "unknown-segment": "The segment this asks for is not there, so nobody is in it.",
    cycle: "This segment asks for itself, directly or by another. Nobody can match that.",
    "no-scores": "Scores have not been worked out for this shop yet. Until then nobody has one.",
    "no-predictions": "Not enough has been ordered in this shop yet to predict this. Until then it is true of nobody.",
    "no-predictions-turned":
      "Not enough has been ordered in this shop yet to predict this. Until then the opposite, which is asked for here, is true of everybody.",
  },
} as const;

function amountOf(how: "at-least" | "at-most", amount: string): string {
  return `${how === "at-least" ? "at least" : "at most"} ${amount}`;
}

function list(parts: string[], word: string): string {
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} ${word} ${parts.at(-1) ?? ""}`;
}
