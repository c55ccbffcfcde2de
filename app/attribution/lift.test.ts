import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { fewest, liftOf, splitIsBroken, type ArmSpend } from "./lift.ts";

const nobody: ArmSpend = { people: 0, buyers: 0, sum: 0, sumOfSquares: 0 };

function armFrom(spends: Iterable<number>): ArmSpend {
  const arm = { ...nobody };
  for (const spend of spends) {
    arm.people += 1;
    arm.buyers += spend > 0 ? 1 : 0;
    arm.sum += spend;
    arm.sumOfSquares += spend * spend;
  }
  return arm;
}

/** An arm in which `buyers` of `people` spent `each`. */
const even = (people: number, buyers: number, each: number): ArmSpend => ({ people, buyers, sum: buyers * each, sumOfSquares: buyers * each * each });

/** mulberry32: the same numbers on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** People of whom a share buys, for amounts with a long tail, as shops see them. */
function* shoppers(people: number, share: number, chance: () => number): Generator<number> {
  for (let index = 0; index < people; index += 1) {
    if (chance() >= share) yield 0;
    else yield Math.round(5000 * Math.exp(0.7 * Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())));
  }
}

describe("nothing against nothing: how often the interval is wrong", () => {
  type Plan = { law: string; treated: number; holdout: number; share: number; coverage: [number, number]; proven: number };
  // 600 tests have a standard error of 0.9 points at 95 %.
  const plans: Plan[] = [
    { law: "equal groups: 95 of 100 intervals hold the truth", treated: 1500, holdout: 1500, share: 0.06, coverage: [0.93, 0.98], proven: 0.04 },
    { law: "the default holdout: never fewer", treated: 2565, holdout: 435, share: 0.04, coverage: [0.94, 1], proven: 0.04 },
    {
      law: "a small shop, where the holdout may have two buyers: nothing is proven by luck",
      treated: 855,
      holdout: 145,
      share: 0.03,
      coverage: [0.94, 1],
      proven: 0.04,
    },
  ];
  test.each(plans)("$law", ({ treated, holdout, share, coverage, proven }) => {
    const chance = seeded(20261121);
    const tests = Array.from({ length: 600 }, () =>
      liftOf(armFrom(shoppers(treated, share, chance)), armFrom(shoppers(holdout, share, chance)), holdout / (treated + holdout), 14),
    );
    const measured = tests.filter((one) => one.kind === "measured");
    const right = measured.filter((one) => one.lowMinor <= 0 && one.highMinor >= 0).length / measured.length;
    expect(measured.length).toBeGreaterThan(500);
    expect(right).toBeGreaterThanOrEqual(coverage[0]);
    expect(right).toBeLessThanOrEqual(coverage[1]);
    expect(measured.filter((one) => one.proven).length / measured.length).toBeLessThanOrEqual(proven);
  });

  test("a true difference is inside as often, and is found", () => {
    const chance = seeded(7);
    const worth = 0.04 * 5000 * Math.exp(0.49 / 2);
    const tests = Array.from({ length: 200 }, () => liftOf(armFrom(shoppers(4000, 0.1, chance)), armFrom(shoppers(1000, 0.06, chance)), 0.2, 14)).filter(
      (one) => one.kind === "measured",
    );
    const truth = worth * 4000;
    expect(tests.filter((one) => one.lowMinor <= truth && truth <= one.highMinor).length / tests.length).toBeGreaterThanOrEqual(0.93);
    expect(tests.filter((one) => one.proven).length / tests.length).toBeGreaterThan(0.8);
  });
});

const hillstrom = sharedData("datasets/hillstrom/hillstrom_email_2008.csv", "the Hillstrom mail experiment");

describe.skipIf(hillstrom === null)("the Hillstrom mail experiment, 64,000 people, gives the known answers", () => {
  const people = parse(hillstrom ?? "", { columns: true }) as unknown as { segment: string; spend: string }[];
  const arm = (name: string) => armFrom(people.filter((one) => one.segment === name).map((one) => Math.round(Number(one.spend) * 100)));

  test("the arms are as published", () => {
    expect(arm("No E-Mail")).toMatchObject({ people: 21_306, buyers: 122, sum: 1_390_833 });
    expect(arm("Mens E-Mail")).toMatchObject({ people: 21_307, buyers: 267, sum: 3_031_169 });
    expect(arm("Womens E-Mail")).toMatchObject({ people: 21_387, buyers: 189, sum: 2_303_811 });
  });

  test.each([
    ["Mens E-Mail", 77, 0.485, 1.055],
    ["Womens E-Mail", 42, 0.169, 0.68],
  ])("%s: %i cents more per person, between %f and %f dollars", (name, perPersonMinor, low, high) => {
    const treated = arm(name);
    const lift = liftOf(treated, arm("No E-Mail"), 0.5, 14);
    if (lift.kind !== "measured") return expect.unreachable();
    expect(lift).toMatchObject({ perPersonMinor, proven: true });
    expect(lift.lowMinor / treated.people / 100).toBeCloseTo(low, 3);
    expect(lift.highMinor / treated.people / 100).toBeCloseTo(high, 3);
  });

  test("42,694 mails brought 25,479 dollars, where the sum of all their orders would claim 53,350", () => {
    const lifts = ["Mens E-Mail", "Womens E-Mail"].map((name) => liftOf(arm(name), arm("No E-Mail"), 0.5, 14));
    const total = lifts.reduce((sum, one) => sum + (one.kind === "measured" ? one.incrementalMinor : NaN), 0);
    // The published figure multiplies means that were rounded before.
    expect(Math.abs(total / 100 - 25_479)).toBeLessThan(1);
    expect(Math.round((arm("Mens E-Mail").sum + arm("Womens E-Mail").sum) / 100)).toBe(53_350);
  });
});

describe("an uneven split means that something assigns wrongly", () => {
  test.each<[law: string, treated: number, holdout: number, share: number, broken: boolean]>([
    ["exactly as planned", 900, 100, 0.1, false],
    ["off by chance", 880, 120, 0.1, false],
    ["off beyond chance", 860, 140, 0.1, true],
    ["nobody held back, of many", 1000, 0, 0.1, true],
    ["nobody yet", 0, 0, 0.1, false],
    ["no holdout was planned", 1000, 0, 0, false],
    ["Hillstrom's own", 21_307, 21_306, 0.5, false],
  ])("%s", (_law, treated, holdout, share, broken) => expect(splitIsBroken(treated, holdout, share)).toBe(broken));

  test("then no figure is given, however large", () => {
    expect(liftOf(even(5000, 500, 9000), even(2000, 20, 9000), 0.1, 30).kind).toBe("broken");
  });
});

describe("not enough data yet", () => {
  test.each<[law: string, treated: ArmSpend, holdout: ArmSpend, days: number, daysLeft: number | null]>([
    ["nobody at all: nobody knows how long", nobody, nobody, 0, null],
    ["half the people after 10 days: 10 more", even(450, 40, 5000), even(50, 5, 5000), 10, 10],
    ["half the buyers after 10 days: 10 more", even(1800, 8, 5000), even(200, 2, 5000), 10, 10],
    ["the first hours say nothing about how long", even(450, 40, 5000), even(50, 5, 5000), 0.5, null],
    ["no buyer yet: nobody knows how long", even(1800, 0, 0), even(200, 0, 0), 10, null],
  ])("%s", (_law, treated, holdout, days, daysLeft) => {
    expect(liftOf(treated, holdout, 0.1, days)).toEqual({
      kind: "not-enough",
      have: { treated: treated.people, holdout: holdout.people },
      needHoldout: fewest.people,
      daysLeft,
    });
  });
});

test("no difference, however exact, is not proven; and a loss is shown as a loss", () => {
  expect(liftOf(even(900, 90, 5000), even(100, 10, 5000), 0.1, 14)).toMatchObject({ kind: "measured", incrementalMinor: 0, perPersonMinor: 0, proven: false });
  const loss = liftOf(even(5000, 100, 5000), even(5000, 500, 5000), 0.5, 14);
  expect(loss).toMatchObject({ kind: "measured", proven: false });
  expect(loss.kind === "measured" && loss.highMinor < 0).toBe(true);
});
