import { sql } from "../lib/sql-text.ts";
import { after, minute } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { log } from "../log.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { claimCount, noteCount, noteFailure, readUpTo, type Claim } from "./count-store.server.ts";
import { begin, ownSegments } from "./saved-store.server.ts";
import { erased } from "./sql-rows.ts";
import { limited } from "./sql-store.server.ts";
import { changeSequence, lockWriter } from "./update.server.ts";
import { compiled } from "./whole-shop.server.ts";
import { gather, makeMembers } from "./whole-store.server.ts";
import { worldOf } from "./world.server.ts";

export { shopsToCount } from "./count-store.server.ts";

/** How long a slow segment stays as it was counted. */
export const countEvery = 15 * minute;
/** How long one may take: with what is written after it, less than the 30 seconds a transaction may. */
const patience = 20_000;
/** A count that was cut off is begun again after this. */
const lease = 2 * minute;

/**
 * Counts the slow segment anew that has waited longest: who is in it is made equal to what its rule finds in the whole shop. It is worked out beside everybody
 * else; the lock under which memberships are written is taken only to write. Returns whether there was one.
 */
export async function countNext(shop: Shop, now: Date, { limitMs = patience }: { limitMs?: number } = {}): Promise<boolean> {
  const claim = await claimCount(shop.id, now, after(now, lease));
  if (claim === null) return false;
  const failed = (why: Parameters<typeof noteFailure>[2]) => noteFailure(shop.id, claim, why, after(now, countEvery));
  try {
    const outcome = await count(shop, claim, now, limitMs);
    if (outcome !== "counted") await failed(outcome);
  } catch (error) {
    log.warn({ err: error, shop: shop.domain, segment: claim.key }, "a slow segment was not counted");
    await failed("failed");
    throw error;
  }
  return true;
}

/** Counts one that was taken. */
export async function count(shop: Shop, { key, until, seq: before }: Claim, now: Date, limitMs = patience): Promise<"counted" | "too-slow" | "cannot"> {
  // Whoever edited it meanwhile, or one that it asks for, has had it begun anew.
  const ours = async (tx: Tx) => (await ownSegments(shop.id, tx)).find((one) => one.key === key && one.countDue?.getTime() === until.getTime());
  const { world, slow } = await worldOf(shop);
  const segment = slow.find((one) => one.key === key);
  if (segment === undefined) {
    // Deleted, or edited meanwhile; or this version of ours answers its rule from what is kept.
    await transaction(async (tx) => {
      await lockWriter(shop.id, tx);
      if ((await ours(tx)) !== undefined) await begin(shop.id, [key], false, now, tx);
    });
    return "counted";
  }
  const query = await compiled(shop, segment.rule, now, world);
  if (!query.ok) return "cannot";
  const answer = await limited(
    limitMs,
    async (tx) => {
      const seq = await readUpTo(shop.id, tx);
      const found = await gather(shop.id, query.query, tx);
      await lockWriter(shop.id, tx);
      const still = await ours(tx);
      if (still === undefined) return;
      // She may have been erased since she was found.
      const members = sql`SELECT f.id FROM (${found}) f WHERE f.id NOT IN (${erased(shop.id)})`;
      await makeMembers({ shopId: shop.id, key, sequence: changeSequence, at: now, because: still.countedAt === null ? "edited" : null }, members, tx);
      // What lies a little ahead of our clock counts later: after new events it is looked at once more.
      await noteCount(shop.id, key, { at: now, dueAt: after(now, countEvery), seq, again: segment.needs.time || seq !== before }, tx);
    },
    query,
  );
  return answer.ok ? "counted" : "too-slow";
}
