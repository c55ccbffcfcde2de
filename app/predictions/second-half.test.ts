// Two real shops, learned from the first half of their orders alone, and asked for the second.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { truthOf } from "../../test/stories/retail-truth.ts";
import { after, day } from "../lib/time.ts";
import { learn, type Model } from "./model.ts";
import { groupOf, type Standing } from "./place.ts";
import { predictionOf } from "./predict.ts";
import { backBetween, ordersExpected } from "./tables.ts";

type Order = { at: Date; netMinor: number };
/** A person's orders before and after the cut. */
type Split = { before: Order[]; after: Order[]; standing: Standing };

const folder = join(import.meta.dirname, "../../../shared/data/datasets/online-retail");
const files = ["online_retail_2010-12_to_2011-06.csv.gz", "online_retail_2011-07_to_2011-12.csv.gz"].map((name) => join(folder, name));
const cdnow = sharedData("datasets/cdnow/CDNOW_master.txt", "the second half of CDNOW");
if (!existsSync(files[0] ?? "")) console.warn("SKIPPED: the second half of Online Retail, because ../shared/data/datasets/online-retail is not here");

function cdnowOrders(): Order[][] {
  const people = new Map<string, Order[]>();
  for (const line of (cdnow ?? "").split("\n")) {
    const [id = "", date = "", , dollars] = line.trim().split(/\s+/);
    if (dollars === undefined || !/^\d+$/.test(id)) continue;
    const at = new Date(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}T00:00:00Z`);
    people.set(id, [...(people.get(id) ?? []), { at, netMinor: Math.round(Number(dollars) * 100) }]);
  }
  return [...people.values()];
}

const retailOrders = (): Order[][] =>
  [...truthOf(files).kept.values()].filter((all) => all.length > 0).map((all) => [...all].sort((a, b) => a.at.getTime() - b.at.getTime()));

function standingOf(orders: Order[]): Standing {
  const [first, last] = [orders[0], orders.at(-1)];
  return {
    count: orders.length,
    netMinor: orders.reduce((sum, one) => sum + one.netMinor, 0),
    firstAt: first?.at ?? expect.unreachable(),
    lastAt: last?.at ?? expect.unreachable(),
  };
}

describe.each([
  ["CDNOW", cdnow !== null, cdnowOrders, 273],
  ["Online Retail", files.every((file) => existsSync(file)), retailOrders, 186],
] as const)("%s", (_name, here, read, halfDays) => {
  describe.skipIf(!here)("the second half, learned from the first", () => {
    let people: Order[][];
    let split: Split[];
    let model: Model;
    let cut: Date;
    let days: number;
    const sum = (value: (one: Split) => number) => split.reduce((total, one) => total + value(one), 0);

    beforeAll(() => {
      people = read();
      const moments = people.flatMap((orders) => orders.map(({ at }) => at.getTime()));
      cut = after(new Date(moments.reduce((first, one) => Math.min(first, one))), halfDays * day);
      days = Math.ceil((moments.reduce((last, one) => Math.max(last, one)) - cut.getTime()) / day);
      split = people.flatMap((orders) => {
        const before = orders.filter(({ at }) => at < cut);
        return before.length === 0 ? [] : [{ before, after: orders.filter(({ at }) => at >= cut), standing: standingOf(before) }];
      });
      const bought = split.map(({ before, standing }) => ({ count: before.length, firstAt: standing.firstAt, orders: before }));
      model = learn(bought, cut, "");
    });

    test("so many orders came as were expected, within a tenth; and each person's number is nearer than if all were alike", () => {
      const expected = (one: Split) =>
        ordersExpected(model, groupOf(one.standing, model.typicalGap), (cut.getTime() - one.standing.lastAt.getTime()) / day, days);
      const came = sum((one) => one.after.length);
      const all = sum(expected);
      const mean = came / split.length;
      const off = sum((one) => Math.abs(expected(one) - one.after.length));
      const offAlike = sum((one) => Math.abs(mean - one.after.length));
      console.info(`${split.length} people, ${came} orders in ${days} days, ${Math.round(all)} expected (${((100 * all) / came - 100).toFixed(1)}%);`);
      console.info(`each off by ${(off / split.length).toFixed(3)}, were all alike by ${(offAlike / split.length).toFixed(3)}`);
      expect(Math.abs(all / came - 1)).toBeLessThan(0.1);
      expect(off).toBeLessThan(0.9 * offAlike);
    });

    test("eight of ten who come back do so within the range that is said", () => {
      // The data end: only who orders soon after the cut can be followed, and asked of is who comes back before the end.
      const follow = days - 31;
      let [asked, inside] = [0, 0];
      for (const orders of people) {
        orders.forEach(({ at }, index) => {
          const next = orders[index + 1];
          if (next === undefined || at < cut || at > after(cut, 30 * day)) return;
          const gap = Math.floor((next.at.getTime() - at.getTime()) / day);
          if (gap >= follow) return;
          const group = groupOf(standingOf(orders.slice(0, index + 1)), model.typicalGap);
          const [first, last] = backBetween(model, group, follow);
          asked += 1;
          if (gap >= first && gap <= last) inside += 1;
        });
      }
      console.info(`${asked} came back, ${((100 * inside) / asked).toFixed(1)}% within their range`);
      expect(asked).toBeGreaterThan(1000);
      expect(inside / asked).toBeGreaterThan(0.75);
      expect(inside / asked).toBeLessThan(0.85);
    });

    test("a chance is what it says: of those with about the same one so many order within 90 days; and it tells people apart", () => {
      const asked = split.map(({ after: later, standing }) => ({
        said: predictionOf(model, standing, cut).chance[90]?.percent ?? expect.unreachable(),
        came: later.some(({ at }) => at < after(cut, 90 * day)),
      }));
      const rising = asked.sort((a, b) => a.said - b.said);
      const fifths = [0, 1, 2, 3, 4].map((nth) => rising.slice(Math.floor((nth * rising.length) / 5), Math.floor(((nth + 1) * rising.length) / 5)));
      const means = fifths.map((fifth) => [
        fifth.reduce((total, one) => total + one.said, 0) / fifth.length,
        (100 * fifth.filter((one) => one.came).length) / fifth.length,
      ]);
      console.info(`of fifths, said and came in percent: ${means.map(([said = 0, came = 0]) => `${said.toFixed(0)}/${came.toFixed(0)}`).join(" ")}`);
      for (const [said = 0, came = 0] of means) expect(Math.abs(said - came)).toBeLessThan(8);
      const rate = asked.filter((one) => one.came).length / asked.length;
      const brier = asked.reduce((total, one) => total + (one.said / 100 - Number(one.came)) ** 2, 0) / asked.length;
      expect(brier).toBeLessThan(0.9 * rate * (1 - rate));
    });
  });
});

describe.skipIf(cdnow === null)("a year of CDNOW, learned from the half before it", () => {
  test("what everybody spends comes to what was expected, within a tenth; at least eight of ten spend within their range", () => {
    const people = cdnowOrders();
    const first = Math.min(...people.slice(0, 1000).flatMap((orders) => orders.map(({ at }) => at.getTime())));
    const cut = after(new Date(first), 184 * day);
    const split = people.flatMap((orders) => {
      const before = orders.filter(({ at }) => at < cut);
      return before.length === 0 ? [] : [{ before, later: orders.filter(({ at }) => at >= cut && at < after(cut, 365 * day)), standing: standingOf(before) }];
    });
    const model = learn(split.map(({ before, standing }) => ({ count: before.length, firstAt: standing.firstAt, orders: before })), cut, ""); // prettier-ignore
    let [spent, expected, inside] = [0, 0, 0];
    for (const { later, standing } of split) {
      const came = later.reduce((sum, one) => sum + one.netMinor, 0);
      const { minor, low, high } = predictionOf(model, standing, cut).spend ?? expect.unreachable();
      [spent, expected, inside] = [spent + came, expected + minor, inside + (came >= low && came <= high ? 1 : 0)];
    }
    console.info(`spent ${(spent / 100).toFixed(0)}, expected ${(expected / 100).toFixed(0)} (${((100 * expected) / spent - 100).toFixed(1)}%);`);
    console.info(`${((100 * inside) / split.length).toFixed(1)}% within their range`);
    expect(Math.abs(expected / spent - 1)).toBeLessThan(0.1);
    expect(inside / split.length).toBeGreaterThan(0.8);
  });
});
