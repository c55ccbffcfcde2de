// Lets the people of a plan live their time, step by step, and tells the product what they do at its front doors.
import { Temporal } from "temporal-polyfill";
import type { ShopState } from "../shopify/shop-state.ts";
import { agendaOf } from "./agenda.ts";
import { shopkeeper, standingOf, type Standing } from "./deeds.ts";
import type { Front, Lane, Letter, Word } from "./front.ts";
import { ledgerOf, newTallies, type Ledger } from "./ledger.ts";
import { wholeSecond, type Intent, type Person, type Plan, type PlanOptions } from "./plan.ts";
import { readingOf, scanOf } from "./reading.ts";
import { stream } from "./stream.ts";

const minute = 60_000;

export type Progress = { at: Date; share: number; orders: number; mails: number };

export type PlayOptions = {
  plan: Plan;
  front: Front;
  shop: ShopState;
  worldUrl: string;
  /** How often a day the worker wakes up. */
  wakesPerDay?: number;
  onProgress?: (progress: Progress) => void;
  /** Ends it early, between two steps. */
  signal?: AbortSignal;
};

/** The ends of the steps of a period: moments of each day's waking hours that the seed gives, and the end of it. */
export function stepsOf({ seed, from, until, timeZone }: Pick<PlanOptions, "seed" | "from" | "until" | "timeZone">, perDay: number): Date[] {
  const steps: Date[] = [];
  for (let day = zonedDay(from, timeZone); day.epochMilliseconds < until.getTime(); day = day.add({ days: 1 })) {
    const chance = stream(seed, "wakes", day.toPlainDate().toString());
    for (let part = 0; part < perDay; part += 1) {
      const hour = 8 + (14 * (part + chance.share())) / perDay;
      const at = wholeSecond(day.epochMilliseconds + hour * 60 * minute);
      // Steps need room for the moment at which people read their mail.
      if (at.getTime() > (steps.at(-1) ?? from).getTime() + 90 * minute && at.getTime() < until.getTime() - 90 * minute) steps.push(at);
    }
  }
  return [...steps, until];
}

function zonedDay(at: Date, timeZone: string) {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).startOfDay();
}

type Kept = { letter: Letter; standing: Standing; mail: number; name: string };

/**
 * Plays a plan. Everything that is said is a function of the plan and of what the product did: the mails that came, and where their links lead.
 * In each step the doors hear first what people did until its end, each deed at its own moment; only when all of it is read does the worker's clock
 * follow, so that it never acts on half a story.
 */
export async function play({ plan, front, shop, worldUrl, wakesPerDay = 2, onProgress, signal }: PlayOptions): Promise<Ledger> {
  const { seed, from, until } = plan.options;
  const keeper = shopkeeper({ seed, shop, worldUrl });
  const tallies = newTallies();
  const byAddress = new Map<string, Standing[]>();
  let said = new Map<string, Word[]>();
  let unread: Kept[] = [];
  let orders = 0;
  let stepBefore = from;

  const say = (person: Person, words: Word[]): void => {
    const lane = said.get(person.lane);
    if (lane === undefined) said.set(person.lane, words);
    else lane.push(...words);
  };

  const agenda = agendaOf(
    plan.people.flatMap((person) => person.intents.filter((intent) => intent.reach !== "look").flatMap((intent) => entriesOf(person, intent))),
  );

  function entriesOf(person: Person, intent: Intent) {
    const one = standingOf(person, intent);
    tallies.standings.push(one);
    for (const email of person.emails) byAddress.set(email, [...(byAddress.get(email) ?? []), one]);
    const { paceMs: pace, reach, outcome } = intent;
    const entry = (ms: number, run: (at: Date) => Promise<void>) => {
      const at = wholeSecond(ms);
      return { at: at.getTime(), lane: person.lane, run: () => run(at) };
    };
    const begins = intent.at.getTime();
    const entries = [entry(begins + pace.cart, async (at) => say(person, await keeper.cart(one, at)))];
    if (intent.changedLines.length > 0) entries.push(entry(begins + pace.change, async (at) => say(person, await keeper.change(one, at))));
    if (reach === "cart") return entries;
    entries.push(entry(begins + pace.checkout, async (at) => say(person, await keeper.checkout(one, at))));
    entries.push(
      entry(begins + pace.contact, async (at) => {
        say(person, await keeper.contact(one, at));
        if (reach === "checkout") one.leftAt = at;
      }),
    );
    if (reach === "order") entries.push(entry(begins + pace.pay, (at) => pay(one, at, "at once", null)));
    if (outcome.kind === "anyway") entries.push(entry(outcome.at.getTime(), (at) => pay(one, at, "anyway", null)));
    return entries;
  }

  async function pay(one: Standing, at: Date, by: "at once" | "anyway" | "won", link: { path: string; code: string | null } | null): Promise<void> {
    if (one.order !== null) return;
    say(one.person, await keeper.pay(one, at, by, link));
    if (one.order === null) return;
    orders += 1;
    const { fate } = one.intent;
    const later = (ms: number, run: (at: Date) => Promise<Word[]>): void => {
      const when = wholeSecond(at.getTime() + ms);
      agenda.add({ at: when.getTime(), lane: one.person.lane, run: async () => say(one.person, await run(when)) });
    };
    if (fate.kind === "refunded") later(fate.afterMs, (when) => keeper.refund(one, when, fate.share));
    if (fate.kind === "cancelled") later(fate.afterMs, (when) => keeper.cancel(one, when));
    const { newsletterEndsAfterMs: ends } = one.person;
    if (ends !== null) later(ends, (when) => keeper.endNewsletter(one, when));
  }

  /** A letter is about the checkout she left last and has not paid for. */
  async function arrived(letter: Letter): Promise<void> {
    tallies.mails += 1;
    const standing = (byAddress.get(letter.to) ?? [])
      .filter((one) => one.leftAt !== null && one.leftAt <= letter.at && one.order === null && one.intent.email === letter.to)
      .sort((one, other) => (other.leftAt?.getTime() ?? 0) - (one.leftAt?.getTime() ?? 0))[0];
    if (standing === undefined) {
      tallies.strayMails.push(`${letter.at.toISOString()} ${letter.to}: ${letter.subject}`);
      return;
    }
    const mail = standing.mails;
    standing.mails += 1;
    const name = `${standing.intent.key} ${mail}`;
    if (letter.code !== null) tallies.codes.set(letter.code, { standing, at: letter.at });
    unread.push({ letter, standing, mail, name });
    for (const look of scanOf(seed, standing.person, letter)) {
      const url = letter[look.url];
      if (url === null) continue;
      if (look.url === "click") tallies.scannedMails.add(name);
      await front.open({ url, method: look.method, userAgent: look.userAgent, address: "198.18.255.254" });
    }
  }

  /** Everybody reads what came, at one moment: the doors stamp clicks with their own time, so it is made that moment first. */
  async function read(kept: Kept[], at: Date): Promise<void> {
    const lanes = new Map<string, Kept[]>();
    for (const one of kept) lanes.set(one.standing.person.lane, [...(lanes.get(one.standing.person.lane) ?? []), one]);
    await Promise.all(
      [...lanes.values()].map(async (list) => {
        for (const one of list) await readOne(one, at);
      }),
    );
  }

  async function readOne({ letter, standing, mail, name }: Kept, at: Date): Promise<void> {
    const { intent, person } = standing;
    const { clicks, buysAfterMs, unsubscribes } = readingOf(seed, intent, mail, at);
    const browser = { userAgent: intent.device.userAgent, address: intent.device.address };
    let link: { path: string; code: string | null } | null = null;
    if (clicks && letter.click !== null) {
      const { location } = await front.open({ url: letter.click, method: "GET", ...browser });
      tallies.clicks.push({ standing, to: letter.to, at });
      tallies.clickedMails.add(name);
      if (location !== null) link = linkOf(location);
    } else if (buysAfterMs !== null && letter.code !== null) link = { path: "/", code: letter.code };
    if (unsubscribes !== null && letter.unsubscribe !== null) {
      if (unsubscribes === "page") await front.open({ url: letter.unsubscribe, method: "GET", ...browser });
      const body = "List-Unsubscribe=One-Click";
      await front.open({ url: letter.unsubscribe, method: "POST", ...browser, body });
      tallies.unsubscribed.add(name);
    }
    if (buysAfterMs === null) return;
    const when = wholeSecond(at.getTime() + buysAfterMs);
    agenda.add({ at: when.getTime(), lane: person.lane, run: () => pay(standing, when, "won", link) });
  }

  for (const [index, step] of stepsOf(plan.options, wakesPerDay).entries()) {
    if (signal?.aborted === true) throw new Error("The play was ended early");
    const readsAt = new Date(stepBefore.getTime() + Math.round(stream(seed, "reads", index).between(25, 55)) * minute);
    const kept = unread.sort((one, other) => (one.name < other.name ? -1 : 1));
    unread = [];
    if (kept.length > 0) {
      await front.doorsAt(readsAt);
      await read(kept, readsAt);
    }
    for (let entry = agenda.take(step); entry !== undefined; entry = agenda.take(step)) await entry.run();
    await front.doorsAt(step);
    await front.say([...said].map(([lane, words]): Lane => ({ lane, words })));
    said = new Map();
    await front.heard();
    await front.allAt(step);
    await front.quiet(async () => {
      for (const letter of await front.letters()) await arrived(letter);
    });
    stepBefore = step;
    onProgress?.({ at: step, share: (step.getTime() - from.getTime()) / (until.getTime() - from.getTime()), orders, mails: tallies.mails });
  }
  return ledgerOf(tallies);
}

/** The page of the shop that a link leads to, and the code that waits in it. */
function linkOf(location: string): { path: string; code: string | null } {
  const url = new URL(location);
  return { path: `${url.pathname}${url.search}`.slice(0, 500), code: url.searchParams.get("discount") };
}
