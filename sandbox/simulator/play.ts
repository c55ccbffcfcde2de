// Lets the people of a plan live their time, step by step, and tells the product what they do at its front doors.
import { Temporal } from "temporal-polyfill";
import type { ShopState } from "../shopify/shop-state.ts";
import { agendaOf, type Agenda } from "./agenda.ts";
import type { Standing } from "./deeds.ts";
import type { Front, Lane, Letter, Word } from "./front.ts";
import { ledgerOf, newTallies, type Ledger } from "./ledger.ts";
import { living, type Return } from "./living.ts";
import { wholeSecond, type Person, type Plan, type PlanOptions } from "./plan.ts";
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
  const tallies = newTallies();
  let said = new Map<string, Word[]>();
  let unread: Kept[] = [];
  let stepBefore = from;

  const say = (person: Person, words: Word[]): void => {
    const lane = said.get(person.lane);
    if (lane === undefined) said.set(person.lane, [...words]);
    else lane.push(...words);
  };
  const life = living({ plan, shop, worldUrl, tallies, say }, () => agenda);
  const agenda: Agenda = agendaOf(life.entries());
  const byAddress = new Map<string, Standing[]>();
  const leavers = tallies.standings.filter(({ intent }) => intent.reach === "checkout");
  for (const one of leavers) byAddress.set(one.intent.email, [...(byAddress.get(one.intent.email) ?? []), one]);

  /** A letter is about the checkout she left last and has not paid for. */
  async function arrived(letter: Letter): Promise<void> {
    tallies.mails += 1;
    const standing = (byAddress.get(letter.to) ?? [])
      .filter((one) => one.leftAt !== null && one.leftAt <= letter.at && one.order === null)
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
    // Who does not click opens the shop herself, and types the code where there is one.
    let back: Return = { by: "won", path: "/", code: letter.code };
    if (clicks && letter.click !== null) {
      const { location } = await front.open({ url: letter.click, method: "GET", ...browser });
      tallies.clicks.push({ standing, to: letter.to, at });
      tallies.clickedMails.add(name);
      if (location !== null) back = { by: "won", ...linkOf(location) };
    }
    if (unsubscribes !== null && letter.unsubscribe !== null) {
      if (unsubscribes === "page") await front.open({ url: letter.unsubscribe, method: "GET", ...browser });
      const body = "List-Unsubscribe=One-Click";
      await front.open({ url: letter.unsubscribe, method: "POST", ...browser, body });
      tallies.unsubscribed.add(name);
    }
    if (buysAfterMs === null) return;
    const when = wholeSecond(at.getTime() + buysAfterMs);
    agenda.add({ at: when.getTime(), lane: person.lane, run: () => life.pay(standing, when, back) });
  }

  /** Tells what happened until `step`: in two halves where that is long, because a browser's word of more than a day ago counts as of now. */
  async function tell(step: Date): Promise<void> {
    const length = step.getTime() - stepBefore.getTime();
    const ends = length > 20 * 60 * minute ? [new Date(stepBefore.getTime() + length / 2), step] : [step];
    for (const [index, end] of ends.entries()) {
      const from = ends[index - 1];
      const within = (word: Word): boolean => (from === undefined || word.at > from) && (word.at <= end || index === ends.length - 1);
      const lanes = [...said].map(([lane, words]): Lane => ({ lane, words: words.filter(within).sort((one, other) => one.at.getTime() - other.at.getTime()) }));
      await front.doorsAt(end);
      await front.say(lanes.filter(({ words }) => words.length > 0));
    }
    said = new Map();
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
    await tell(step);
    await front.heard();
    for (const one of leavers) if (one.abandonedAt === null && isLeft(one, step)) one.abandonedAt = step;
    await front.allAt(step);
    await front.quiet(async () => {
      for (const letter of await front.letters()) await arrived(letter);
    });
    stepBefore = step;
    onProgress?.({ at: step, share: (step.getTime() - from.getTime()) / (until.getTime() - from.getTime()), orders: tallies.orders, mails: tallies.mails });
  }
  await front.heard();
  return ledgerOf(tallies);
}

/** An hour after she left, and not paid for by then. */
function isLeft({ leftAt, paidAt }: Standing, now: Date): boolean {
  return leftAt !== null && now.getTime() - leftAt.getTime() >= 60 * minute && (paidAt === null || paidAt > now);
}

/** The page of the shop that a link leads to, and the code that waits in it. */
function linkOf(location: string): { path: string; code: string | null } {
  const url = new URL(location);
  return { path: `${url.pathname}${url.search}`.slice(0, 500), code: url.searchParams.get("discount") };
}
