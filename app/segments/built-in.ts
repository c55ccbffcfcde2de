// The segments every shop begins with, each a rule over what a profile has in hand, and the moment at which time alone changes it.
import { finishedBy, noFacts, type Facts } from "../commerce/facts.ts";
import { after, day, earliest, hour } from "../lib/time.ts";
import { noVisit, type Visit } from "../visits/visit.ts";
import type { Membership } from "./evaluate.ts";

/** Everything a rule may ask of a profile. */
export type Seen = Facts & { visit: Visit };
export const nothingSeen: Seen = { ...noFacts, visit: noVisit };

export type SegmentKey =
  | "cart-abandoners"
  | "checkout-abandoners"
  | "form-abandoners"
  | "new-visitors"
  | "past-purchasers"
  | "product-viewers"
  | "recent-buyers"
  | "returning-visitors";

export type Segment = {
  key: SegmentKey;
  name: string;
  rule: string;
  decide: (facts: Seen, now: Date) => Membership;
  /** How long after an entry another subject of somebody who is in is a new entry. Absent: it never is. */
  anew?: number;
};

/** A cart or checkout counts as left behind after an hour without a change, and is worth a word for 30 days. */
export const abandonedAfter = hour;
export const abandonedFor = 30 * day;
const recent = 30 * day;
/** How long a look at a product is worth a word. */
export const viewedFor = 14 * day;
const newFor = 7 * day;
const returningWithin = 30 * day;
const formFor = 14 * day;

type Window = { from: Date; until: Date | null; subject: string | null };

/** In while any half-open window [from, until) holds now; the newest one that does is the subject. */
function within(windows: Window[], now: Date): Membership {
  const open = windows.filter((one) => one.from <= now && (one.until === null || now < one.until)).sort((a, b) => b.from.getTime() - a.from.getTime());
  const edges = windows.flatMap((one) => [one.from, one.until]).filter((at): at is Date => at !== null && at > now);
  return { member: open.length > 0, subject: open[0]?.subject ?? null, changesAt: earliest(edges) };
}

function abandoned(updatedAt: Date, subject: string): Window {
  return { from: after(updatedAt, abandonedAfter), until: after(updatedAt, abandonedFor), subject };
}

/** Whether anything was ordered at or after an instant: who bought since is not reminded of what she left before. */
const boughtSince = (facts: Facts, at: Date) => facts.orders.some((order) => order.placedAt >= at);

export const builtIn: Segment[] = [
  {
    key: "checkout-abandoners",
    anew: 0,
    name: "Checkout abandoners",
    rule: "left a checkout with contact details at least 1 hour and at most 30 days ago, and did not order since",
    decide: (facts, now) =>
      within(
        facts.checkouts
          .filter(
            (one) => one.reachable && one.completedAt === null && !facts.orders.some((order) => finishedBy(order, one)) && !boughtSince(facts, one.updatedAt),
          )
          .map((one) => abandoned(one.updatedAt, one.token)),
        now,
      ),
  },
  {
    key: "cart-abandoners",
    anew: 0,
    name: "Cart abandoners",
    rule: "left a cart with something in it at least 1 hour and at most 30 days ago, and did not order since",
    decide: (facts, now) =>
      within(
        facts.carts
          .filter((one) => one.itemCount > 0 && !facts.orders.some((order) => order.cartToken === one.token) && !boughtSince(facts, one.updatedAt))
          .map((one) => abandoned(one.updatedAt, one.token)),
        now,
      ),
  },
  {
    key: "past-purchasers",
    name: "Past purchasers",
    rule: "ordered at least once",
    decide: (facts, now) =>
      within(
        facts.orders.map((order) => ({ from: order.placedAt, until: null, subject: order.orderId })),
        now,
      ),
  },
  {
    key: "recent-buyers",
    name: "Recent buyers",
    rule: "ordered in the last 30 days",
    decide: (facts, now) =>
      within(
        facts.orders.map((order) => ({ from: order.placedAt, until: after(order.placedAt, recent), subject: order.orderId })),
        now,
      ),
  },
  {
    key: "product-viewers",
    // Every look a line of its own would make the change log as long as the log of events.
    anew: day,
    name: "Product viewers without a cart",
    rule: "looked at a product in the last 14 days, and put nothing into a cart, started no checkout and ordered nothing since",
    decide: (facts, now) => {
      const { productViewedAt: at, productId, cartAddedAt } = facts.visit;
      if (at === null || (cartAddedAt !== null && cartAddedAt >= at) || boughtSince(facts, at)) return within([], now);
      if (facts.carts.some((one) => one.itemCount > 0 && one.updatedAt >= at) || facts.checkouts.some((one) => one.updatedAt >= at)) return within([], now);
      return within([{ from: at, until: after(at, viewedFor), subject: productId }], now);
    },
  },
  {
    key: "form-abandoners",
    anew: 0,
    name: "Form abandoners",
    rule: "began a form and left it in the last 14 days, and sent none and ordered nothing since",
    decide: (facts, now) => {
      const { formAbandonedAt: at, form, formSubmittedAt } = facts.visit;
      if (at === null || (formSubmittedAt !== null && formSubmittedAt >= at) || boughtSince(facts, at)) return within([], now);
      return within([{ from: at, until: after(at, formFor), subject: `${form ?? "form"}/${at.toISOString()}` }], now);
    },
  },
  {
    key: "new-visitors",
    name: "New visitors",
    rule: "came for the first time in the last 7 days, and never ordered",
    decide: ({ visit: { firstSeenAt }, orders }, now) =>
      within(firstSeenAt === null || orders.length > 0 ? [] : [{ from: firstSeenAt, until: after(firstSeenAt, newFor), subject: null }], now),
  },
  {
    key: "returning-visitors",
    name: "Returning visitors",
    rule: "came on at least 2 days of the last 30",
    // From the second of two days until the first of them is too long ago.
    decide: ({ visit: { days } }, now) =>
      within(
        days
          .flatMap((first, index) => {
            const second = days[index + 1];
            return second === undefined ? [] : [{ from: second, until: after(first, returningWithin), subject: null }];
          })
          .filter((one) => one.from < one.until),
        now,
      ),
  },
];

/** A built-in segment by its key, or null. */
export function segmentOf(key: string): Segment | null {
  return builtIn.find((one) => one.key === key) ?? null;
}
