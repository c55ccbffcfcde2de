// What the pixel sends: read strictly, in the one wire format, and made into events of ours. `extensions/pixel/src/payload.ts` writes it.
import { z } from "zod";
import { vocabulary, type NewEvent } from "../events/event.ts";
import { pixelKeptSince } from "../events/retention.ts";
import { shortHash } from "../lib/hash.ts";
import { toMinor } from "../lib/money.ts";
import { after, day, readInstant } from "../lib/time.ts";
import { clean } from "./shapes.ts";

/** Limits of the door: a browser stays far below them. */
export const longestBatch = 50;
export const longestPixelBody = 64 * 1024;
/** What the log keeps of one event, in bytes. */
export const slimBytes = 400;

/** A clock that is further ahead than this is wrong in a way that no partition is made for; one further back than the log reaches is, too. */
const farthest = 400 * day;
/** An event that says it is older than this was said by a wrong clock: it happened when we heard of it. */
const oldest = day;

/** A form, a search or a link may carry an address that nobody agreed to give us. */
const nameless = (raw: string) => raw.replace(/[^\s/?&=]+(@|%40)[^\s/?&=]+/gi, "[address]");

const words = (most: number) =>
  z
    .string()
    .max(300)
    .nullish()
    .transform((raw) => (raw === null || raw === undefined ? null : clean(nameless(raw), most).trim() || null));
const id = z
  .string()
  .regex(/^[\w:/.=-]{1,60}$/)
  .nullish()
  .transform((raw) => raw ?? null);
const token = z
  .string()
  .regex(/^[\w.:=-]{8,100}$/)
  .nullish()
  .transform((raw) => raw ?? null);
const path = z
  .string()
  .max(300)
  .transform((raw) => clean(nameless(raw.split(/[?#]/)[0] ?? ""), 100));
const quantity = z.number().int().min(0).max(100_000);
const form = z.object({
  form: z
    .string()
    .min(1)
    .max(60)
    .transform((raw) => clean(nameless(raw))),
  kind: z.enum(["contact", "newsletter", "account", "other"]).catch("other"),
  path,
});

const product = z.object({
  productId: id,
  variantId: id,
  vendor: words(40),
  price: z
    .string()
    .regex(/^\d{1,10}(\.\d{1,6})?$/)
    .nullish()
    .catch(null),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullish()
    .catch(null),
});
const priced = <Item extends z.output<typeof product>>({ price, currency, ...item }: Item) => ({
  ...item,
  priceMinor: price && currency ? toMinor(price, currency) : null,
  currency: price && currency ? currency : null,
});

const landing = z.object({
  path,
  referrer: words(60),
  utm: z.object({ source: words(50), medium: words(50), campaign: words(50), term: words(50), content: words(50) }).partial(),
  click: z
    .object({ kind: z.string().regex(/^[a-z_]{3,12}$/), id: z.string().regex(/^(?!.*%40)[\w.~%-]{1,150}$/) })
    .nullish()
    .catch(null),
});

/** What each event may carry, by its name; a name that is not here is refused, and a field that is not here is dropped. */
const bodies = {
  "page.viewed": z.object({ path }),
  "product.viewed": product.transform(priced),
  "collection.viewed": z.object({ collectionId: id, path }),
  "search.submitted": z.object({ query: words(60) }),
  "cart.viewed": z.object({ quantity }),
  "product.added-to-cart": product.extend({ quantity }).transform(priced),
  "product.removed-from-cart": product.extend({ quantity }).transform(priced),
  "checkout.step": z.object({ step: z.enum(["started", "contact", "address", "shipping", "payment", "completed"]) }),
  "form.started": form,
  "form.abandoned": form,
  "form.submitted": form,
  "landing.arrived": landing.transform(({ utm, click, ...rest }) => ({
    ...rest,
    source: utm.source ?? null,
    medium: utm.medium ?? null,
    campaign: utm.campaign ?? null,
    term: utm.term ?? null,
    content: utm.content ?? null,
    click: click?.kind ?? null,
    clickId: click?.id ?? null,
  })),
} as const;

type PixelName = keyof typeof bodies;

const envelope = z.object({
  shop: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com$/),
  key: z.string().min(1).max(100),
  events: z.array(z.unknown()).min(1),
});

const event = z.object({
  id: z.string().regex(/^[\w:/.-]{1,100}$/),
  name: z.string().max(60),
  at: z.string().max(40),
  visitor: z.string().regex(/^[\w.-]{8,100}$/),
  cart: token,
  checkout: token,
  data: z.unknown(),
});

export type PixelBatch = { shop: string; key: string; events: unknown[] };
/** Why something was refused, in one word: the counter's name. */
export type Refusal = "not-json" | "not-a-batch" | "too-many" | "unknown-event" | "bad-event" | "bad-time";
type Read<Value> = { ok: true; value: Value } | { ok: false; reason: Refusal; message: string };

/** Reads who sends, and how many; the events themselves are read once the key was found right. */
export function readBatch(body: string): Read<PixelBatch> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { ok: false, reason: "not-json", message: "The body is not JSON." };
  }
  const read = envelope.safeParse(json);
  if (!read.success) return { ok: false, reason: "not-a-batch", message: "The body wants shop, key and events." };
  if (read.data.events.length > longestBatch) return { ok: false, reason: "too-many", message: `At most ${longestBatch} events at once.` };
  return { ok: true, value: read.data };
}

// What is given up first where an event would be larger than the log keeps.
const dispensable = ["content", "term", "referrer", "vendor", "medium", "clickId", "campaign", "path", "query", "form"];

function slim(data: Record<string, unknown>): Record<string, unknown> {
  const size = () => Buffer.byteLength(JSON.stringify(data));
  for (const field of dispensable) {
    if (size() <= slimBytes) break;
    if (typeof data[field] === "string") data[field] = field === "path" || field === "form" ? "-" : null;
  }
  return data;
}

/** The browser's own id, shortened: it stands in every event and again in its index. 96 bits are enough to know a retry by, within one shop and millisecond. */
export function pixelSourceId(id: string): string {
  return `pixel/${shortHash(id)}`;
}

/** Reads the events of a batch: all of them, or the reason why one cannot be. */
export function readPixelEvents(events: unknown[], receivedAt: Date): Read<NewEvent[]> {
  const made: NewEvent[] = [];
  for (const [index, raw] of events.entries()) {
    const one = event.safeParse(raw);
    if (!one.success)
      return { ok: false, reason: "bad-event", message: `Event ${index}: ${one.error.issues[0]?.path.join(".") || "it"} is not as it should be.` };
    const { name, at, visitor, cart, checkout } = one.data;
    if (!Object.hasOwn(bodies, name)) return { ok: false, reason: "unknown-event", message: `Event ${index}: its name is not known.` };
    const body = bodies[name as PixelName].safeParse(one.data.data);
    if (!body.success)
      return { ok: false, reason: "bad-event", message: `Event ${index}: data.${body.error.issues[0]?.path.join(".") ?? ""} is not as it should be.` };
    const sourceAt = readInstant(at);
    if (sourceAt === null || sourceAt < pixelKeptSince(receivedAt) || sourceAt > after(receivedAt, farthest))
      return { ok: false, reason: "bad-time", message: `Event ${index}: its time cannot be.` };
    const data = slim({ ...body.data, cartToken: cart, checkoutToken: checkout });
    made.push({
      name,
      sourceId: pixelSourceId(one.data.id),
      sourceAt,
      occurredAt: sourceAt > receivedAt || sourceAt < after(receivedAt, -oldest) ? receivedAt : sourceAt,
      subject: `visitor:${visitor}`,
      data: vocabulary[name as PixelName].parse(data),
    } as NewEvent);
  }
  return { ok: true, value: made };
}
