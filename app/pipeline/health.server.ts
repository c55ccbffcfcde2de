import { oldestDueRun } from "../flows/settings.server.ts";
import { unread } from "../events/load.server.ts";
import { oldestMembershipDue } from "../segments/update.server.ts";

/** How long the oldest due work has waited, in seconds (null: nothing waits), and how many shops have unread events. */
export async function oldestDue(now: Date): Promise<{ oldestSeconds: number | null; waiting: { shopsWithUnreadEvents: number } }> {
  const instants = [await oldestDueRun(), await oldestMembershipDue()].filter((at): at is Date => at !== null && at <= now);
  const oldest = instants.length === 0 ? null : Math.min(...instants.map((at) => at.getTime()));
  return { oldestSeconds: oldest === null ? null : Math.round((now.getTime() - oldest) / 1000), waiting: { shopsWithUnreadEvents: (await unread()).length } };
}
