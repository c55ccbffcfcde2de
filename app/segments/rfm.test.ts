import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frequencyAndMoney, quintiles, recencyDays, scoreOf, type Four } from "./rfm.ts";

const cuts: Four = [10, 20, 30, 40];

test.each([
  [0, 1],
  [10, 1],
  [11, 2],
  [40, 4],
  [41, 5],
])("%d scores %d: who is exactly on a point belongs below it", (value, score) => expect(scoreOf(value, cuts)).toBe(score));

test("every length of time since the last order earns exactly one score, the shorter the higher", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 60, noNaN: true }), (age) => {
      const earned = [1, 2, 3, 4, 5].filter((score) => recencyDays(score, cuts).from <= age && age < recencyDays(score, cuts).until);
      expect(earned).toEqual([5 - cuts.filter((cut) => age >= cut).length]);
    }),
  );
});

describe("fifths", () => {
  test.each<[values: number[], four: Four | null]>([
    [[], null],
    [[7], [7, 7, 7, 7]],
    [
      [5, 4, 3, 2, 1],
      [1, 2, 3, 4],
    ],
    [
      [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
      [2, 4, 6, 8],
    ],
  ])("%j", (values, four) => expect(quintiles(values)).toEqual(four));

  test("hold a fifth each, where nobody is like another", () => {
    const values = Array.from({ length: 100 }, (_, index) => index * 3);
    const four = quintiles(values) ?? expect.unreachable();
    const scores = values.map((value) => scoreOf(value, four));
    for (const score of [1, 2, 3, 4, 5]) expect(scores.filter((one) => one === score)).toHaveLength(20);
  });
});

test("money is what all orders brought together, frequency is how many they are", () => {
  const order = (netMinor: number) => ({ orderId: "1", placedAt: new Date(0), cartToken: null, checkoutToken: null, netMinor, items: [] });
  const points = { madeOn: "2026-11-01", recencyDays: cuts, orders: [1, 2, 3, 4], spentMinor: [100, 200, 300, 400] } as const;
  expect(frequencyAndMoney([order(150), order(100)], points)).toEqual({ frequency: 2, money: 3 });
});
