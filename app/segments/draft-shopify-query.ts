// A rule as a query for Shopify's own customer segments, where Shopify can ask the same.
// Names, operators and values: shopify.dev/docs/api/shopifyql/segment-query-language-reference, looked up 2026-11-25.
import { toDecimal } from "../lib/money.ts";
import type { Condition, ConditionOf, Is, Moment, Node, When } from "./rule.ts";

/** Where Shopify's answer may differ a little: it counts whole days of the shop; it knows nothing of what was ordered after a checkout was left. */
export type Difference = "whole-days" | "ordered-since" | "countries";
export type ShopifyQuery = { query: string; differs: Difference[] };

/** `several`: whether it holds an OR at its top, so that beside an AND it needs brackets. */
type Part = { text: string; several: boolean; differs: Difference[] };

const one = (text: string, ...differs: Difference[]): Part => ({ text, several: false, differs });

function joined(parts: Part[], word: "AND" | "OR"): Part {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const text = parts.map((part) => (part.several && word === "AND" ? `(${part.text})` : part.text)).join(` ${word} `);
  return { text, several: word === "OR", differs: parts.flatMap((part) => part.differs) };
}

const operators: Record<Is, [wanted: string, not: string]> = { "at-least": [">=", "<"], "at-most": ["<=", ">"], exactly: ["=", "!="] };
const isEmpty = (where: object) => Object.values(where).every((value) => value === undefined);

/** Days ago as Shopify writes them; null where it is not a number of days. */
const ago = ({ amount, unit }: { amount: number; unit: "hours" | "days" }) => (unit === "days" ? `-${amount}d` : null);

/** A date attribute that lies in a window; nobody without that date does. Not: or there is no date. */
function dateIn(attribute: string, when: Moment | When, wanted: boolean): Part | null {
  const outside = (...parts: string[]) => joined([...parts.map((text) => one(text)), one(`${attribute} IS NULL`)], "OR");
  const inside = (...parts: string[]) =>
    joined(
      parts.map((text) => one(text)),
      "AND",
    );
  switch (when.kind) {
    case "ever":
      return one(`${attribute} IS ${wanted ? "NOT NULL" : "NULL"}`);
    case "last": {
      const from = ago(when.length);
      if (from === null) return null;
      return days(wanted ? inside(`${attribute} >= ${from}`) : outside(`${attribute} < ${from}`));
    }
    case "ago": {
      const until = ago(when.atLeast);
      const from = when.lessThan === undefined ? undefined : ago(when.lessThan);
      if (until === null || from === null) return null;
      const [after, before] = from === undefined ? [[], []] : [[`${attribute} > ${from}`], [`${attribute} <= ${from}`]];
      return days(wanted ? inside(`${attribute} <= ${until}`, ...after) : outside(`${attribute} > ${until}`, ...before));
    }
    case "dates": {
      const from = when.from === undefined ? [] : [`${attribute} ${wanted ? ">=" : "<"} ${when.from}`];
      const before = when.before === undefined ? [] : [`${attribute} ${wanted ? "<" : ">="} ${when.before}`];
      return wanted ? inside(...from, ...before) : outside(...from, ...before);
    }
    case "since":
      return null;
  }
}

const days = (part: Part): Part => ({ ...part, differs: [...part.differs, "whole-days"] });

function number(is: Is, n: number, wanted: boolean): Part {
  return one(`number_of_orders ${operators[is][wanted ? 0 : 1]} ${n}`);
}

function ordered({ did, where, times, onDays, when }: ConditionOf<"did">, wanted: boolean): Part | null {
  if (did !== "ordered" || !isEmpty(where) || onDays) return null;
  if (when.kind === "ever") return number(times.is, times.n, wanted);
  const once = times.is === "at-least" && times.n === 1;
  const never = (times.is === "exactly" || times.is === "at-most") && times.n === 0;
  // That she ordered since a day is said of her last order; that she did before it, of none.
  const openEnded = when.kind === "last" || (when.kind === "dates" && when.before === undefined);
  return openEnded && (once || never) ? dateIn("last_order_date", when, wanted === once) : null;
}

function consent({ states }: ConditionOf<"email-consent">, wanted: boolean): Part | null {
  const all = [...states].sort().join();
  // Whether somebody confirmed it is kept apart by Shopify, and asked of no segment.
  return all === "confirmed,single" ? one(`email_subscription_status ${wanted ? "=" : "!="} 'SUBSCRIBED'`) : null;
}

function left({ what, lessThan, atLeast }: ConditionOf<"left-behind">, wanted: boolean): Part | null {
  if (what === "cart") return null;
  // What was left within hours is of today, which a whole day cannot part.
  const when: Moment = atLeast.unit === "hours" && atLeast.amount < 24 ? { kind: "last", length: lessThan } : { kind: "ago", atLeast, lessThan };
  const part = dateIn("abandoned_checkout_date", when, wanted);
  return part === null ? null : { ...part, differs: [...part.differs, "ordered-since"] };
}

function ofCondition(node: Condition, wanted: boolean, currency: string): Part | null {
  switch (node.kind) {
    case "did":
      return ordered(node, wanted);
    case "orders": {
      if (!isEmpty(node.where) || node.when.kind !== "ever" || node.measure === "average") return null;
      if (node.measure === "number") return number(node.is, node.value, wanted);
      return one(`amount_spent ${operators[node.is][wanted ? 0 : 1]} ${toDecimal(node.value, currency)}`);
    }
    case "order-date":
      return isEmpty(node.where) ? dateIn(node.which === "first" ? "first_order_date" : "last_order_date", node.when, wanted) : null;
    case "left-behind":
      return left(node, wanted);
    case "email-consent":
      return consent(node, wanted);
    case "country":
      return joined(
        node.countries.map((code) => one(`customer_countries ${wanted ? "" : "NOT "}CONTAINS '${code}'`, "countries")),
        wanted ? "OR" : "AND",
      );
    case "language":
      return joined(
        node.languages.map((code) => one(`customer_language ${wanted ? "=" : "!="} '${code}'`)),
        wanted ? "OR" : "AND",
      );
    default:
      // Shopify's predicted_spend_tier is a guess of its own, in three classes: not what is asked here.
      return null;
  }
}

function of(node: Node, wanted: boolean, currency: string): Part | null {
  if (node.kind === "not") return of(node.of, !wanted, currency);
  if (node.kind !== "all" && node.kind !== "any") return ofCondition(node, wanted, currency);
  const parts = node.of.map((inner) => of(inner, wanted, currency));
  if (parts.some((part) => part === null)) return null;
  return joined(parts as Part[], (node.kind === "all") === wanted ? "AND" : "OR");
}

/** The query that asks the same of Shopify's customers, or null where Shopify cannot ask it. Amounts are in the shop's currency. */
export function shopifyQuery(rule: Node, currency: string): ShopifyQuery | null {
  const part = of(rule, true, currency);
  return part === null ? null : { query: part.text, differs: [...new Set(part.differs)] };
}
