// What the screens say about what Shopify knows and we were not told.
import { percent } from "../lib/percent.ts";
import { plural } from "./counting.ts";

type Found = { orders?: number; checkouts?: number; customers?: number; unreadable?: number };

/** What was found, counted by kind: "2 changes of orders and 1 of checkouts". */
function listed(found: Found): string {
  const parts = (["orders", "checkouts", "customers"] as const).flatMap((kind) => (found[kind] === undefined ? [] : [`${found[kind]} of ${kind}`]));
  const [first = "", ...more] = parts;
  const changes = first.startsWith("1 ") ? first.replace("1 of", "1 change of") : first.replace(" of ", " changes of ");
  return [changes, ...more].join(", ");
}

const compareProblem = {
  reconnect: "Shopify no longer accepts the connection. Open Comeback in your Shopify admin once; nothing was lost, and it goes on from where it was.",
  later: "Shopify did not answer, or asked to slow down. It is tried again in a few minutes, from where it was.",
  refused: "Shopify refused to tell. See below whether every permission is granted.",
} as Record<string, string>;

export const dataWords = {
  compareTitle: "Comparing with Shopify",
  compareHelp:
    "Webhooks are sometimes lost on their way. Every hour Comeback asks Shopify which orders, checkouts and customers changed, and adds what it was never told. Carts cannot be asked for: a lost cart stays lost until its checkout begins.",
  compareNow: "Compare with Shopify now",
  comparing: "Comparing now.",
  neverCompared: "Not compared yet. The first time is an hour after the installation.",
  compared: (when: string) => `Last compared on ${when}.`,
  nothingMissing: "Nothing was missing.",
  found: (found: Found) => `Found and added: ${listed(found)}.`,
  unreadable: (count: number) => `${plural(count, "thing", "things")} could not be understood and ${count === 1 ? "was" : "were"} left out.`,
  lastMissed: (when: string, found: Found) => `Last found missing on ${when}: ${listed(found)}.`,
  compareProblem,

  pastTitle: "Your shop's past",
  pastHelp:
    "Read once when Comeback is installed: your customers with what they agreed to and when, your products, and the orders of the last 60 days. Shopify gives older orders only with the permission read_all_orders, which is not asked for. Nothing is ever sent because of it.",
  pastNone: "Not read yet. It begins when Shopify has confirmed the installation.",
  readAgain: "Read it again",
  kinds: { customers: "Customers", orders: "Orders", products: "Products" } as Record<string, string>,
  states: { wanted: "Waiting", making: "Shopify is preparing", reading: "Reading", done: "Read", failed: "Not read" } as Record<string, string>,
  preparing: (objects: string) => `${objects} written by Shopify so far.`,
  reading: (share: number) => `${percent(share)} read.`,
  read: (count: string, when: string) => `${count} read, finished on ${when}.`,
  nothingThere: (when: string) => `There was nothing to read. Looked on ${when}.`,
  refusedLines: (count: number) => `${plural(count, "line", "lines")} could not be understood and ${count === 1 ? "was" : "were"} left out.`,
  pastProblem: {
    reconnect: "Shopify no longer accepts the connection. Open Comeback in your Shopify admin once; it goes on from where it was.",
    later: "The last try broke off. It goes on from where it was in a few minutes.",
    refused: "Shopify refused to tell. It is tried again.",
    access_denied: "A permission is missing. See below which, and accept it in your Shopify admin.",
    gone: "Shopify no longer had the file. It is made anew.",
    expired: "Shopify no longer had the file. It is made anew.",
    limit_reached: "Shopify makes only a few files at a time. It is tried again.",
    operation_in_progress: "Shopify makes only a few files at a time. It is tried again.",
  } as Record<string, string>,
  pastFailed: "Shopify could not make the file.",

  webhooks: "Webhooks",
  webhookState: { arriving: "Arriving", lost: "Some were lost", unknown: "Not compared", failing: "Could not be compared" },
  webhookHelp: {
    arriving: "Carts, checkouts and orders are told by Shopify. Nothing was missing in the last 7 days.",
    unknown: "Carts, checkouts and orders are told by Shopify. Whether all of it arrives is known after the first comparison.",
    lost: (when: string, found: Found) =>
      `The comparison of ${when} found what no webhook had told: ${listed(found)}. It was added. If this comes back every hour, Shopify does not reach Comeback: whoever hosts it should look at its address and at the app's webhooks.`,
  },
  webhooksUnlisted: "Shopify does not say which webhooks of an app it still sends. Comeback finds out by comparing, every hour.",
} as const;
