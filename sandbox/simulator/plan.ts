// Who will come, when, and what she would do with and without a mail: all of it fixed by the seed before anything happens.
import { rhythmOf } from "./rhythm.ts";
import { addressOf, deviceOf, nameOf, robots, type Device } from "./names.ts";
import { asksFirst, countries, rates, wonBy } from "./rates.ts";
import { stream, type Stream } from "./stream.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** One thing on the shop's shelves. */
export type Item = { productId: number; variantId: number; priceMinor: number };

export type PlanOptions = {
  seed: string;
  from: Date;
  until: Date;
  timeZone: string;
  /** About how many orders there will be. */
  orders: number;
  /** The dial: of those who left a checkout and would not have come back, the share that a mail wins. */
  lift: number;
  /** Visits of people who only look, for each order; absent = as rates.ts has it. */
  visitsPerOrder?: number;
  shelf: readonly Item[];
};

/** What she does after she left a checkout: nothing; comes back by herself; or comes back only if she is mailed. `y0` and `y1` of the books. */
export type Outcome = { kind: "gone" } | { kind: "anyway"; at: Date } | { kind: "won"; byMail: number; clicks: boolean; afterMs: number };

export type Line = { variantId: number; quantity: number };

/** What becomes of an order. */
export type Fate = { kind: "kept" } | { kind: "refunded"; share: number; afterMs: number } | { kind: "cancelled"; afterMs: number };

/** One time that somebody thinks of buying something. */
export type Intent = {
  key: string;
  at: Date;
  /** How far she gets at once: only looks, leaves a cart, leaves a checkout with her address in it, or pays. */
  reach: "look" | "cart" | "checkout" | "order";
  device: Device;
  /** The page her visit begins on. */
  landing: string;
  lines: Line[];
  /** The lines after she thought again; empty where she did not. */
  changedLines: Line[];
  email: string;
  /** Another address that she pays with; absent = the same. */
  payEmail: string | null;
  ticksNewsletter: boolean;
  outcome: Outcome;
  fate: Fate;
  /** How long the steps of it take her, in milliseconds after `at`. */
  paceMs: { cart: number; change: number; checkout: number; contact: number; pay: number };
};

export type Person = {
  key: string;
  /** People of one lane share a browser: what they do keeps its order. */
  lane: string;
  firstName: string;
  lastName: string;
  country: string;
  emails: string[];
  devices: Device[];
  /** Whether her browsers may tell of her. */
  tracking: "accepts" | "declines";
  scanned: boolean;
  /** Not a person at all: software that loads pages and runs what is in them. */
  robot: boolean;
  intents: Intent[];
  /** She takes her consent back in her account, so long after her first order; null = never. */
  newsletterEndsAfterMs: number | null;
};

export type Plan = { options: PlanOptions; people: Person[] };

type Kinds = readonly (readonly [Intent["reach"], number])[];

/** How many intents of each kind make about so many orders: those of people who shop, and those of people who only look. */
function intentsFor({ orders, lift, visitsPerOrder = rates.visitsPerOrder }: PlanOptions): { shopping: Kinds; looking: number } {
  // Some of those who could be won cannot be mailed, or are in a holdout.
  const perCheckout = rates.checkoutsPaid + (1 - rates.checkoutsPaid) * (rates.backAnyway + (1 - rates.backAnyway) * lift * 0.5);
  const checkouts = orders / perCheckout;
  const shopping = [
    ["order", checkouts * rates.checkoutsPaid],
    ["checkout", checkouts * (1 - rates.checkoutsPaid)],
    ["cart", Math.max(0, orders / rates.cartsOrdered - checkouts)],
  ] as const;
  return { shopping, looking: orders * visitsPerOrder };
}

/** Makes the plan of a period. */
export function planOf(options: PlanOptions): Plan {
  const moment = rhythmOf(options.from, options.until, options.timeZone);
  const { shopping, looking } = intentsFor(options);
  const people: Person[] = [];
  const add = (name: string, wanted: number, kinds: Kinds) => {
    let intents = 0;
    for (let number = 1; intents < wanted; number += 1) {
      const made = personOf(options, `${name}${number}`, people.at(-1), kinds, moment);
      people.push(made);
      intents += made.intents.length;
    }
  };
  add(
    "s",
    shopping.reduce((sum, [, count]) => sum + count, 0),
    shopping,
  );
  add("v", looking, [["look", 1]]);
  return { options, people };
}

function personOf(options: PlanOptions, key: string, before: Person | undefined, kinds: Kinds, moment: (chance: Stream) => Date): Person {
  const { seed } = options;
  const who = stream(seed, key, "who");
  const name = nameOf(who);
  const country = who.weighted(countries);
  const scanned = who.chance(rates.scanned);
  const emails = [addressOf(who, name, key, scanned)];
  if (who.chance(rates.secondAddress)) emails.push(addressOf(who, name, `${key}b`, false));
  const with_ = stream(seed, key, "devices");
  const shops = kinds.some(([reach]) => reach !== "look");
  const shares = before !== undefined && before.lane === before.key && !before.robot && with_.chance(rates.sharedDevice);
  const robot = !shops && with_.chance(rates.botVisits);
  const devices = [robot ? deviceOf(with_, with_.pick(robots)) : deviceOf(with_)];
  if (!robot && with_.chance(rates.secondDevice)) devices.push(deviceOf(with_));
  if (shares) devices[0] = before.devices[0] as Device;
  const says = stream(seed, key, "says");
  const accepts = asksFirst.includes(country) ? says.chance(rates.acceptsBanner) : !says.chance(rates.declinesNotice);
  const ticks = says.chance(rates.newsletter);
  const ends = ticks && says.chance(rates.newsletterEnds) ? says.between(5, 90) * day : null;

  const times = stream(seed, key, "times");
  const moments = [moment(times)];
  while (times.chance(rates.comesAgain)) moments.push(moment(times));
  moments.sort((one, other) => one.getTime() - other.getTime());
  const person: Person = {
    ...{ key, lane: shares ? before.lane : key, ...name, country, emails, devices },
    ...{ tracking: shares ? before.tracking : robot || accepts ? "accepts" : "declines", scanned, newsletterEndsAfterMs: ends, robot, intents: [] },
  };
  // What is begun within two days of the time before is the same wish.
  for (const at of moments) {
    const last = person.intents.at(-1);
    if (last === undefined || at.getTime() - last.at.getTime() > 2 * day) person.intents.push(intentOf(options, person, at, ticks, kinds));
  }
  return person;
}

function intentOf(options: PlanOptions, person: Person, at: Date, ticks: boolean, kinds: Kinds): Intent {
  const { seed, lift, shelf } = options;
  const key = `${person.key}/${person.intents.length + 1}`;
  const wish = stream(seed, key, "wish");
  const reach = wish.weighted(kinds);
  const device = wish.pick(person.devices);
  const landing = wish.weighted(landings);
  const lines = linesOf(wish, shelf);
  const changedLines = wish.chance(0.3) ? linesOf(wish, shelf) : [];
  const pays = stream(seed, key, "pays");
  const second = person.emails[1];
  const pace = stream(seed, key, "pace");
  const cart = pace.between(1, 9) * minute;
  const change = cart + pace.between(0.5, 5) * minute;
  const checkout = change + pace.between(0.5, 6) * minute;
  const contact = checkout + pace.between(0.5, 3) * minute;
  return {
    ...{ key, at, reach, device, landing, lines, changedLines, email: person.emails[0] as string },
    payEmail: second !== undefined && pays.chance(rates.paysWithSecond) ? second : null,
    ticksNewsletter: ticks,
    outcome: reach === "checkout" ? outcomeOf(seed, key, at.getTime() + contact, lift) : { kind: "gone" },
    fate: fateOf(stream(seed, key, "fate")),
    paceMs: { cart, change, checkout, contact, pay: contact + pace.between(0.7, 4) * minute },
  };
}

const landings = [
  ["/", 50],
  ["/collections/all", 20],
  ["/?utm_source=instagram&utm_medium=social", 18],
  ["/?utm_source=newsletter&utm_medium=email", 12],
] as const;

function linesOf(chance: Stream, shelf: readonly Item[]): Line[] {
  const lines: Line[] = [];
  for (
    let count = chance.weighted([
      [1, 62],
      [2, 27],
      [3, 11],
    ] as const);
    count > 0;
    count -= 1
  ) {
    const { variantId } = chance.pick(shelf);
    if (!lines.some((line) => line.variantId === variantId))
      lines.push({
        variantId,
        quantity: chance.weighted([
          [1, 84],
          [2, 13],
          [3, 3],
        ] as const),
      });
  }
  return lines;
}

/** Both outcomes at once. The same person is won at every higher setting of the dial too: only the threshold moves. */
export function outcomeOf(seed: string, key: string, leftMs: number, lift: number): Outcome {
  const chance = stream(seed, key, "outcome");
  const [anyway, won] = [chance.share(), chance.share()];
  const soon = chance.chance(0.4);
  const afterMs = soon ? chance.between(0.4, 5) * hour : Math.min(12 * day, 6 * hour + chance.exponential(1.8 * day));
  const byMail = chance.weighted(wonBy.map((weight, mail) => [mail, weight] as const));
  const clicks = chance.chance(rates.wonByClick);
  const buysAfterMs = chance.chance(0.8) ? chance.between(3, 40) * minute : chance.between(4, 40) * hour;
  if (anyway < rates.backAnyway) return { kind: "anyway", at: wholeSecond(leftMs + afterMs) };
  return won < lift ? { kind: "won", byMail, clicks, afterMs: buysAfterMs } : { kind: "gone" };
}

function fateOf(chance: Stream): Fate {
  const what = chance.share();
  const afterMs = chance.between(3, 21) * day;
  const soon = chance.between(0.5, 20) * hour;
  const share = chance.chance(rates.refundedWhole) ? 1 : chance.between(0.15, 0.6);
  if (what < rates.refunded) return { kind: "refunded", share, afterMs };
  return what < rates.refunded + rates.cancelled ? { kind: "cancelled", afterMs: soon } : { kind: "kept" };
}

/** Shopify's times are whole seconds. */
export function wholeSecond(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}
