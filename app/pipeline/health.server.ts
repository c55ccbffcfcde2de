import { audiencesCursor } from "../destinations/plan.server.ts";
import { shopsBehind, unread } from "../events/load.server.ts";
import { oldestDueRun, shopsWithDueRuns, shopsWithMailInHand } from "../flows/settings.server.ts";
import { flowsCursor } from "../flows/start.server.ts";
import { shopsMakingCodes } from "../offers/fill.server.ts";
import { changeSequence, oldestMembershipDue, shopsDue } from "../segments/update.server.ts";

/** Shops with something left to do now, by what it is. All of them zero: everything that is due has been done. */
export type Waiting = {
  shopsWithUnreadEvents: number;
  shopsWithUnreadChanges: number;
  shopsWithDueMemberships: number;
  shopsWithDueRuns: number;
  shopsWithMailInHand: number;
  shopsMakingCodes: number;
};

/** How long the oldest due work has waited, in seconds (null: nothing waits), and how many shops have something left to do. */
export async function oldestDue(now: Date): Promise<{ oldestSeconds: number | null; waiting: Waiting }> {
  const instants = [await oldestDueRun(), await oldestMembershipDue()].filter((at): at is Date => at !== null && at <= now);
  const oldest = instants.length === 0 ? null : Math.min(...instants.map((at) => at.getTime()));
  // Against the way work takes: what moves on while we ask is met again further on.
  const waiting = {
    shopsWithUnreadEvents: (await unread()).length,
    shopsWithDueMemberships: (await shopsDue(now)).length,
    shopsWithUnreadChanges: new Set([...(await shopsBehind(flowsCursor, changeSequence)), ...(await shopsBehind(audiencesCursor, changeSequence))]).size,
    shopsWithDueRuns: (await shopsWithDueRuns(now)).length,
    shopsMakingCodes: (await shopsMakingCodes()).length,
    shopsWithMailInHand: await shopsWithMailInHand(),
  };
  return { oldestSeconds: oldest === null ? null : Math.round((now.getTime() - oldest) / 1000), waiting };
}
