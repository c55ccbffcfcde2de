import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noFacts, type Facts } from "../commerce/facts.ts";
import { pixelKeptSince } from "../events/retention.ts";
import { after, day, hour, minute } from "../lib/time.ts";
import { noVisit, type Visit } from "../visits/visit.ts";
import { decide as decideRule, type World } from "./evaluate.ts";
import { nobody, type History } from "./history.ts";
import { standardOf } from "./standard.ts";

// Each day a moment of its own: days of the world are told apart elsewhere.
const world: World = { timezone: "UTC", catalogue: new Map(), rfm: null, predictions: null, rules: new Map() };
type Seen = Facts & { visit: Visit };
const nothingSeen: Seen = { ...noFacts, visit: noVisit };
const keys = [
  ...(["cart-abandoners", "checkout-abandoners", "form-abandoners", "new-visitors", "past-purchasers"] as const),
  ...(["product-viewers", "recent-buyers", "returning-visitors"] as const),
];
type SegmentKey = (typeof keys)[number];

/** What a visit remembers, as deeds: one of each, and one for each of her days. */
function historyOf({ visit: seen, orders, carts, checkouts }: Seen): History {
  const one = (at: Date | null, rest: object) => (at === null ? [] : [{ id: "1", at, ...rest }]);
  return {
    deeds: {
      visited: seen.days.map((at, index) => ({ id: `day ${index}`, at })),
      "viewed-product": one(seen.productViewedAt, { item: { productId: seen.productId, priceMinor: null } }),
      "added-to-cart": one(seen.cartAddedAt, { item: { productId: null, priceMinor: null } }),
      "left-form": one(seen.formAbandonedAt, { form: seen.form }),
      "sent-form": one(seen.formSubmittedAt, { form: null }),
    },
    orders: orders.map((order) => ({ ...order, items: [] })),
    carts,
    checkouts,
    person: { ...nobody, firstSeenAt: seen.firstSeenAt },
  };
}

const left = new Date("2026-11-01T12:00:00Z");
const facts = (change: Partial<Seen>): Seen => ({ ...nothingSeen, ...change });
const visit = (change: Partial<Visit>, rest: Partial<Seen> = {}): Seen => facts({ ...rest, visit: { ...noVisit, ...change } });
const cart = (change: Partial<Facts["carts"][number]> = {}) => ({ token: "c1", updatedAt: left, itemCount: 1, ...change });
const checkout = (change: Partial<Facts["checkouts"][number]> = {}) => ({
  token: "k1",
  cartToken: "c1",
  startedAt: left,
  updatedAt: left,
  completedAt: null,
  reachable: true,
  ...change,
});
const order = (placedAt: Date, change: Partial<Facts["orders"][number]> = {}) => ({
  orderId: "o1",
  placedAt,
  cartToken: null,
  checkoutToken: null,
  netMinor: 0,
  ...change,
});

const decide = (key: SegmentKey, mine: Seen, now: Date) => decideRule((standardOf(key) ?? expect.unreachable()).rule, historyOf(mine), world, now);
const isIn = (key: SegmentKey, mine: Seen, now: Date) => decide(key, mine, now).member;

describe("the edges are half-open: in from the first moment, out at the last", () => {
  const abandonedUntil = 30 * day;
  test.each<[key: SegmentKey, mine: Seen, edge: string, after: number, member: boolean]>([
    ["checkout-abandoners", facts({ checkouts: [checkout()] }), "just left", 0, false],
    ["checkout-abandoners", facts({ checkouts: [checkout()] }), "a moment before the hour", hour - 1, false],
    ["checkout-abandoners", facts({ checkouts: [checkout()] }), "at the hour", hour, true],
    ["checkout-abandoners", facts({ checkouts: [checkout()] }), "a moment before the end", abandonedUntil - 1, true],
    ["checkout-abandoners", facts({ checkouts: [checkout()] }), "at the end", abandonedUntil, false],
    ["cart-abandoners", facts({ carts: [cart()] }), "a moment before the hour", hour - 1, false],
    ["cart-abandoners", facts({ carts: [cart()] }), "at the hour", hour, true],
    ["cart-abandoners", facts({ carts: [cart()] }), "at the end", abandonedUntil, false],
    ["recent-buyers", facts({ orders: [order(left)] }), "at the order", 0, true],
    ["recent-buyers", facts({ orders: [order(left)] }), "a moment before 30 days", 30 * day - 1, true],
    ["recent-buyers", facts({ orders: [order(left)] }), "at 30 days", 30 * day, false],
    ["past-purchasers", facts({ orders: [order(left)] }), "at the order", 0, true],
    ["past-purchasers", facts({ orders: [order(left)] }), "years later", 3000 * day, true],
    ["product-viewers", visit({ productViewedAt: left, productId: "1" }), "at the look", 0, true],
    ["product-viewers", visit({ productViewedAt: left, productId: "1" }), "a moment before 14 days", 14 * day - 1, true],
    ["product-viewers", visit({ productViewedAt: left, productId: "1" }), "at 14 days", 14 * day, false],
    ["form-abandoners", visit({ formAbandonedAt: left, form: "contact" }), "at once", 0, true],
    ["form-abandoners", visit({ formAbandonedAt: left, form: "contact" }), "at 14 days", 14 * day, false],
    ["new-visitors", visit({ firstSeenAt: left }), "a moment before 7 days", 7 * day - 1, true],
    ["new-visitors", visit({ firstSeenAt: left }), "at 7 days", 7 * day, false],
    ["returning-visitors", visit({ days: [left, after(left, day)] }), "as soon as a second day is known", day - 1, true],
    ["returning-visitors", visit({ days: [left, after(left, day)] }), "a moment before the first is 30 days ago", 30 * day - 1, true],
    ["returning-visitors", visit({ days: [left, after(left, day)] }), "when the first is 30 days ago", 30 * day, false],
    ["returning-visitors", visit({ days: [left, after(left, day), after(left, 20 * day)] }), "when the first alone is 30 days ago", 30 * day, true],
    ["returning-visitors", visit({ days: [left] }), "with one day alone", day, false],
  ])("%s: %s %s", (key, mine, _edge, later, member) => expect(isIn(key, mine, after(left, later))).toBe(member));
});

describe("who has left a checkout behind", () => {
  const later = after(left, 2 * hour);
  test.each<[law: string, mine: Seen, member: boolean]>([
    ["nobody without one", nothingSeen, false],
    ["not who cannot be reached", facts({ checkouts: [checkout({ reachable: false })] }), false],
    ["not who completed it", facts({ checkouts: [checkout({ completedAt: after(left, minute) })] }), false],
    [
      "not who ordered it, whenever Shopify says the order was placed",
      facts({ checkouts: [checkout()], orders: [order(after(left, -minute), { checkoutToken: "k1" })] }),
      false,
    ],
    [
      "not whose cart was ordered through another checkout",
      facts({ checkouts: [checkout()], orders: [order(after(left, -minute), { cartToken: "c1", checkoutToken: "k2" })] }),
      false,
    ],
    ["not who ordered anything since", facts({ checkouts: [checkout()], orders: [order(left, { checkoutToken: "k9" })] }), false],
    ["still who had ordered something else before", facts({ checkouts: [checkout()], orders: [order(after(left, -1), { checkoutToken: "k9" })] }), true],
  ])("%s", (_law, mine, member) => expect(isIn("checkout-abandoners", mine, later)).toBe(member));

  test("the newest checkout that is open is what she is in for", () => {
    const mine = facts({
      checkouts: [
        checkout({ token: "old", updatedAt: after(left, -day) }),
        checkout({ token: "new" }),
        checkout({ token: "too new", updatedAt: after(left, 90 * minute) }),
      ],
    });
    expect(decide("checkout-abandoners", mine, later)).toMatchObject({ subject: "new", changesAt: after(left, 150 * minute) });
  });

  test("a change of the checkout begins the hour anew", () => {
    expect(decide("checkout-abandoners", facts({ checkouts: [checkout({ updatedAt: later })] }), later)).toEqual({
      member: false,
      subject: null,
      changesAt: after(later, hour),
    });
  });
});

describe("who has left a cart behind", () => {
  const later = after(left, 2 * hour);
  test.each<[law: string, mine: Seen, member: boolean]>([
    ["not who emptied it", facts({ carts: [cart({ itemCount: 0 })] }), false],
    ["not who ordered it", facts({ carts: [cart()], orders: [order(after(left, -minute), { cartToken: "c1" })] }), false],
    ["not who ordered anything since", facts({ carts: [cart()], orders: [order(after(left, minute))] }), false],
    ["who filled it and went", facts({ carts: [cart()] }), true],
  ])("%s", (_law, mine, member) => expect(isIn("cart-abandoners", mine, later)).toBe(member));
});

describe("what takes a browser's profile out", () => {
  const later = after(left, 2 * hour);
  const viewed = { productViewedAt: left, productId: "1" };
  test.each<[law: string, key: SegmentKey, mine: Seen, member: boolean]>([
    ["who put something into a cart since", "product-viewers", visit({ ...viewed, cartAddedAt: left }), false],
    ["not who did so before she looked", "product-viewers", visit({ ...viewed, cartAddedAt: after(left, -1) }), true],
    ["who has a cart since", "product-viewers", visit(viewed, { carts: [cart()] }), false],
    ["not who emptied it", "product-viewers", visit(viewed, { carts: [cart({ itemCount: 0 })] }), true],
    ["who began a checkout since", "product-viewers", visit(viewed, { checkouts: [checkout()] }), false],
    ["who ordered since", "product-viewers", visit(viewed, { orders: [order(left)] }), false],
    ["who sent a form since", "form-abandoners", visit({ formAbandonedAt: left, form: "a", formSubmittedAt: left }), false],
    ["not who sent one before", "form-abandoners", visit({ formAbandonedAt: left, form: "a", formSubmittedAt: after(left, -1) }), true],
    ["who ordered, however long ago", "new-visitors", visit({ firstSeenAt: left }, { orders: [order(after(left, -100 * day))] }), false],
  ])("%s", (_law, key, mine, member) => expect(isIn(key, mine, later)).toBe(member));

  test.each(["product-viewers", "form-abandoners", "new-visitors", "returning-visitors"] as const)("whom no browser told of is not in %s", (key) =>
    expect(decide(key, facts({ orders: [order(left)], carts: [cart()] }), later)).toEqual({ member: false, subject: null, changesAt: null }),
  );
});

describe("time", () => {
  const moment = fc.integer({ min: 0, max: 100 * 24 * 4 }).map((quarters) => after(left, quarters * 15 * minute));
  const token = fc.constantFrom("a", "b", "c");
  const maybe = fc.option(moment, { freq: 3 });
  const any: fc.Arbitrary<Seen> = fc.record({
    visit: fc
      .record({
        firstSeenAt: maybe,
        productViewedAt: maybe,
        productId: fc.option(token),
        cartAddedAt: maybe,
        formAbandonedAt: maybe,
        form: fc.option(token),
        formSubmittedAt: maybe,
        days: fc.array(moment, { maxLength: 3 }),
        landing: fc.constant(null),
      })
      .map((one) => ({ ...one, days: one.days.sort((a, b) => a.getTime() - b.getTime()) })),
    carts: fc.array(fc.record({ token, updatedAt: moment, itemCount: fc.nat(2) }), { maxLength: 3 }),
    checkouts: fc.array(
      fc.record({
        token,
        cartToken: fc.option(token),
        startedAt: moment,
        updatedAt: moment,
        completedAt: fc.option(moment, { freq: 2 }),
        reachable: fc.boolean(),
      }),
      { maxLength: 3 },
    ),
    orders: fc.array(fc.record({ orderId: token, placedAt: moment, cartToken: fc.option(token), checkoutToken: fc.option(token), netMinor: fc.constant(0) }), {
      maxLength: 2,
    }),
  });

  test.each(keys)("%s: between two looks at changesAt nothing changes, so stepping through them misses nothing", (key) => {
    fc.assert(
      fc.property(any, fc.array(moment, { minLength: 1, maxLength: 5 }), (mine, moments) => {
        for (const asked of moments) {
          let now = after(left, -day);
          let known = decide(key, mine, now);
          for (let steps = 0; known.changesAt !== null && known.changesAt <= asked; steps += 1) {
            expect(known.changesAt > now && steps < 50).toBe(true);
            now = known.changesAt;
            known = decide(key, mine, now);
          }
          const direct = decide(key, mine, asked);
          expect({ member: direct.member, subject: direct.subject }).toEqual({ member: known.member, subject: known.subject });
        }
      }),
      { numRuns: 300 },
    );
  });

  test("who is in an abandoners' segment has not ordered since", () => {
    fc.assert(
      fc.property(any, moment, (mine, now) => {
        for (const key of ["cart-abandoners", "checkout-abandoners"] as const) {
          const { member, subject } = decide(key, mine, now);
          const things = [...mine.carts, ...mine.checkouts].filter((one) => one.token === subject);
          if (member) expect(things.some((one) => !mine.orders.some((placed) => placed.placedAt >= one.updatedAt))).toBe(true);
        }
      }),
    );
  });
});

test("nothing that only a browser told counts for longer than the log keeps it", () => {
  const now = new Date("2026-11-25T12:00:00Z");
  const at = after(pixelKeptSince(now), -1);
  const all = { firstSeenAt: at, productViewedAt: at, productId: "p", formAbandonedAt: at, form: "f", days: [after(at, -day), at] };
  expect(keys.filter((key) => isIn(key, visit(all), now))).toEqual([]);
  expect(keys.filter((key) => isIn(key, visit(all), at)).length).toBeGreaterThan(2);
});
