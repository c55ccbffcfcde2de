// Sends an order history through the front door, the world's clock going along with it.
import { payloadErrors } from "../shopify/payload-schema.ts";
import { openShop, demoShop } from "../shopify/shop-state.ts";
import { currentSubscriptions } from "../shopify/subscriptions.ts";
import { openDoor } from "./door.ts";
import { noticeOf, type Notice } from "./notice.ts";
import { retailRows, type Reading } from "./retail-file.ts";
import { deedsOf, worthMinor, type Deed } from "./retail-orders.ts";
import type { Scene } from "./scene.ts";

export type ReplayOptions = {
  files: readonly string[];
  scene: Scene;
  secret: string;
  /** How many webhooks are on their way at once. */
  connections?: number;
  /** Check every n-th body against Shopify's schemas after the first 200; 1 = all of them. */
  validateEvery?: number;
  onProgress?: (progress: Progress) => unknown;
};

export type Progress = Tally & { share: number; seconds: number; clock: Date };

export type Tally = {
  sent: number;
  orders: number;
  refunds: number;
  unmatched: number;
  customers: number;
  grossMinor: number;
  refundedMinor: number;
  unmatchedMinor: number;
  /** How the app answered: accepted, duplicate, rejected. */
  answers: Record<string, number>;
  checked: number;
};

export type Summary = Tally & { seconds: number; from: Date; until: Date };

const always = 200;
/** How many webhooks the clock is ahead of what is being sent: processes notice its moves only after some milliseconds. */
const ahead = 32;
const hourMs = 3_600_000;

/** Replays files of orders into the demo shop. The app must run; the shop is installed if it is not. */
export async function replay({ files, scene, secret, connections = 64, validateEvery = 50, onProgress }: ReplayOptions): Promise<Summary> {
  const reading: Reading = { read: 0, total: 0 };
  const deeds = deedsOf(retailRows(files, reading));
  const { value } = await deeds.next();
  if (value === undefined) throw new Error("There is no order of a known customer in these files");
  const first: Deed = value;
  await scene.setClock(first.at);
  await scene.install(demoShop.domain);

  const shop = openShop(demoShop, first.at);
  const { apiVersion } = currentSubscriptions();
  const appUrl = await scene.appUrl();
  const door = openDoor({ address: () => appUrl, secret, connections });
  const tally = newTally();
  const known = new Set<number>();
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  let clock = first.at;
  let until = first.at;

  /** Deeds with the clock moved to where each of them has happened. */
  async function* timed(): AsyncGenerator<Deed, void> {
    const queue: Deed[] = [];
    const take = async (deed: Deed): Promise<void> => {
      queue.push(deed);
      until = deed.at > until ? deed.at : until;
      if (deed.at <= clock) return;
      clock = new Date(Math.ceil(deed.at.getTime() / hourMs) * hourMs);
      await scene.setClock(clock);
    };
    await take(first);
    for await (const deed of deeds) {
      await take(deed);
      if (queue.length > ahead) yield queue.shift() as Deed;
    }
    yield* queue;
  }

  async function send(deed: Deed): Promise<void> {
    const notice = noticeOf(shop, deed);
    if (tally.sent < always || tally.sent % validateEvery === 0) {
      refuseWrong(notice);
      tally.checked += 1;
    }
    tally.sent += 1;
    const answer = await door.deliver(
      { shop: shop.domain, topic: notice.topic, apiVersion, webhookId: notice.eventId, eventId: notice.eventId, triggeredAt: notice.at },
      JSON.stringify(notice.payload),
    );
    tally.answers[answer] = (tally.answers[answer] ?? 0) + 1;
    count(tally, known, deed);
  }

  const source = timed();
  const lane = async (): Promise<void> => {
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      await send(next.value);
      onProgress?.({ ...tally, share: reading.total === 0 ? 1 : reading.read / reading.total, seconds: seconds(), clock });
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, lane));
  } finally {
    await source.return(undefined);
    door.close();
  }
  return { ...tally, seconds: seconds(), from: first.at, until };
}

function newTally(): Tally {
  return { sent: 0, orders: 0, refunds: 0, unmatched: 0, customers: 0, grossMinor: 0, refundedMinor: 0, unmatchedMinor: 0, answers: {}, checked: 0 };
}

function count(tally: Tally, known: Set<number>, deed: Deed): void {
  const worth = worthMinor(deed);
  if (deed.kind === "order") {
    tally.orders += 1;
    tally.grossMinor += worth;
    known.add(deed.customer);
    tally.customers = known.size;
  } else if (deed.orderInvoice === null) {
    tally.unmatched += 1;
    tally.unmatchedMinor += worth;
  } else {
    tally.refunds += 1;
    tally.refundedMinor += worth;
  }
}

function refuseWrong(notice: Notice): void {
  const errors = payloadErrors(notice.topic, JSON.parse(JSON.stringify(notice.payload)));
  if (errors.length > 0) throw new Error(`Shopify would not send ${notice.eventId} as ${notice.topic}: ${errors.slice(0, 5).join("; ")}`);
}
