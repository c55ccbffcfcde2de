import { describe, expect, test } from "vitest";
import { demoShop, openShop } from "../shopify/shop-state.ts";
import { shelfOf } from "./past.ts";
import { outcomeOf, planOf, type Plan } from "./plan.ts";
import { rates } from "./rates.ts";
import { rhythmOf } from "./rhythm.ts";
import { stream } from "./stream.ts";

const until = new Date("2026-11-25T12:00:00Z");
const from = new Date("2025-11-25T12:00:00Z");
const shelf = shelfOf(openShop(demoShop, from));
const make = (changes: Partial<Plan["options"]> = {}): Plan =>
  planOf({ seed: "test", from, until, timeZone: "Europe/London", orders: 500, lift: 0.2, visitsPerOrder: 2, shelf, ...changes });
const count = (plan: Plan, reach: string) => plan.people.flatMap((one) => one.intents).filter((one) => one.reach === reach).length;

describe("a plan", () => {
  test("is the same for the same seed, and another for another", () => {
    expect(JSON.stringify(make())).toBe(JSON.stringify(make()));
    expect(JSON.stringify(make({ seed: "other" }))).not.toBe(JSON.stringify(make()));
  });

  test("does not shift anybody when somebody else is added: more people leave the first ones as they were", () => {
    const [small, large] = [make({ orders: 200 }), make({ orders: 400 })];
    const same = small.people.filter((one) => one.key.startsWith("s")).slice(0, 300);
    expect(large.people.slice(0, 300)).toEqual(same);
  });

  test("keeps the proportions of its rates", () => {
    const plan = make({ orders: 2000 });
    const [ordered, left, carts] = [count(plan, "order"), count(plan, "checkout"), count(plan, "cart")];
    expect(ordered / (ordered + left)).toBeCloseTo(rates.checkoutsPaid, 1);
    const back = plan.people.flatMap((one) => one.intents).filter((one) => one.outcome.kind === "anyway").length;
    expect(back / left).toBeCloseTo(rates.backAnyway, 1);
    // Two of ten carts or three end in an order, by whatever way.
    expect((ordered + back) / (ordered + left + carts)).toBeGreaterThan(0.24);
    expect((ordered + back) / (ordered + left + carts)).toBeLessThan(0.32);
  });

  test("keeps every moment inside its period, and whole seconds", () => {
    for (const { at } of make().people.flatMap((one) => one.intents)) {
      expect(at >= from && at < until).toBe(true);
      expect(at.getTime() % 1000).toBe(0);
    }
  });

  test("has addresses that belong to one person each, and shares some browsers", () => {
    const { people } = make();
    const addresses = people.flatMap((one) => one.emails);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(people.some((one) => one.lane !== one.key)).toBe(true);
    for (const one of people) if (one.lane !== one.key) expect(people.find((other) => other.key === one.lane)?.devices[0]).toEqual(one.devices[0]);
  });
});

describe("the dial", () => {
  const kinds = (lift: number) => Array.from({ length: 4000 }, (_, index) => outcomeOf("dial", `p${index}`, from.getTime(), lift));
  test("at nothing wins nobody; whoever is won at a lower setting is won at a higher", () => {
    expect(kinds(0).filter((one) => one.kind === "won")).toHaveLength(0);
    const [low, high] = [kinds(0.1), kinds(0.3)];
    low.forEach((one, index) => {
      if (one.kind === "won") expect(high[index]).toEqual(one);
      if (one.kind === "anyway") expect(high[index]).toEqual(one);
    });
    const share = high.filter((one) => one.kind === "won").length / high.filter((one) => one.kind !== "anyway").length;
    expect(share).toBeCloseTo(0.3, 1);
  });
});

test("more is bought in November than in July, and in the evening than at night", () => {
  const moment = rhythmOf(from, until, "Europe/London");
  const moments = Array.from({ length: 6000 }, (_, index) => moment(stream("rhythm", index)));
  const inMonth = (month: number) => moments.filter((at) => at.getUTCMonth() === month).length;
  const inHours = (first: number, last: number) => moments.filter((at) => at.getUTCHours() >= first && at.getUTCHours() <= last).length;
  expect(inMonth(10)).toBeGreaterThan(1.4 * inMonth(6));
  expect(inHours(19, 21)).toBeGreaterThan(4 * inHours(2, 4));
});
