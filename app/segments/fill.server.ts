import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import type { Filling } from "./arrived-store.server.ts";
import { fillable } from "./arrived.server.ts";
import { hasBlocks, layOutNext } from "./block-store.server.ts";
import { moveFill, noteRound, peopleAfter } from "./saved-store.server.ts";
import { limited } from "./sql-store.server.ts";
import { changeSequence, lockWriter, update } from "./update.server.ts";
import { compiled } from "./whole-shop.server.ts";
import { makeMembers, worthBlocks } from "./whole-store.server.ts";
import { worldOf } from "./world.server.ts";

export { shopsFilling } from "./saved-store.server.ts";

/** How many people are looked at in one transaction. */
const pageSize = 500;
/** How long the whole shop may be asked at once while nobody else writes memberships. */
const patience = 10_000;

/** How many blocks are laid out in one transaction: some 6,000 people. */
const blocksAtOnce = 50;

/** One that nobody was looked at for yet, in whatever way. */
const isNew = (one: Filling) => one.fillFrom !== null && one.filledTo === null && one.countedAt === null && one.countFailed === null;

/**
 * Takes the next step of filling segments that were made or edited, or came with a newer version. First everybody whom the rule finds is let in, at once; then
 * whoever shares a row gets her own, and all people are looked at, page by page, for what it does not tell: when time alone moves them next, and which deed of theirs
 * counts. What was done is noted with what was found: cut off anywhere, it goes on from there. Returns whether anything is left to do.
 */
export async function fillPage(shop: Shop, now: Date, { limitMs = patience, blocksFrom = worthBlocks } = {}): Promise<boolean> {
  return (await begin(shop, now, limitMs, blocksFrom)) || (await layOutPage(shop)) || lookAtPage(shop, now);
}

async function begin(shop: Shop, now: Date, limitMs: number, blocksFrom: number): Promise<boolean> {
  const key = (await fillable(shop.id)).find(isNew)?.key;
  if (key === undefined) return false;
  const answer = await limited(limitMs, async (tx) => {
    await lockWriter(shop.id, tx);
    const one = (await fillable(shop.id, tx)).find((other) => other.key === key);
    if (one === undefined || !isNew(one)) return;
    const { world, live } = await worldOf(shop, tx);
    const needs = live.find((other) => other.key === key)?.needs;
    const query = await compiled(shop, one.rule, now, world);
    if (!query.ok || needs === undefined) return noteRound(shop.id, key, { failed: "cannot" }, tx);
    const segment = { shopId: shop.id, key, sequence: changeSequence, at: now, because: "edited" as const };
    await makeMembers(segment, query.query, tx, blocksFrom);
    await noteRound(shop.id, key, { countedAt: now, ended: needs.still }, tx);
  });
  // Looking at one page after the other comes to the same end.
  if (!answer.ok) await transaction((tx) => noteRound(shop.id, key, { failed: "too-slow" }, tx));
  return true;
}

async function layOutPage(shop: Shop): Promise<boolean> {
  if (!(await hasBlocks(shop.id))) return false;
  await transaction(async (tx) => {
    await lockWriter(shop.id, tx);
    await layOutNext(shop.id, blocksAtOnce, tx);
  });
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
