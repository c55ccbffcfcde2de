import { audiencesCursor } from "../destinations/plan.server.ts";
import { shopsBehind, unread } from "../events/load.server.ts";
import { oldestDueRun, shopsWithDueRuns, shopsWithMailInHand } from "../flows/settings.server.ts";
import { flowsCursor } from "../flows/start.server.ts";
import { shopsMakingCodes } from "../offers/fill.server.ts";
import { shopsToCompare } from "../past/compare.server.ts";
import { shopsToRead } from "../past/import.server.ts";
import { shopsToCount } from "../segments/count.server.ts";
import { shopsFilling } from "../segments/fill.server.ts";
import { changeSequence, oldestMembershipDue, shopsDue, shopsMoved } from "../segments/update.server.ts";
import { whichShops } from "../tx.server.ts";
import { shopsSettlingDays } from "../visits/new-days.server.ts";

/** Shops with something left to do now, by what it is. All of them zero: everything that is due has been done. */
export type Waiting = {
  shopsWithUnreadEvents: number;
  shopsWithUnreadChanges: number;
  shopsWithDueMemberships: number;
  shopsFillingSegments: number;
  shopsWithSegmentsToCount: number;
  shopsWithDueRuns: number;
  shopsWithMailInHand: number;
  shopsMakingCodes: number;
  shopsToCompare: number;
  shopsToImport: number;
};

/** How long the oldest due work has waited, in seconds (null: nothing waits), and how many shops have something left to do. */
export async function oldestDue(now: Date): Promise<{ oldestSeconds: number | null; waiting: Waiting }> {
  const shops = await whichShops({
    shopsWithUnreadEvents: [unread()],
    shopsWithUnreadChanges: [shopsBehind(flowsCursor, changeSequence), shopsBehind(audiencesCursor, changeSequence)],
    shopsWithDueMemberships: [shopsDue(now), shopsMoved(), shopsSettlingDays()],
    shopsFillingSegments: [shopsFilling()],
    shopsWithSegmentsToCount: [shopsToCount(now)],
    shopsWithDueRuns: [shopsWithDueRuns(now)],
    shopsWithMailInHand: [shopsWithMailInHand()],
    shopsMakingCodes: [shopsMakingCodes()],
    shopsToCompare: [shopsToCompare(now)],
    shopsToImport: [shopsToRead(now)],
  } satisfies Record<keyof Waiting, unknown>);
  const waiting = Object.fromEntries(Object.entries(shops).map(([name, ids]) => [name, ids.length])) as Waiting;
  const timed = [waiting.shopsWithDueMemberships > 0 ? await oldestMembershipDue() : null, waiting.shopsWithDueRuns > 0 ? await oldestDueRun() : null];
  const instants = timed.filter((at): at is Date => at !== null && at <= now);
  const oldest = instants.length === 0 ? null : Math.min(...instants.map((at) => at.getTime()));
  return { oldestSeconds: oldest === null ? null : Math.round((now.getTime() - oldest) / 1000), waiting };
}
