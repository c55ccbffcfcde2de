import type { Tx } from "../lib/tx.ts";
import { transaction, type ShopQuery } from "../tx.server.ts";
import { arrivedSegments, lackingSegments, shopsLacking, writeArrived, type Arrived, type Filling } from "./arrived-store.server.ts";
import type { Node } from "./rule.ts";
import { ownSegments } from "./saved-store.server.ts";
import { standardLive } from "./standard.ts";
import { lockWriter } from "./update.server.ts";

const keys = standardLive.map((one) => one.key);

/** Shops that were installed before a standard segment there was. */
export function shopsWithArrivals(): ShopQuery {
  return shopsLacking(keys);
}

/** Begins to keep the standard segments that came with a newer version, as if a merchant had made them now: `fill` lets in who fits, and starts no flow. */
export async function arrive(shopId: number, now: Date): Promise<void> {
  await transaction(async (tx) => {
    await lockWriter(shopId, tx);
    const lacking = await lackingSegments(shopId, keys, tx);
    if (lacking.length > 0) await writeArrived(shopId, lacking, now, tx);
  });
}

/** Since when those count that came later than the shop was installed, and how far they are filled; those that came just now and were not begun with are told by `lacking`. */
export async function arrivalsOf(shopId: number): Promise<{ arrived: Map<string, Arrived>; lacking: Set<string> }> {
  const [arrived, lacking] = await Promise.all([arrivedSegments(shopId), lackingSegments(shopId, keys)]);
  return { arrived: new Map(arrived.map((one) => [one.key, one])), lacking: new Set(lacking) };
}

/** All that can be filled, with their rules: the shop's own segments, and standard ones that arrived. */
export async function fillable(shopId: number, tx?: Tx): Promise<(Filling & { rule: Node })[]> {
  const arrived = new Map((await arrivedSegments(shopId, tx)).map((one) => [one.key, one]));
  const late = standardLive.flatMap(({ key, rule }) => {
    const one = arrived.get(key);
    return one === undefined ? [] : [{ ...one, rule }];
  });
  return [...(await ownSegments(shopId, tx)), ...late];
}
