import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { lookAround, regroup, type Moves } from "./resolve.server.ts";
import { endMerges, findAliases, findMerge, writeApart } from "./store.server.ts";
import type { Key } from "./telling.ts";

export type Separation = {
  /** `gone`: there is no such merge, or it no longer holds. `shopify`: Shopify itself merged the two, and would again. */
  outcome: "done" | "gone" | "shopify";
  moves: Moves;
};

const nobody: Moves = { merges: [], revived: [], moved: [] };

/** Keeps the two sides of a merge apart from now on, and gives every key to whom it belongs without it. */
export async function separate(shop: Pick<Shop, "id" | "salt">, mergeId: string, now: Date, tx: Tx): Promise<Separation> {
  const merge = /^[0-9a-f-]{36}$/i.test(mergeId) ? await findMerge(shop.id, mergeId, tx) : null;
  if (merge === null || merge.undoneAt !== null) return { outcome: "gone", moves: nobody };
  if (merge.reason === "merged") return { outcome: "shopify", moves: nobody };
  const keys = [merge.loserKey, merge.survivorKey] as [Key, Key];
  if ((await findAliases(shop.id, keys, tx)).length < 2) return { outcome: "gone", moves: nobody };
  await writeApart(shop.id, { a: keys[0], b: keys[1] }, now, tx);
  const around = await lookAround(shop.id, keys, tx);
  const { merges, revived, moved, written } = await regroup(shop, around, { since: new Map(), said: new Map(), born: new Map() }, now, tx);
  await written;
  await endMerges(shop.id, [mergeId], now, true, tx);
  return { outcome: "done", moves: { merges, revived, moved } };
}
