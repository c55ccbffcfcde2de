import { factsOf } from "../commerce/update.server.ts";
import { lockCursor, processCursor, takeNumbers } from "../events/load.server.ts";
import type { Tx } from "../lib/tx.ts";
import { after, earliest } from "../lib/time.ts";
import type { Shop } from "../shops/shop.ts";
import { findVisits } from "../visits/update.server.ts";
import { builtIn, nothingSeen } from "./built-in.ts";
import { dropMember, membershipsOf, profilesDue, writeChanges, writeDue, writeDueForAll, type Change } from "./store.server.ts";

export { anybodyIn, changesAfter, eraseSegments, membershipsOf, oldestMembershipDue, shopsDue, sizesOf, type Change } from "./store.server.ts";

/** The counter of the change log; `destinations` and `flows` follow it with cursors of their own. */
export const changeSequence = "membership-change";

/** How many lines of the change log one step of a follower reads. */
export const linesAtOnce = 200;

/**
 * Works out anew who of these profiles belongs where, writes what changed into the memberships and the change log, and notes when time alone will
 * change it next. `gone` are profiles that were merged away: they leave everything. Returns the changes.
 */
export async function update(shop: Shop, profileIds: string[], gone: string[], now: Date, tx: Tx): Promise<Change[]> {
  const ids = [...new Set(profileIds)].filter((id) => !gone.includes(id));
  if (ids.length === 0 && gone.length === 0) return [];
  const facts = await factsOf(shop.id, ids, shop.countOffline, tx);
  const visits = await findVisits(shop, ids, tx);
  const held = new Map((await membershipsOf(shop.id, [...ids, ...gone], tx)).map((one) => [`${one.profileId} ${one.segmentKey}`, one]));
  const changes: Change[] = [];
  const due: { profileId: string; dueAt: Date | null }[] = [];

  for (const profileId of ids) {
    const mine = { ...nothingSeen, ...facts.get(profileId), visit: visits.get(profileId) ?? nothingSeen.visit };
    const moments: (Date | null)[] = [];
    for (const segment of builtIn) {
      const { member, subject, changesAt } = segment.decide(mine, now);
      moments.push(changesAt);
      const before = held.get(`${profileId} ${segment.key}`);
      // A newer cart, checkout or look of somebody who is already in is a new entry: flows start once per subject.
      const again = before !== undefined && before.subject !== subject && segment.anew !== undefined && before.enteredAt <= after(now, -segment.anew);
      if (member && (before === undefined || again)) changes.push({ segmentKey: segment.key, profileId, change: "entered", subject });
      if (!member && before !== undefined) changes.push({ segmentKey: segment.key, profileId, change: "left", subject: before.subject });
    }
    due.push({ profileId, dueAt: earliest(moments) });
  }
  for (const profileId of gone) {
    for (const segment of builtIn) {
      const before = held.get(`${profileId} ${segment.key}`);
      if (before !== undefined) changes.push({ segmentKey: segment.key, profileId, change: "left", subject: before.subject });
    }
    await dropMember(shop.id, profileId, tx);
  }

  if (changes.length > 0) await writeChanges(shop.id, changes, await takeNumbers(shop.id, changeSequence, changes.length, tx), now, tx);
  if (due.length > 0) await writeDue(shop.id, due, tx);
  return changes;
}

/** Takes the lock under which memberships of a shop are written: the cursor that the events are read with. */
export async function lockWriter(shopId: number, tx: Tx): Promise<void> {
  await lockCursor(shopId, processCursor, tx);
}

/** Applies what time alone has made true or false, for at most `most` profiles. Returns how many were looked at. */
export async function sweep(shop: Shop, now: Date, most: number, tx: Tx): Promise<{ looked: number; changes: Change[] }> {
  const ids = await profilesDue(shop.id, now, most, tx);
  return { looked: ids.length, changes: await update(shop, ids, [], now, tx) };
}

/** Has every membership of a shop worked out anew at the next sweep: after a setting changed what counts. */
export async function lookAgain(shopId: number, now: Date): Promise<void> {
  await writeDueForAll(shopId, now);
}
