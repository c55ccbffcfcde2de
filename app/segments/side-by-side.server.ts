import { setTimeout } from "node:timers/promises";
import type { Sql } from "../lib/sql-text.ts";
import type { Tx } from "../lib/tx.ts";
import { within } from "./sql-store.server.ts";
import { shareWriter } from "./update.server.ts";
import { endOf, find, isFirstOfMany, letIn, makeMembers, type Segment } from "./whole-store.server.ts";

/** In a shop of how many people two look for those of a segment, and from how many on they share them. */
export const many = { people: 20_000, found: 5_000 };

/** The other's are the last of the index, where the segment is: it writes faster, and we come after it. */
const ourShare = 0.45;
/** How long one waits for the other to begin, in milliseconds. */
const atMost = 100;

/**
 * `makeMembers`, by two connections where nobody is in yet and the shop is large: most of it is to write rows into their indexes, which the database never shares
 * among its processes. Both work out who is found, and each lets in one half in a transaction of its own, members and lines together: whatever is cut off, each
 * half is in or is not, and who begins again finds only what is missing. Ours commits last, and takes its numbers when the other has committed: they rise in the order of
 * commit. Hold the writer's lock by `shareWriter` before.
 */
export async function makeMembersTogether(segment: Segment, query: Sql, limitMs: number, tx: Tx, worth = many): Promise<number> {
  if (!(await isFirstOfMany(segment, worth.people, tx))) return makeMembers(segment, query, tx);
  const place = Promise.withResolvers<string | null>();
  const here = Promise.withResolvers<boolean>();
  let [begun, alone] = [false, false];
  const other = within(limitMs, async (beside) => {
    if (alone || !(await shareWriter(segment.shopId, beside))) return 0;
    begun = true;
    here.resolve(true);
    await find(query, beside);
    const from = await place.promise;
    return from === null ? 0 : letIn(segment, { from }, beside);
  });
  // Whether it failed is asked below.
  other.then(() => here.resolve(false), () => here.resolve(false)); // prettier-ignore
  try {
    await find(query, tx);
    const { found, end } = await endOf(ourShare, tx);
    // It comes late where a connection had to be made, and not at all where none is free.
    const shared = found >= worth.found && (begun || (await Promise.race([here.promise, setTimeout(atMost, false)])));
    const until = shared ? end : null;
    alone = until === null;
    place.resolve(until);
    if (until === null) return await letIn(segment, {}, tx);
    return (await letIn(segment, { until }, tx, () => other)) + (await other);
  } finally {
    alone = true;
    place.resolve(null);
    // Whoever tries again must find it ended.
    if (begun) await other.catch(() => undefined);
  }
}
