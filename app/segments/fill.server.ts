import { databaseIsEmbedded } from "../check-database.server.ts";
import { env } from "../env.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import type { Filling } from "./arrived-store.server.ts";
import { fillable } from "./arrived.server.ts";
import { lockSegment, moveFill, noteRound, peopleAfter } from "./saved-store.server.ts";
import { makeMembersTogether, many } from "./side-by-side.server.ts";
import { limited } from "./sql-store.server.ts";
import { changeSequence, lockWriter, shareWriter, update } from "./update.server.ts";
import { compiled } from "./whole-shop.server.ts";
import { makeMembers } from "./whole-store.server.ts";
import { worldOf } from "./world.server.ts";

export { shopsFilling } from "./saved-store.server.ts";

/** How many people are looked at in one transaction. */
const pageSize = 500;
/** How long the whole shop may be asked at once while nobody else writes memberships. */
const patience = 10_000;

/** With fewer connections in all none is taken beside the one that works. */
const enoughConnections = 4;

/** One that nobody was looked at for yet, in whatever way. */
const isNew = (one: Filling) => one.fillFrom !== null && one.filledTo === null && one.countedAt === null && one.countFailed === null;

/**
 * Takes the next step of filling segments that were made or edited, or came with a newer version. First everybody whom the rule finds is let in, at once; then all people are looked
 * at, page by page, for what it does not tell: when time alone moves them next, and which deed of theirs counts. What was done is noted with what was found:
 * cut off anywhere, it goes on from there. Returns whether anything is left to do.
 */
export async function fillPage(shop: Shop, now: Date, { limitMs = patience, worth = many }: { limitMs?: number; worth?: typeof many } = {}): Promise<boolean> {
  return (await begin(shop, now, limitMs, worth)) || lookAtPage(shop, now);
}

async function begin(shop: Shop, now: Date, limitMs: number, worth: typeof many): Promise<boolean> {
  const key = (await fillable(shop.id)).find(isNew)?.key;
  if (key === undefined) return false;
  const several = env().DATABASE_POOL >= enoughConnections && !(await databaseIsEmbedded());
  const answer = await limited(limitMs, async (tx) => {
    const shared = several && (await shareWriter(shop.id, tx));
    // Whoever else shares the writer's lock fills another segment.
    if (shared) await lockSegment(shop.id, key, tx);
    else await lockWriter(shop.id, tx);
    const one = (await fillable(shop.id, tx)).find((other) => other.key === key);
    if (one === undefined || !isNew(one)) return;
    const { world, live } = await worldOf(shop, tx);
    const needs = live.find((other) => other.key === key)?.needs;
    const query = await compiled(shop, one.rule, now, world);
    if (!query.ok || needs === undefined) return noteRound(shop.id, key, { failed: "cannot" }, tx);
    const segment = { shopId: shop.id, key, sequence: changeSequence, at: now, because: "edited" as const };
    if (shared) await makeMembersTogether(segment, query.query, limitMs, tx, worth);
    else await makeMembers(segment, query.query, tx);
    await noteRound(shop.id, key, { countedAt: now, ended: needs.still }, tx);
  });
  // Looking at one page after the other comes to the same end.
  if (!answer.ok) await transaction((tx) => noteRound(shop.id, key, { failed: "too-slow" }, tx));
  return true;
}

async function lookAtPage(shop: Shop, now: Date): Promise<boolean> {
  return transaction(async (tx) => {
    await lockWriter(shop.id, tx);
    const filling = (await fillable(shop.id, tx)).filter((one) => one.fillFrom !== null);
    const furthest = filling.reduce<(typeof filling)[number] | null>((last, one) => ((one.filledTo ?? "") < (last?.filledTo ?? "~") ? one : last), null);
    if (furthest === null) return false;
    // Those that stand at the same place go on together.
    const keys = filling.filter((one) => one.filledTo === furthest.filledTo).map((one) => one.key);
    const ids = await peopleAfter(shop.id, furthest.filledTo, pageSize, tx);
    await update(shop, new Map(ids.map((id) => [id, "everything"])), [], now, tx, { only: keys });
    const last = ids.at(-1);
    const ended = last === undefined || ids.length < pageSize;
    await moveFill(shop.id, keys, ended ? null : last, tx);
    return !ended || keys.length < filling.length;
  });
}
