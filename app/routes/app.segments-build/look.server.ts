import { flowName, words } from "#app/components/words.ts";
import { namesFor } from "#app/dashboard/segments.server.ts";
import { check, type Warning } from "#app/segments/check.ts";
import { isGroup, isNot, nodeAt, placeOf, type Draft } from "#app/segments/draft.ts";
import { fieldsOf } from "#app/segments/draft-fields.ts";
import { noFigures, type Figures } from "#app/segments/figures.ts";
import { figuresOf } from "#app/segments/figures.server.ts";
import { conditionsOf, readRule, type Node, type Problem } from "#app/segments/rule.ts";
import { listSegments, notKept, slowParts } from "#app/segments/saved.server.ts";
import { tooLarge } from "#app/segments/stands-on.ts";
import { say as sayNode, sentence, type Names } from "#app/segments/say.ts";
import { worldOf } from "#app/segments/world.server.ts";
import type { Shop } from "#app/shops/shop.ts";
import type { Placed } from "./building.tsx";
import { seen, type Seen } from "./seen.server.ts";

/** What is to be said of a rule while it is built. `asked` tells which question this answers. */
export type Look = {
  asked: string;
  problems: Placed[];
  /** The rest is there once the rule can be read. */
  said: string | null;
  warnings: Placed[];
  /** What makes it slow; it can be saved all the same. */
  slow: Placed[];
  /** What keeps it from being saved. */
  unfit: Placed[];
  seen: Seen | null;
  /** How what is expected lies among the shop's customers, of what the rule asks. */
  figures: Figures;
};

const say = words.builder.problem;

/** What the schema says of a field that is empty or of the wrong kind, as a merchant would say it. */
function sentenceOf({ message }: Problem, at: { path: number[]; field: string }, root: Draft): string {
  if (!message.startsWith("Invalid")) return message;
  const node = nodeAt(root, at.path);
  const fields = node === null || isGroup(node) || isNot(node) ? [] : fieldsOf(node);
  const as = fields.find((one) => at.field === one.path.join(".") || at.field.startsWith(`${one.path.join(".")}.`))?.as;
  if (as === "number" || as === "length") return say.number;
  return as === "money" || as === "price" ? say.amount : say.choose;
}

/** Problems by the node they lie in and the field there; one is enough for each. */
export function inWords(problems: Problem[], root: Draft): Placed[] {
  const placed = problems.map((one) => {
    const at = placeOf(one.path, root);
    return { ...at, message: sentenceOf(one, at, root) };
  });
  return placed.filter((one, index) => placed.findIndex((other) => other.field === one.field && other.path.join() === one.path.join()) === index);
}

/** Warnings by the node they are about. What is between some conditions says what these say, and stands at each of them: they may lie far from each other, and from the head of their group. */
function placed(warnings: Warning[], rule: Node, names: Names): Placed[] {
  const conditions = new Map(conditionsOf(rule).map(({ condition, path }) => [path.join(), condition]));
  return warnings.flatMap(({ code, path, message, between = [] }) => {
    const said = between.flatMap((one) => {
      const condition = conditions.get(one.path.join());
      return condition === undefined ? [] : [sayNode(condition, names, one.wanted)];
    });
    if (said.length < 2) return [{ path, field: "", message }];
    const text = words.builder.together[code === "contradiction" ? code : "tautology"](said);
    return between.map((one) => ({ path: one.path, field: "", message: text }));
  });
}

/** Looks at a rule as it is typed: what is wrong with it, or what it says, what is odd, and who fits it. */
export async function look(shop: Shop, key: string | null, typed: unknown, asked: string, now: Date): Promise<Look> {
  const read = readRule(typed);
  const wrong = (problems: Problem[]): Look => ({
    ...{ asked, problems: inWords(problems, rootOf(typed)), said: null, warnings: [], slow: [], unfit: [], seen: null, figures: noFigures },
  });
  if (!read.ok) return wrong(read.problems);
  const rule = read.rule.match;
  const [{ world }, all] = await Promise.all([worldOf(shop, undefined, rule), listSegments(shop)]);
  const large = tooLarge(rule, world.rules);
  if (large !== null) return wrong([large]);
  const { names } = await namesFor(shop, [rule], all, flowName);
  const [people, figures] = await Promise.all([seen(shop, key, rule, names, now), figuresOf(shop.id, rule, world.predictions, now)]);
  const checked = { key, rules: world.rules, timezone: shop.timezone, hasScores: world.rfm !== null, predictions: world.predictions, now };
  return {
    asked,
    problems: [],
    said: sentence(rule, names),
    warnings: placed(check(rule, checked), rule, names),
    slow: inWords(slowParts(rule, world.rules, shop.timezone, now), rule),
    unfit: inWords(notKept(shop, rule, world, now), rule),
    seen: people,
    figures,
  };
}

/** The tree of what was typed, to find places in it. It may be anything; then nothing is found in it. */
export function rootOf(typed: unknown): Draft {
  const match = typeof typed === "object" && typed !== null && "match" in typed ? typed.match : null;
  const isNode = typeof match === "object" && match !== null && "kind" in match && typeof match.kind === "string";
  return isNode ? (match as Draft) : { kind: "all", of: [] };
}
