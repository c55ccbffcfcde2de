// A webhook's payload becomes events in our words, or a reason a person can read.
import type { NewEvent } from "../events/event.ts";
import { readCart, readCheckout, readCheckoutDelete, readOrder, readRefund } from "./commerce-payloads.ts";
import {
  readCollection,
  readCollectionDelete,
  readCustomer,
  readCustomerDelete,
  readCustomerMerge,
  readEmailConsent,
  readInventory,
  readProduct,
  readProductDelete,
  readSmsConsent,
} from "./people-payloads.ts";
import type { Envelope, Made, Reader } from "./reader.ts";
import { clean } from "./shapes.ts";

export type Reading = { ok: true; events: NewEvent[] } | { ok: false; reason: string };

const readers: Partial<Record<string, Reader>> = {
  "carts/create": readCart,
  "carts/update": readCart,
  "checkouts/create": readCheckout,
  "checkouts/update": readCheckout,
  "checkouts/delete": readCheckoutDelete,
  "orders/create": readOrder("order.placed"),
  "orders/paid": readOrder("order.paid"),
  "orders/updated": readOrder("order.updated"),
  "orders/cancelled": readOrder("order.cancelled"),
  "refunds/create": readRefund,
  "customers/create": readCustomer,
  "customers/update": readCustomer,
  "customers/delete": readCustomerDelete,
  "customers/merge": readCustomerMerge,
  "customers_email_marketing_consent/update": readEmailConsent,
  "customers_marketing_consent/update": readSmsConsent,
  "products/create": readProduct,
  "products/update": readProduct,
  "products/delete": readProductDelete,
  "collections/create": readCollection,
  "collections/update": readCollection,
  "collections/delete": readCollectionDelete,
  "inventory_levels/update": readInventory,
};

/** The topics that become events. Lifecycle and compliance topics are handled apart. */
export const eventTopics = Object.keys(readers);

/** Reads JSON without rounding long ids: a whole number past 2^53 comes back as text. */
export function readJson(body: string): unknown {
  if (!/\d{16}/.test(body)) return JSON.parse(body) as unknown;
  return JSON.parse(body, function (this: unknown, _key: string, value: unknown, context?: { source?: string }) {
    return typeof value === "number" &&
      Number.isInteger(value) &&
      !Number.isSafeInteger(value) &&
      context?.source !== undefined &&
      /^-?\d+$/.test(context.source)
      ? context.source
      : value;
  } as (key: string, value: unknown) => unknown) as unknown;
}

/**
 * Reads one webhook. `topic` is as Shopify writes it (`orders/create`). The answer is the events it stands for, or why it cannot be understood,
 * in words that name the field and never its content.
 */
export function readWebhook(topic: string, body: string, envelope: Envelope): Reading {
  const read = Object.hasOwn(readers, topic) ? readers[topic] : undefined;
  if (read === undefined) return { ok: false, reason: `No feature uses the topic ${clean(topic, 80)}.` };
  let json: unknown;
  try {
    json = readJson(body);
  } catch {
    return { ok: false, reason: "The body is not JSON." };
  }
  const result = read(json, envelope);
  if (result.ok) return { ok: true, events: result.made.map((made) => place(made, envelope)) };
  const problems = result.issues.slice(0, 3).map((issue) => `${issue.path.join(".") || "the body"}: ${issue.message.replace(/^Invalid input: /, "")}`);
  return { ok: false, reason: `The payload of ${topic} is not as documented (${problems.join("; ")}).` };
}

function place({ at, ...made }: Made, envelope: Envelope): NewEvent {
  const said = new Date(at);
  return {
    ...made,
    sourceId: `${made.name}/${envelope.eventKey}`,
    sourceAt: envelope.triggeredAt ?? said,
    // Nothing can have happened after we heard of it: a clock that runs ahead must not start a flow early.
    occurredAt: said > envelope.receivedAt ? envelope.receivedAt : said,
  } as NewEvent;
}
