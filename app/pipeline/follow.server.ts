import { everyConnector } from "../connectors/registry.server.ts";
import { shopsWithWork } from "../destinations/connect.server.ts";
import { audiencesCursor, follow as followForAudiences, linesForAudiences } from "../destinations/plan.server.ts";
import { ensureComingPartitions } from "../events/append.server.ts";
import { shopsBehind, skipOthers } from "../events/load.server.ts";
import { linesForFlows, shopsWithDueRuns } from "../flows/settings.server.ts";
import { flowsCursor, follow as followForFlows } from "../flows/start.server.ts";
import type { Tx } from "../lib/tx.ts";
import { changeSequence, peopleAtOnce } from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction, whichShops } from "../tx.server.ts";

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
