import { lockCursor, moveCursor, shopsBehind } from "../events/load.server.ts";
import { recent } from "../lib/recent.ts";
import type { Tx } from "../lib/tx.ts";
import { belongings, catalogueSequence, catalogueVersion, lastMove, movedAfter } from "../products/collections.server.ts";
import type { ShopQuery } from "../tx.server.ts";
import { buyersDue, doersDue } from "./catalogue-store.server.ts";
import type { DeedKind } from "./deed.ts";
import type { Catalogue } from "./match.ts";

/** Catalogues of the shops that asked of late, each as long as its version stands still: tens of thousands of products are not read for every batch. */
const known = recent<number, { version: string; catalogue: Catalogue }>(16);

/** What the products of a shop belong to. */
export async function catalogueOf(shopId: number, tx?: Tx): Promise<Catalogue> {
  // The version first: whatever is read after it is at least as new.
  const { version, settled } = await catalogueVersion(shopId, tx);
  const before = known.get(shopId);
  if (settled && before?.version === version) return before.catalogue;
  const catalogue: Catalogue = new Map((await belongings(shopId, tx)).map(({ productId, ...one }) => [productId, one]));
  if (settled) known.set(shopId, { version, catalogue });
  return catalogue;
}

const cursor = "segments-catalogue";

/** Shops where products came to belong elsewhere, and nobody was looked at again for it yet. */
export function shopsMoved(): ShopQuery {
  return shopsBehind(cursor, catalogueSequence);
}

/**
 * Has those looked at again who may come or go because products belong elsewhere now: for deeds of `kinds`, by the products of which the rules that are kept ask
 * for collections or vendors. Take the writer's lock before: whoever is being looked at by the catalogue of before would be put off again.
 */
export async function followCatalogue(shopId: number, kinds: readonly DeedKind[], now: Date, tx: Tx): Promise<void> {
  const from = await lockCursor(shopId, cursor, tx);
  const until = await lastMove(shopId, tx);
  if (until <= from) return;
  const logged = kinds.filter((one) => one !== "ordered");
  if (logged.length > 0) await doersDue(shopId, logged, await movedAfter(shopId, from, tx), now, tx);
  if (kinds.includes("ordered")) await buyersDue(shopId, now, tx);
  await moveCursor(shopId, cursor, until, tx);
}
