// What happens in a shop over a few weeks, at random moments: browsers, carts, checkouts, orders, people. Few of each, so that they meet.
import fc from "fast-check";
import type { EventData, EventName, NewEvent, Person } from "../app/events/event.ts";
import { after, minute } from "../app/lib/time.ts";
import { anyMoment, firstMoment } from "./rules.ts";

const nth = fc.integer({ min: 1, max: 3 });
const maybe = fc.option(nth, { freq: 2 });
const product = fc.option(fc.constantFrom("1", "2", "3"), { freq: 9 });
const tag = fc.option(fc.constantFrom("a", "b"), { freq: 3 });
const browserEvents = [
  ...(["page.viewed", "product.viewed", "product.viewed", "collection.viewed", "search.submitted", "cart.viewed", "product.added-to-cart"] as const),
  ...(["product.removed-from-cart", "checkout.step", "form.started", "form.abandoned", "form.submitted", "landing.arrived"] as const),
];

const who = { email: maybe, customer: fc.option(nth, { freq: 1 }), country: fc.option(fc.constantFrom("GB", "NZ", "FR")) };
/** One thing that happens, before it is said in the words of the log. */
const happening = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ kind: fc.constant("browse" as const), at: anyMoment, visitor: nth, name: fc.constantFrom(...browserEvents), product, source: tag, medium: tag },
      ...{ collection: fc.option(fc.constantFrom("c1", "c2")), form: fc.constantFrom("a", "b"), cart: maybe },
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cart" as const), at: anyMoment, cart: nth, pieces: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("checkout" as const), at: anyMoment, checkout: nth, cart: maybe, done: fc.boolean(), ...who }) },
  {
    weight: 5,
    arbitrary: fc.record({
      ...{ kind: fc.constant("order" as const), at: anyMoment, order: fc.integer({ min: 1, max: 5 }), checkout: maybe, total: fc.constantFrom(0, 5, 10, 25) },
      ...{ source: fc.constantFrom("web", "web", "pos"), cancelled: fc.constantFrom(false, false, false, true), ...who },
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("refund" as const), at: anyMoment, order: fc.integer({ min: 1, max: 5 }), minor: fc.constantFrom(5, 25) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("customer" as const), at: anyMoment, ...who, customer: nth, locale: tag }) },
  fc.record({ kind: fc.constant("merge" as const), at: anyMoment, kept: nth, gone: nth }).filter((one) => one.kept < one.gone),
  fc.record({
    kind: fc.constant("consent" as const),
    at: anyMoment,
    customer: nth,
    state: fc.constantFrom("single" as const, "confirmed" as const, "out" as const),
  }),
);
export type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never;

/** Things that happen, in the order they happened. Two never at the same moment: of two states of one thing the later is the newer. */
export const happenings = (least: number, most: number): fc.Arbitrary<Happening[]> =>
  fc
    .uniqueArray(happening, { minLength: least, maxLength: most, selector: (one) => one.at.getTime() })
    .map((all) => all.sort((a, b) => a.at.getTime() - b.at.getTime()));

const gid = (customer: number | null) => (customer === null ? null : `gid://shopify/Customer/${customer}`);
function person(one: { email: number | null; customer: number | null; country: string | null }): Person {
  return { customerGid: gid(one.customer), email: one.email === null ? null : `p${one.email}@x.test`, phone: null, country: one.country };
}

/** What the log is told. A checkout or an order keeps whose it was first said to be, as Shopify's payloads do. */
export function eventsOf(all: Happening[]): NewEvent[] {
  const owners = new Map<
    string,
    { email: number | null; customer: number | null; country: string | null; checkout?: number | null; cart?: number | null; at: Date }
  >();
  const first = <One extends { email: number | null; customer: number | null; country: string | null; at: Date }>(key: string, one: One) => {
    if (!owners.has(key)) owners.set(key, one);
    return owners.get(key) as One;
  };
  const cancelled = new Map<number, string>();
  const completed = new Map<number, string>();
  return all.map((one, index): NewEvent => {
    const iso = one.at.toISOString();
    const event = <Name extends EventName>(name: Name, data: EventData<Name>, subject: string | null = null): NewEvent =>
      ({ name, sourceId: `${subject === null ? "" : "pixel/"}${name}/${index}`, sourceAt: one.at, occurredAt: one.at, subject, data }) as unknown as NewEvent;
    const line = { productId: "1", variantId: "31", priceMinor: 5 };
    switch (one.kind) {
      case "browse": {
        const seen = { cartToken: one.cart === null ? null : `t${one.cart}`, checkoutToken: null };
        const { form } = one;
        const data = {
          ...{
            ...seen,
            path: "/",
            productId: one.product,
            variantId: null,
            vendor: null,
            priceMinor: 5,
            currency: "GBP",
            collectionId: one.collection,
            query: null,
          },
          ...{ quantity: 1, step: "contact", form, kind: "contact", referrer: null, source: one.source, medium: one.medium, campaign: null, term: null },
          ...{ content: null, click: null, clickId: null },
        };
        return event(one.name, data as unknown as EventData<typeof one.name>, `visitor:v${one.visitor}`);
      }
      case "cart":
        return event("cart.updated", {
          ...{ token: `t${one.cart}`, createdAt: firstMoment.toISOString(), updatedAt: iso },
          lines: one.pieces === 0 ? [] : [{ ...line, quantity: one.pieces }],
        });
      case "checkout": {
        const kept = first(`checkout ${one.checkout}`, one);
        if (one.done && !completed.has(one.checkout)) completed.set(one.checkout, iso);
        return event("checkout.updated", {
          ...{ token: `k${one.checkout}`, startedAt: kept.at.toISOString(), updatedAt: iso, completedAt: completed.get(one.checkout) ?? null, currency: "GBP" },
          ...{
            totalMinor: 5,
            cartToken: kept.cart === null ? null : `t${kept.cart}`,
            recoverUrl: null,
            acceptsMarketing: false,
            lines: [],
            person: person(kept),
          },
        });
      }
      case "order": {
        const kept = first(`order ${one.order}`, one);
        if (one.cancelled && !cancelled.has(one.order)) cancelled.set(one.order, iso);
        return event(one.cancelled ? "order.cancelled" : kept.at === one.at ? "order.placed" : "order.updated", {
          ...{
            orderId: `o${one.order}`,
            name: `#${one.order}`,
            placedAt: kept.at.toISOString(),
            updatedAt: iso,
            cancelledAt: cancelled.get(one.order) ?? null,
          },
          ...{
            test: false,
            source: kept.source,
            currency: "GBP",
            totalMinor: kept.total,
            discountMinor: 0,
            discountCodes: [],
            acceptsMarketing: false,
            lines: [],
          },
          ...{ cartToken: null, checkoutToken: kept.checkout === null ? null : `k${kept.checkout}`, person: person(kept) },
        });
      }
      case "refund":
        return event("order.refunded", { refundId: `r${index}`, orderId: `o${one.order}`, at: iso, amountMinor: one.minor });
      case "customer":
        return event("customer.updated", { ...person(one), locale: one.locale === null ? null : { a: "en-GB", b: "de" }[one.locale], updatedAt: iso });
      case "merge":
        return event("customer.merged", { keptGid: gid(one.kept) as string, deletedGid: gid(one.gone) as string });
      case "consent":
        return event("email-consent.changed", { customerGid: gid(one.customer), email: null, phone: null, state: one.state, at: iso });
    }
  });
}

/** Half a year of orders before all of that, by people of its own: enough for something to be expected of everybody. In the order they were placed. */
export function pastOrders(): NewEvent[] {
  const events = Array.from({ length: 14 }, (_, who) =>
    Array.from({ length: 1 + ((who * 5) % 9) }, (_one, nth): NewEvent => {
      const at = after(firstMoment, -(200 - who * 3 - nth * (4 + who)) * 24 * 60 * minute + who * minute);
      const id = `past-${who}-${nth}`;
      const data: EventData<"order.placed"> = {
        ...{ orderId: id, name: `#${id}`, placedAt: at.toISOString(), updatedAt: at.toISOString(), cancelledAt: null, test: false, source: "web" },
        ...{ currency: "GBP", totalMinor: 5 + ((who * 7 + nth) % 30), discountMinor: 0, discountCodes: [], acceptsMarketing: false, lines: [] },
        ...{ cartToken: null, checkoutToken: null, person: person({ email: 100 + who, customer: 100 + who, country: null }) },
      };
      return { name: "order.placed", sourceId: `order.placed/${id}`, sourceAt: at, occurredAt: at, subject: null, data };
    }),
  ).flat();
  return events.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
}

/** How late each of some events is told: most at once, some hours or days after. */
export const lateness = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 8000 }).map((minutes) => minutes * minute) },
);

/** The moment at which an event is told. */
export const toldAt = (event: NewEvent, late: number): Date => after(event.occurredAt, late);
