// The product's front doors over HTTP, its mail through the world's mailbox, and the two clocks it goes by.
import { Agent, request as startRequest, type IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../clock/clock.ts";
import { openLetter, type Letter as KeptLetter } from "../mail/mailbox.ts";
import { openDoor } from "../replay/door.ts";
import { currentSubscriptions } from "../shopify/subscriptions.ts";
import type { World } from "../world.ts";
import type { Front, Lane, Letter, Visit, Word } from "./front.ts";

export type HttpFrontOptions = {
  world: World;
  /** Where the product listens. */
  appUrl: string;
  shop: string;
  /** The clock of the process with the doors; the world's own is the worker's. */
  doors: Clock;
  /** Has the worker look at once for what has become due. */
  nudge?: () => void;
  /** How many lanes speak at once. */
  lanes?: number;
};

type Health = { now: string; waiting: Record<string, number> };

const pollMs = 6;
/** What was written meanwhile is read while the next step is told, and before the worker's clock goes on; a comparison finds what is known. */
const notWaitedFor: ReadonlySet<string> = new Set(["shopsWithUnreadEvents", "shopsToCompare"]);
/** A process looks at its clock again after 2 ms at the latest. */
const seenAfterMs = 4;
/** A step that is not done by then never will be. */
const patienceMs = 120_000;

/** Opens the doors of a product that runs in a world. */
export function httpFront({ world, appUrl, shop, doors, lanes = 64, nudge }: HttpFrontOptions): Front & { close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 * lanes });
  const door = openDoor({ address: () => appUrl, secret: world.context.appSecret, connections: 3 * lanes });
  const { apiVersion } = currentSubscriptions();
  let attempts = world.mail.mailbox.attempts().length;
  let lastLetter = Number(world.mail.mailbox.list()[0]?.id ?? 0);
  let target = doors.now();

  function ask(visit: Visit, headers: Record<string, string> = {}): Promise<{ status: number; location: string | null; text: string }> {
    return new Promise((resolve, reject) => {
      const request = startRequest(toProduct(visit.url), {
        agent,
        method: visit.method,
        timeout: 30_000,
        headers: { "User-Agent": visit.userAgent, "X-Forwarded-For": visit.address, ...headers },
      });
      request.once("response", (response: IncomingMessage) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? null, text: Buffer.concat(parts).toString("utf8") }),
        );
        response.once("error", reject);
      });
      request.once("timeout", () => request.destroy(new Error("no answer in time")));
      request.once("error", reject);
      request.end(visit.body);
    });
  }

  /** The product gives out the address of the world's frame, which browsers need and nobody else. */
  function toProduct(address: string): URL {
    const url = new URL(address);
    return new URL(url.pathname + url.search, appUrl);
  }

  async function sayOne(word: Word): Promise<void> {
    if (word.kind === "webhook") {
      const { topic, webhookId, eventId, at } = word;
      await door.deliver({ shop, topic, apiVersion, webhookId, eventId, triggeredAt: at }, word.body);
      return;
    }
    const { status, text } = await ask({ url: `${appUrl}/pixel`, method: "POST", ...word }, { "Content-Type": "text/plain" });
    if (status !== 204) throw new Error(`The pixel's door answered ${status}: ${text}`);
  }

  async function health(): Promise<Health> {
    const { status, text } = await ask({ url: `${appUrl}/health`, method: "GET", userAgent: "simulator", address: "127.0.0.1" });
    if (status !== 200) throw new Error(`The product does not say how it is: ${status} ${text}`);
    return JSON.parse(text) as Health;
  }

  async function until(done: (health: Health) => boolean, meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    let nudged = performance.now();
    for (const end = performance.now() + patienceMs; ; await wait(pollMs)) {
      const found = await health();
      await meanwhile();
      if (done(found)) return;
      if (performance.now() > end) throw new Error(`The product did not come to rest at ${found.now}: ${JSON.stringify(found.waiting)}`);
      // Shopify needs a moment for the codes of an offer, by the world's clock.
      if ((found.waiting["shopsMakingCodes"] ?? 0) > 0 && performance.now() - nudged > 100) {
        nudged = performance.now();
        target = new Date(Math.max(target.getTime(), doors.now().getTime()) + 2_000);
        move(target);
      }
    }
  }

  function move(at: Date): void {
    // To the millisecond the same: what is due for the worker is due for the doors, who are asked whether anything is.
    world.clock.move({ at: at.toISOString() });
    doors.follow(world.clock);
  }

  return {
    async say(list: readonly Lane[]): Promise<void> {
      // The longest first: it is what everybody waits for in the end.
      const rest = [...list].sort((one, other) => other.words.length - one.words.length);
      const speak = async (): Promise<void> => {
        for (let lane = rest.shift(); lane !== undefined; lane = rest.shift()) for (const deed of deedsOf(lane.words)) await Promise.all(deed.map(sayOne));
      };
      await Promise.all(Array.from({ length: lanes }, speak));
    },
    async open(visit) {
      const { status, location } = await ask(visit, visit.body === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded" });
      if (status >= 400) throw new Error(`The product answered ${status} to a link in its own mail`);
      return { status, location };
    },
    async letters(): Promise<Letter[]> {
      const tried = world.mail.mailbox.attempts().length;
      if (tried === attempts) return [];
      attempts = tried;
      const fresh = world.mail.mailbox.list().filter((one) => Number(one.id) > lastLetter);
      lastLetter = Math.max(lastLetter, ...fresh.map((one) => Number(one.id)));
      const letters = await Promise.all(fresh.map(readLetter));
      return letters.sort((one, other) => (one.to < other.to ? -1 : 1));
    },
    async doorsAt(at) {
      doors.move({ at: at.toISOString() });
      await wait(seenAfterMs);
    },
    async allAt(at) {
      // Both at once and to the same moment: what the doors say of a mail's age depends on it.
      target = new Date(Math.max(at.getTime() + 30_000, doors.now().getTime()));
      move(target);
      await wait(seenAfterMs);
      nudge?.();
    },
    heard() {
      nudge?.();
      return until(({ waiting }) => waiting["shopsWithUnreadEvents"] === 0 && waiting["shopsWithUnreadChanges"] === 0);
    },
    async quiet(meanwhile) {
      let times = 0;
      await until(({ now, waiting }) => {
        const due = Object.entries(waiting).filter(([name, count]) => !notWaitedFor.has(name) && count > 0);
        times = new Date(now) >= target && due.length === 0 ? times + 1 : 0;
        return times === 2;
      }, meanwhile);
      await meanwhile();
    },
    close: () => {
      agent.destroy();
      door.close();
    },
  };
}

/**
 * The words of a lane by their moments. A browser and the shop speak one after the other: whom a cart belongs to is the same in the end, but not who of two
 * profiles absorbs the other, and who is in a holdout follows from that.
 */
function deedsOf(words: readonly Word[]): Word[][] {
  const deeds: Word[][] = [];
  for (const word of words) {
    const last = deeds.at(-1);
    const first = last?.[0];
    if (last !== undefined && first?.kind === word.kind && first.at.getTime() === word.at.getTime()) last.push(word);
    else deeds.push([word]);
  }
  return deeds;
}

async function readLetter(letter: KeptLetter): Promise<Letter> {
  const { html, text, headers } = await openLetter(letter);
  const header = headers.find((one) => one.name.toLowerCase() === "list-unsubscribe")?.value;
  return {
    to: letter.to[0] ?? "",
    at: new Date(letter.arrivedAt),
    subject: letter.subject,
    click: /href="([^"]*\/c\/[^"]+)"/.exec(html)?.[1] ?? null,
    unsubscribe: /<(https?:[^>]+)>/.exec(header ?? "")?.[1] ?? null,
    code: /\bBACK-[A-Z2-9]{8}\b/.exec(text)?.[0] ?? null,
  };
}
