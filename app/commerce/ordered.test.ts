import { describe, expect, test } from "vitest";
import { counts, isPlaced, type OrderState } from "./ordered.ts";

const cancelled = new Date("2026-11-21T09:00:00Z");
const order = (change: Partial<OrderState> = {}): OrderState => ({
  cancelledAt: null,
  test: false,
  source: "web",
  totalMinor: 5000,
  refundedMinor: 0,
  ...change,
});

describe("who ordered", () => {
  test.each<[law: string, order: OrderState, placed: boolean, counted: boolean]>([
    ["a plain order", order(), true, true],
    ["a cancelled order", order({ cancelledAt: cancelled }), false, false],
    ["a test order", order({ test: true }), false, false],
    ["an order given back in part", order({ refundedMinor: 4999 }), true, true],
    ["an order given back in full", order({ refundedMinor: 5000 }), true, false],
    ["an order given back with more than it cost", order({ refundedMinor: 6000 }), true, false],
    ["an order that cost nothing", order({ totalMinor: 0 }), true, true],
    ["an order at the till", order({ source: "pos" }), false, false],
    ["a draft by staff", order({ source: "shopify_draft_order" }), false, false],
    ["an order by another app's channel", order({ source: "580111" }), true, true],
    ["an order of unknown source", order({ source: "unknown" }), true, true],
  ])("%s", (_law, state, placed, counted) => {
    expect(isPlaced(state, { countOffline: false })).toBe(placed);
    expect(counts(state, { countOffline: false })).toBe(counted);
  });

  test("till and drafts count where the shop says so, and nothing else changes by it", () => {
    for (const source of ["pos", "shopify_draft_order"]) expect(counts(order({ source }), { countOffline: true })).toBe(true);
    expect(counts(order({ source: "pos", test: true }), { countOffline: true })).toBe(false);
  });
});
