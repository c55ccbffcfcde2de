// What people do in the shop of the segments bench, from a seed: mostly browsing, each with a browser, a cart, checkouts and orders of her own, and now and then with somebody else's.
import type { NewEvent } from "../app/events/event.ts";
import { after, day, minute } from "../app/lib/time.ts";
import type { Stream } from "../sandbox/simulator/stream.ts";
import { eventsOf, type Happening } from "../test/happenings.ts";
import { countries, products } from "./segments-data.ts";

const browsing = [
  ...(["product.viewed", "product.viewed", "product.viewed", "product.viewed", "product.viewed", "product.viewed", "page.viewed", "page.viewed"] as const),
  ...(["collection.viewed", "product.added-to-cart", "landing.arrived", "form.started", "form.abandoned", "search.submitted", "cart.viewed"] as const),
];
const kinds = [
  ...([["browse", 900], ["cart", 40], ["checkout", 20], ["order", 20], ["customer", 10]] as const),
  ...([["refund", 5], ["consent", 4], ["merge", 1]] as const),
] as const; // prettier-ignore

/**
 * Who there is: of `people`, few do much. `strangers`: the share of events that somebody does whom nobody has seen; `crossed`: of those that name somebody else's
 * thing; `abroad`: of what is said of where somebody lives, how much names any country at all instead of hers.
 */
export type Crowd = { people: number; strangers: number; crossed: number; abroad: number };

/** So many things that happen, `everyMs` apart. `first` numbers the strangers, so that two calls do not make the same. */
export function happen(chance: Stream, { people, strangers, crossed, abroad }: Crowd, count: number, from: Date, everyMs: number, first: number): Happening[] {
  const somebody = () => 1 + (Math.floor(people * chance.share() ** 1.5) % people);
  return Array.from({ length: count }, (_, index) => {
    const at = after(from, Math.round((index + 1) * everyMs));
    const me = chance.chance(strangers) ? people + first + index + 1 : somebody();
    const mine = () => (chance.chance(crossed) ? somebody() : me);
    const maybe = <T>(probability: number, one: () => T) => (chance.chance(probability) ? one() : null);
    const kind = chance.weighted(kinds);
    const who = {
      email: maybe(0.7, mine),
      customer: maybe(0.3, mine),
      country: chance.chance(abroad) ? chance.pick([null, ...countries]) : countries[me % countries.length],
    };
    const tag = () => maybe(0.7, () => chance.pick(["google", "facebook", "mail"]));
    const order = 3 * me + chance.whole(0, 2);
    const more = {
      browse: () => ({
        ...{ visitor: me, name: chance.pick(browsing), product: String(1 + Math.floor(products * chance.share() ** 3)), source: tag(), medium: tag() },
        ...{ collection: String(chance.whole(0, 49)), form: chance.pick(["newsletter", "contact"]), cart: maybe(0.2, mine) },
      }),
      cart: () => ({ cart: me, pieces: chance.whole(0, 2) }),
      checkout: () => ({ checkout: me, cart: maybe(0.8, mine), done: chance.chance(0.4), ...who }),
      order: () => ({ order, checkout: maybe(0.8, mine), total: 500 + chance.whole(0, 20_000), source: "web", cancelled: chance.chance(0.05), ...who }),
      refund: () => ({ order, minor: chance.whole(100, 9_000) }),
      customer: () => ({ ...who, customer: me, locale: chance.pick([null, "a", "b"]) }),
      merge: () => ({ kept: me, gone: people + first + count + index }),
      consent: () => ({ customer: me, state: chance.pick(["single", "confirmed", "out"]) }),
    }[kind]();
    // The tests' happenings are about a few things; these are the same, about many.
    return { kind, at, ...more } as unknown as Happening;
  });
}

/** The same as the log is told it: what browsers say comes as the pixel's events do. */
export function told(all: Happening[], name: string): NewEvent[] {
  return eventsOf(all).map((event, index) => {
    const browser = event.subject?.startsWith("visitor:") === true;
    return { ...event, sourceId: browser ? `pixel/${name}${String(index).padStart(12, "0")}` : `${name}/${event.sourceId}` };
  });
}

/** When each of some events is told: most at once, a fifth up to five days late, and one in twenty a second time. In that order. */
export function late(chance: Stream, events: NewEvent[]): { event: NewEvent; at: Date }[] {
  const lateness = () => (chance.chance(0.2) ? chance.between(0, 5 * day) : chance.between(0, minute));
  const all = events.flatMap((event) => {
    const at = after(event.occurredAt, Math.round(lateness()));
    return chance.chance(0.05) ? [{ event, at }, { event, at: after(at, Math.round(lateness())) }] : [{ event, at }]; // prettier-ignore
  });
  return all.sort((a, b) => a.at.getTime() - b.at.getTime());
}
