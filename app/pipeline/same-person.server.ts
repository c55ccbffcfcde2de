import * as attribution from "../attribution/attribute.server.ts";
import * as commerce from "../commerce/update.server.ts";
import { everyConnector } from "../connectors/registry.server.ts";
import * as consent from "../consent/record.server.ts";
import { moveMembers } from "../destinations/connect.server.ts";
import { audiencesOf, planProfiles } from "../destinations/plan.server.ts";
import * as runs from "../flows/follow-people.server.ts";
import * as holdouts from "../holdouts/assign.server.ts";
import type { Moves } from "../identity/resolve.server.ts";
import { separate, type Separation } from "../identity/separate.server.ts";
import { together } from "../lib/together.ts";
import type { Tx } from "../lib/tx.ts";
import { wake } from "../queue.server.ts";
import * as segments from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import * as visits from "../visits/update.server.ts";

/** Those rooms follow that hold what was decided about a person, and is in no event: arms, audiences, runs, messages. */
export async function followPeople(shop: Shop, moves: Moves, now: Date, tx: Tx): Promise<void> {
  await together(holdouts.follow(shop, moves, tx), moveMembers(shop.id, moves.merges, now, tx), runs.followPeople(shop, moves, now, tx));
}

/**
 * Takes a merge back, in one transaction with everything that follows: each room gives what it has to whoever has the key now, segments and credits are
 * worked out anew, and the audiences are compared. The two are kept apart from then on.
 */
export async function takeBack(shop: Shop, mergeId: string, now: Date): Promise<Separation["outcome"]> {
  return transaction(async (tx) => {
    await segments.lockWriter(shop.id, tx);
    const { outcome, moves } = await separate(shop, mergeId, now, tx);
    if (outcome !== "done") return outcome;
    await followPeople(shop, moves, now, tx);
    await commerce.follow(shop.id, moves, tx);
    await visits.follow(shop, moves, tx);
    await consent.follow(shop, moves, tx);
    await segments.update(
      shop,
      new Map([...moves.moved, ...moves.merges.map((one) => one.survivorId), ...moves.revived.map((one) => one.loserId)].map((id) => [id, "everything"])),
      moves.merges.map((one) => one.loserId),
      now,
      tx,
    );
    await attribution.attribute(shop, [], moves, tx);
    await planProfiles(shop, everyConnector(), await audiencesOf(shop.id, tx), moves.moved, now, tx);
    await wake("audiences.sync", shop.id, { tx });
    await wake("flows.advance", shop.id, { tx });
    return outcome;
  });
}
