import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { moveFill, ownSegments, peopleAfter } from "./saved-store.server.ts";
import { lockWriter, update } from "./update.server.ts";

export { shopsFilling } from "./saved-store.server.ts";

/** How many people are looked at in one transaction. */
const pageSize = 500;

/**
 * Looks at the next page of everybody for segments that were made or edited. How far it has come is written with what it found: cut off anywhere, it goes on
 * from there. Returns whether anything is left to do.
 */
export async function fillPage(shop: Shop, now: Date): Promise<boolean> {
  return transaction(async (tx) => {
    await lockWriter(shop.id, tx);
    const filling = (await ownSegments(shop.id, tx)).filter((one) => one.fillFrom !== null);
    const furthest = filling.reduce<(typeof filling)[number] | null>((last, one) => ((one.filledTo ?? "") < (last?.filledTo ?? "~") ? one : last), null);
    if (furthest === null) return false;
    // Those that stand at the same place go on together.
    const keys = filling.filter((one) => one.filledTo === furthest.filledTo).map((one) => one.key);
    const ids = await peopleAfter(shop.id, furthest.filledTo, pageSize, tx);
    await update(shop, new Map(ids.map((id) => [id, "everything"])), [], now, tx, keys);
    const last = ids.at(-1);
    const ended = last === undefined || ids.length < pageSize;
    await moveFill(shop.id, keys, ended ? null : last, tx);
    return !ended || keys.length < filling.length;
  });
}
