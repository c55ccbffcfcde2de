import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyCondition, anyRule } from "../../test/rules.ts";
import {
  added,
  draftOf,
  freshCondition,
  isGroup,
  moved,
  nodeAt,
  placeOf,
  removed,
  replaced,
  typedNumber,
  unwrapped,
  valueAt,
  withDeed,
  withValue,
  wrapped,
  type Draft,
  type DraftCondition,
  type Value,
} from "./draft.ts";
import { allMoments, conditionGroups, fieldsOf, freshDue, freshWhen } from "./draft-fields.ts";
import { deedKindNames } from "./deed.ts";
import { canonical, conditionsOf, limits, readRule, type Condition, type Node } from "./rule.ts";

const mail: DraftCondition = { kind: "has", what: "email" };
const phone: DraftCondition = { kind: "has", what: "phone" };
const gb: DraftCondition = { kind: "country", countries: ["GB"] };
const all = (...of: Draft[]): Draft => ({ kind: "all", of });
const any = (...of: Draft[]): Draft => ({ kind: "any", of });
const not = (of: Draft): Draft => ({ kind: "not", of });
const read = (match: unknown) => readRule({ version: 1, match });

/** A rule, and a way to one of its nodes. */
const anyPlace = anyRule.chain((rule) => {
  const paths: number[][] = [];
  const walk = (node: Node, path: number[]): void => {
    paths.push(path);
    if (node.kind === "all" || node.kind === "any") node.of.forEach((one, index) => walk(one, [...path, index]));
    else if (node.kind === "not") walk(node.of, [...path, 0]);
  };
  walk(rule, []);
  return fc.record({ rule: fc.constant(draftOf(rule)), path: fc.constantFrom(...paths) });
});
const countOf = (draft: Draft): number => conditionsOf(draft as Node).length;

describe("the tree", () => {
  test("a rule is its own draft", () =>
    fc.assert(
      fc.property(anyRule, (rule) => {
        const again = read(draftOf(rule));
        expect(again.ok && canonical(again.rule.match)).toBe(canonical(rule));
      }),
      { numRuns: 300 },
    ));

  test.each<[string, Draft, Draft]>([
    ["adds to a group", added(all(mail), [], gb), all(mail, gb)],
    ["adds beside a condition", added(mail, [], gb), all(mail, gb)],
    ["adds to a group within", added(all(mail, any(gb)), [1], phone), all(mail, any(gb, phone))],
    ["takes a part out", removed(all(mail, gb), [0]), all(gb)],
    ["takes the last part out with its group", removed(all(mail, any(gb)), [1, 0]), all(mail)],
    ["takes a *not* out with what it stood for", removed(all(mail, not(gb)), [1, 0]), all(mail)],
    ["leaves an empty group at the root", removed(all(mail), [0]), all()],
    ["moves down", moved(all(mail, gb), [0], 1), all(gb, mail)],
    ["moves no further than there is", moved(all(mail, gb), [0], -1), all(mail, gb)],
    ["wraps into a group", wrapped(all(mail, gb), [1], "any"), all(mail, any(gb))],
    ["turns around", wrapped(all(mail, gb), [1], "not"), all(mail, not(gb))],
    ["turns back", unwrapped(all(mail, not(gb)), [1]), all(mail, gb)],
    ["puts the parts of a group where it was", unwrapped(all(mail, any(gb, phone)), [1]), all(mail, gb, phone)],
    ["keeps a root of several", unwrapped(all(mail, gb), []), all(mail, gb)],
    ["takes a root of one away", unwrapped(all(mail), []), mail],
  ])("%s", (_, result, expected) => expect(result).toEqual(expected));

  test("wrapping and unwrapping anything gives it back", () =>
    fc.assert(
      fc.property(anyPlace, fc.constantFrom("all" as const, "any" as const, "not" as const), ({ rule, path }, kind) => {
        expect(unwrapped(wrapped(rule, path, kind), path)).toEqual(rule);
      }),
      { numRuns: 300 },
    ));

  test("moving there and back gives it back; what is added is there; what is removed is gone", () =>
    fc.assert(
      fc.property(anyPlace, ({ rule, path }) => {
        const step = path.at(-1);
        const down = moved(rule, path, 1);
        if (step !== undefined && down !== rule) expect(moved(down, [...path.slice(0, -1), step + 1], -1)).toEqual(rule);
        expect(countOf(added(rule, path, mail))).toBe(countOf(rule) + 1);
        const within = nodeAt(rule, path);
        if (within === null) return expect.unreachable();
        const rest = removed(rule, path);
        // A root that was all there was stays as an empty group.
        expect(countOf(rest)).toBe(countOf(rule) - countOf(within));
        expect(nodeAt(replaced(rule, path, gb), path)).toEqual(gb);
      }),
      { numRuns: 300 },
    ));

  test("a path that leads nowhere changes nothing", () => {
    const rule = all(mail, not(gb));
    for (const result of [replaced(rule, [7], gb), removed(rule, [7]), moved(rule, [7], 1), wrapped(rule, [0, 3], "not"), added(rule, [1, 1], gb)])
      expect(result).toEqual(rule);
    expect(isGroup(nodeAt(rule, []) ?? expect.unreachable())).toBe(true);
  });
});

/** The ways to everything that a condition says. */
function leaves(value: Value, path: string[] = []): string[][] {
  if (typeof value !== "object" || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

describe("fields", () => {
  test("every condition that can be asked is shown whole: each of its values lies in a field", () =>
    fc.assert(
      fc.property(anyCondition, (one) => {
        const condition = draftOf(one) as DraftCondition;
        const shown = fieldsOf(condition).map((field) => field.path.join("."));
        for (const leaf of leaves(condition).map((path) => path.join(".")))
          if (leaf !== "kind" && !(leaf === "onDays" && one.kind === "did" && one.did === "visited"))
            expect(shown.some((path) => leaf === path || leaf.startsWith(`${path}.`))).toBe(true);
        expect(new Set(shown).size).toBe(shown.length);
      }),
      { numRuns: 1000 },
    ));

  test("what is offered can be asked at once", () => {
    for (const { kinds } of conditionGroups)
      for (const kind of kinds) {
        const condition = freshCondition(kind, { segment: "past-purchasers", country: "GB" });
        const ok = read(condition).ok;
        // Where only the merchant knows what she looks for, the form asks her for it.
        expect([kind, ok]).toEqual([kind, kind !== "first-landing"]);
      }
    const shown = conditionGroups.flatMap(({ kinds }) => kinds as readonly Condition["kind"][]);
    fc.assert(
      fc.property(anyCondition, (one) => {
        expect(shown).toContain(one.kind);
      }),
    );
  });

  test("another deed keeps nothing that cannot be asked of it", () => {
    for (const before of deedKindNames)
      for (const after of deedKindNames) {
        const condition = freshCondition("did", { segment: "", country: "" });
        const narrowed = withValue(withDeed(condition, [], before), ["where"], { products: ["1"] });
        expect(read(withDeed(narrowed, [], after)).ok).toBe(true);
      }
  });

  test("another kind of expectation can be asked", () => {
    for (const kind of ["within", "overdue"]) {
      const condition = withValue(freshCondition("expected-order", { segment: "", country: "" }), ["due"], freshDue(kind));
      expect([kind, read(condition).ok]).toEqual([kind, true]);
    }
  });

  test("another kind of time can be asked, but for dates, which are asked for", () => {
    for (const kind of allMoments) {
      const condition = withValue(freshCondition("did", { segment: "", country: "" }), ["when"], freshWhen(kind));
      expect([kind, read(condition).ok]).toEqual([kind, kind !== "dates"]);
    }
  });
});

describe("what is typed", () => {
  test("a value is put, read and taken away", () => {
    const condition = withValue(mail, ["where", "priceMinor", "atLeast"], 500);
    expect(valueAt(condition, ["where", "priceMinor", "atLeast"])).toBe(500);
    expect(withValue(condition, ["where", "priceMinor", "atLeast"], undefined)).toEqual({ ...mail, where: { priceMinor: {} } });
    expect(withValue(condition, ["where", "priceMinor"], undefined)).toEqual({ ...mail, where: {} });
  });

  test.each([
    ["12", 12],
    [" 7 ", 7],
    ["", undefined],
    ["1.5", "1.5"],
    ["many", "many"],
  ])("the number %j", (text, value) => expect(typedNumber(text)).toBe(value));

  test("what is wrong leads to its node and its field", () => {
    const rule = all(mail, not(any(gb, withValue(freshCondition("did", { segment: "", country: "" }), ["times", "n"], limits.times + 1))));
    const result = read(rule);
    if (result.ok) return expect.unreachable();
    expect(result.problems.map(({ path }) => placeOf(path, rule))).toEqual([{ path: [1, 0, 1], field: "times.n" }]);
  });
});
