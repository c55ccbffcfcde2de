// The shared vocabulary: what can happen, and what we keep of it.
import { z } from "zod";

/** One line of a cart, checkout or order. */
export const line = z.object({
  lineId: z.string().optional(),
  productId: z.string().nullable(),
  variantId: z.string().nullable(),
  title: z.string().optional(),
  sku: z.string().optional(),
  quantity: z.number().int(),
  /** Price of one, in minor units of the shop's currency. */
  priceMinor: z.number().int(),
});
export type Line = z.infer<typeof line>;

const person = z.object({
  customerGid: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  firstName: z.string().nullable().optional(),
  lastName: z.string().nullable().optional(),
  country: z.string().nullable().optional(),
  locale: z.string().nullable().optional(),
});
export type Person = z.infer<typeof person>;

const consentState = z.enum(["none", "single", "confirmed", "out"]);

const cart = z.object({ token: z.string(), createdAt: z.string(), updatedAt: z.string(), lines: z.array(line) });
const checkout = z.object({
  token: z.string(),
  cartToken: z.string().nullable(),
  startedAt: z.string(),
  updatedAt: z.string(),
  completedAt: z.string().nullable(),
  currency: z.string(),
  totalMinor: z.number().int(),
  recoverUrl: z.string().nullable(),
  /** The tick box of this checkout: yes is a consent, no says nothing. */
  acceptsMarketing: z.boolean(),
  lines: z.array(line),
  person,
});
const order = z.object({
  orderId: z.string(),
  name: z.string(),
  placedAt: z.string(),
  updatedAt: z.string(),
  cancelledAt: z.string().nullable(),
  test: z.boolean(),
  source: z.string(),
  currency: z.string(),
  totalMinor: z.number().int(),
  discountMinor: z.number().int(),
  cartToken: z.string().nullable(),
  checkoutToken: z.string().nullable(),
  discountCodes: z.array(z.string()),
  acceptsMarketing: z.boolean(),
  lines: z.array(line),
  person,
});
const consent = z.object({
  customerGid: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  state: consentState,
  at: z.string(),
});
/** At most 400 bytes. What did not fit, or was not kept in older events, is not there at all. */
const product = z.object({
  productId: z.string(),
  title: z.string(),
  status: z.string().nullable(),
  updatedAt: z.string().optional(),
  handle: z.string().optional(),
  /** Whether the online store shows it. */
  published: z.boolean().optional(),
  imageUrl: z.string().nullable().optional(),
  /** The lowest price of its variants, in minor units of `currency`. */
  priceMinor: z.number().int().optional(),
  priceVaries: z.boolean().optional(),
  currency: z.string().optional(),
  vendor: z.string().optional(),
});
const message = z.object({ profileId: z.string(), messageId: z.string(), flowKey: z.string(), stepKey: z.string(), channel: z.string() });

// What a browser tells. The visitor is the event's subject; a cart or checkout it names joins the two. At most 400 bytes each.
const seen = z.object({ cartToken: z.string().nullable(), checkoutToken: z.string().nullable() });
const nullable = z.string().nullable();
const seenProduct = seen.extend({ productId: nullable, variantId: nullable, vendor: nullable, priceMinor: z.number().int().nullable(), currency: nullable });
const seenForm = seen.extend({ form: z.string(), kind: z.string(), path: z.string() });

/** Every event by its name, with what it carries. Times are ISO 8601; ids are text. */
export const vocabulary = {
  "cart.updated": cart,
  "checkout.updated": checkout,
  "checkout.deleted": z.object({ token: z.string().nullable(), cartToken: z.string().nullable(), at: z.string() }),
  "order.placed": order,
  "order.paid": order,
  "order.updated": order,
  "order.cancelled": order,
  "order.refunded": z.object({ refundId: z.string(), orderId: z.string(), at: z.string(), amountMinor: z.number().int() }),
  "customer.updated": person.extend({ updatedAt: z.string() }),
  "customer.deleted": z.object({ customerGid: z.string() }),
  "customer.merged": z.object({ keptGid: z.string(), deletedGid: z.string() }),
  "email-consent.changed": consent,
  "sms-consent.changed": consent,
  "product.updated": product,
  "product.deleted": z.object({ productId: z.string() }),
  /** A collection was made, renamed, or holds other products than before: which, has to be asked. */
  "collection.updated": z.object({ collectionId: z.string(), title: z.string(), handle: z.string() }),
  "collection.deleted": z.object({ collectionId: z.string() }),
  "inventory.changed": z.object({ inventoryItemId: z.string(), locationId: z.string(), available: z.number().nullable() }),
  "holdout.assigned": z.object({ profileId: z.string(), experiment: z.string(), arm: z.enum(["treated", "holdout"]) }),
  "message.sent": message,
  "message.clicked": message.extend({ by: z.enum(["human", "machine"]), position: z.number().int() }),
  "message.unsubscribed": message.partial({ messageId: true, flowKey: true, stepKey: true }),
  "page.viewed": seen.extend({ path: z.string() }),
  "product.viewed": seenProduct,
  "collection.viewed": seen.extend({ collectionId: nullable, path: z.string() }),
  "search.submitted": seen.extend({ query: nullable }),
  "cart.viewed": seen.extend({ quantity: z.number().int() }),
  "product.added-to-cart": seenProduct.extend({ quantity: z.number().int() }),
  "product.removed-from-cart": seenProduct.extend({ quantity: z.number().int() }),
  "checkout.step": seen.extend({ step: z.string() }),
  "form.started": seenForm,
  "form.abandoned": seenForm,
  "form.submitted": seenForm,
  "landing.arrived": seen.extend({
    path: z.string(),
    referrer: nullable,
    source: nullable,
    medium: nullable,
    campaign: nullable,
    term: nullable,
    content: nullable,
    click: nullable,
    clickId: nullable,
  }),
} as const;

export type EventName = keyof typeof vocabulary;
export type EventData<Name extends EventName> = z.infer<(typeof vocabulary)[Name]>;

/** One thing that happened, before the log gave it its place. */
export type NewEvent = {
  [Name in EventName]: {
    name: Name;
    /** The source's own id of it: together with `sourceAt` it makes a retry meet itself. */
    sourceId: string;
    sourceAt: Date;
    occurredAt: Date;
    subject: string | null;
    data: EventData<Name>;
  };
}[EventName];

/** An event as the log holds it. */
export type Event = NewEvent & { seq: bigint };

/** The event that carries `name`, for code that has looked at the name. */
export type EventOf<Name extends EventName> = Extract<Event, { name: Name }>;
