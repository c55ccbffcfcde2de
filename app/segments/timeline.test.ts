import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { always, at, both, decisive, either, never, nextEdge, opposite, sweep, type Span, type Timeline } from "./timeline.ts";

const bound = fc.integer({ min: 0, max: 12 });
const until = fc.oneof({ weight: 5, arbitrary: bound }, { weight: 1, arbitrary: fc.constant(Infinity) });
const from = fc.oneof({ weight: 5, arbitrary: bound }, { weight: 1, arbitrary: fc.constant(-Infinity) });
const spans: fc.Arbitrary<Span[]> = fc
  .array(fc.record({ from, until, weight: fc.integer({ min: 0, max: 3 }), group: fc.constantFrom(undefined, "g", "h") }), { maxLength: 5 })
  .map((all) => all.map(({ group, ...one }, index) => ({ ...one, subject: `${index}`, ...(group === undefined ? {} : { group }) })));
const instants = Array.from({ length: 15 }, (_, index) => index - 1);
const counting = (all: Span[], now: number) => all.filter((one) => one.from <= now && now < one.until);
const isTrue = (timeline: Timeline, now: number) => at(timeline, now) !== null;
const timeline = spans.map((all) => sweep(all, ({ count }) => count > 0));

describe("a sweep", () => {
  test("says at every instant what counting there says, each group once, and has the newest as its subject", () => {
    fc.assert(
      fc.property(spans, fc.nat(3), (all, n) => {
        const [enough, rich] = [sweep(all, ({ count }) => count >= n), sweep(all, ({ sum }) => sum >= n)];
        for (const now of instants) {
          const here = counting(all, now);
          expect(isTrue(enough, now)).toBe(new Set(here.map((one) => one.group ?? one.subject)).size >= n);
          expect(isTrue(rich, now)).toBe(here.reduce((sum, one) => sum + one.weight, 0) >= n);
          const newest = here.reduce<Span | null>((best, one) => (best === null || one.from > best.from ? one : best), null);
          if (isTrue(enough, now)) expect(at(enough, now)?.subject).toBe(newest?.subject ?? null);
        }
      }),
    );
  });

  test("is in order, without gaps inside a piece", () => {
    fc.assert(
      fc.property(timeline, (pieces) => {
        pieces.forEach((one, index) => {
          expect(one.from).toBeLessThan(one.until);
          expect(one.from).toBeGreaterThanOrEqual(pieces[index - 1]?.until ?? -Infinity);
        });
      }),
    );
  });

  test("of things at the same moment the first named is the newest", () => {
    const same = (subject: string): Span => ({ from: 1, until: 5, subject, weight: 0 });
    expect(
      at(
        sweep([same("a"), same("b")], ({ count }) => count > 0),
        2,
      )?.subject,
    ).toBe("a");
  });
});

describe("those that decide whether so many count", () => {
  const single = spans.map((all) => all.map(({ from, until, subject, weight }): Span => ({ from, until, subject, weight })));
  const atLeast = fc.nat(4);

  test("say it as all do, from now on", () => {
    fc.assert(
      fc.property(single, atLeast, bound, (all, n, now) => {
        const enough = ({ count }: { count: number }) => count >= n;
        const [of, whole] = [sweep(decisive(all, n, now), enough), sweep(all, enough)];
        for (const then of instants.filter((one) => one >= now)) expect(isTrue(of, then)).toBe(isTrue(whole, then));
      }),
    );
  });

  test("have the same subject where all count equally long, and are no more than it takes", () => {
    const long = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(Infinity));
    fc.assert(
      fc.property(fc.array(bound, { maxLength: 6 }), long, atLeast, bound, (froms, lasts, n, now) => {
        const all = froms.map((from, index): Span => ({ from, until: from + lasts, subject: `${index}`, weight: 0 }));
        const few = decisive(all, n, now);
        expect(few.filter((one) => one.from <= now).length).toBeLessThanOrEqual(Math.max(1, n));
        const enough = ({ count }: { count: number }) => count >= n;
        for (const then of instants.filter((one) => one >= now)) expect(at(sweep(few, enough), then)?.subject).toBe(at(sweep(all, enough), then)?.subject);
      }),
    );
  });
});

test("both, either and opposite say what and, or and not say", () => {
  fc.assert(
    fc.property(timeline, timeline, (a, b) => {
      for (const now of instants) {
        expect(isTrue(both(a, b), now)).toBe(isTrue(a, now) && isTrue(b, now));
        expect(isTrue(either(a, b), now)).toBe(isTrue(a, now) || isTrue(b, now));
        expect(isTrue(opposite(a), now)).toBe(!isTrue(a, now));
      }
      expect(both(always, a)).toEqual(a);
      expect(either(never, a)).toEqual(a);
      expect(opposite(opposite(never))).toEqual(never);
    }),
  );
});

test("of two subjects the newer one stays, and one that has none says nothing", () => {
  const piece = (since: number, subject: string | null): Timeline => [{ from: 5, until: 9, since, subject }];
  for (const join of [both, either]) {
    expect(at(join(piece(1, "old"), piece(2, "new")), 6)?.subject).toBe("new");
    expect(at(join(piece(1, "old"), piece(2, null)), 6)?.subject).toBe("old");
    expect(at(join(piece(1, "first"), piece(1, "second")), 6)?.subject).toBe("first");
  }
});

test("nothing changes before the next edge, and without one never", () => {
  fc.assert(
    fc.property(timeline, fc.integer({ min: -1, max: 13 }), (pieces, now) => {
      const edge = nextEdge(pieces, now);
      for (const other of instants.filter((one) => one >= now && one < (edge ?? Infinity))) expect(at(pieces, other)).toEqual(at(pieces, now));
      if (edge !== null) expect(edge).toBeGreaterThan(now);
    }),
  );
});
