import { describe, expect, test } from "vitest";
import { demoShop, openShop } from "../shopify/shop-state.ts";
import { demoYear } from "./demo-past.ts";
import { experimentOn } from "./experiment.ts";
import { shelfOf } from "./past.ts";
import { planOf } from "./plan.ts";

const until = new Date("2026-11-25T12:00:00Z");
const from = new Date(until.getTime() - demoYear.days * 86_400_000);
const shelf = shelfOf(openShop(demoShop, from));
const planFor = (seed: string, lift: number) =>
  planOf({ seed, from, until, timeZone: demoShop.timeZone, orders: demoYear.orders, lift, visitsPerOrder: 0, shelf });

describe("the experiment on a year of the demo's people", () => {
  test("holds the truth of the dial in its interval", () => {
    const { lift, truthMinor, treated, holdout } = experimentOn(planFor(demoYear.seed, demoYear.lift), { salt: "demo" });
    expect(lift.kind).toBe("measured");
    if (lift.kind !== "measured") return;
    expect(truthMinor).toBeGreaterThan(0);
    expect(lift.lowMinor).toBeLessThanOrEqual(truthMinor);
    expect(lift.highMinor).toBeGreaterThanOrEqual(truthMinor);
    expect(holdout.people / (treated.people + holdout.people)).toBeCloseTo(0.145, 1);
  });

  test("with the dial at nothing brings nothing, and the same people are mailed", () => {
    const [nothing, some] = [experimentOn(planFor("x", 0), { salt: "s" }), experimentOn(planFor("x", 0.3), { salt: "s" })];
    expect(nothing.truthMinor).toBe(0);
    expect(nothing.mails).toBeGreaterThan(500);
    expect(some.truthMinor).toBeGreaterThan(0);
  });

  test("without a holdout says that there is nothing to compare with", () => {
    expect(experimentOn(planFor("x", 0.3), { salt: "s", globalPercent: 0, flowPercent: 0 }).lift.kind).toBe("not-enough");
  });
});
