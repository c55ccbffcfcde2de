import fc from "fast-check";
import { expect, test } from "vitest";
import type { Event } from "../events/event.ts";
import { after, day, hour } from "../lib/time.ts";
import { isVisit, join, noVisit, visitOf, type Visit } from "./visit.ts";

const start = new Date("2026-11-01T12:00:00Z");
const event = (name: Event["name"], at: Date, data: object = {}) => {
  const made = { seq: 1n, name, sourceId: "s", sourceAt: at, occurredAt: at, subject: "visitor:v", data } as Event;
  return isVisit(made) ? made : expect.unreachable();
};
const of = (...events: ReturnType<typeof event>[]) => events.reduce<Visit>((visit, one) => join(visit, visitOf(one), "Europe/London"), noVisit);

test("the last product, the first moment, and each day once", () => {
  expect(
    of(
      event("product.viewed", after(start, hour), { productId: "2" }),
      event("product.viewed", start, { productId: "1" }),
      event("page.viewed", after(start, 2 * day)),
    ),
  ).toMatchObject({ firstSeenAt: start, productId: "2", productViewedAt: after(start, hour), days: [after(start, 2 * day), after(start, hour)] });
});

test("a day is the shop's", () => {
  const late = [event("page.viewed", new Date("2026-11-01T23:30:00Z")), event("page.viewed", new Date("2026-11-02T00:30:00Z"))].map(visitOf);
  const days = (timezone: string) => late.reduce((visit, one) => join(visit, one, timezone), noVisit).days.length;
  expect([days("UTC"), days("America/New_York"), days("Nowhere/At_All")]).toEqual([2, 1, 2]);
});

test("what is not a browser's is no visit", () => {
  expect(isVisit({ name: "order.paid" } as Event)).toBe(false);
});

const any = fc
  .record({
    name: fc.constantFrom(
      "page.viewed" as const,
      "product.viewed" as const,
      "product.added-to-cart" as const,
      "form.abandoned" as const,
      "form.submitted" as const,
    ),
    quarter: fc.nat(600),
    what: fc.constantFrom("a", "b"),
  })
  .map(({ name, quarter, what }) => event(name, after(start, (quarter * hour) / 4), { productId: what, form: what }));

test("in whatever order, in whatever parts and however often it is told, it is the same visit", () => {
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), fc.nat(12), (events, cut) => {
      const whole = of(...events);
      expect(of(...events.toReversed(), ...events)).toEqual(whole);
      expect(join(of(...events.slice(cut)), of(...events.slice(0, cut)), "Europe/London")).toEqual(whole);
    }),
  );
});
