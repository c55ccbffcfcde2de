// How often things happen in a small shop. Where a figure was published it is named; the rest are assumptions, and said to be.

export const rates = {
  /**
   * Carts that end in an order: 29.81 % (70.19 % are left, quoted from Baymard). Orders come straight from the checkout, or later from a checkout that
   * was left; the two below give that share.
   */
  cartsOrdered: 0.2981,
  /** Checkouts with an address that are paid for at once. Assumed: about half of those who type their address in leave. */
  checkoutsPaid: 0.45,
  /** Of those who left, who comes back without a word from anybody, within 12 days. Assumed. */
  backAnyway: 0.2,
  /**
   * Visits for one order. Shops see 2 to 3 orders in 100 visits; the Online Shoppers Purchasing Intention data has 15 in 100 (sessions that were worth
   * keeping). A world that tells of every visit that bounces would do little else, so these are the visits of more than a moment.
   */
  visitsPerOrder: 8,
  /** Orders that are given back, in whole or in part, and orders that are cancelled. Online Retail: 1.7 % of its lines stand on cancellations. Assumed for orders. */
  refunded: 0.06,
  refundedWhole: 0.6,
  cancelled: 0.015,
  /** Whoever comes once comes again: 40 % of the CDNOW sample bought again within a year and a half. */
  comesAgain: 0.34,
  /** People with a second address, and how often they pay with it. Assumed. */
  secondAddress: 0.2,
  paysWithSecond: 0.15,
  /** People with a second browser, and browsers that two people share. Assumed. */
  secondDevice: 0.35,
  sharedDevice: 0.04,
  /** Who ticks the box for news at the checkout, and of those who bought, who takes it back later in the shop. Assumed. */
  newsletter: 0.42,
  newsletterEnds: 0.05,
  /** Who lets herself be counted where a banner asks first (Europe, the United Kingdom), and where it only tells. Assumed. */
  acceptsBanner: 0.55,
  declinesNotice: 0.06,
  /** Clicks of people who do not buy by it. Klaviyo 2024, all flows: 5.31 of 100 mails are clicked. */
  idleClick: 0.04,
  /** Whoever is about to buy anyway clicks as well, now and then: credited, and yet not earned. Assumed. */
  anywayClick: 0.3,
  /** Who was won by a mail comes through its link; the others open the shop themselves. Assumed. */
  wonByClick: 0.9,
  /** Klaviyo 2024, all flows: 0.73 of 100 mails end in an unsubscription. */
  unsubscribes: 0.0073,
  oneClickUnsubscribe: 0.6,
  /** Addresses behind software that opens links before people do. Assumed. */
  scanned: 0.12,
  /** Robots among whoever loads the shop's pages and runs its scripts. Assumed. */
  botVisits: 0.03,
} as const;

/** Which mail wins whoever can be won: the first, the second, or the one with an offer. Assumed. */
export const wonBy = [0.55, 0.2, 0.25] as const;

/** Where people live. A shop in Edinburgh sells at home first; all kinds of consent law are among them. Assumed. */
export const countries = [
  ["GB", 52],
  ["US", 22],
  ["IE", 6],
  ["DE", 6],
  ["FR", 5],
  ["CA", 4],
  ["AU", 3],
  ["NL", 2],
] as const;

/** Where a banner asks before anything is counted. */
export const asksFirst: readonly string[] = ["GB", "IE", "DE", "FR", "NL"];
