// What is said of a rule is so: beside everybody that there could be, and beside random histories.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { days, last, did, times, not, chance, within, overdue, orders, between, dates } from "../../test/conditions.ts";
import { anyForetelling, anyHistory, anyMoment, anyRule, anyWorld, firstMoment, knownModel } from "../../test/rules.ts";
import { after, day, hour } from "../lib/time.ts";
import { check, verdictOf, type CheckedIn } from "./check.ts";
import { decide } from "./evaluate.ts";
import { nobody, nothingDone, type History } from "./history.ts";
import { conditionsOf, type ConditionOf, type Length, type Moment, type Node, type When } from "./rule.ts";

const now = new Date("2026-11-25T12:00:00Z");
const shop: CheckedIn = { key: null, rules: new Map(), timezone: "Europe/London", hasScores: true, predictions: knownModel, now };
/** What is named of a group decides it, and nothing of that can be left out. `sizes`: how many were named how often. */
const expectDecisive = (rule: Node, where: CheckedIn, sizes: Map<number, number>) => {
  const conditions = new Map(conditionsOf(rule).map(({ condition, path }) => [path.join(), condition]));
  for (const { code, between: some = [] } of check(rule, where)) {
    if (some.length === 0) continue;
    sizes.set(some.length, (sizes.get(some.length) ?? 0) + 1);
    const [kind, said] = code === "contradiction" ? (["all", "never"] as const) : (["any", "always"] as const);
    const parts = some.map(({ path, wanted }): Node => {
      const condition = conditions.get(path.join()) ?? expect.unreachable();
      return wanted ? condition : not(condition);
    });
    expect(verdictOf({ kind, of: parts }, where)).toBe(said);
    for (const part of parts) {
      const others = parts.filter((one) => one !== part);
      if (others.length > 0) expect(verdictOf({ kind, of: others }, where)).not.toBe(said);
    }
  }
};

describe("of one number, what excludes itself and what leaves nothing out is always seen", () => {
  const bound = fc.constantFrom("at-least" as const, "at-most" as const);
  const percents = fc.tuple(bound, fc.integer({ min: 0, max: 20 }).map((one) => 5 * one)); // prettier-ignore
  const turned = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
  const group = (kind: "all" | "any", parts: Node[], wanted: boolean[]): Node => ({ kind, of: parts.map((one, index) => (wanted[index] ? one : not(one))) });
  // Beside its own rule: everybody that there could be, and whether each fulfils each part. Null: of whom nothing is expected.
  const expected = <Of>(parts: ((value: Of) => boolean)[], wanted: boolean[], values: (Of | null)[]) => {
    const fits = values.map((value) => parts.map((one, index) => (value !== null && one(value)) === wanted[index]));
    const verdict = (of: boolean[]) => (of.includes(true) ? (of.includes(false) ? null : "always") : "never");
    return { all: verdict(fits.map((one) => !one.includes(false))), any: verdict(fits.map((one) => one.includes(true))) };
  };

  test("a chance", () => {
    const seen = { never: 0, always: 0, null: 0 };
    const values = [null, ...Array.from({ length: 101 }, (_, index) => index)];
    fc.assert(
      fc.property(fc.array(percents, { minLength: 2, maxLength: 4 }), turned, (bounds, wanted) => {
        const parts = bounds.map(
          ([is, limit]) =>
            (value: number) =>
              is === "at-least" ? value >= limit : value <= limit,
        );
        const said = expected(parts, wanted, values);
        for (const kind of ["all", "any"] as const) {
          const verdict = verdictOf(group(kind, bounds.map(([is, limit]) => chance(is, limit)), wanted), shop); // prettier-ignore
          expect(verdict).toBe(said[kind]);
          seen[`${verdict}`] += 1;
        }
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });

  const comparing = fc.constantFrom("at-least" as const, "at-most" as const, "exactly" as const);
  const compares = (is: "at-least" | "at-most" | "exactly", value: number, limit: number) =>
    is === "at-least" ? value >= limit : is === "at-most" ? value <= limit : value === limit;

  test("an average, which may lie between two amounts, or be none", () => {
    const seen = { never: 0, always: 0, null: 0 };
    const values = [null, ...Array.from({ length: 40 }, (_, index) => index / 4)];
    fc.assert(
      fc.property(fc.array(fc.tuple(comparing, fc.nat(8)), { minLength: 2, maxLength: 4 }), turned, (bounds, wanted) => {
        const parts = bounds.map(([is, limit]) => (value: number) => compares(is, value, limit)); // prettier-ignore
        const said = expected(parts, wanted, values);
        for (const kind of ["all", "any"] as const) {
          const verdict = verdictOf(group(kind, bounds.map(([is, limit]) => orders("average", is, limit)), wanted), shop); // prettier-ignore
          expect(verdict).toBe(said[kind]);
          seen[`${verdict}`] += 1;
        }
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });

  test.each<[what: string, adds: boolean, part: (is: "at-least" | "at-most" | "exactly", n: number, when: When) => Node]>([
    ["times", true, times],
    ["days", false, (is, n, when) => did({ times: { is, n }, onDays: true, when })],
    ["orders", true, (is, n, when) => orders("number", is, n, when)],
    ["money spent", true, (is, n, when) => orders("spent", is, n, when)],
  ])("%s, in one time and in others that it is a part of", (_what, adds, part) => {
    const seen = { never: 0, always: 0, null: 0 };
    const sizes = new Map<number, number>();
    // Each lies in those after it, but the two in the middle in neither of each other.
    const windows: When[] = [between(3, 7), last(7), between(1, 30), last(30)];
    const some = Array.from({ length: 7 }, (_, index) => index);
    const values = some.flatMap((a) => some.flatMap((b) => some.flatMap((c) => some.map((d) => [a, b, c, d])))).filter(([a = 0, b = 0, c = 0, d = 0]) => a <= b && a <= c && b <= d && c <= d && (!adds || d <= b + c - a)); // prettier-ignore
    const bounds = fc.array(fc.tuple(comparing, fc.nat(4), fc.nat(3)), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(bounds, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), (some_, wanted) => {
        const parts = some_.map(([is, limit, which]) => (value: number[]) => compares(is, value[which] ?? 0, limit)); // prettier-ignore
        const said = expected(parts, wanted, values);
        for (const kind of ["all", "any"] as const) {
          const nodes = some_.map(([is, limit, which]) => part(is, limit, windows[which] ?? { kind: "ever" }));
          const verdict = verdictOf(group(kind, nodes, wanted), shop);
          expectDecisive(group(kind, nodes, wanted), shop, sizes);
          expect(verdict).toBe(said[kind]);
          seen[`${verdict}`] += 1;
        }
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
    expect(sizes.get(2)).toBeGreaterThan(100);
  });

  test("times, most of them left out one by one: those that are named exclude each other, all of them, be they two or more", () => {
    const sizes = new Map<number, number>();
    const some = Array.from({ length: 9 }, (_, index) => index);
    const bounds = fc.array(fc.tuple(fc.constantFrom(...(["exactly", "exactly", "exactly", "at-least", "at-most"] as const)), fc.nat(5)), { minLength: 3, maxLength: 12 }); // prettier-ignore
    fc.assert(
      fc.property(bounds, fc.boolean(), (bounds, all) => {
        // Each as it is asked for where all are: not exactly so often, or at least or at most.
        const asks = bounds.map(
          ([is, limit]) =>
            (value: number) =>
              is === "exactly" ? value !== limit : compares(is, value, limit),
        );
        const fulfilled = (places: number[]) => some.some((value) => places.every((place) => asks[place]?.(value) === true));
        const parts = bounds.map(([is, n]) => ((is === "exactly") === all ? not(times(is, n)) : times(is, n)));
        const rule: Node = { kind: all ? "all" : "any", of: parts };
        const found = check(rule, shop).find(({ path, between }) => path.length === 0 && between !== undefined);
        const alone = parts.some((one) => verdictOf(one, shop) !== null);
        if (alone) return;
        expect(found === undefined).toBe(fulfilled(bounds.map((_, place) => place)));
        if (found === undefined) return;
        const places = (found.between ?? []).map(({ path }) => path[0] ?? expect.unreachable());
        expect(fulfilled(places)).toBe(false);
        for (const place of places) expect(fulfilled(places.filter((one) => one !== place))).toBe(true);
        sizes.set(places.length, (sizes.get(places.length) ?? 0) + 1);
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(...[2, 3, 4].map((many) => sizes.get(many) ?? 0)), JSON.stringify([...sizes])).toBeGreaterThan(20);
  });

  test("the date of the next order", () => {
    const seen = { never: 0, always: 0, null: 0 };
    const values = [null, ...Array.from({ length: 141 }, (_, index) => index - 70)];
    const due = fc.oneof(fc.integer({ min: 1, max: 30 }).map((amount) => [-amount, 0] as const), fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })).map(([from, more]) => [from, from + more] as const)); // prettier-ignore
    fc.assert(
      fc.property(fc.array(due, { minLength: 2, maxLength: 4 }), turned, (bounds, wanted) => {
        const parts = bounds.map(
          ([from, until]) =>
            (value: number) =>
              value >= from && value < until,
        );
        const said = expected(parts, wanted, values);
        for (const kind of ["all", "any"] as const) {
          const verdict = verdictOf(group(kind, bounds.map(([from, until]) => (from < 0 ? within(-from) : overdue(from, until))), wanted), shop); // prettier-ignore
          expect(verdict).toBe(said[kind]);
          seen[`${verdict}`] += 1;
        }
      }),
      { numRuns: 1000 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });
});

test("who is said never to match what is expected never does, and who always, always, also in a shop too young for it", () => {
  const seen = { never: 0, always: 0 };
  const later = fc.integer({ min: 46 * 24, max: 120 * 24 }).map((hours) => after(firstMoment, hours * hour));
  const part = fc.tuple(anyForetelling, fc.boolean()).map(([one, wanted]): Node => (wanted ? one : not(one)));
  const groups = fc.record({ kind: fc.constantFrom("all" as const, "any" as const), of: fc.array(part, { minLength: 2, maxLength: 4 }) });
  fc.assert(
    fc.property(groups, anyHistory(anyMoment, 0), anyWorld, later, (rule, history, world, at) => {
      const verdict = verdictOf(rule, shop);
      if (verdict === null) return;
      seen[verdict] += 1;
      for (const more of [0, 1, 30, 400]) expect(decide(rule, history, world, after(at, more * day)).member).toBe(verdict === "always");
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(seen.never, seen.always)).toBeGreaterThan(100);
});

test("who is said never to match never does, and who always, always", () => {
  const seen = { never: 0, always: 0 };
  const later = fc.integer({ min: 46 * 24, max: 120 * 24 }).map((hours) => after(firstMoment, hours * hour));
  const groups = fc
    .tuple(fc.constantFrom("all" as const, "any" as const), fc.array(anyRule, { minLength: 2, maxLength: 3 }), fc.boolean())
    // Something beside its opposite, every other time.
    .map(([kind, of, twice]): Node => ({ kind, of: twice && of[0] !== undefined ? [...of, { kind: "not", of: of[0] }] : of }));
  fc.assert(
    fc.property(fc.oneof(anyRule, groups), anyHistory(anyMoment, 3), anyWorld, later, (rule, history, world, at) => {
      const verdict = verdictOf(rule, { ...shop, rules: world.rules });
      if (verdict === null) return;
      seen[verdict] += 1;
      expect(decide(rule, history, world, at).member).toBe(verdict === "always");
      expect(decide(rule, history, world, after(at, 30 * day)).member).toBe(verdict === "always");
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(seen.never, seen.always)).toBeGreaterThan(100);
});

test("who is said never to match what hangs together never does, and who always, always; what is named decides it, and nothing of that can be left out", () => {
  const seen = { never: 0, always: 0, averages: 0, segments: 0 };
  const at = after(firstMoment, 60 * day);
  // At the edges of what is asked for, and several on one day.
  const ago = fc.constantFrom(1, 2, 23, 24, 30, 19 * 24, 20 * 24, 30 * 24, 40 * 24 - 1, 40 * 24, 50 * 24).map((hours) => after(at, -hours * hour));
  const item = fc.constantFrom("1", "2").map((productId) => ({ productId, priceMinor: 5 }));
  const order = fc.record({ placedAt: ago, netMinor: fc.constantFrom(0, 5, 10), items: fc.tuple(item) });
  const looked = fc.record({ at: ago, item });
  const history = fc
    .tuple(fc.array(order, { maxLength: 4 }), fc.array(looked, { maxLength: 3 }), fc.option(ago, { freq: 3 }), fc.option(ago, { freq: 3 }))
    .map(([orders, looks, visitedAt, firstSeenAt]): History => {
      const deeds = looks.map((one, index) => ({ ...one, id: `${index}` }));
      return {
        ...{ ...nothingDone, person: { ...nobody, firstSeenAt } },
        deeds: { "viewed-product": deeds, visited: visitedAt === null ? [] : [{ id: "v", at: visitedAt }] },
        orders: orders.map((one, index) => ({ ...one, orderId: `${index}`, cartToken: null, checkoutToken: null })),
      };
    });
  const hours = (amount: number): Length => ({ amount, unit: "hours" });
  const moment = fc.constantFrom<Moment>(
    ...([{ kind: "ever" }, last(1), { kind: "last", length: hours(24) }, last(20), last(40), between(1, 20), between(20, 40)] as const),
    ...([{ kind: "ago", atLeast: days(20) }, dates("2026-10-01"), dates("2026-10-01", "2026-10-20")] as const),
  );
  const where = fc.constantFrom<ConditionOf<"orders">["where"]>({}, {}, { products: ["1"] });
  const is = fc.constantFrom("at-least" as const, "at-most" as const, "exactly" as const);
  const since: When = { kind: "since", deed: { did: "visited", where: {} } };
  const did_ = fc.constantFrom("ordered" as const, "ordered" as const, "viewed-product" as const);
  const measure = fc.constantFrom("number" as const, "spent" as const, "average" as const, "average" as const);
  const groups = (of: fc.Arbitrary<Node>, minLength: number) =>
    fc
      .tuple(fc.constantFrom("all" as const, "any" as const), fc.array(of, { minLength, maxLength: 3 }), fc.boolean())
      .map(([kind, parts, wanted]): Node => (wanted ? { kind, of: parts } : not({ kind, of: parts })));
  // Of one rule all look at the same few times, or there would be little that they say of each other.
  const rules = fc.tuple(moment, moment, where, fc.nat(2)).chain(([one, other, filter, which]) => {
    const [when, where] = [fc.constantFrom<When>(one, other, which === 0 ? since : one), fc.constant(filter)];
    const condition: fc.Arbitrary<Node> = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ kind: fc.constant("did" as const), did: did_, where, when, times: fc.record({ is, n: fc.nat(3) }), onDays: fc.boolean() }),
      },
      { weight: 6, arbitrary: fc.record({ kind: fc.constant("orders" as const), measure, is, value: fc.constantFrom(0, 1, 2, 5, 7, 8, 10, 15), where, when }) },
      fc.record({
        kind: fc.constant("order-date" as const),
        which: fc.constantFrom("first" as const, "last" as const),
        where,
        when: fc.constantFrom(one, other),
      }),
      fc.record({ kind: fc.constant("first-seen" as const), when: fc.constantFrom(one, other) }),
      fc.constantFrom("prospect" as const, "active" as const, "at-risk" as const).map((stage) => ({ kind: "lifecycle" as const, stages: [stage] })),
      fc.constantFrom("other", "third").map((segment) => ({ kind: "in-segment" as const, segment })),
    );
    const part = fc.tuple(condition, fc.boolean()).map(([of, wanted]): Node => (wanted ? of : not(of)));
    const rule = groups(fc.oneof({ weight: 4, arbitrary: part }, { weight: 1, arbitrary: groups(part, 1) }), 2);
    return fc.tuple(rule, rule, rule);
  });
  const sizes = new Map<number, number>();
  const many = <Of>(of: fc.Arbitrary<Of>, length: number) => fc.array(of, { minLength: length, maxLength: length });
  fc.assert(
    fc.property(many(rules, 150), many(history, 40), anyWorld, (all, histories, world) => {
      for (const [one, other, third] of all) {
        const segments = new Map([
          ["other", other],
          ["third", third],
        ]);
        expectDecisive(one, { ...shop, rules: segments, timezone: world.timezone }, sizes);
        const verdict = verdictOf(one, { ...shop, rules: segments, timezone: world.timezone });
        if (verdict === null) continue;
        seen[verdict] += 1;
        const text = JSON.stringify(one);
        if (text.includes("average")) seen.averages += 1;
        if (text.includes("in-segment")) seen.segments += 1;
        for (const mine of histories)
          for (const more of [0, 15])
            if (decide(one, mine, { ...world, rules: segments }, after(at, more * day)).member !== (verdict === "always"))
              expect.unreachable(`${verdict}: ${text} of ${JSON.stringify(mine)}, ${more} days later; the others are ${JSON.stringify([...segments])}`);
      }
    }),
    { numRuns: 40, endOnFailure: true },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  expect(sizes.get(2)).toBeGreaterThan(100);
});
