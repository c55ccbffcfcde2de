import { dropDeliveries } from "../capture/receive.server.ts";
import { shopsWithWork } from "../destinations/connect.server.ts";
import { audiencesCursor } from "../destinations/plan.server.ts";
import { ensureComingPartitions } from "../events/append.server.ts";
import { shopsBehind, unread } from "../events/load.server.ts";
import { dropOldPixelEvents } from "../events/retention.server.ts";
import { flowsCursor } from "../flows/start.server.ts";
import { shopsWithDueRuns } from "../flows/settings.server.ts";
import { after, day, hour, minute } from "../lib/time.ts";
import { log } from "../log.server.ts";
import { giveUpUnknown, shopsInterrupted } from "../messages/send.server.ts";
import { shopsMakingCodes } from "../offers/fill.server.ts";
import { shopsToCompare } from "../past/compare.server.ts";
import { shopsToRead } from "../past/import.server.ts";
import { shopsToAsk } from "../products/update.server.ts";
import { wake } from "../queue.server.ts";
import { arrive, shopsWithArrivals } from "../segments/arrived.server.ts";
import { shopsToCount } from "../segments/count.server.ts";
import { shopsFilling } from "../segments/fill.server.ts";
import { score, shopsToScore } from "../segments/scores.server.ts";
import * as segments from "../segments/update.server.ts";
import { changeSequence } from "../segments/update.server.ts";
import { shopById, shopsWithOpenRequests } from "../shops/load.server.ts";
import type { TaskName } from "../tasks.ts";
import { transaction, whichShops, type ShopQuery } from "../tx.server.ts";
import { shopsToCut } from "../visits/horizon.server.ts";
import { shopsSettlingDays } from "../visits/new-days.server.ts";

const perTransaction = 500;
/** A mail that is in a mail server's hands for longer than this has lost its worker. */
const handedOverFor = 5 * minute;
/** Webhook bodies are kept for two weeks. */
const keepDeliveries = 14 * day;

let droppedAt = new Date(0);

/**
 * Does what time alone has made due, and wakes whoever was not woken: a lost wake-up costs one sweep, never the work itself. Several workers may
 * sweep at once; each shop's rows are taken by one.
 */
export async function sweep(now: Date): Promise<void> {
  await ensureComingPartitions(now);
  // Asked in one go, and again after what may have changed the answers: mostly there is nothing to do.
  let found = await askEverything(now);
  // Settings, scores, products and what a newer version brought first: whoever stands elsewhere among the customers than before, or looked at what belongs elsewhere now, is due at once.
  if (found.scores.length + found.moved.length + found.elsewhere.length + found.arrived.length > 0) {
    for (const shopId of found.arrived) await arrive(shopId, now);
    for (const shopId of found.elsewhere) await segments.lookAgain(shopId, now);
    for (const shopId of found.scores) await scoreShop(shopId, now);
    for (const shopId of found.moved) await followCatalogue(shopId, now);
    found = await askEverything(now);
  }
  if (found.due.length > 0) {
    for (const shopId of found.due) await sweepSegments(shopId, now);
    found = await askEverything(now);
  }
  const { arrived: _came, scores: _scored, moved: _followed, elsewhere: _again, due: _swept, interrupted, ...wakes } = found;
  for (const [name, shopIds] of Object.entries(wakes)) for (const shopId of shopIds) await wake(name as TaskName, shopId);
  if (interrupted.length > 0) log.warn({ messages: await giveUpUnknown(after(now, -handedOverFor)) }, "given up as unknown");
  if (droppedAt < after(now, -hour)) {
    droppedAt = now;
    const dropped = await dropDeliveries(after(now, -keepDeliveries));
    if (dropped > 0) log.info({ dropped }, "old deliveries dropped");
    const months = await dropOldPixelEvents(now);
    if (months.length > 0) log.info({ months }, "old pixel events dropped");
  }
}

function askEverything(now: Date) {
  return whichShops({
    scores: [shopsToScore(now)],
    moved: [segments.shopsMoved()],
    elsewhere: [segments.shopsElsewhere()],
    arrived: [shopsWithArrivals()],
    due: [segments.shopsDue(now)],
    interrupted: [shopsInterrupted(after(now, -handedOverFor))],
    ...({
      "events.process": [unread()],
      "audiences.sync": [shopsBehind(audiencesCursor, changeSequence), shopsWithWork(now)],
      "flows.advance": [shopsBehind(flowsCursor, changeSequence), shopsWithDueRuns(now)],
      "segments.fill": [shopsFilling()],
      "segments.count": [shopsToCount(now)],
      "offers.fill": [shopsMakingCodes()],
      "products.complete": [shopsToAsk(now)],
      "shop.compare": [shopsToCompare(now)],
      "shop.import": [shopsToRead(now)],
      "privacy.answer": [shopsWithOpenRequests()],
      "visits.let-go": [shopsToCut(now)],
      "visits.new-days": [shopsSettlingDays()],
    } satisfies Partial<Record<TaskName, ShopQuery[]>>),
  });
}

async function scoreShop(shopId: number, now: Date): Promise<void> {
  const shop = await shopById(shopId);
  if (shop === null) return;
  await transaction(async (tx) => {
    await segments.lockWriter(shop.id, tx);
    await score(shop, now, tx);
  });
}

async function followCatalogue(shopId: number, now: Date): Promise<void> {
  const shop = await shopById(shopId);
  if (shop === null) return;
  await transaction(async (tx) => {
    await segments.lockWriter(shop.id, tx);
    await segments.follow(shop, now, tx);
  });
}

async function sweepSegments(shopId: number, now: Date): Promise<void> {
  const shop = await shopById(shopId);
  if (shop === null) return;
  for (;;) {
    const { looked } = await transaction(async (tx) => {
      // The story's own cursor is the lock: memberships of a shop have one writer at a time.
      await segments.lockWriter(shop.id, tx);
      return segments.sweep(shop, now, perTransaction, tx);
    });
    if (looked < perTransaction) return;
  }
}
