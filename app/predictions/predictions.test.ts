import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { after, day } from "../lib/time.ts";
import { dayEdges, gapEdges, horizons, lacking, learn, usualElsewhere, type Bought, type Model } from "./model.ts";
import { groupAt, groupOf, paces, partsOf, stepOf, steps, usualGap, type Standing } from "./place.ts";
import { predictionOf } from "./predict.ts";
import { ratesOf } from "./rates.ts";
import { tablesOf } from "./tables.ts";

const now = new Date("2026-11-25T12:00:00Z");
const ago = (days: number) => after(now, -days * day);
const bought = (...days: number[]): Bought => ({
  count: days.length,
  firstAt: ago(days[0] ?? 0),
  orders: days.map((one) => ({ at: ago(one), netMinor: 1000 })),
});
const standing = (first: number, last: number, count: number, netMinor = count * 1000): Standing => ({
  ...{ count, netMinor, firstAt: ago(first), lastAt: ago(last) },
});

/** Chance with a memory, so that a shop can be made again. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

type Nature = { gap: number; stays: number };
/** People who order about every `gap` days, and after each order are gone for good with a chance of 1 - `stays`. Returns what they had done by now, and in the time after. */
function shopOf(people: number, seed: number, { gap, stays }: Nature, later = 365): { known: Bought[]; all: { standing: Standing; after: number[] }[] } {
  const draw = dice(seed);
  const all: { standing: Standing; after: number[]; orders: Bought["orders"] }[] = [];
  for (let index = 0; index < people; index += 1) {
    // Each has a pace of her own; the first order lies anywhere in two years.
    const own = gap * (0.5 + draw());
    const moments: number[] = [];
    for (let at = 730 * draw(); at > -later; at -= -own * Math.log(1 - draw())) {
      moments.push(at);
      if (draw() > stays) break;
    }
    const before = moments.filter((one) => one >= 0);
    const orders = before.map((one) => ({ at: ago(one), netMinor: 1000 }));
    const [first, last] = [before[0] ?? 0, before.at(-1) ?? 0];
    all.push({ standing: standing(first, last, before.length), after: moments.filter((one) => one < 0).map((one) => -one), orders });
  }
  return { known: all.map((one) => ({ count: one.orders.length, firstAt: one.standing.firstAt, orders: one.orders })), all };
}

const nature: Nature = { gap: 40, stays: 0.7 };

describe("what is counted", () => {
  test("an order by how long after the last one it came; the time since, where none did", () => {
    const model = learn([bought(100, 40), bought(3)], now, "2026-11-25");
    expect(model).toMatchObject({
      customers: 2,
      orders: 3,
      days: 100,
      typicalGap: Math.round((60 + usualElsewhere.gap * usualElsewhere.weight) / (1 + usualElsewhere.weight)),
    });
    const [once, twice] = model.next;
    // 60 days after the first: in the stretch from 46 to 61. The other has waited for three days.
    expect(once?.orders.map((count, index) => (count > 0 ? [dayEdges[index], count] : [])).flat()).toEqual([46, 1]);
    expect(once?.time.reduce((sum, one) => sum + one, 0)).toBe(63);
    // Her usual gap is that of 60 days and a typical one, by two; she has waited 40 days of it.
    expect(twice?.time.reduce((sum, one) => sum + one, 0)).toBeCloseTo(40 / ((60 + model.typicalGap) / 2), 2);
    expect(twice?.orders.every((one) => one === 0)).toBe(true);
  });

  test("what lies more than three years back says nothing any more", () => {
    expect(learn([bought(1500, 1490)], now, "").next.flatMap(({ orders }) => orders)).not.toContain(1);
  });

  test("of whom only the last orders are known the number is kept", () => {
    const last = bought(30, 20, 10);
    const model = learn([{ ...last, count: 13, firstAt: ago(130) }], now, "");
    expect(model.orders).toBe(13);
    expect(model.next.map(({ orders }) => orders.reduce((sum, one) => sum + one, 0))).toEqual([0, 0, 0, 0, 0, 2, 0]);
  });

  test("the more customers differ from each other, the sooner her own orders decide what the next one brings", () => {
    const of = (...each: number[][]) =>
      learn(each.map((values, who) => ({ count: values.length, firstAt: ago(50), orders: values.map((netMinor, nth) => ({ at: ago(50 - nth - who / 100), netMinor })) })), now, "").value; // prettier-ignore
    const apart = of([1000, 1100], [9000, 9100], [5000, 5100]);
    const alike = of([1000, 9000], [9000, 1000], [5000, 5100]);
    expect(apart.weight).toBe(1);
    expect(alike.weight).toBeGreaterThan(10);
    expect(apart.meanMinor).toBe(5050);
  });
});

describe("where somebody stands", () => {
  test.each([
    [0, 0],
    [1, 1],
    [14, 14],
    [20, 19],
    [5000, steps.length - 1],
  ])("%d days after her last order: step %d", (days, step) => expect(stepOf(standing(days + 9, days, 2), now)).toBe(step));

  test("an order ahead of our clock was just placed", () => expect(stepOf({ lastAt: after(now, day) }, now)).toBe(0));

  test("who ordered once has no gap of her own; of others one typical gap weighs like one of theirs", () => {
    expect(groupOf(standing(500, 500, 1), 40)).toBe(0);
    expect(usualGap(standing(100, 0, 3), 50)).toBe(50);
    expect(usualGap(standing(100, 0, 3), 20)).toBe(40);
    expect(groupOf(standing(100, 0, 3), 20)).toBe(groupAt(2, paces.indexOf(37) + 1));
  });

  test("a group is its band and its class", () => {
    for (const [band, pace] of [[1, 0], [1, paces.length], [6, 3]] as const) expect(partsOf(groupAt(band, pace))).toEqual({ band, pace }); // prettier-ignore
  });
});

describe("laws of any shop", () => {
  const anyPast = fc
    .array(
      fc.array(fc.nat(720), { minLength: 1, maxLength: 9 }).map((days) => days.sort((a, b) => b - a)),
      { minLength: 10, maxLength: 40, size: "max" },
    )
    .map((all) => all.map((days) => bought(...days)));
  const anyStanding = fc
    .tuple(fc.integer({ min: 1, max: 30 }), fc.nat(700), fc.nat(700), fc.nat(100_000))
    .map(([count, last, span, net]) => standing(last + (count === 1 ? 0 : span), last, count, net));

  test("chances lie between 0 and 100 and grow with the time; each number lies in its own range; whoever has a date has one ahead of her last order", () => {
    let predicted = 0;
    fc.assert(
      fc.property(anyPast, fc.array(anyStanding, { minLength: 5, maxLength: 5 }), (past, people) => {
        const model = learn(past, now, "");
        for (const one of people) {
          const found = predictionOf(model, one, now);
          const chances = horizons.flatMap((horizon) => found.chance[horizon] ?? []);
          for (const [index, { percent, low, high }] of chances.entries()) {
            expect(low >= 0 && low <= percent && percent <= high && high <= 100).toBe(true);
            expect(percent).toBeGreaterThanOrEqual(chances[index - 1]?.percent ?? 0);
            expect(low).toBeGreaterThanOrEqual(chances[index - 1]?.low ?? 0);
          }
          if (found.spend !== null) expect(0 <= found.spend.low && found.spend.low <= found.spend.minor && found.spend.minor <= found.spend.high).toBe(true);
          if (found.nextOrder !== null) {
            const { at, from, until } = found.nextOrder;
            expect(one.lastAt <= from && from <= at && at <= until && one.lastAt < at).toBe(true);
          }
          horizons.forEach((horizon) => expect(found.chance[horizon] === null).toBe(lacking(model, horizon) !== null));
          if (chances.length > 0) predicted += 1;
        }
      }),
      { numRuns: 100, endOnFailure: true },
    );
    expect(predicted).toBeGreaterThan(20);
  }, 60_000);

  test("the same past many times over says the same more surely: ranges grow narrower, rates go to what was counted", () => {
    fc.assert(
      fc.property(anyPast, (past) => {
        const learned = learn(past, now, "");
        const [one, many] = [1, 40_000].map((times) => ratesOf(times_(learned, times))) as [Rates_, Rates_];
        // Of who ordered twice: later bands lean on this one.
        const counted = learned.next[1] ?? expect.unreachable();
        gapEdges.forEach((_edge, index) => {
          const [orders = 0, time = 0] = [counted.orders[index], counted.time[index]];
          if (time < 0.5 || orders === 0) return;
          expect(many.next[1]?.unsure[index]).toBeLessThan(one.next[1]?.unsure[index] ?? 0);
          expect(Math.abs(Math.log(((many.next[1]?.each[index] ?? 0) * time) / orders))).toBeLessThan(0.2);
        });
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });
});

type Rates_ = ReturnType<typeof ratesOf>;
/** A model that was counted from so many shops like this one. */
function times_(model: Model, times: number): Model {
  const more = (all: Model["next"]) => all.map(({ orders, time }) => ({ orders: orders.map((one) => one * times), time: time.map((one) => one * times) }));
  return { ...model, next: more(model.next), later: more(model.later) };
}

describe("shops whose nature is known", () => {
  /** How far what was expected within a year lies from what came, of everybody together. */
  const offOf = (people: number, seed: number) => {
    const { known, all } = shopOf(people, seed, nature);
    const model = learn(known, now, "");
    const asked = all.map((one) => ({ expected: predictionOf(model, one.standing, now), came: one.after }));
    const sure = asked.flatMap(({ expected, came }) => {
      const chance = expected.chance[90];
      return chance === null ? [] : [{ chance, came: came.some((one) => one <= 90) }];
    });
    return { model, asked, sure };
  };

  test("from fifty orders on there is an answer, and it is not far off; with more people it is nearer, and the ranges are narrower", () => {
    const found = [30, 300, 3000].map((people) => {
      const tries = Array.from({ length: people < 1000 ? 12 : 3 }, (_, nth) => offOf(people, 17 + 31 * nth));
      const errors = tries.map(({ sure }) => {
        const said = sure.reduce((sum, one) => sum + one.chance.percent / 100, 0);
        return Math.abs(said - sure.filter((one) => one.came).length) / sure.length;
      });
      const widths = tries.flatMap(({ sure }) => sure.map(({ chance }) => chance.high - chance.low));
      const mean = (all: number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
      return { orders: mean(tries.map(({ model }) => model.orders)), error: mean(errors), width: mean(widths) };
    });
    console.info(
      found.map(({ orders, error, width }) => `${orders.toFixed(0)} orders: off by ${(100 * error).toFixed(1)}, ranges ${width.toFixed(0)} wide`).join("; "),
    );
    const [small, middling, large] = found as [(typeof found)[0], (typeof found)[0], (typeof found)[0]];
    expect(small.orders).toBeLessThan(120);
    expect(small.error).toBeLessThan(0.12);
    expect(large.error).toBeLessThan(0.03);
    expect(small.width).toBeGreaterThan(1.5 * middling.width);
    expect(middling.width).toBeGreaterThan(1.5 * large.width);
  }, 60_000);

  test("eight times of ten and more the true share of those who stand in one place lies in the range that is said, in small shops, too", () => {
    // What is true of a place is taken from a shop of the same nature that is large enough to have many people in each.
    for (const one of [nature, { gap: 20, stays: 0.85 }, { gap: 90, stays: 0.6 }]) {
      const crowd = shopOf(40_000, 99, one, 90).all;
      for (const people of [40, 400]) {
        let [asked, inside] = [0, 0];
        for (let nth = 0; nth < 6; nth += 1) {
          const model = learn(shopOf(people, 1000 + 77 * nth, one, 0).known, now, "");
          const places = Map.groupBy(crowd, ({ standing: where }) => `${groupOf(where, model.typicalGap)} ${stepOf(where, now)}`);
          for (const mine of places.values()) {
            const chance = mine.length < 300 ? null : predictionOf(model, mine[0]?.standing ?? expect.unreachable(), now).chance[90];
            if (chance === null) continue;
            const share = (100 * mine.filter(({ after: later }) => later.length > 0).length) / mine.length;
            // Of three hundred people the share itself is not sure to a point.
            if (share >= chance.low - 1 && share <= chance.high + 1) inside += mine.length;
            asked += mine.length;
          }
        }
        console.info(`about every ${one.gap} days, ${people} people: ${((100 * inside) / asked).toFixed(0)}% within their range`);
        expect(asked).toBeGreaterThan(10_000);
        expect(inside / asked).toBeGreaterThan(0.8);
      }
    }
  }, 120_000);

  test("who is gone is told from who is only waiting", () => {
    const { sure, model } = offOf(3000, 5);
    const rate = sure.filter((one) => one.came).length / sure.length;
    const brier = sure.reduce((sum, one) => sum + (one.chance.percent / 100 - Number(one.came)) ** 2, 0) / sure.length;
    expect(brier).toBeLessThan(0.8 * rate * (1 - rate));
    const chance = (days: number) => predictionOf(model, standing(days + 120, days, 4), now).chance[90]?.percent ?? expect.unreachable();
    expect(chance(5)).toBeGreaterThan(50);
    expect(chance(300)).toBeLessThan(15);
  });
});

test("a model is worked out once, and quickly", () => {
  const { known } = shopOf(2000, 3, nature);
  const model = learn(known, now, "");
  const began = performance.now();
  const tables = tablesOf(model);
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(tablesOf(model)).toBe(tables);
  expect(JSON.stringify(model).length).toBeLessThan(8_000);
});
