// Every word the screens say, by screen. English first; a second language is a second file of the same shape.

const people = (count: number) => (count === 1 ? "1 person" : `${count.toLocaleString("en")} people`);
const plural = (count: number, one: string, many: string) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

export const words = {
  product: "Comeback",
  people,
  nav: { home: "Home", flow: "Flow", audiences: "Audiences", settings: "Settings" },

  action: {
    save: "Save", discard: "Discard", cancel: "Cancel", back: "Back", tryAgain: "Try again", dismiss: "Dismiss", edit: "Edit", open: "Open", loading: "Loading",
    showTable: "Show as table", showChart: "Show as chart", resume: "Resume everything",
  },
  done: {
    saved: "Saved", "sender-saved": "Sender saved", "test-sent": "Test mail sent", "switched-on": "Flow switched on", "switched-off": "Flow switched off", paused: "Everything is paused", resumed: "Everything runs again",
    connected: "Connected", disconnected: "Disconnected", "account-chosen": "Ad account chosen", "audience-started": "Audience started", "audience-paused": "Audience paused", "audience-resumed": "Audience resumed",
    "audience-stopped": "Audience is being emptied", "audience-retried": "Trying again now", noted: "Noted", downloaded: "File downloaded",
  },

  paused: { title: "Everything is paused", body: "No mail is sent and nobody is added to an audience until you resume. What is due waits; who buys or withdraws still leaves the audiences." },

  trouble: {
    title: "This screen could not be shown", body: "Nothing you did was lost, and mails and audiences are not affected. Please try again in a moment.",
    missingTitle: "This is not here", missingBody: "It may have been deleted, or it belongs to another shop.", toHome: "Go to Home",
    form: "That did not work. Nothing was changed; please try again.",
  },

  setup: {
    title: "Set up Comeback", progress: (done: number, all: number) => `${done} of ${all} done`, completeTitle: "You are set up", completeBody: "The flow is on. The first figures appear when somebody leaves a checkout.",
    doneLabel: "Done", openLabel: "To do",
    steps: {
      sender: { title: "Say who the mails come from", why: "People open mail from a name they know, and the law wants a postal address in every marketing mail.", button: "Add sender and address" },
      audience: { title: "Connect Meta and start an audience", why: "Brings people back on Facebook and Instagram. People who buy, or withdraw, are taken out again by themselves.", button: "Connect Meta" },
      "test-mail": { title: "Send yourself a test mail", why: "See what your shoppers will see, in your own mailbox, before anybody else does.", button: "Send a test mail" },
      "switch-on": { title: "Switch the flow on", why: "Nothing is ever sent before you do. Only checkouts left after that moment are mailed about.", button: "Go to the flow" },
    },
  },

  home: {
    title: "Home", periodLabel: "Period", periods: { "7": "7 days", "30": "30 days", "90": "90 days", all: "All time" },
    emptyTitle: "Your figures will stand here", emptyBody: "As soon as orders, carts and checkouts arrive from your shop they are counted here: what you sold, what came back because of a mail, and whether that can be proven.",
    proven: {
      title: "Recovered revenue, proven", explain: "What people who could get mails spent in the 14 days after leaving a checkout, minus what the same number of people who got nothing spent. The line shows where the true figure lies with 95 % certainty.",
      notEnough: "Not enough data yet",
      notEnoughBody: (have: number, need: number) => `${people(have)} of the ${need} needed in the holdout so far. The holdout gets no mails, so that its purchases show what would have come back anyway.`,
      daysLeft: (days: number) => `At this pace about ${plural(days, "more day", "more days")}.`, noPace: "It is too early to say how long that takes.", few: "A comparison needs at least 20 buyers in both groups together as well.",
      allTime: (amount: string) => `Over all time it is ${amount}.`, allTimeLink: "Show all time", interval: (low: string, high: string) => `95 % certain: between ${low} and ${high}`,
      unproven: "Zero lies within the interval: this may still be chance.", provenNote: "The whole interval lies above zero: this is not chance.", broken: "This comparison is switched off",
      plotLabel: (low: string, point: string, high: string) => `Estimate ${point}; 95 % interval from ${low} to ${high}.`, groups: (treated: number, holdout: number) => `Compared: ${people(treated)} who could get mails with ${people(holdout)} who got nothing.`,
    },
    attributed: { title: "Attributed", explain: "Net value of orders placed within 5 days after somebody clicked a link in a mail, or used its code. One order counts once, for the last click.", orders: (count: number) => plural(count, "order", "orders") },
    recovered: { title: "Recovered, strictly", explain: "The part of it where the very checkout or cart that the mail was about was completed after the click." },
    revenue: {
      title: "Revenue", gross: "Gross revenue", grossExplain: "Everything ordered in this period, before refunds. Tests and cancelled orders do not count.", refunds: "Refunds", refundsExplain: "Given back in this period, for orders of any date.",
      unmatched: (count: number, amount: string) => `Of which ${amount} in ${plural(count, "refund", "refunds")} for orders that Comeback never saw.`, net: "Net revenue", netExplain: "Gross revenue minus refunds.",
      orders: "Orders", ordersExplain: "Orders that make up gross revenue.", customers: "Customers", customersExplain: "Different people among them.",
    },
    chart: {
      title: { day: "Revenue per day", week: "Revenue per week", month: "Revenue per month" }, gross: "Gross", attributed: "Attributed", label: "Bars of gross revenue and, within it, what is attributed to mails. The same figures are in the table.",
      period: { day: "Day", week: "Week from", month: "Month" }, empty: "No orders in this period.",
    },
    messages: {
      title: "Messages", sent: "Sent", sentExplain: "Accepted by the mail server.", clicked: "Clicked by people", clickedExplain: "Scanners and link previews are recognised and left out. Opens are not counted: they can no longer be told from machines.",
      unsubscribed: "Unsubscribed", unsubscribedExplain: "People who ended marketing mail.", failed: (count: number) => `${plural(count, "message was", "messages were")} refused by the mail server.`,
      unknown: (count: number) => `${plural(count, "message", "messages")} may or may not have arrived: the connection broke, and nothing is ever sent twice.`, skipsTitle: "Not sent, and why", skipsEmpty: "Nobody was left out in this period.",
    },
    orders: {
      title: "Orders that came back", order: "Order", person: "Who", placed: "Placed", value: "Net value", credit: "Credited by", recovered: "Recovered", empty: "No order in this period is credited to a mail.", previous: "Newer orders", next: "Older orders",
    },
  },

  credit: { click: "Click in a mail", code: "Code from a mail" },
  person: { unknown: "Unknown person", forgotten: "Forgotten at their request" },

  order: {
    back: "Home", facts: "Order", placed: "Placed", total: "Total", refunded: "Refunded", discount: "Discount", source: "Placed through", codes: "Codes", test: "Test", cancelled: "Cancelled", who: "Who", email: "Email", phone: "Phone", country: "Country", since: "Known since",
    noPerson: "This order names nobody we know.", timeline: "How it came to be", creditTitle: "Credit", noCredit: "No mail is credited with this order: there was no human click and no code of ours in the 5 days before it.",
    creditBy: { click: (when: string) => `A person clicked a mail on ${when}, at most 5 days before ordering.`, code: () => "The order used a code that only this mail contained." },
    creditStep: (step: string) => `The mail: ${step}.`, recovered: "Recovered: the checkout the mail was about is the one that was completed.", notRecovered: "Not recovered in the strict sense: it was another cart than the one the mail was about.",
    armTitle: "Comparison", arm: { treated: "In the group that could get mails.", "holdout-flow": "In the flow's holdout: got no mails from it.", "holdout-shop": "In the shop's holdout: gets nothing on any channel." }, noArm: "In no comparison: this person never left a checkout while the flow was on.", contaminated: "Left out of the analysis: two profiles from both groups turned out to be one person.",
    moment: {
      cart: (items: number) => `Filled a cart (${plural(items, "item", "items")})`, checkout: (amount: string) => `Began a checkout of ${amount}`, run: { treated: "Entered the flow", holdout: "Chosen for the holdout: gets nothing" }, ended: "Left the flow", message: (step: string) => `Mail sent: ${step}`, notSent: (step: string) => `Mail not sent: ${step}`,
      click: { human: "Clicked by a person", machine: "Opened by a machine" }, counted: "This click earns the credit", order: (name: string, amount: string) => `Ordered ${name} for ${amount}`, cancelled: "The order was cancelled", refund: (amount: string) => `${amount} refunded`, see: "See the mail", basis: (basis: string) => `Allowed by ${basis}`, code: (code: string) => `With code ${code}`,
    },
    consent: { single: "Agreed to marketing mail", confirmed: "Confirmed agreement to marketing mail", out: "Withdrew from marketing mail", "implied-sale": "Bought (a business relationship)", "implied-inquiry": "Asked (an inquiry)", none: "Said nothing" } as Record<string, string>,
    consentAt: { checkout: "at the checkout", order: "with an order", shopify: "in Shopify", unsubscribe: "through an unsubscribe link" } as Record<string, string>,
  },

  click: { head: "only the header was asked for", "no user agent": "it did not say what it is", scanner: "a known scanner or preview", "too soon": "within two seconds of sending", "many at once": "several links at once" } as Record<string, string>,

  message: { title: "Mail", to: "To", sent: "Sent", subject: "Subject", gone: "The content of this mail was erased at the person's request.", html: "As it looks", text: "Plain text", state: { sent: "Sent", failed: "Refused", unknown: "Unknown", intent: "Being prepared", "data-started": "Being sent" } as Record<string, string> },
  step: { reminder: "Reminder", proof: "Questions answered", offer: "Limited offer" } as Record<string, string>,
  stepKind: { email: "Email", "offer-email": "Email with an offer" },

  reason: {
    ordered: "Bought before the next mail", "checkout gone": "Checkout was deleted", "flow switched off": "Flow was switched off", uninstalled: "App was uninstalled", "no address": "No email address", suppressed: "Address is blocked (bounced, complained or erased)", "opted out": "Opted out of marketing mail",
    "no consent": "Did not agree to marketing mail", "global holdout": "In the shop's holdout", "in the shop's holdout": "In the shop's holdout", "in the flow's holdout": "In the flow's holdout", "too old": "More than 14 days late", "every step done": "Got every step", "not due": "Waiting for the next step", paused: "Waiting: everything is paused",
    "shopper is back": "Waiting: the shopper is back", "frequency cap": "Waiting: mailed enough for now", "no offer code": "Waiting for offer codes", "being sent": "Being sent", "a newer checkout took over": "A newer checkout took over", erased: "Forgotten at their request", "the message could not be made": "The mail could not be made",
    "the mail server could not be reached for a day": "Mail server out of reach for a day", "the mail server asks to try again": "Mail server asks to try again", "the mail server refused the address": "Mail server refused the address",
  } as Record<string, string>,

  flow: {
    title: "Flow", name: "Abandoned checkout", on: "On", off: "Off", intro: "Writes to people who began a checkout, left their address and agreed to hear from you, and stops the moment they buy.", switchOn: "Switch on", switchOff: "Switch off",
    offTitle: "Switch the flow off?", offBody: (runs: number) => (runs === 0 ? "Nobody is going through it right now. You can switch it on again at any time." : `${people(runs)} are going through it right now. Their remaining mails will not be sent, and they do not return when you switch it on again.`),
    missingTitle: "Before it can be switched on", missing: { sender: "Say who the mails come from", "postal-address": "Give your postal address", "test-mail": "Send yourself a test mail", "other-mails": "Answer about other reminders" },
    ready: "Everything is in place. Only checkouts left from now on are mailed about.",
    senderName: "Sender name", senderNameHelp: "What people see in their inbox, usually your shop's name.", senderAddress: "Sender address", senderAddressHelp: "Replies arrive here. It must belong to a domain that your mail server may send for.", postalAddress: "Postal address", postalAddressHelp: "Stands at the foot of every mail, as the law requires.", saveSender: "Save sender",
    testTo: "Send the test to", testHelp: "The first step, filled with a sample cart.", sendTest: "Send test mail", testSentAt: (to: string, when: string) => `Last sent to ${to} on ${when}.`,
    testProblem: { "no-sender": "Save the sender first.", "no-step": "There is no step to send.", refused: "The mail server refused it", unreached: "The mail server could not be reached" },
    otherLabel: "No other tool reminds people of their abandoned checkouts", otherHelp: "Two reminders for one cart is the commonest complaint. Shopify's own stands in Settings, Notifications, Abandoned checkout; other mail apps have theirs. Switch those off, then tick this.",
    stepsTitle: "Steps", waitFirst: (hours: string) => `${hours} after the checkout counts as left (one hour without a change)`, waitNext: (hours: string) => `${hours} after the step before`, at_once: "At once", hours: (count: number) => plural(count, "hour", "hours"), days: (count: number) => plural(count, "day", "days"),
    stepOn: "On", stepOff: "Off", editStep: (step: string) => `Edit ${step}`, turnOn: "Turn on", turnOff: "Turn off", offer: (percent: number, days: number) => `${percent} % off, unique code, valid for ${plural(days, "day", "days")}`, poolProblem: "Shopify does not make the codes for this offer",
    holdoutTitle: "Holdout", holdoutLabel: "People who get nothing from this flow, in percent", holdoutHelp: "Chosen by chance, so that what came back can be compared with what would have come back anyway. Without a holdout nothing can be proven. 10 % is a good start; a change counts for people who leave a checkout from now on.",
    runsTitle: "Who went through", runsEmpty: "Nobody yet. When the flow is on, everybody who leaves a checkout appears here, with what was sent or why not.", reasonsTitle: "Where people stand, and why nothing was sent", person: "Who", state: "State", reason: "Why", next: "Next", when: "When", started: "Checkout left", sent: "Sent",
    runState: { active: "Under way", done: "Ended", exited: "Left early" } as Record<string, string>, arm: { holdout: "Holdout" }, lastRuns: (count: number) => `The latest ${count}`,
  },

  editor: {
    wait: "Wait, in hours", waitHelp: { first: "After the checkout counts as left: one hour without a change.", next: "After the step before." }, subject: "Subject", preheader: "Preview text", preheaderHelp: "The line after the subject in most inboxes.", heading: "Heading", body: "Text", bodyHelp: "An empty line begins a new paragraph. You can use {{ first_name }}, {{ shop_name }}, {{ first_item }}, {{ cart_total }} and, with an offer, {{ offer_code }}, {{ offer_percent }} and {{ offer_until }}.",
    button: "Button", percent: "Discount, in percent", validDays: "Valid for, in days", validHelp: "Counted from the moment the mail is sent. Every person gets a code of their own that works once.", enabled: "This step is on", message: "What the mail says", timing: "When it is sent", offerTitle: "The offer", preview: "Preview", previewNote: "With a made-up person and cart.", views: { desktop: "Desktop", phone: "Phone", text: "Plain text" },
    previewProblem: "There is no preview while something in the text is not right.", previewTitle: "Preview of the mail", sendTest: "Send a test of this step", testSaved: "Save first: the test shows what is saved.",
  },

  audiences: {
    title: "Audiences", meta: "Meta", metaIntro: "Keeps a custom audience on Facebook and Instagram equal to a segment of yours: people enter and leave it by themselves.", notConnected: "Not connected", connected: "Connected", chooseState: "Choose an ad account", reconnectState: "Reconnect needed",
    connect: "Connect Meta", connectHelp: "Facebook opens and asks whether Comeback may manage audiences in your ad account. It asks for ads_management and business_management, and never for your posts or messages.", reconnect: "Connect again", reconnectTitle: "Meta no longer accepts the connection", reconnectBody: "Nothing was lost. Audiences wait until you have connected again.",
    unavailable: "Meta is not set up in this installation", unavailableBody: "Whoever hosts Comeback has to add the Meta app's id and secret (META_APP_ID and META_APP_SECRET) first.", denied: "You did not give Comeback access. Nothing was connected; you can try again whenever you like.",
    account: "Ad account", chooseAccount: "Use this ad account", noAccounts: "The person who connected has no ad account that is active. Create one at Meta, then connect again.", accountsFailed: "Meta did not tell us your ad accounts. Please try again.", accountGone: "This ad account is no longer available. Choose another one.", connectedSince: (when: string) => `Connected since ${when}`,
    disconnect: "Disconnect", disconnectTitle: "Disconnect Meta?", disconnectBody: "Comeback forgets the connection and stops keeping audiences up to date. The people in them stay at Meta: to take them out first, stop each audience and wait until it is empty.", disconnectLive: "There are audiences that still hold people.",
    segmentsTitle: "Start an audience", segmentLabel: "Segment", segmentHelp: "Only people who agreed to marketing are sent, as scrambled (hashed) addresses. The shop's holdout is never sent.", start: "Start audience", started: "Started", size: (count: number) => `${people(count)} now`, rule: (rule: string) => `People who ${rule}.`, allStarted: "Every segment has its audience.",
    states: { live: "Live", paused: "Paused", stopped: "Being emptied" } as Record<string, string>, emptied: "Stopped and empty",
    inSegment: "In the segment", inSegmentExplain: "People who match the rule now.", eligible: "Eligible", eligibleExplain: "Agreed to ads, not in the holdout, with an address to match.", held: "At Meta", heldExplain: "Sent and accepted.", adding: "Being added", removing: "Being removed", platform: "Size by Meta", platformExplain: "Meta rounds, and needs some hours.", platformUnknown: "Not told yet", platformRange: (low: string, high: string) => `${low} to ${high}`,
    tooSmall: (have: number, need: number) => `Meta shows ads only to audiences of at least ${need} matched people; this one holds ${have}. It fills by itself as more people match.`, synced: (when: string) => `Last change sent ${when}`, neverSynced: "Nothing sent yet", problem: "Meta did not take the last change", waitsUntil: (when: string) => `Next try ${when}.`,
    pause: "Pause", resume: "Resume", stop: "Stop and empty", stopTitle: "Stop this audience?", stopBody: "Everybody in it is taken out at Meta, with a receipt. The empty audience itself stays there until you delete it in the ads manager.", tryAgain: "Try again", actions: "Actions",
    receipts: "Receipts", receiptsHelp: "One line for each answer from Meta.", verb: { add: "Added", remove: "Removed" } as Record<string, string>, receipt: { verb: "What", people: "People", refused: "Not matched", when: "When", reference: "Reference" }, receiptsEmpty: "No change was sent yet.", segmentGone: "A segment that no longer exists",
  },

  settings: {
    title: "Settings", senderTitle: "Sender", senderHelp: "Who mails come from, and the address at their foot.", pauseTitle: "Pause everything", pauseHelp: "Stops all mail and all additions to audiences at once. What is due waits until you resume.", pause: "Pause everything", resume: "Resume", pauseConfirmTitle: "Pause everything?", pauseConfirm: "No mail is sent and nobody is added to an audience until you resume. Who buys or withdraws still leaves the audiences.", pausedSince: (when: string) => `Paused since ${when}.`,
    measureTitle: "Measuring", holdoutLabel: "Shop holdout, in percent", holdoutHelp: "People who get nothing on any channel, ads included, so that everything together can be measured. 5 % is a good start, 20 % the most. A change counts for people who are assigned from now on.", offlineLabel: "Count point-of-sale and draft orders", offlineHelp: "They then count as revenue, and as a purchase that ends a flow.",
    dataTitle: "Data", rejectedTitle: "Webhooks that could not be understood", rejectedHelp: "Signed by Shopify, kept for 14 days with the reason, and not counted anywhere.", rejectedEmpty: "None. Everything Shopify sent was understood.", topic: "Topic", reason: "Reason", when: "When",
    privacyTitle: "Privacy requests", privacyHelp: "Shopify passes these on. Erasures are done by themselves; a data request is answered with a file that you hand over.", privacyEmpty: "None so far.", kind: { "data-request": "Data request", "customer-redact": "Erase a person", "shop-redact": "Erase the shop" } as Record<string, string>, asked: "Asked", due: "Due by", state: "State", answered: (when: string) => `Done on ${when}`, open: "Open", download: "Download file", downloadFailed: "The file could not be opened. Please try again.",
    databaseTitle: "Where the data lies", embedded: "The embedded database is in use. It runs without fsync: after a power cut the last moments can be missing. That is fine for trying Comeback out; for a real shop set DATABASE_URL to a PostgreSQL server.", noFsync: "The database runs without fsync: after a power cut acknowledged data can be missing.", server: "A PostgreSQL server is in use, and what it acknowledges is on disk.",
    scopesTitle: "What Comeback may read and change in Shopify", granted: "Granted", notGranted: "Not granted", olderOrders: "Orders older than 60 days would need read_all_orders, which Comeback does not ask for: figures begin 60 days before the installation at the earliest.",
    scopes: {
      read_orders: "Carts, checkouts, orders and refunds: who left what behind, and what was bought.", read_customers: "Names, addresses and marketing consent: whom to write to, and whom not.", read_customer_merge: "When two customers are merged, so that one person is never written to twice.", read_products: "Product names for the cart in a mail.", read_inventory: "Whether what was left behind can still be bought.", read_discounts: "Whether offer codes were made.", write_discounts: "Making unique codes for the offer step.",
    } as Record<string, string>,
  },

  connect: {
    badTitle: "This connection attempt is not valid", badBody: "It was started more than 15 minutes ago, or not from Comeback. Open Comeback in your Shopify admin and connect again.", failedTitle: "Meta did not complete the connection", failedBody: "Nothing was connected. Open Comeback in your Shopify admin and try again.", deniedTitle: "Nothing was connected", deniedBody: "You did not give Comeback access at Meta. That is fine; you can do it whenever you like.",
  },

  site: {
    title: "Comeback for Shopify", intro: "Comeback brings back people who left a checkout, by mail and by ads, and shows what came back because of it.", open: "It lives in your Shopify admin. To install or open it, enter your shop's domain.", shopLabel: "Shop domain", shopHelp: "The one that ends in .myshopify.com, for example your-shop.myshopify.com.", submit: "Continue to Shopify",
    problem: { missing: "Enter your shop's domain.", invalid: "This is not a shop's domain. It ends in .myshopify.com." }, privacy: "Privacy", terms: "Terms",
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

/** How a person is called on screen: by name, else by address. */
export function personName(person: { firstName: string | null; lastName: string | null; email: string | null }): string {
  const name = [person.firstName, person.lastName].filter((part) => part !== null && part !== "").join(" ");
  return name !== "" ? name : (person.email ?? words.person.unknown);
}

/** Hours as people say them: 0 → At once, 48 → 2 days, 30 → 30 hours. */
export function waitWords(hours: number): string {
  if (hours === 0) return words.flow.at_once;
  return hours % 24 === 0 ? words.flow.days(hours / 24) : words.flow.hours(hours);
}
