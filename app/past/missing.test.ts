import { describe, expect, test } from "vitest";
import { nextKind, plus, searchFrom, settled } from "./comparison.ts";
import { take, type Gathering } from "./gather.ts";
import { checkoutIsNews, orderNews, type KnownCheckout, type KnownOrder } from "./missing.ts";

const at = new Date("2026-11-21T10:00:00Z");
const earlier = new Date("2026-11-21T09:00:00Z");

describe("what an order is told as", () => {
  const known = (change: Partial<KnownOrder> = {}): KnownOrder => ({ updatedAt: at, cancelledAt: null, placedTold: true, ...change });
  const order = { updatedAt: at.toISOString(), cancelledAt: null };
  test.each<[what: string, order: typeof order | { updatedAt: string; cancelledAt: string }, known: KnownOrder | undefined, told: string | null]>([
    ["one we never heard of", order, undefined, "order.placed"],
    ["one we know as it is", order, known(), null],
    ["one we know newer than the answer", order, known({ updatedAt: new Date("2026-11-21T11:00:00Z") }), null],
    ["one that was paid for and never placed", order, known({ placedTold: false }), "order.placed"],
    ["one that changed", order, known({ updatedAt: earlier }), "order.updated"],
    ["one that was cancelled in the second that we know", { ...order, cancelledAt: at.toISOString() }, known(), "order.cancelled"],
    ["one that we know to be cancelled", { ...order, cancelledAt: at.toISOString() }, known({ cancelledAt: at }), null],
  ])("%s", (_what, given, held, told) => expect(orderNews(given, held)).toBe(told));
});

describe("whether a checkout is news", () => {
  const known = (change: Partial<KnownCheckout> = {}): KnownCheckout => ({
    ...{ token: "t", cartToken: "c", email: "a@b.test", phone: null, updatedAt: at, completedAt: null, deletedAt: null },
    ...change,
  });
  const checkout = { updatedAt: at.toISOString(), completedAt: null };
  test.each<[what: string, given: typeof checkout | { updatedAt: string; completedAt: string }, held: KnownCheckout | undefined, news: boolean]>([
    ["one we never heard of", checkout, undefined, true],
    ["one we know as it is", checkout, known(), false],
    ["one that moved on", checkout, known({ updatedAt: earlier }), true],
    ["one that was completed in the second that we know", { ...checkout, completedAt: at.toISOString() }, known(), true],
    ["one that we know from the second in which she typed her address", checkout, known({ email: null }), true],
    ["one that is gone", checkout, known({ updatedAt: earlier, deletedAt: at }), false],
  ])("%s", (_what, given, held, news) => expect(checkoutIsNews(given, held)).toBe(news));
});

test("a pass reads orders, then checkouts, then customers, from a little before the watermark, and leaves alone what may still be on its way", () => {
  expect([nextKind("orders"), nextKind("checkouts"), nextKind("customers")]).toEqual(["checkouts", "customers", null]);
  expect(searchFrom(at)).toBe("updated_at:>='2026-11-21T09:50:00.000Z'");
  const nodes = ["2026-11-21T09:57:59Z", "2026-11-21T09:58:00Z", "2026-11-21T09:58:01Z"].map((updatedAt) => ({ updatedAt }));
  expect(settled(nodes, at)).toEqual(nodes.slice(0, 2));
  expect(plus({ orders: 1 }, { orders: 2, checkouts: 0, unreadable: 1 })).toEqual({ orders: 3, unreadable: 1 });
});

test("of a file of lines each object comes with what stands below it, and every line is counted once", () => {
  const gathering: Gathering = { root: null, stray: 0 };
  const lines: unknown[] = [
    { id: "a" },
    { id: "a1", __parentId: "a" },
    { id: "b" },
    null,
    { id: "c1", __parentId: "z" },
    { id: "c" },
    { id: "c2", __parentId: "c" },
  ];
  const whole = [...lines.map((line) => take(gathering, line)), gathering.root].filter((one) => one !== null);
  expect(whole.map((one) => [one.object["id"], one.below.map((child) => child["id"]), one.lines])).toEqual([
    ["a", ["a1"], 2],
    ["b", [], 3],
    ["c", ["c2"], 2],
  ]);
  expect(whole.reduce((sum, one) => sum + one.lines, 0)).toBe(lines.length);
  expect(gathering.stray).toBe(2);
});
