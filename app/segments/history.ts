// Everything a rule may ask of one profile, and what of it a store must keep so that the common questions need no log.
import type { CartFact, CheckoutFact, OrderFact } from "../commerce/facts.ts";
import { momentsKept } from "../visits/deed.ts";
import { daysKept } from "../visits/visit.ts";
import type { DeedKind } from "./deed.ts";

/** A product in a deed. The price is that of one, as it was then, in minor units. */
export type Item = { productId: string | null; priceMinor: number | null };

/** One thing she did. What its kind has no use for is absent. */
export type Deed = {
  /** The event's own id, or the message's: never two alike within a kind. */
  id: string;
  at: Date;
  item?: Item;
  collectionId?: string | null;
  form?: string | null;
  source?: string | null;
  medium?: string | null;
  campaign?: string | null;
  flow?: string | null;
};

/** An order that counts, with what it brought: its total less what was given back. */
export type Ordered = OrderFact & { netMinor: number; items: Item[] };

/** The kinds that carts, checkouts and orders tell of; all others lie in `deeds`. */
export type FactKind = "ordered" | "filled-cart" | "was-in-checkout";
export type LoggedKind = Exclude<DeedKind, FactKind>;

export type Person = {
  country: string | null;
  locale: string | null;
  hasEmail: boolean;
  hasPhone: boolean;
  emailConsent: "none" | "single" | "confirmed" | "out";
  /** The first thing a browser told of her; null where none ever did. */
  firstSeenAt: Date | null;
  firstLanding: { source: string | null; medium: string | null; campaign: string | null } | null;
};

/** One profile. Whatever lies in it is known, also where its moment is a little ahead of our clock. Of things at the same moment the first named counts as newest. */
export type History = {
  deeds: Partial<Record<LoggedKind, Deed[]>>;
  orders: Ordered[];
  carts: CartFact[];
  checkouts: CheckoutFact[];
  person: Person;
};

export const nobody: Person = { country: null, locale: null, hasEmail: false, hasPhone: false, emailConsent: "none", firstSeenAt: null, firstLanding: null };
export const nothingDone: History = { deeds: {}, orders: [], carts: [], checkouts: [], person: nobody };

/** A deed of any kind, as conditions look at it. */
export type Done = Omit<Deed, "item"> & { items: readonly Item[]; subject: string | null; netMinor: number };

function subjectOf(kind: LoggedKind, deed: Deed): string | null {
  switch (kind) {
    case "viewed-product":
    case "added-to-cart":
    case "removed-from-cart":
      return deed.item?.productId ?? null;
    case "viewed-collection":
      return deed.collectionId ?? null;
    case "started-form":
    case "left-form":
    case "sent-form":
      return `${deed.form ?? "form"}/${deed.at.toISOString()}`;
    case "was-sent-message":
    case "clicked-message":
      return deed.id;
    default:
      return null;
  }
}

// One history after the other is held against all rules, which ask for the same kinds. A map of all that are alive would have to be looked through with every collection.
let last: { history: History; kinds: Map<DeedKind, readonly Done[]> } | null = null;

/** All deeds of a kind. A history does not change: whoever knows more makes a new one. */
export function deedsOf(history: History, kind: DeedKind): readonly Done[] {
  if (last?.history !== history) last = { history, kinds: new Map() };
  const deeds = last.kinds.get(kind) ?? allOf(history, kind);
  last.kinds.set(kind, deeds);
  return deeds;
}

const nothing: readonly Item[] = [];

function allOf(history: History, kind: DeedKind): Done[] {
  if (kind === "ordered") {
    return history.orders.map((one) => ({ id: one.orderId, at: one.placedAt, items: one.items, subject: one.orderId, netMinor: one.netMinor }));
  }
  if (kind === "filled-cart") {
    return history.carts.filter((one) => one.itemCount > 0).map((one) => ({ id: one.token, at: one.updatedAt, items: [], subject: one.token, netMinor: 0 }));
  }
  if (kind === "was-in-checkout") {
    return history.checkouts.map((one) => ({ id: one.token, at: one.updatedAt, items: [], subject: one.token, netMinor: 0 }));
  }
  // All of one shape, field by field: there are many, and most are looked at for a moment only.
  return (history.deeds[kind] ?? []).map((one) => ({
    id: one.id,
    at: one.at,
    collectionId: one.collectionId,
    form: one.form,
    source: one.source,
    medium: one.medium,
    campaign: one.campaign,
    flow: one.flow,
    items: one.item === undefined ? nothing : [one.item],
    subject: subjectOf(kind, one),
    netMinor: 0,
  }));
}

export { momentsKept } from "../visits/deed.ts";
export { daysKept } from "../visits/visit.ts";

/**
 * What is kept of a history: the last moments of each kind, and of each kind and product; of visits the last moment of each of her last days; commerce and her person
 * as they are. Rules that are *hot* (needs.ts) mean the same on this as on the whole.
 */
export function keptOf(history: History, dayOf: (at: Date) => string): History {
  const deeds: History["deeds"] = {};
  for (const [kind, all] of Object.entries(history.deeds) as [LoggedKind, Deed[]][]) {
    const newest = [...all].sort((a, b) => b.at.getTime() - a.at.getTime());
    const kept = new Set(kind === "visited" ? [] : newest.slice(0, momentsKept));
    const products = new Map<string, number>();
    const days = new Set<string>();
    for (const deed of newest) {
      const productId = deed.item?.productId ?? null;
      if (productId !== null) {
        const seen = products.get(productId) ?? 0;
        if (seen < momentsKept) kept.add(deed);
        products.set(productId, seen + 1);
      }
      if (kind === "visited" && days.size < daysKept && !days.has(dayOf(deed.at))) {
        days.add(dayOf(deed.at));
        kept.add(deed);
      }
    }
    // In the order they came in: it says which of two at the same moment is the newest.
    deeds[kind] = all.filter((deed) => kept.has(deed));
  }
  return { ...history, deeds };
}
