// What really happened, by the simulator's own count. Nothing here was asked of the product.
import { orderTotalMinor } from "../shopify/order-payload.ts";
import type { Standing } from "./deeds.ts";
import type { Person } from "./plan.ts";

/** A click of a person on a link in a mail. `order` is about when she paid; see `creditOf`. */
export type Click = { standing: Standing; to: string; at: Date };

export type Tallies = {
  standings: Standing[];
  clicks: Click[];
  /** Codes that were handed out, and where. */
  codes: Map<string, { standing: Standing; at: Date }>;
  mails: number;
  /** Mails that software opened and no person clicked, mails that a person clicked. */
  scannedMails: Set<string>;
  clickedMails: Set<string>;
  unsubscribed: Set<string>;
  orders: number;
  /** What the pixels of people told, by the name of the event, and the browsers that told it. */
  told: Map<string, number>;
  visitors: Set<string>;
  /** Requests of robots, which are turned away. */
  robots: number;
  heard: (person: Person, body: string) => void;
  /** Mails that no left checkout explains: to somebody who had paid, or never left one. There must be none. */
  strayMails: string[];
};

export function newTallies(): Tallies {
  const tallies: Tallies = {
    ...{ standings: [], clicks: [], codes: new Map(), mails: 0, orders: 0, scannedMails: new Set(), clickedMails: new Set(), unsubscribed: new Set() },
    ...{ told: new Map(), visitors: new Set(), robots: 0, strayMails: [] },
    heard(person, body) {
      if (person.robot) {
        tallies.robots += 1;
        return;
      }
      for (const { name, visitor } of (JSON.parse(body) as { events: { name: string; visitor: string }[] }).events) {
        tallies.told.set(name, (tallies.told.get(name) ?? 0) + 1);
        tallies.visitors.add(visitor);
      }
    },
  };
  return tallies;
}

export type Ledger = {
  people: number;
  /** Browsers that told of themselves, and what they told, by name; requests of robots. */
  visitors: number;
  told: Record<string, number>;
  robots: number;
  carts: number;
  checkouts: number;
  orders: number;
  customers: number;
  grossMinor: number;
  cancelled: number;
  refunds: number;
  refundsMinor: number;
  /**
   * Checkouts with an address that were left for an hour or more, whatever came of them; and those that the worker found so when it woke, which are fewer:
   * who comes back before has never been missed. The product's runs are the second number.
   */
  left: number;
  abandoned: number;
  abandonedPeople: number;
  cameBackAnyway: number;
  wonByMail: number;
  mails: number;
  mailedPeople: number;
  clickedMails: number;
  scannedOnlyMails: number;
  unsubscribed: number;
  /** Orders of which the last click, or the code, in the five days before was one of ours; of those, the ones that finished the very checkout of the mail. */
  credited: { orders: number; minor: number; recoveredOrders: number; recoveredMinor: number };
  /** What would not have been bought without a mail, net of what was given back. */
  incrementalMinor: number;
  /**
   * Of it, what was bought within 14 days after its person first left a checkout: the truth that the experiment is after. The product cannot see all of it:
   * whoever pays with another address has another purse there.
   */
  incrementalInWindowMinor: number;
  strayMails: string[];
};

const day = 86_400_000;
const creditWindow = 5 * day;
const experimentWindow = 14 * day;
const hour = 3_600_000;

/** What an order brought in the end; nothing where it was cancelled. */
export function netMinor(one: Standing): number {
  return one.order === null || one.order.cancelledAt !== null ? 0 : Math.max(0, orderTotalMinor(one.order) - one.order.refundedMinor);
}

/** Adds it all up as it stands. */
export function ledgerOf(tallies: Tallies): Ledger {
  const { standings } = tallies;
  const carts = standings.filter((one) => one.cart !== null);
  const ordered = standings.filter((one) => one.order !== null);
  const placed = ordered.filter((one) => one.order?.cancelledAt === null);
  const left = standings.filter((one) => one.leftAt !== null && (one.paidAt === null || one.paidAt.getTime() - one.leftAt.getTime() >= hour));
  const credits = placed.flatMap((one) => {
    const credit = creditOf(one, tallies);
    return credit === null ? [] : [{ one, recovered: credit.recovered }];
  });
  const sum = (list: Standing[]) => list.reduce((total, one) => total + netMinor(one), 0);
  const abandoned = standings.filter((one) => one.abandonedAt !== null);
  const firstOf = new Map<string, number>();
  for (const { person, abandonedAt } of abandoned) firstOf.set(person.key, Math.min(firstOf.get(person.key) ?? Infinity, abandonedAt?.getTime() ?? Infinity));
  const won = placed.filter((one) => one.paidBy === "won");
  const inWindow = (one: Standing): boolean => (one.paidAt?.getTime() ?? Infinity) < (firstOf.get(one.person.key) ?? -Infinity) + experimentWindow;
  const refunded = placed.filter((one) => one.refundedMinor > 0);
  return {
    people: new Set(standings.map((one) => one.person.key)).size,
    visitors: tallies.visitors.size,
    told: Object.fromEntries([...tallies.told].sort(([one], [other]) => (one < other ? -1 : 1))),
    robots: tallies.robots,
    carts: carts.length,
    checkouts: standings.filter((one) => one.checkout !== null).length,
    orders: placed.length,
    customers: new Set(placed.map((one) => one.order?.customerId)).size,
    grossMinor: placed.reduce((total, one) => total + (one.order === null ? 0 : orderTotalMinor(one.order)), 0),
    cancelled: ordered.length - placed.length,
    refunds: refunded.length,
    refundsMinor: refunded.reduce((total, one) => total + one.refundedMinor, 0),
    left: left.length,
    abandoned: abandoned.length,
    abandonedPeople: firstOf.size,
    cameBackAnyway: placed.filter((one) => one.paidBy === "anyway").length,
    wonByMail: won.length,
    mails: tallies.mails,
    mailedPeople: new Set(standings.filter((one) => one.mails > 0).map((one) => one.person.key)).size,
    clickedMails: tallies.clickedMails.size,
    scannedOnlyMails: [...tallies.scannedMails].filter((mail) => !tallies.clickedMails.has(mail)).length,
    unsubscribed: tallies.unsubscribed.size,
    credited: {
      orders: credits.length,
      minor: sum(credits.map(({ one }) => one)),
      recoveredOrders: credits.filter(({ recovered }) => recovered).length,
      recoveredMinor: sum(credits.filter(({ recovered }) => recovered).map(({ one }) => one)),
    },
    incrementalMinor: sum(won),
    incrementalInWindowMinor: sum(won.filter(inWindow)),
    strayMails: tallies.strayMails,
  };
}

/** The last thing of ours that she used in the five days before she paid: a link about this checkout or in a mail to the address she paid with, or a code. */
function creditOf(one: Standing, tallies: Tallies): { recovered: boolean } | null {
  const { order, paidAt } = one;
  if (order === null || paidAt === null) return null;
  const touches = tallies.clicks
    .filter((click) => (click.standing === one || click.to === order.email) && within(click.at, paidAt))
    .map((click) => ({ at: click.at, standing: click.standing }));
  for (const { code } of order.discountCodes) {
    const given = tallies.codes.get(code);
    if (given !== undefined && within(given.at, paidAt)) touches.push(given);
  }
  const last = touches.sort((a, b) => b.at.getTime() - a.at.getTime())[0];
  return last === undefined ? null : { recovered: last.standing === one };
}

const within = (touch: Date, paidAt: Date) => touch <= paidAt && touch.getTime() > paidAt.getTime() - creditWindow;
