// Every word the screens say, by screen. English first; a second language is a second file of the same shape.
import { percent } from "../lib/percent.ts";
import { audienceWords } from "./audience-words.ts";
import { dataWords } from "./data-words.ts";
import { people, plural } from "./counting.ts";
import { homeWords } from "./home-words.ts";
import { editorWords, flowsWords, flowWords } from "./flow-words.ts";
import { peopleWords, profileWords } from "./people-words.ts";
import { builderWords, segmentsWords, segmentWords } from "./segment-words.ts";

export const words = {
  product: "Comeback",
  people,
  nav: { home: "Home", flows: "Flows", segments: "Segments", people: "People", audiences: "Audiences", settings: "Settings" },

  action: {
    save: "Save",
    discard: "Discard",
    cancel: "Cancel",
    back: "Back",
    tryAgain: "Try again",
    dismiss: "Dismiss",
    edit: "Edit",
    open: "Open",
    loading: "Loading",
    showTable: "Show as table",
    showChart: "Show as chart",
    resume: "Resume everything",
  },
  done: {
    saved: "Saved",
    "sender-saved": "Sender saved",
    "test-sent": "Test mail sent",
    "switched-on": "Flow switched on",
    "switched-off": "Flow switched off",
    paused: "Everything is paused",
    resumed: "Everything runs again",
    connected: "Connected",
    disconnected: "Disconnected",
    "account-chosen": "Ad account chosen",
    "audience-started": "Audience started",
    "audience-paused": "Audience paused",
    "audience-resumed": "Audience resumed",
    "audience-stopped": "Audience is being emptied",
    "audience-retried": "Trying again now",
    noted: "Noted",
    downloaded: "File downloaded",
    "pixel-connected": "Pixel connected",
    "sender-asked": "Mail sent",
    comparing: "Comparing with Shopify",
    reading: "Reading your shop's past",
    "taken-back": "Taken back: they are two people again",
    "segment-saved": "Segment saved",
    "segment-deleted": "Segment deleted",
    "rule-copied": "Copied",
  },

  paused: {
    title: "Everything is paused",
    body: "No mail is sent and nobody is added to an audience until you resume. What is due waits; who buys or withdraws still leaves the audiences.",
  },

  trouble: {
    title: "This screen could not be shown",
    body: "Nothing you did was lost, and mails and audiences are not affected. Please try again in a moment.",
    missingTitle: "This is not here",
    missingBody: "It may have been deleted, or it belongs to another shop.",
    toHome: "Go to Home",
    form: "That did not work. Nothing was changed; please try again.",
  },

  ...homeWords,

  credit: { click: "Click in a mail", code: "Code from a mail" },
  person: { unknown: "Unknown person", browser: "Unnamed browser", forgotten: "Forgotten at their request" },

  order: {
    back: "Home",
    facts: "Order",
    placed: "Placed",
    total: "Total",
    refunded: "Refunded",
    discount: "Discount",
    source: "Placed through",
    codes: "Codes",
    test: "Test",
    cancelled: "Cancelled",
    who: "Who",
    email: "Email",
    phone: "Phone",
    country: "Country",
    since: "Known since",
    noPerson: "This order names nobody we know.",
    seePerson: "Everything about this person",
    timeline: "How it came to be",
    creditTitle: "Credit",
    noCredit: "No mail is credited with this order: there was no human click and no code of ours in the 5 days before it.",
    creditBy: {
      click: (when: string) => `A person clicked a mail on ${when}, at most 5 days before ordering.`,
      code: () => "The order used a code that only this mail contained.",
    },
    creditStep: (step: string) => `The mail: ${step}.`,
    recovered: "Recovered: the checkout the mail was about is the one that was completed.",
    notRecovered: {
      "abandoned-checkout": "Not recovered in the strict sense: it was another cart than the one the mail was about.",
      "browse-abandonment": "Not recovered in the strict sense: the mail was about a product that was looked at, not about a cart or checkout.",
    } as Record<string, string>,
    armTitle: "Comparison",
    arm: {
      treated: "In the group that could get mails.",
      "holdout-flow": "In the flow's holdout: got no mails from it.",
      "holdout-shop": "In the shop's holdout: gets nothing on any channel.",
    },
    noArm: "In no comparison: this person came into no flow while it was on.",
    contaminated: "Left out of the analysis: two profiles from both groups turned out to be one person.",
    moment: {
      cart: (items: number) => `Filled a cart (${plural(items, "item", "items")})`,
      checkout: (amount: string) => `Began a checkout of ${amount}`,
      run: {
        treated: (flow: string) => `Entered the flow: ${flow}`,
        holdout: (flow: string) => `Chosen for the holdout: gets nothing from this flow (${flow})`,
      },
      ended: "Left the flow",
      message: (step: string) => `Mail sent: ${step}`,
      notSent: (step: string) => `Mail not sent: ${step}`,
      click: { human: "Clicked by a person", machine: "Opened by a machine" },
      counted: "This click earns the credit",
      order: (name: string, amount: string) => `Ordered ${name} for ${amount}`,
      cancelled: "The order was cancelled",
      refund: (amount: string) => `${amount} refunded`,
      waiting: (flow: string) => `Waits for the next mail of the flow: ${flow}`,
      see: "See the mail",
      seeOrder: "See the order",
      basis: (basis: string) => `Allowed by ${basis}`,
      code: (code: string) => `With code ${code}`,
    },
    consent: {
      single: "Agreed to marketing mail",
      confirmed: "Confirmed agreement to marketing mail",
      out: "Withdrew from marketing mail",
      "implied-sale": "Bought (a business relationship)",
      "implied-inquiry": "Asked (an inquiry)",
      none: "Said nothing",
    } as Record<string, string>,
    consentAt: { checkout: "at the checkout", order: "with an order", shopify: "in Shopify", unsubscribe: "through an unsubscribe link" } as Record<
      string,
      string
    >,
  },

  click: {
    head: "only the header was asked for",
    "no user agent": "it did not say what it is",
    scanner: "a known scanner or preview",
    "too soon": "within two seconds of sending",
    "many at once": "several links at once",
  } as Record<string, string>,

  message: {
    title: "Mail",
    person: "See the person",
    to: "To",
    sent: "Sent",
    subject: "Subject",
    gone: "The content of this mail was erased at the person's request.",
    html: "As it looks",
    text: "Plain text",
    state: { sent: "Sent", failed: "Refused", unknown: "Unknown", intent: "Being prepared", "data-started": "Being sent" } as Record<string, string>,
  },
  step: { reminder: "Reminder", proof: "Questions answered", offer: "Limited offer", "second-look": "Second look" } as Record<string, string>,
  stepKind: { email: "Email", "offer-email": "Email with an offer" },

  reason: {
    ordered: "Bought before the next mail",
    "may have ordered": "Somebody bought who may be the same person",
    "another run of the same person goes on": "Found to be the same person as in another run",
    "checkout gone": "Checkout was deleted",
    "product gone": "Product is no longer in the shop",
    "cart or checkout since": "Filled a cart or began a checkout",
    "reminded lately": "Reminded of another product in the last 14 days",
    "looked too long ago": "Last looked more than 14 days ago",
    "flow switched off": "Flow was switched off",
    uninstalled: "App was uninstalled",
    "no address": "No email address",
    suppressed: "Address is blocked (bounced, complained or erased)",
    "opted out": "Opted out of marketing mail",
    "no consent": "Did not agree to marketing mail",
    "global holdout": "In the shop's holdout",
    "in the shop's holdout": "In the shop's holdout",
    "in the flow's holdout": "In the flow's holdout",
    "too old": "More than 14 days late",
    "every step done": "Got every step",
    "not due": "Waiting for the next step",
    paused: "Waiting: everything is paused",
    "shopper is back": "Waiting: the shopper is back",
    "frequency cap": "Waiting: mailed enough for now",
    "product not known yet": "Waiting: Shopify has not told about the product yet",
    "no offer code": "Waiting for offer codes",
    "something just arrived": "Waiting: something new of this person is being read",
    "being sent": "Being sent",
    "a newer checkout took over": "A newer checkout took over",
    "a checkout took over": "A checkout took over",
    erased: "Forgotten at their request",
    "the message could not be made": "The mail could not be made",
    "the mail server could not be reached for a day": "Mail server out of reach for a day",
    "the mail server asks to try again": "Mail server asks to try again",
    "the mail server refused the address": "Mail server refused the address",
  } as Record<string, string>,

  peopleList: peopleWords,
  profile: profileWords,
  flows: flowsWords,
  flow: flowWords,
  editor: editorWords,
  segments: segmentsWords,
  segment: segmentWords,
  builder: builderWords,

  audiences: audienceWords,

  settings: {
    title: "Settings",
    senderTitle: "Sender",
    senderHelp: "Who mails come from, and the address at their foot.",
    confirmed: (when: string) => `Confirmed on ${when}`,
    unconfirmed: "Not confirmed yet",
    pauseTitle: "Pause everything",
    pauseHelp: "Stops all mail and all additions to audiences at once. What is due waits until you resume.",
    pause: "Pause everything",
    resume: "Resume",
    pauseConfirmTitle: "Pause everything?",
    pauseConfirm: "No mail is sent and nobody is added to an audience until you resume. Who buys or withdraws still leaves the audiences.",
    pausedSince: (when: string) => `Paused since ${when}.`,
    measureTitle: "Measuring",
    holdoutLabel: "Shop holdout, in percent",
    holdoutHelp: `People who get nothing on any channel, ads included, so that everything together can be measured. ${percent(5)} is a good start, ${percent(20)} the most. A change counts for people who are assigned from now on.`,
    offlineLabel: "Count point-of-sale and draft orders",
    offlineHelp: "They then count as revenue, and as a purchase that ends a flow.",
    data: dataWords,
    rejectedTitle: "Webhooks that could not be understood",
    rejectedHelp: "Signed by Shopify, kept for 14 days with the reason, and not counted anywhere.",
    rejectedEmpty: "None. Everything Shopify sent was understood.",
    topic: "Topic",
    reason: "Reason",
    when: "When",
    privacyTitle: "Privacy requests",
    privacyHelp: "Shopify passes these on. Erasures are done by themselves; a data request is answered with a file that you hand over.",
    privacyEmpty: "None so far.",
    kind: { "data-request": "Data request", "customer-redact": "Erase a person", "shop-redact": "Erase the shop" } as Record<string, string>,
    asked: "Asked",
    due: "Due by",
    state: "State",
    answered: (when: string) => `Done on ${when}`,
    open: "Open",
    download: "Download file",
    downloadFailed: "The file could not be opened. Please try again.",
    databaseTitle: "Where the data lies",
    embedded:
      "The embedded database is in use. It runs without fsync: after a power cut the last moments can be missing. That is fine for trying Comeback out; for a real shop set DATABASE_URL to a PostgreSQL server.",
    noFsync: "The database runs without fsync: after a power cut acknowledged data can be missing.",
    server: "A PostgreSQL server is in use, and what it acknowledges is on disk.",
    scopesTitle: "What Comeback may read and change in Shopify",
    granted: "Granted",
    notGranted: "Not granted",
    olderOrders:
      "Orders older than 60 days would need read_all_orders, which Comeback does not ask for: figures begin 60 days before the installation at the earliest.",
    scopes: {
      read_orders: "Carts, checkouts, orders and refunds: who left what behind, and what was bought.",
      read_customers: "Names, addresses and marketing consent: whom to write to, and whom not.",
      read_customer_merge: "When two customers are merged, so that one person is never written to twice.",
      read_products: "Title, picture, price and address of a product, for mails about something a shopper looked at; its vendor and collections, for segments.",
      read_inventory: "When stock changes: collections with a rule on stock are then read again, for segments.",
      read_discounts: "Whether offer codes were made.",
      write_discounts: "Making unique codes for the offer step.",
      write_pixels: "Starting the pixel that tells who looked at what, once the shopper agrees.",
      read_customer_events: "Hearing what shoppers do in the shop, through that pixel.",
    } as Record<string, string>,
  },

  connect: {
    badTitle: "This connection attempt is not valid",
    badBody: "It was started more than 15 minutes ago, or not from Comeback. Open Comeback in your Shopify admin and connect again.",
    failedTitle: "The connection was not completed",
    failedBody: "Nothing was connected. Open Comeback in your Shopify admin and try again.",
    deniedTitle: "Nothing was connected",
    deniedBody: "You did not give Comeback access. That is fine; you can do it whenever you like.",
  },

  site: {
    title: "Comeback for Shopify",
    intro: "Comeback brings back people who left a checkout, by mail and by ads, and shows what came back because of it.",
    open: "It lives in your Shopify admin. To install or open it, enter your shop's domain.",
    shopLabel: "Shop domain",
    shopHelp: "The one that ends in .myshopify.com, for example your-shop.myshopify.com.",
    submit: "Continue to Shopify",
    problem: { missing: "Enter your shop's domain.", invalid: "This is not a shop's domain. It ends in .myshopify.com." },
    pricing: "Pricing",
    privacy: "Privacy",
    terms: "Terms",
  },
} as const;

/** A reason as it stands in the database, in words a merchant can read. */
export function reasonWords(reason: string | null): string {
  return reason === null ? "" : (words.reason[reason] ?? reason);
}

/** The name of a step, by its key. */
export function stepName(key: string): string {
  return words.step[key] ?? key;
}

/** The name of a flow, by its key. */
export function flowName(key: string): string {
  return (words.flow.each as Record<string, { name: string }>)[key]?.name ?? key;
}

export type PersonNames = { firstName: string | null; lastName: string | null; email: string | null };

/** How a person is called on screen: by name, else by address. */
export function personName(person: PersonNames): string {
  const name = [person.firstName, person.lastName].filter((part) => part !== null && part !== "").join(" ");
  return name !== "" ? name : (person.email ?? words.person.unknown);
}

/** The same among whom there are browsers that nobody has named. */
export function whoever(person: PersonNames): string {
  return person.email === null && person.firstName === null && person.lastName === null ? words.person.browser : personName(person);
}

/** Hours as people say them: 0 → At once, 48 → 2 days, 30 → 30 hours. */
export function waitWords(hours: number): string {
  if (hours === 0) return words.flow.at_once;
  return hours % 24 === 0 ? words.flow.days(hours / 24) : words.flow.hours(hours);
}

/** The ad platforms that the screens have words for. */
export type PlatformId = keyof typeof words.audiences.platforms;
