// What a profile did in the shop's pages, as far as segments ask: a few moments, joined from the log in whatever order it comes.
import type { Event, EventOf } from "../events/event.ts";
import { dateOf } from "../lib/shop-days.ts";

/** Where her first landing came from, and when. */
export type Landing = { at: Date; source: string | null; medium: string | null; campaign: string | null };

/** The few moments of one profile. `days`: the last moment of each of her last days here, newest first. */
export type Visit = {
  firstSeenAt: Date | null;
  productViewedAt: Date | null;
  productId: string | null;
  cartAddedAt: Date | null;
  formAbandonedAt: Date | null;
  form: string | null;
  formSubmittedAt: Date | null;
  days: Date[];
  landing: Landing | null;
};

export const noVisit: Visit = {
  firstSeenAt: null,
  productViewedAt: null,
  productId: null,
  cartAddedAt: null,
  formAbandonedAt: null,
  form: null,
  formSubmittedAt: null,
  days: [],
  landing: null,
};

/** How many days are remembered: whoever asks for more asks the log. */
export const daysKept = 10;

/** What browsers tell. */
export const visitEvents = [
  "page.viewed",
  "product.viewed",
  "collection.viewed",
  "search.submitted",
  "cart.viewed",
  "product.added-to-cart",
  "product.removed-from-cart",
  "checkout.step",
  "form.started",
  "form.abandoned",
  "form.submitted",
  "landing.arrived",
] as const;
export type BrowserEvent = EventOf<(typeof visitEvents)[number]>;

/** Whether a browser told it. */
export function isVisit(event: Event): event is BrowserEvent {
  return (visitEvents as readonly string[]).includes(event.name);
}

/** What one event says of its profile. */
export function visitOf(event: BrowserEvent): Visit {
  const at = event.occurredAt;
  const seen = { ...noVisit, firstSeenAt: at, days: [at] };
  switch (event.name) {
    case "product.viewed":
      return { ...seen, productViewedAt: at, productId: event.data.productId };
    case "product.added-to-cart":
      return { ...seen, cartAddedAt: at };
    case "form.abandoned":
      return { ...seen, formAbandonedAt: at, form: event.data.form };
    case "form.submitted":
      return { ...seen, formSubmittedAt: at };
    case "landing.arrived":
      return { ...seen, landing: { at, source: event.data.source, medium: event.data.medium, campaign: event.data.campaign } };
    default:
      return seen;
  }
}

const later = (a: Date | null, b: Date | null): Date | null => (a === null ? b : b === null || a >= b ? a : b);

/** The thing that belongs to the later moment; at the same moment always the same of the two. */
function latest(a: [Date | null, string | null], b: [Date | null, string | null]): [Date | null, string | null] {
  const [first, second] = [a[0]?.getTime() ?? -Infinity, b[0]?.getTime() ?? -Infinity];
  if (first !== second) return first > second ? a : b;
  return (a[1] ?? "") >= (b[1] ?? "") ? a : b;
}

/** The earlier of two landings; at the same moment always the same of the two. */
function first(a: Landing | null, b: Landing | null): Landing | null {
  if (a === null || b === null) return a ?? b;
  if (a.at.getTime() !== b.at.getTime()) return a.at < b.at ? a : b;
  const text = ({ source, medium, campaign }: Landing) => JSON.stringify([source, medium, campaign]);
  return text(a) <= text(b) ? a : b;
}

/** The last moment of each of the last days among some moments, newest first. */
export function lastDays(moments: readonly Date[], timezone: string): Date[] {
  const days = new Map<string, Date>();
  for (const at of moments) {
    const date = dateOf(at, timezone);
    days.set(date, later(days.get(date) ?? null, at) ?? at);
  }
  return [...days.values()].sort((one, other) => other.getTime() - one.getTime()).slice(0, daysKept);
}

function joinDays(a: Date[], b: Date[], timezone: string): Date[] {
  const [newest] = a;
  const [told] = b;
  if (newest === undefined || told === undefined) return newest === undefined ? b : a;
  // What happens last is told last, nearly always: then no other day is touched.
  if (b.length > 1 || told < newest) return lastDays([...a, ...b], timezone);
  const others = dateOf(told, timezone) === dateOf(newest, timezone) ? a.slice(1) : a.slice(0, daysKept - 1);
  return [told, ...others];
}

/** Joins what is known of one profile from two sides. Neither order nor repetition changes the result. `timezone` is the shop's: it says what a day is. */
export function join(a: Visit, b: Visit, timezone: string): Visit {
  const [productViewedAt, productId] = latest([a.productViewedAt, a.productId], [b.productViewedAt, b.productId]);
  const [formAbandonedAt, form] = latest([a.formAbandonedAt, a.form], [b.formAbandonedAt, b.form]);
  return {
    firstSeenAt: a.firstSeenAt === null || (b.firstSeenAt !== null && b.firstSeenAt < a.firstSeenAt) ? b.firstSeenAt : a.firstSeenAt,
    productViewedAt,
    productId,
    cartAddedAt: later(a.cartAddedAt, b.cartAddedAt),
    formAbandonedAt,
    form,
    formSubmittedAt: later(a.formSubmittedAt, b.formSubmittedAt),
    days: joinDays(a.days, b.days, timezone),
    landing: first(a.landing, b.landing),
  };
}
