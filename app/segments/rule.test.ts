import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRule } from "../../test/rules.ts";
import { canonical, conditionsOf, importRule, limits, readRule, type Node } from "./rule.ts";

const mail = { kind: "has", what: "email" };
const read = (match: unknown) => readRule({ version: 1, match });
const problems = (match: unknown) => {
  const got = read(match);
  return got.ok ? [] : got.problems.map(({ path, message }) => `${path.join(".")}: ${message}`);
};

test("every rule can be exported and imported, and comes back the same, whatever the order of its fields and values", () => {
  const shuffled = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(shuffled);
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(
      Object.entries(one)
        .reverse()
        .map(([key, inner]) => [key, shuffled(inner)]),
    );
  };
  fc.assert(
    fc.property(anyRule, (match) => {
      const text = canonical({ version: 1, match });
      const again = importRule(text);
      expect(again.ok && canonical(again.rule)).toBe(text);
      const turned = importRule(JSON.stringify(shuffled(JSON.parse(text))));
      expect(turned.ok && canonical(turned.rule)).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test("what is left out has a meaning, and a set has neither order nor repetitions", () => {
  const got = read({ kind: "did", did: "viewed-product", where: { products: ["2", "1", "2"] } });
  expect(got.ok && got.rule.match).toEqual({
    ...{ kind: "did", did: "viewed-product", where: { products: ["1", "2"] } },
    ...{ times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "ever" } },
  });
});

test("text is text, whatever is in it", () => {
  for (const odd of ["'; DROP TABLE event; --", "\u0001", "💥", "__proto__", "${7*7}", " "]) {
    const got = read({ kind: "did", did: "ordered", where: { vendors: [odd] } });
    expect(got.ok && conditionsOf(got.rule.match)[0]?.condition).toMatchObject({ where: { vendors: [odd] } });
  }
});

const chain = (depth: number): unknown => (depth === 0 ? mail : { kind: "not", of: chain(depth - 1) });
const groups = (depth: number): unknown => (depth === 0 ? mail : { kind: "all", of: [groups(depth - 1)] });
const viewed = { kind: "did", did: "viewed-product" };

describe("limits, each with a sentence", () => {
  test.each<[what: string, match: unknown, found: string[]]>([
    ["as deep as it may be", groups(limits.depth), []],
    ["one deeper", groups(limits.depth + 1), ["match: Groups can lie in each other at most 6 deep."]],
    ["nots are as deep", chain(limits.depth + 1), ["match: Groups can lie in each other at most 6 deep."]],
    ["absurdly deep", chain(3000), [": Groups can lie in each other at most 6 deep."]],
    ["as many as there may be", { kind: "any", of: Array(50).fill(mail) }, []],
    ["one more", { kind: "any", of: Array(51).fill(mail) }, ["match: A rule can have at most 50 conditions."]],
    ["absurdly many", { kind: "any", of: Array(30_000).fill(mail) }, [": This is too large to be a rule."]],
    ["too many values", { ...viewed, where: { products: Array(101).fill("1") } }, ["match.where.products: A condition can name at most 100 values."]],
    [
      "too many values in all",
      { kind: "all", of: Array(6).fill({ ...viewed, where: { products: Array.from({ length: 99 }, (_, n) => `${n}`) } }) },
      ["match: A rule can name at most 500 values in all."],
    ],
    ["no value", { ...viewed, where: { products: [] } }, ["match.where.products: Choose at least one value."]],
    ["an empty value", { ...viewed, where: { products: [""] } }, ["match.where.products.0: A value is empty."]],
    ["a value with a NUL", { ...viewed, where: { products: ["a\u0000"] } }, ["match.where.products.0: A value holds a character that cannot be kept."]],
    ["half a character", { ...viewed, where: { products: ["\ud83d"] } }, ["match.where.products.0: A value holds a character that cannot be kept."]],
    ["too often", { ...viewed, times: { is: "at-least", n: 1001 } }, ["match.times.n: Ask for at most 1,000 times."]],
    ["less than never", { ...viewed, times: { is: "at-least", n: -1 } }, ["match.times.n: Give 0 or more."]],
    [
      "too long ago",
      { ...viewed, when: { kind: "last", length: { amount: 3651, unit: "days" } } },
      ["match.when.length: A rule looks back at most 3,650 days."],
    ],
    [
      "no time at all",
      { ...viewed, when: { kind: "last", length: { amount: 0, unit: "hours" } } },
      ["match.when.length.amount: A length of time is at least 1."],
    ],
    ["a date that is none", { ...viewed, when: { kind: "dates", from: "2026-02-30" } }, ["match.when.from: Give a date that exists, such as 2026-11-25."]],
    ["no price", { ...viewed, where: { priceMinor: {} } }, ["match.where.priceMinor: Give a lowest price, a highest price, or both."]],
    ["no date", { ...viewed, when: { kind: "dates" } }, ["match.when: Give a first day, a day before which, or both."]],
    ["a filter that does not fit", { kind: "did", did: "searched", where: { products: ["1"] } }, ["match.where.products: This cannot be asked of that."]],
    [
      "a filter that does not fit what it is since",
      { ...viewed, when: { kind: "since", deed: { did: "visited", where: { forms: ["a"] } } } },
      ["match.when.deed.where.forms: This cannot be asked of that."],
    ],
    ["an empty group", { kind: "all", of: [] }, ["match.of: A group needs at least one condition."]],
    ["no score", { kind: "rfm" }, ["match: Choose a score for recency, frequency or money."]],
    [
      "more than certain",
      { kind: "chance-of-order", within: 30, chance: { is: "at-least", percent: 101 } },
      ["match.chance.percent: A chance is between 0 and 100 percent."],
    ],
    ["a score of six", { kind: "rfm", money: [6] }, ["match.money.0: A score is between 1 and 5."]],
  ])("%s", (_what, match, found) => expect(problems(match)).toEqual(found));

  test.each<[what: string, text: string]>([
    ["not JSON", "{"],
    ["another version", '{"version":2,"match":{"kind":"has","what":"email"}}'],
    ["a field that no rule has", '{"version":1,"match":{"kind":"has","what":"email","sql":"1=1"}}'],
    ["a kind that no rule has", '{"version":1,"match":{"kind":"eval"}}'],
    ["far too long", `{"version":1,"match":"${"x".repeat(limits.textLength)}"}`],
    ["a chance within a week", '{"version":1,"match":{"kind":"chance-of-order","within":7,"chance":{"is":"at-least","percent":5}}}'],
    ["a chance of exactly so much", '{"version":1,"match":{"kind":"chance-of-order","within":30,"chance":{"is":"exactly","percent":5}}}'],
    ["nothing", "null"],
  ])("%s is no rule", (_what, text) => {
    const got = importRule(text);
    expect(got.ok ? [] : got.problems).not.toEqual([]);
  });
});

test("the way to a condition", () => {
  const rule = { kind: "all", of: [mail, { kind: "not", of: { kind: "any", of: [mail, mail] } }] } as Node;
  expect(conditionsOf(rule).map((one) => one.path)).toEqual([[0], [1, 0, 0], [1, 0, 1]]);
});
