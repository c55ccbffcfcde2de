// What the screens of the flows say: the list, one flow, one step. What differs from flow to flow stands under `each`.
import { percent } from "../lib/percent.ts";
import { people, plural } from "./counting.ts";

export const flowsWords = {
  title: "Flows",
  intro:
    "A flow writes to people by itself when something happens, and stops the moment it should. One person is in one flow at a time, and gets at most one marketing mail in 24 hours and three in 7 days.",
  allOffTitle: "No flow is on",
  allOffBody: "Nothing is ever sent before you switch a flow on. Open one to see what it would say, and what it still needs.",
  flow: "Flow",
  state: "State",
  waiting: "People in it now",
  sent: "Sent, 30 days",
  attributed: "Attributed, 30 days",
  orders: (count: number) => plural(count, "order", "orders"),
  starts: (what: string) => `Starts when ${what}`,
  attributedHelp:
    "Attributed: net value of orders placed within 5 days after a click in a mail of the flow, or with its code. One order counts once, for one flow.",
};

export const flowWords = {
  back: "Flows",
  on: "On",
  off: "Off",
  switchOn: "Switch on",
  switchOff: "Switch off",
  offTitle: "Switch the flow off?",
  offBody: (runs: number) =>
    runs === 0
      ? "Nobody is going through it right now. You can switch it on again at any time."
      : `${people(runs)} ${runs === 1 ? "is" : "are"} going through it right now. Their remaining mails will not be sent, and they do not return when you switch it on again.`,
  missingTitle: "Before it can be switched on",
  missing: {
    sender: "Say who the mails come from",
    "postal-address": "Give your postal address",
    "test-mail": "Send yourself a test mail",
    "other-mails": "Answer about other reminders",
  },
  senderName: "Sender name",
  senderNameHelp: "What people see in their inbox, usually your shop's name.",
  senderAddress: "Sender address",
  senderAddressHelp: "Replies arrive here. It must belong to a domain that your mail server may send for.",
  postalAddress: "Postal address",
  postalAddressHelp: "Stands at the foot of every mail, as the law requires.",
  saveSender: "Save sender",
  testTo: "Send the test to",
  sendTest: "Send test mail",
  testSentAt: (to: string, when: string) => `Last sent to ${to} on ${when}.`,
  testProblem: {
    "no-sender": "Save the sender first.",
    "no-step": "There is no step to send.",
    refused: "The mail server refused it",
    unreached: "The mail server could not be reached",
  },
  stepsTitle: "Steps",
  waitNext: (hours: string) => `${hours} after the step before`,
  at_once: "At once",
  hours: (count: number) => plural(count, "hour", "hours"),
  days: (count: number) => plural(count, "day", "days"),
  stepOn: "On",
  stepOff: "Off",
  editStep: (step: string) => `Edit ${step}`,
  turnOn: "Turn on",
  turnOff: "Turn off",
  offer: (share: number, days: number) => `${percent(share)} off, unique code, valid for ${plural(days, "day", "days")}`,
  poolProblem: "Shopify does not make the codes for this offer",
  holdoutTitle: "Holdout",
  holdoutLabel: "People who get nothing from this flow, in percent",
  holdoutHelp: (who: string) =>
    `Chosen by chance, so that what came back can be compared with what would have come back anyway. Without a holdout nothing can be proven. ${percent(10)} is a good start; a change counts for ${who} from now on.`,
  broughtBack: (amount: string, proven: boolean) => `This flow brought back ${amount} over all time: ${proven ? "proven" : "not proven yet"}.`,
  runsTitle: "Who went through",
  reasonsTitle: "Where people stand, and why nothing was sent",
  person: "Who",
  state: "State",
  reason: "Why",
  next: "Next",
  when: "When",
  sent: "Sent",
  runState: { active: "Under way", done: "Ended", exited: "Left early" } as Record<string, string>,
  arm: { holdout: "Holdout" },
  lastRuns: (count: number) => `The latest ${count}`,

  each: {
    "abandoned-checkout": {
      name: "Abandoned checkout",
      intro: "Writes to people who began a checkout, left their address and agreed to hear from you, and stops the moment they buy.",
      starts: "somebody leaves a checkout with an address",
      ready: "Everything is in place. Only checkouts left from now on are mailed about.",
      testHelp: "The first step, filled with a sample cart.",
      otherLabel: "No other tool reminds people of their abandoned checkouts",
      otherHelp:
        "Two reminders for one cart is the commonest complaint. Shopify's own stands in Settings, Notifications, Abandoned checkout; other mail apps have theirs. Switch those off, then tick this.",
      waitFirst: (hours: string) => `${hours} after the checkout counts as left (one hour without a change)`,
      waitFirstHelp: "After the checkout counts as left: one hour without a change.",
      holdoutWho: "people who leave a checkout",
      runsEmpty: "Nobody yet. When the flow is on, everybody who leaves a checkout appears here, with what was sent or why not.",
      started: "Checkout left",
      values: "{{ first_name }}, {{ shop_name }}, {{ first_item }}, {{ cart_total }}",
      previewNote: "With a made-up person and cart.",
    },
    "browse-abandonment": {
      name: "Browse abandonment",
      intro:
        "Writes to people you know and may write to who looked at a product and left. It stops when they fill a cart, begin a checkout or buy, and leaves them alone for two weeks after a mail.",
      starts: "somebody with an address looks at a product and puts nothing into a cart",
      ready: "Everything is in place. Only products looked at from now on are mailed about.",
      testHelp: "The first step, filled with a sample product.",
      otherLabel: "No other tool mails people about products they looked at",
      otherHelp:
        "Two mails about one look feel like being followed. Shopify's own stands in Marketing, Automations, Abandoned product browse; other mail apps call it browse abandonment. Switch those off, then tick this.",
      waitFirst: (hours: string) => `${hours} after the look, and never while the shopper is still in the shop`,
      waitFirstHelp: "After the look that started it. Nothing is sent before an hour has passed since the shopper was last seen in the shop.",
      holdoutWho: "people who look at a product",
      runsEmpty:
        "Nobody yet. When the flow is on, everybody with an address who looks at a product and leaves appears here, with what was sent or why not. What shoppers look at is known only from those who agreed to be tracked.",
      started: "Came in",
      values: "{{ first_name }}, {{ shop_name }}, {{ product_title }}, {{ product_price }}",
      previewNote: "With a made-up person and, once one is known, a product of your shop.",
    },
  },
};

export const editorWords = {
  wait: "Wait, in hours",
  waitNextHelp: "After the step before.",
  subject: "Subject",
  preheader: "Preview text",
  preheaderHelp: "The line after the subject in most inboxes.",
  heading: "Heading",
  body: "Text",
  bodyHelp: (values: string) =>
    `An empty line begins a new paragraph. You can use ${values} and, with an offer, {{ offer_code }}, {{ offer_percent }} and {{ offer_until }}.`,
  button: "Button",
  percent: "Discount, in percent",
  validDays: "Valid for, in days",
  validHelp: "At least this long. The code ends at the end of a day, and the mail names that day. Every person gets a code of their own that works once.",
  enabled: "This step is on",
  message: "What the mail says",
  timing: "When it is sent",
  offerTitle: "The offer",
  preview: "Preview",
  views: { desktop: "Desktop", phone: "Phone", text: "Plain text" },
  previewProblem: "There is no preview while something in the text is not right.",
  previewTitle: "Preview of the mail",
  sendTest: "Send a test of this step",
  testSaved: "Save first: the test shows what is saved.",
};
