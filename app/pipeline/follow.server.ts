import { everyConnector } from "../connectors/registry.server.ts";
import { shopsWithWork } from "../destinations/connect.server.ts";
import { audiencesCursor, follow as followForAudiences, linesForAudiences } from "../destinations/plan.server.ts";
import { ensureComingPartitions } from "../events/append.server.ts";
import { shopsBehind, skipOthers, unread } from "../events/load.server.ts";
import { linesForFlows, shopsWithDueRuns } from "../flows/settings.server.ts";
import { flowsCursor, follow as followForFlows } from "../flows/start.server.ts";
import type { Tx } from "../lib/tx.ts";
import { wake } from "../queue.server.ts";
import { changeSequence, peopleAtOnce } from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction, whichShops } from "../tx.server.ts";
import { batchSize, processBatch } from "./process-event.server.ts";

type Follower = "audiences" | "flows";
const cursors: Record<Follower, string> = { audiences: audiencesCursor, flows: flowsCursor };
/** One step of each: works out what the changes of segments mean for audiences, or for flows. Returns of how many people it read. */
const steps: Record<Follower, (shop: Shop, now: Date, tx: Tx) => Promise<number>> = {
  audiences: (shop, now, tx) => followForAudiences(shop, everyConnector(), now, tx),
  flows: followForFlows,
};

/** Who has not read the change log to its end, and who has something to send. */
async function leftFor(shop: Shop, now: Date): Promise<{ behind: Follower[]; due: Record<Follower, boolean> }> {
  const found = await whichShops({
    audiencesBehind: [shopsBehind(audiencesCursor, changeSequence, shop.id)],
    flowsBehind: [shopsBehind(flowsCursor, changeSequence, shop.id)],
    audiences: [shopsWithWork(now, shop.id)],
    flows: [shopsWithDueRuns(now, shop.id)],
  });
  return {
    behind: [...(found.audiencesBehind.length > 0 ? (["audiences"] as const) : []), ...(found.flowsBehind.length > 0 ? (["flows"] as const) : [])],
    due: { audiences: found.audiences.length > 0, flows: found.flows.length > 0 },
  };
}

/**
 * Has these follow the change log to its end, each in transactions of its own: one that cannot holds up no other. Returns who has something to send then. Most
 * lines are about segments that nobody asks for, or people whom they change nothing for: those are passed over in one statement.
 */
export async function follow(shop: Shop, who: readonly Follower[], clock: () => Date): Promise<Record<Follower, boolean>> {
  const left = await leftFor(shop, clock());
  const behind = left.behind.filter((one) => who.includes(one));
  if (behind.length === 0) return left.due;
  const skipped = await skipOthers(shop.id, changeSequence, { [audiencesCursor]: linesForAudiences(), [flowsCursor]: linesForFlows() });
  const reading = behind.filter((one) => !skipped.has(cursors[one]));
  if (reading.length === 0) return left.due;
  await ensureComingPartitions(clock());
  for (const one of reading) while ((await transaction((tx) => steps[one](shop, clock(), tx))) >= peopleAtOnce);
  return (await leftFor(shop, clock())).due;
}

/** So many at once, and more will have come in meanwhile. Fewer have a wake-up of their own: read one by one as they come, a burst would cost a batch each. */
const many = 50;
/** How long is read on before everybody follows, and how long before other shops get their turn, in milliseconds. */
const followEvery = 1_000;
const turn = 5_000;

/**
 * Reads a shop's log to where it ended when this began, has everybody follow, and wakes who has something to send. Goes on for a while where much comes in, so
 * that nobody waits for the next wake-up then. Each step commits by itself: what a crash between two leaves behind, the next sweep finds.
 */
export async function readLog(shop: Shop, clock: () => Date): Promise<void> {
  const began = performance.now();
  for (;;) {
    const since = performance.now();
    let read = await processBatch(shop, clock());
    if (read === 0) return;
    while (read >= many && performance.now() - since < followEvery) read = await processBatch(shop, clock());
    const due = await follow(shop, ["audiences", "flows"], clock);
    if (due.audiences) await wake("audiences.sync", shop.id);
    if (due.flows) await wake("flows.advance", shop.id);
    if (read < many) return;
    if (read < batchSize && performance.now() - began > turn) return wake("events.process", shop.id);
  }
}

/** The same for who asks often and mostly in vain: looks first whether anything is there to read. */
export async function readNews(shop: Shop, clock: () => Date): Promise<void> {
  const { behind } = await whichShops({ behind: [unread(shop.id)] });
  if (behind.length > 0) await readLog(shop, clock);
}
