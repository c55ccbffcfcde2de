import { unread } from "../events/load.server.ts";
import { together } from "../lib/together.ts";
import { wake } from "../queue.server.ts";
import type { Shop } from "../shops/shop.ts";
import { whichShops } from "../tx.server.ts";
import { follow } from "./follow.server.ts";
import { batchSize, processBatch } from "./process-event.server.ts";

/** So many at once, and more will have come in meanwhile. Fewer have a wake-up of their own: read one by one as they come, a burst would cost a batch each. */
const many = 50;
/** How long is read on before everybody follows, and how long before the shop is woken anew, in milliseconds. */
const followEvery = 1_000;
const turn = 5_000;

/** The shops whose change log somebody follows in this process just now. */
const followed = new Set<number>();

/** Has everybody follow what was read, and wakes who has something to send then. */
async function everybodyFollows(shop: Shop, clock: () => Date): Promise<void> {
  followed.add(shop.id);
  try {
    const due = await follow(shop, ["audiences", "flows"], clock);
    if (due.audiences) await wake("audiences.sync", shop.id);
    if (due.flows) await wake("flows.advance", shop.id);
  } finally {
    followed.delete(shop.id);
  }
}

/** How a reading ended: whether more is to be expected, and whoever still follows beside it. */
type Reading = { more: boolean; beside: Promise<void> };

/**
 * Reads a shop's log batch by batch while much comes in. Whoever calls it has everybody follow at the end. Each second until then that is done beside the reading, since they
 * may have much to work out, and what comes in does not wait for them. `enough` is asked after each batch, `othersWait` beside it, and either ends it sooner. Each
 * step commits by itself: what a crash between two leaves behind, the next sweep finds.
 */
async function readUntil(
  shop: Shop,
  clock: () => Date,
  enough: (read: number) => boolean,
  othersWait: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<Reading> {
  let since = performance.now();
  let beside = Promise.resolve();
  let failed = false;
  let [read, waiting] = await together(processBatch(shop, clock()), othersWait());
  try {
    while (!failed && read >= many && !waiting && !enough(read)) {
      if (!followed.has(shop.id) && performance.now() - since >= followEvery) {
        since = performance.now();
        beside = everybodyFollows(shop, clock);
        beside.catch(() => (failed = true));
      }
      [read, waiting] = await together(processBatch(shop, clock()), othersWait());
    }
  } catch (error) {
    await beside.catch(() => undefined);
    throw error;
  }
  return { more: read >= many, beside };
}

/** Reads a shop's log to where it ended when this began, and on for a while where much comes in. For whoever goes on from what was read and followed, however long that takes. */
export async function readLog(shop: Shop, clock: () => Date): Promise<void> {
  const began = performance.now();
  // Only a batch that was not full has met the end.
  const { more, beside } = await readUntil(shop, clock, (read) => read < batchSize && performance.now() - began > turn);
  await beside;
  await everybodyFollows(shop, clock);
  if (more) await wake("events.process", shop.id);
}

/** The same for who asks often and mostly in vain: looks first whether anything is there to read. */
export async function readNews(shop: Shop, clock: () => Date): Promise<void> {
  const { behind } = await whichShops({ behind: [unread(shop.id)] });
  if (behind.length > 0) await readLog(shop, clock);
}

/** The shops whose turn it is in this process, each with whether it was woken again meanwhile. */
const turns = new Map<number, { again: boolean }>();

/**
 * One shop's turn among all: reads its log for a while, or for one batch where another shop has events that nobody reads just now. What is left waits in line
 * behind those. Of one shop there are no two turns at once: the second would do nothing but wait for the first one's cursor, with a connection in its hand. A turn
 * is over when its reading is: while everybody follows, the shop may have the next.
 */
export async function takeTurn(shop: Shop, clock: () => Date): Promise<void> {
  const running = turns.get(shop.id);
  if (running !== undefined) {
    running.again = true;
    return;
  }
  const mine = { again: false };
  turns.set(shop.id, mine);
  const began = performance.now();
  let reading: Reading;
  try {
    reading = await readUntil(shop, clock, () => performance.now() - began > turn, othersWait);
  } finally {
    turns.delete(shop.id);
  }
  const { more, beside } = reading;
  if (more || mine.again) await wake("events.process", shop.id);
  await beside;
  if (!followed.has(shop.id)) return everybodyFollows(shop, clock);
  // An earlier turn's followers are at it: to wait for them would keep this worker from reading on. Whoever sends follows first.
  await wake("audiences.sync", shop.id);
  await wake("flows.advance", shop.id);
}

async function othersWait(): Promise<boolean> {
  const { behind } = await whichShops({ behind: [unread()] });
  return behind.some((shopId) => !turns.has(shopId));
}
