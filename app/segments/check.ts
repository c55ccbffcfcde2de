// What is odd about a rule that can be read: it can never match, or always does, or asks for what is not kept. Warnings, each a sentence; none of them stops it.
import { pixelKeptSince, pixelMonths } from "../events/retention.ts";
import { after } from "../lib/time.ts";
import { expectedNeeds, lacking, year, type Model } from "../predictions/model.ts";
import { deedKinds } from "./deed.ts";
import { stages } from "./groups.ts";
import { foretells, type Foretelling } from "./foretold.ts";
import { lookBackOf } from "./needs.ts";
import { decideTogether, decisiveOf, mostDays, sidesOf } from "./range.ts";
import { cycleOf } from "./stands-on.ts";
import { ruleWords } from "./rule-words.ts";
import { byDays, milliseconds, type Condition, type ConditionOf, type Doing, type Node, type When, type Where } from "./rule.ts";
import { startOf } from "../lib/shop-days.ts";

type Code = keyof typeof ruleWords.warning;
/** A condition of a rule: the way to it, and whether it is asked for, or its opposite. */
type Named = { path: number[]; wanted: boolean };
/** `path` leads to the node it is about; the empty path is the whole rule. `between`: those in it that exclude each other, or together leave nobody out. */
export type Warning = { code: Code; path: number[]; message: string; between?: Named[] };

/** The shop a rule is checked in. `key`: the segment it belongs to, where it has one already. */
export type CheckedIn = { key: string | null; rules: ReadonlyMap<string, Node>; timezone: string; hasScores: boolean; predictions: Model | null; now: Date };

type Verdict = "never" | "always" | null;
const opposite = (verdict: Verdict): Verdict => (verdict === null ? null : verdict === "never" ? "always" : "never");

function warn(code: Code, path: number[]): Warning {
  const message = ruleWords.warning[code];
  return { code, path, message: typeof message === "string" ? message : message(pixelMonths) };
}

const emptyPrice = ({ priceMinor: price }: Where) => price?.atLeast !== undefined && price.atMost !== undefined && price.atLeast > price.atMost;

function emptyWhen(when: When): boolean {
  if (when.kind === "ago") return when.lessThan !== undefined && milliseconds(when.atLeast) >= milliseconds(when.lessThan);
  if (when.kind === "dates") return when.from !== undefined && when.before !== undefined && when.from >= when.before;
  return when.kind === "since" && emptyPrice(when.deed.where);
}

/** Whether nothing can ever count for a condition. */
function isEmpty(node: Condition): boolean {
  switch (node.kind) {
    case "did":
    case "orders":
    case "order-date":
      return emptyPrice(node.where) || emptyWhen(node.when);
    case "first-seen":
      return emptyWhen(node.when);
    case "left-behind":
      return milliseconds(node.atLeast) >= milliseconds(node.lessThan);
    case "expected-order":
      return node.due.kind === "overdue" && node.due.lessThan !== undefined && milliseconds(node.due.atLeast) >= milliseconds(node.due.lessThan);
    default:
      return false;
  }
}

function conditionVerdict(node: Condition, shop: CheckedIn, within: string[]): Verdict {
  const empty = isEmpty(node);
  switch (node.kind) {
    case "did":
      return numberVerdict(node.times.is, node.times.n, empty) ?? daysVerdict(node, shop.timezone);
    case "orders":
      if (node.measure === "average") return empty ? "never" : null;
      return numberVerdict(node.is, node.value, empty);
    case "email-consent":
      return node.states.length === 4 ? "always" : null;
    case "lifecycle":
      return node.stages.length === stages.length ? "always" : null;
    case "in-segment": {
      const other = shop.rules.get(node.segment);
      if (other === undefined || within.includes(node.segment)) return "never";
      return verdictOf(other, shop, [...within, node.segment]);
    }
    default:
      return empty ? "never" : null;
  }
}

/** Of days there are only so many in a time. */
function daysVerdict(node: ConditionOf<"did">, timezone: string): Verdict {
  const { is, n } = node.times;
  if (!byDays(node) || n < mostDays(node.when, timezone)) return null;
  if (is === "at-most") return "always";
  return n > mostDays(node.when, timezone) ? "never" : null;
}

function numberVerdict(is: "at-least" | "at-most" | "exactly", n: number, empty: boolean): Verdict {
  if (is === "at-least" && n === 0) return "always";
  if (!empty) return null;
  return is === "at-most" || n === 0 ? "always" : "never";
}

/** Whether the parts of a group, none of which decides it alone, do so together. */
function together(node: Node & { kind: "all" | "any" }, shop: CheckedIn, within: string[]): boolean {
  return decideTogether(sidesOf(node, node.kind, { ...shop, within }), node.kind);
}

/** What one part of a group is that decides it whatever the others are, and what all of them must be otherwise. */
const decides = { all: ["never", "always"], any: ["always", "never"] } as const;

/** Whether a node matches nobody or everybody, whoever they are, as far as that can be seen from it. */
export function verdictOf(node: Node, shop: CheckedIn, within: string[] = []): Verdict {
  if (node.kind === "not") return opposite(verdictOf(node.of, shop, within));
  if (node.kind !== "all" && node.kind !== "any") return conditionVerdict(node, shop, within);
  const parts = node.of.map((one) => verdictOf(one, shop, within));
  const [wins, needsAll] = decides[node.kind];
  if (parts.includes(wins)) return wins;
  if (parts.every((one) => one === needsAll)) return needsAll;
  return together(node, shop, within) ? wins : null;
}

/** What of a condition is beyond what the log keeps of browsers. */
function retention(node: Condition, path: number[], shop: CheckedIn): Warning[] {
  const doing: Doing | null = node.kind === "did" ? node : null;
  if (node.kind !== "first-seen" && (doing === null || !deedKinds[doing.did].browser)) return [];
  if (node.kind !== "did" && node.kind !== "first-seen") return [];
  const { when } = node;
  // What hangs on another deed looks no further than that one does.
  if (when.kind === "since") return [];
  const kept = pixelKeptSince(shop.now);
  const oldest =
    when.kind === "ago"
      ? after(shop.now, -milliseconds(when.atLeast))
      : when.kind === "dates" && when.before !== undefined
        ? startOf(when.before, shop.timezone)
        : null;
  if (oldest !== null && oldest <= kept) return [warn("beyond-retention", path)];
  const back = lookBackOf(when, shop.timezone);
  if (back.kind === "ever") return [warn("kept-only", path)];
  const from = back.kind === "since" ? back.at : back.kind === "last" ? after(shop.now, -back.milliseconds) : shop.now;
  return from < kept ? [warn("beyond-retention", path)] : [];
}

function future(node: Condition, path: number[], shop: CheckedIn): Warning[] {
  const when = "when" in node ? node.when : null;
  return when?.kind === "dates" && when.from !== undefined && startOf(when.from, shop.timezone) > shop.now ? [warn("future", path)] : [];
}

/** Whether enough is known of the shop to answer a condition at all. */
function isPredicted(node: Foretelling, model: Model | null): boolean {
  const horizon = node.kind === "chance-of-order" ? node.within : node.kind === "expected-order" ? expectedNeeds : year;
  return model !== null && lacking(model, horizon) === null;
}

/**
 * `wanted`: false inside an odd number of *not*. `turned`: where the *not* stands that turns this condition alone around, for which whatever is true of
 * everybody is true of nobody; null where there is none.
 */
type Asked = { wanted: boolean; turned: number[] | null };

function aboutCondition(node: Condition, path: number[], shop: CheckedIn, { wanted, turned }: Asked): Warning[] {
  const found = [...retention(node, path, shop), ...future(node, path, shop)];
  if (isEmpty(node)) found.push(warn("empty-range", path));
  else if (node.kind === "in-segment") {
    if (node.segment !== shop.key && !shop.rules.has(node.segment)) found.push(warn("unknown-segment", path));
  } else {
    const verdict = conditionVerdict(node, shop, []);
    const said = turned === null ? verdict : opposite(verdict);
    // How many days a time has is seen less easily than that 0 times is always.
    const ofDays = node.kind === "did" && daysVerdict(node, shop.timezone) !== null;
    if (said !== null) found.push(warn(ofDays ? `${said}-by-days` : said, turned ?? path));
  }
  if ((node.kind === "rfm" || node.kind === "rfm-group") && !shop.hasScores) found.push(warn("no-scores", path));
  if (foretells(node) && !isPredicted(node, shop.predictions)) found.push(warn(wanted ? "no-predictions" : "no-predictions-turned", path));
  return found;
}

/** Whether the parts of a group decide it together, and which of them. */
function aboutGroup(node: Node & { kind: "all" | "any" }, path: number[], shop: CheckedIn, within: string[]): Warning[] {
  if (!together(node, shop, within)) return [];
  const between = decisiveOf(sidesOf(node, node.kind, { ...shop, within }), node.kind);
  const named = between.map((one) => ({ path: [...path, ...one.path], wanted: one.wanted }));
  return [{ ...warn(node.kind === "all" ? "contradiction" : "tautology", path), between: named }];
}

function aboutNode(node: Node, path: number[], shop: CheckedIn, asked: Asked): Warning[] {
  const { wanted, turned } = asked;
  // One *not* undoes another.
  if (node.kind === "not") return aboutNode(node.of, [...path, 0], shop, { wanted: !wanted, turned: turned === null ? path : null });
  if (node.kind !== "all" && node.kind !== "any") return aboutCondition(node, path, shop, asked);
  const within = shop.key === null ? [] : [shop.key];
  const alone = node.of.length === 1 || node.of.some((one) => verdictOf(one, shop, within) === decides[node.kind][0]);
  return [
    ...(alone ? [] : aboutGroup(node, path, shop, within)),
    ...node.of.flatMap((one, index) => aboutNode(one, [...path, index], shop, { wanted, turned: null })),
  ];
}

/** What says that its place matches nobody, or everybody. */
const verdicts: ReadonlySet<Code> = new Set(["never", "always", "never-by-days", "always-by-days", "contradiction", "tautology"]);

/** Everything that is odd about a rule; what is odd about the whole comes first. */
export function check(rule: Node, shop: CheckedIn): Warning[] {
  const found = aboutNode(rule, [], shop, { wanted: true, turned: null });
  if (shop.key !== null && cycleOf(shop.key, rule, shop.rules) !== null) found.unshift(warn("cycle", []));
  const verdict = verdictOf(rule, shop, shop.key === null ? [] : [shop.key]);
  // Said already where the whole rule is one condition or one group, or nothing but a group around one.
  const around = (rule.kind === "all" || rule.kind === "any") && rule.of.length === 1 ? 1 : 0;
  const isSaid = found.some(({ path, code }) => path.length === 0 || (path.length === around && verdicts.has(code)));
  if (verdict !== null && !isSaid) found.unshift(warn(verdict, []));
  return found;
}
