import { everyConnector } from "../connectors/registry.server.ts";
import { shopsWithWork } from "../destinations/connect.server.ts";
import { audiencesCursor, follow as followForAudiences } from "../destinations/plan.server.ts";
import { ensureComingPartitions } from "../events/append.server.ts";
import { shopsBehind } from "../events/load.server.ts";
import { shopsWithDueRuns } from "../flows/settings.server.ts";
import { flowsCursor, follow as followForFlows } from "../flows/start.server.ts";
import { wake } from "../queue.server.ts";
import { changeSequence, linesAtOnce } from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction, whichShops } from "../tx.server.ts";
import { batchSize, processBatch } from "./process-event.server.ts";

/** Works out what the changes of segments mean for audiences, up to the end of the change log. */
export async function followAudiences(shop: Shop, clock: () => Date): Promise<void> {
  await ensureComingPartitions(clock());
  while ((await transaction((tx) => followForAudiences(shop, everyConnector(), clock(), tx))) === linesAtOnce);
}

/** The same for flows. */
export async function followFlows(shop: Shop, clock: () => Date): Promise<void> {
  await ensureComingPartitions(clock());
  while ((await transaction((tx) => followForFlows(shop, clock(), tx))) === linesAtOnce);
}

const leftFor = (shop: Shop, now: Date) =>
  whichShops({
    audiencesBehind: [shopsBehind(audiencesCursor, changeSequence, shop.id)],
    flowsBehind: [shopsBehind(flowsCursor, changeSequence, shop.id)],
    audiences: [shopsWithWork(now, shop.id)],
    flows: [shopsWithDueRuns(now, shop.id)],
  });

/**
 * Reads a shop's log to where it ended when this began, has everybody follow, and wakes who has something to send. Each step commits by itself: what a crash
 * between two leaves behind, the next sweep finds. What comes in meanwhile has its own wake-up: read one by one as it comes, a burst would cost a batch each.
 */
export async function readLog(shop: Shop, clock: () => Date): Promise<void> {
  let read = await processBatch(shop, clock());
  if (read === 0) return;
  while (read === batchSize) read = await processBatch(shop, clock());
  let found = await leftFor(shop, clock());
  if (found.audiencesBehind.length > 0) await followAudiences(shop, clock);
  if (found.flowsBehind.length > 0) await followFlows(shop, clock);
  if (found.audiencesBehind.length + found.flowsBehind.length > 0) found = await leftFor(shop, clock());
  if (found.audiences.length > 0) await wake("audiences.sync", shop.id);
  if (found.flows.length > 0) await wake("flows.advance", shop.id);
}
