// A rule in plain English, as a merchant would write it.
import { formatMoney } from "../lib/money.ts";
import { ruleWords as words } from "./rule-words.ts";
import { byDays, canonical, type Condition, type ConditionOf, type Doing, type Is, type Length, type Node, type When, type Where } from "./rule.ts";
import { dateBefore } from "../lib/shop-days.ts";

/** What things are called now; null where they are gone. Amounts are in the shop's currency. */
export type Names = {
  product: (id: string) => string | null;
  collection: (id: string) => string | null;
  segment: (key: string) => string | null;
  flow: (key: string) => string | null;
  currency: string;
};

/** How many names are said before the rest is a number. */
const namesSaid = 3;

function named(values: string[], nameOf: (value: string) => string): string {
  const said = values.slice(0, namesSaid).map(nameOf);
  return values.length > namesSaid ? words.more(said.join(", "), values.length - namesSaid) : words.or(said);
}

const quoted = (values: string[]) => named(values, words.name);
const called = (values: string[], name: (value: string) => string | null, gone: string) =>
  named(values, (value) => {
    const found = name(value);
    return found === null ? gone : words.name(found);
  });

/** "14 days", "1 hour". */
const sayLength = ({ amount, unit }: Length) => words.length(amount, unit);

function sayDate(date: string): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${date}T00:00:00Z`));
}

/** The product that `where` means: "*Mug*", "a product in *Shoes* by *Acme* for £10.00 or more". */
function sayProduct(where: Where, names: Names): string {
  const { products, collections, vendors, priceMinor } = where;
  const money = (minor: number | undefined) => (minor === undefined ? null : formatMoney(minor, names.currency));
  return [
    products === undefined ? words.aProduct : called(products, names.product, words.gone.product),
    collections === undefined ? "" : words.inCollection(called(collections, names.collection, words.gone.collection)),
    vendors === undefined ? "" : words.byVendor(quoted(vendors)),
    priceMinor === undefined ? "" : words.price(money(priceMinor.atLeast), money(priceMinor.atMost)),
  ]
    .filter((part) => part !== "")
    .join(" ");
}

const nothing = (where: Where) => Object.values(where).every((one) => one === undefined);

/** What a deed is done to. */
function sayObject({ did, where }: Doing, names: Names): string {
  if (nothing(where)) return words.objects[did] ?? "";
  if (where.forms !== undefined) return words.theForm(quoted(where.forms));
  if (where.flows !== undefined) return words.messageOf(called(where.flows, names.flow, words.gone.flow));
  if (did === "viewed-collection" && where.collections !== undefined) return called(where.collections, names.collection, words.gone.collection);
  if (did === "landed") return sayTags(where);
  return sayProduct(where, names);
}

function sayTags(where: Pick<Where, "sources" | "mediums" | "campaigns">): string {
  return (["sources", "mediums", "campaigns"] as const)
    .flatMap((key) => {
      const values = where[key];
      return values === undefined ? [] : [words.tag[key](quoted(values))];
    })
    .join(" ");
}

function sayWhen(when: When, names: Names, last: Doing | null): string {
  switch (when.kind) {
    case "ever":
      return "";
    case "last":
      return words.inTheLast(when.length.amount, when.length.unit);
    case "ago":
      if (when.lessThan === undefined) return words.atLeastAgo(sayLength(when.atLeast));
      return when.atLeast.unit === when.lessThan.unit
        ? words.betweenUnits(when.atLeast.amount, sayLength(when.lessThan))
        : words.betweenAgo(sayLength(when.atLeast), sayLength(when.lessThan));
    case "dates":
      if (when.before === undefined) return words.from(sayDate(when.from ?? ""));
      return when.from === undefined ? words.before(sayDate(when.before)) : words.between(sayDate(when.from), sayDate(dateBefore(when.before)));
    case "since":
      return last !== null && sameDoing(when.deed, last) ? words.since : words.sinceDid(words.verbs[when.deed.did].did(sayObject(when.deed, names)));
  }
}

const sameDoing = (a: Doing, b: Doing) => a.did === b.did && canonical(a.where) === canonical(b.where);

/** A comparison as it is said: *not* turns it around. Null where it leaves nothing out, or nobody in. */
function turned(is: Is, n: number, wanted: boolean): { is: Is | "not"; n: number } {
  if (wanted) return { is, n };
  if (is === "exactly") return { is: "not", n };
  return is === "at-least" ? { is: "at-most", n: n - 1 } : { is: "at-least", n: n + 1 };
}

const joined = (...parts: string[]) => parts.filter((part) => part !== "").join(" ");

function sayDid(node: ConditionOf<"did">, names: Names, wanted: boolean, last: Doing | null): string {
  const object = sayObject(node, names);
  const when = sayWhen(node.when, names, last);
  const verb = words.verbs[node.did];
  let { is, n } = turned(node.times.is, node.times.n, wanted);
  // "Not exactly 0 times" is once or more.
  if (is === "not" && n === 0) [is, n] = ["at-least", 1];
  const once = is === "at-least" && n === 1;
  const often = byDays(node) && !(node.did === "visited" && once) ? words.onDays : words.often;
  if (is === "at-least" && n <= 0) return joined(verb.did(object), often.always, when);
  if (n === 0 || (is === "at-most" && n < 0)) return joined(verb.didNot(object), when);
  return joined(verb.did(object), often[is](n), when);
}

function sayOrders({ measure, is: asked, value, where, when }: ConditionOf<"orders">, names: Names, wanted: boolean): string {
  const rest = (with_: (what: string) => string) => joined(nothing(where) ? "" : with_(sayProduct(where, names)), sayWhen(when, names, null));
  const { is, n } = turned(asked, value, wanted);
  if (measure === "number") {
    const said = is === "not" && n > 0 ? words.orders.number.not : words.orders.number[is === "not" ? "at-least" : is];
    // "Not exactly none" is one or more.
    const count = is === "not" && n === 0 ? 1 : n;
    return joined(count <= 0 && is !== "at-least" ? words.orders.number.none : said(count.toLocaleString("en"), count === 1), rest(words.orders.numberWith));
  }
  // Who never ordered spent nothing per order, and not less than anything either: an average is not turned into another.
  if (measure === "average" && !wanted) return joined(words.orders.notAverage[asked](formatMoney(value, names.currency)), rest(words.orders.with));
  const said = is === "not" ? words.orders.notSpent : words.orders[measure][is];
  return joined(said(formatMoney(n, names.currency)), rest(words.orders.with));
}

function sayLeft(node: ConditionOf<"left-behind">, names: Names, way: "did" | "didNot"): string {
  const when = sayWhen({ kind: "ago", atLeast: node.atLeast, lessThan: node.lessThan }, names, null);
  return joined(words.leftBehind[node.what][way], when, words.withoutOrder);
}

function sayDue({ due }: ConditionOf<"expected-order">, way: "did" | "didNot"): string {
  if (due.kind === "within") return words.expected.within[way](sayLength(due.length));
  const { atLeast, lessThan } = due;
  if (lessThan === undefined) return words.expected.overdue[way](words.atLeastAgo(sayLength(atLeast)));
  return words.expected.overdue[way](
    atLeast.unit === lessThan.unit ? words.betweenUnits(atLeast.amount, sayLength(lessThan)) : words.betweenAgo(sayLength(atLeast), sayLength(lessThan)),
  );
}

const scores = (all: number[]) => words.or(all.map(String));

function sayCondition(node: Condition, names: Names, wanted: boolean, last: Doing | null): string {
  const way = wanted ? "did" : "didNot";
  switch (node.kind) {
    case "did":
      return sayDid(node, names, wanted, last);
    case "orders":
      return sayOrders(node, names, wanted);
    case "order-date": {
      const what = nothing(node.where) ? "" : ` ${sayProduct(node.where, names)}`;
      return joined(words[node.which === "first" ? "firstOrder" : "lastOrder"][way](what), sayWhen(node.when, names, null));
    }
    case "left-behind":
      return sayLeft(node, names, way);
    case "country":
      return words.country[way](named(node.countries, (code) => words.inCountry(code, new Intl.DisplayNames("en", { type: "region" }).of(code) ?? code)));
    case "language":
      return words.language[way](named(node.languages, (code) => new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code));
    case "has":
      return words.has[node.what][way];
    case "email-consent":
      return (wanted ? words.or : words.and)(node.states.map((state) => words.consent[state][way]));
    case "first-seen":
      return node.when.kind === "ever" ? words.firstSeenEver[way] : joined(words.firstSeen[way], sayWhen(node.when, names, null));
    case "first-landing":
      return words.firstLanding[way](sayTags(node));
    case "in-segment":
      return words.inSegment[way](called([node.segment], names.segment, words.gone.segment));
    case "rfm": {
      const parts = (["recency", "frequency", "money"] as const).flatMap((key) => {
        const all = node[key];
        return all === undefined ? [] : [words.rfm[key](scores(all))];
      });
      return words.rfm[way](words.and(parts));
    }
    case "chance-of-order":
      return words.chance[way](node.chance.is, node.chance.percent, node.within);
    case "expected-order":
      return sayDue(node, way);
    case "predicted-spend":
      return words.spend[way](node.spend.is, formatMoney(node.spend.value, names.currency));
    case "rfm-group":
      return words.among[way](words.or(node.groups.map((group) => words.groups[group])));
    case "lifecycle":
      return words.among[way](words.or(node.stages.map((stage) => words.stages[stage])));
  }
}

/** What may be said about somebody who fits: "viewed a product in the last 14 days and did not order since". `wanted` false says the opposite. */
export function say(node: Node, names: Names, wanted = true): string {
  return sayNode(node, names, wanted, { last: null }).text;
}

/** The same as a sentence: "People who …". */
export function sentence(node: Node, names: Names): string {
  return words.who(say(node, names));
}

/** `several`: whether it is more than one thing, so that beside others it needs brackets. `last`: what was done last, which a bare *since* means. */
function sayNode(node: Node, names: Names, wanted: boolean, said: { last: Doing | null }): { text: string; several: boolean } {
  if (node.kind === "not") {
    const inner = onlyOne(node.of);
    return inner === null ? { text: words.none(say(node.of, names, wanted)), several: false } : sayNode(inner, names, !wanted, said);
  }
  if (node.kind !== "all" && node.kind !== "any") {
    const text = sayCondition(node, names, wanted, said.last);
    if (node.kind === "did" && node.when.kind !== "since") said.last = { did: node.did, where: node.where };
    return { text, several: node.kind === "email-consent" && node.states.length > 1 };
  }
  const only = node.of[0];
  if (only !== undefined && node.of.length === 1) return sayNode(only, names, wanted, said);
  if (!wanted) return { text: words.none(say(node, names)), several: false };
  const parts = node.of.map((one) => {
    // Inside a group of its own, and between alternatives, nothing was said before.
    const apart = node.kind === "any" || one.kind === "all" || one.kind === "any" || one.kind === "not";
    const { text, several } = sayNode(one, names, true, apart && node.kind === "any" ? { last: null } : said);
    return several ? words.bracket(text) : text;
  });
  return { text: (node.kind === "all" ? words.and : words.or)(parts), several: true };
}

/** The condition, or the *not*, that groups of one lead to; null where it is a group of several. */
function onlyOne(node: Node): Node | null {
  if (node.kind !== "all" && node.kind !== "any") return node;
  const only = node.of[0];
  return only !== undefined && node.of.length === 1 ? onlyOne(only) : null;
}
