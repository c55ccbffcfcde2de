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

/** Has everybody follow what was read, and wakes who has something to send then. */
async function everybodyFollows(shop: Shop, clock: () => Date): Promise<void> {
  const due = await follow(shop, ["audiences", "flows"], clock);
  if (due.audiences) await wake("audiences.sync", shop.id);
  if (due.flows) await wake("flows.advance", shop.id);
}

/**
 * Reads a shop's log batch by batch while much comes in. Everybody follows at the end, and each second until then: beside the reading, since they may have much to
 * work out, and what comes in does not wait for them. `enough` is asked after each batch, `othersWait` beside it, and either ends it sooner. Returns whether more is to
 * be expected. Each step commits by itself: what a crash between two leaves behind, the next sweep finds.
 */
async function readUntil(
  shop: Shop,
  clock: () => Date,
  enough: (read: number) => boolean,
  othersWait: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<boolean> {
  let since = performance.now();
  let following: Promise<void> | null = null;
  const failures: unknown[] = [];
  let [read, waiting] = await together(processBatch(shop, clock()), othersWait());
  if (read === 0) return false;
  try {
    while (failures.length === 0 && read >= many && !waiting && !enough(read)) {
      if (following === null && performance.now() - since >= followEvery) {
        since = performance.now();
        following = everybodyFollows(shop, clock).then(
          () => void (following = null),
          (error: unknown) => void failures.push(error),
        );
      }
      [read, waiting] = await together(processBatch(shop, clock()), othersWait());
    }
  } finally {
    await following;
  }
  if (failures.length > 0) throw failures[0];
  await everybodyFollows(shop, clock);
  return read >= many;
}

/** Reads a shop's log to where it ended when this began, and on for a while where much comes in. For whoever goes on from what was read, however long that takes. */
export async function readLog(shop: Shop, clock: () => Date): Promise<void> {
  const began = performance.now();
  // Only a batch that was not full has met the end.
  if (await readUntil(shop, clock, (read) => read < batchSize && performance.now() - began > turn)) await wake("events.process", shop.id);
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
 * behind those. Of one shop there are no two turns at once: the second would do nothing but wait for the first one's cursor, with a connection in its hand.
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
  let left: boolean;
  try {
    left = await readUntil(shop, clock, () => performance.now() - began > turn, othersWait);
  } finally {
    turns.delete(shop.id);
  }
  if (left || mine.again) await wake("events.process", shop.id);
}

async function othersWait(): Promise<boolean> {
  const { behind } = await whichShops({ behind: [unread()] });
  return behind.some((shopId) => !turns.has(shopId));
}
