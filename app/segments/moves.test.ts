import fc from "fast-check";
import { expect, test } from "vitest";
import { anyCondition, anyHistory, anyMoment, anyRule, anyWorld } from "../../test/rules.ts";
import type { EventName } from "../events/event.ts";
import { deedKindNames, deedKinds, type DeedKind } from "./deed.ts";
import { decide } from "./evaluate.ts";
import { nothingDone, type Deed, type History, type LoggedKind } from "./history.ts";
import { mayChange, movesOf, type Happened, type Way } from "./moves.ts";
import type { ConditionOf, Node, When } from "./rule.ts";
import { standardOf } from "./standard.ts";

const browserKinds = deedKindNames.filter((kind): kind is LoggedKind => deedKinds[kind].browser);

/** What a browser told of one deed, and the history with it: a visit, and what it was besides. */
function withOne(history: History, kind: LoggedKind, deed: Deed): { history: History; happened: Happened } {
  const [name = "page.viewed"] = deedKinds[kind].events;
  const kinds: LoggedKind[] = kind === "visited" ? ["visited"] : ["visited", kind];
  const deeds = { ...history.deeds };
  for (const one of kinds) deeds[one] = [one === kind ? deed : { id: deed.id, at: deed.at }, ...(deeds[one] ?? [])];
  return { history: { ...history, deeds }, happened: new Map([[name, new Set([deed.item?.productId ?? null])]]) };
}

const item = fc.constantFrom("1", "2", "3", null).map((productId) => ({ productId, priceMinor: 10 }));
const anyDeed = fc.record({ at: anyMoment, item, collectionId: fc.constantFrom("c1", "c2"), form: fc.constantFrom("a", "b") });

const isDid = (node: Node): node is ConditionOf<"did"> => node.kind === "did";
/** Something since something else, which is asked for beside it or not: the one shape in which it matters what a member must have done. */
const sinceAnother = fc
  .tuple(fc.constantFrom(...browserKinds), anyCondition.filter(isDid), fc.boolean(), fc.boolean())
  .map(([first, then, asked, turned]): Node => {
    const one: Node = { ...then, onDays: false, when: { kind: "since", deed: { did: first, where: {} } } };
    const whole: Node = turned ? { kind: "not", of: one } : one;
    return asked ? { kind: "all", of: [did(first), whole] } : whole;
  });
/** Rules that browsers can move at all. */
const movedRule = fc.oneof(anyRule, sinceAnother).filter((rule) => [...movesOf(rule, new Map()).values()].some(({ way }) => way !== "either"));

test("what cannot change anything does not: whatever one more deed makes of a rule, at any time, was foretold", () => {
  const seen = { untouched: 0, stay: 0, stayOut: 0, changed: 0 };
  fc.assert(
    fc.property(
      fc.oneof(movedRule, sinceAnother),
      anyWorld,
      anyHistory(),
      fc.constantFrom(...browserKinds),
      anyDeed,
      fc.array(anyMoment, { minLength: 3, maxLength: 3 }),
      (rule, world, before, kind, more, moments) => {
        const { item: thing, collectionId, form, at } = more;
        const filters: readonly string[] = deedKinds[kind].filters;
        const fields = { ...(filters.includes("product") ? { item: thing } : filters.includes("collection") ? { collectionId } : { form }) };
        const { history: later, happened } = withOne(before, kind, { id: "more", at, ...fields });
        const moves = movesOf(rule, world.rules);
        for (const now of [at, ...moments]) {
          const [was, is] = [before, later].map((one) => decide(rule, one, world, now).member);
          if (was !== is) seen.changed += 1;
          const untouched = !mayChange(moves, happened, null);
          if (untouched || !mayChange(moves, happened, was === true)) expect(is).toBe(was);
          if (untouched) seen.untouched += 1;
          else if (was === true && !mayChange(moves, happened, true)) seen.stay += 1;
          else if (was === false && !mayChange(moves, happened, false)) seen.stayOut += 1;
        }
      },
    ),
    { numRuns: Number(process.env["RUNS"] ?? 2_000) },
  );
  // A law that never says anything is none.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
});

const did = (what: DeedKind, change: Partial<ConditionOf<"did">> = {}): ConditionOf<"did"> => ({
  ...{ kind: "did", did: what, where: {}, times: { is: "at-least", n: 1 }, onDays: false, when: { kind: "ever" } },
  ...change,
});
test("of somebody of whom nothing is known a rule is the same whenever", () => {
  fc.assert(
    fc.property(anyRule, anyWorld, anyMoment, (rule, world, now) => {
      expect(decide(rule, nothingDone, world, now).changesAt).toBeNull();
    }),
  );
});

const never = { times: { is: "exactly", n: 0 } } as const;
const since: When = { kind: "since", deed: { did: "viewed-product", where: {} } };
const all = (...of: Node[]): Node => ({ kind: "all", of });
const not = (of: Node): Node => ({ kind: "not", of });
const standard = (key: string) => (standardOf(key) ?? expect.unreachable()).rule;

test.each<[what: string, rule: Node, event: EventName, way: Way | null, ofMember?: Way]>([
  ["at least so often", did("viewed-product", { times: { is: "at-least", n: 3 } }), "product.viewed", "truer"],
  ["at most so often", did("viewed-product", { times: { is: "at-most", n: 3 } }), "product.viewed", "falser"],
  ["never", did("viewed-product", never), "product.viewed", "falser"],
  ["not never", not(did("viewed-product", never)), "product.viewed", "truer"],
  ["exactly so often", did("viewed-product", { times: { is: "exactly", n: 2 } }), "product.viewed", "either"],
  ["something else", did("viewed-product"), "page.viewed", null],
  ["both ways at once", all(did("visited"), did("viewed-product", never)), "product.viewed", "either"],
  ["an order, which may be taken back", did("ordered"), "order.placed", "either"],
  ["an order since a look: the first look is one to count from", did("ordered", { when: since }), "product.viewed", "either"],
  ["a look, and no order since: of whoever looked before, only truer", all(did("viewed-product"), did("ordered", { ...never, when: since })), "product.viewed", "either", "truer"],
  ["a look at something else says nothing of it", all(did("viewed-product", { where: { products: ["1"] } }), did("ordered", { ...never, when: since })), "product.viewed", "either", "either"],
  ["who looked and left no cart", standard("product-viewers"), "product.added-to-cart", "falser"],
  ["who was first seen lately: only by an earlier first time", standard("new-visitors"), "page.viewed", null],
])("%s", (_what, rule, event, way, ofMember = way ?? "either") => {
  const move = movesOf(rule, new Map()).get(event);
  expect(move === undefined ? null : [move.way, move.ofMember]).toEqual(way === null ? null : [way, ofMember]);
}); // prettier-ignore

test("a rule that names its products is not touched by others; one that asks for any beside them is", () => {
  const [one, two] = [did("viewed-product", { where: { products: ["1"] } }), did("viewed-product", { where: { products: ["2"] }, ...never })];
  const at = (product: string | null): Happened => new Map([["product.viewed", new Set([product])]]);
  const touched = (rule: Node) => ["1", "2", "3", null].filter((product) => mayChange(movesOf(rule, new Map()), at(product), null));
  expect(touched(one)).toEqual(["1"]);
  expect(touched(all(one, two))).toEqual(["1", "2"]);
  expect(touched(all(one, did("viewed-product")))).toEqual(["1", "2", "3", null]);
});
