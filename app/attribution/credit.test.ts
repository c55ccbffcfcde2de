import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { after, day, minute } from "../lib/time.ts";
import { creditOf, type OrderToCredit, type Touch } from "./credit.ts";

const placedAt = new Date("2026-11-21T12:00:00Z");
const order = (change: Partial<OrderToCredit> = {}): OrderToCredit => ({ orderId: "o1", placedAt, checkoutToken: "k1", cartToken: "c1", ...change });
const touch = (before: number, change: Partial<Touch> = {}): Touch => ({
  messageId: "m1",
  flowKey: "abandoned-checkout",
  channel: "email",
  profileId: "p1",
  checkoutToken: "k1",
  by: "click",
  at: after(placedAt, -before),
  ...change,
});
const carts = (token: string) => ({ k1: "c1", k2: "c1" })[token] ?? null;

describe("a window begins after its first moment and ends with the second of the order", () => {
  test.each<[channel: string, before: number, law: string, credited: boolean]>([
    ["email", 0, "a click in the very moment of the order", true],
    ["email", minute, "a click a minute before", true],
    ["email", 5 * day - 1, "a moment less than 5 days before", true],
    ["email", 5 * day, "5 days before", false],
    ["email", -999, "in the second of the order, which Shopify does not divide", true],
    ["email", -1000, "in the second after the order", false],
    ["push", -1, "a channel that has no window, in the second of the order", false],
    ["sms", day - 1, "a moment less than a day before", true],
    ["sms", day, "a day before", false],
    ["push", minute, "a channel that has no window", false],
  ])("%s, %i ms: %s", (channel, before, _law, credited) => expect(creditOf(order(), [touch(before, { channel })], carts) !== null).toBe(credited));
});

test("the last touch earns it", () => {
  const credit = creditOf(order(), [touch(3 * day, { messageId: "first" }), touch(day, { messageId: "last" }), touch(2 * day, { messageId: "middle" })], carts);
  expect(credit).toMatchObject({ messageId: "last", orderId: "o1", orderAt: placedAt });
});

test("a touch outside its own window does not shade an older one within its", () => {
  expect(creditOf(order(), [touch(2 * day, { messageId: "mail" }), touch(day, { messageId: "text", channel: "sms" })], carts)).toMatchObject({
    messageId: "mail",
  });
});

describe("recovered means this very checkout, or its cart", () => {
  test.each<[law: string, order: OrderToCredit, about: string | null, recovered: boolean]>([
    ["the checkout of the message", order(), "k1", true],
    ["another checkout of the same cart", order({ checkoutToken: "k2" }), "k1", true],
    ["something else she bought", order({ checkoutToken: "k9", cartToken: "c9" }), "k1", false],
    ["an order without tokens", order({ checkoutToken: null, cartToken: null }), "k9", false],
    ["a message about no checkout", order(), null, false],
  ])("%s: credited, recovered as it is", (_law, one, about, recovered) =>
    expect(creditOf(one, [touch(minute, { checkoutToken: about })], carts)).toMatchObject({ recovered }),
  );
});

test("laws: at most one credit, always from a given touch in its window, in whatever order they come", () => {
  const any = fc.array(fc.record({ before: fc.integer({ min: -2 * day, max: 8 * day }), channel: fc.constantFrom("email", "sms", "push") }), { maxLength: 8 });
  fc.assert(
    fc.property(any, (list) => {
      const touches = list.map((one, index) => touch(one.before, { channel: one.channel, messageId: `m${index}` }));
      const credit = creditOf(order(), touches, carts);
      const eligible = list.filter((one) => one.before > -1000 && one.before < { email: 5 * day, sms: day, push: -day }[one.channel]);
      expect(credit === null).toBe(eligible.length === 0);
      if (credit === null) return;
      expect(placedAt.getTime() - credit.at.getTime()).toBe(Math.min(...eligible.map((one) => one.before)));
      expect(creditOf(order(), [...touches].reverse(), carts)?.at).toEqual(credit.at);
    }),
  );
});
