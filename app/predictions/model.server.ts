import { recent } from "../lib/recent.ts";
import { dateOf } from "../lib/shop-days.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { learn, type Model } from "./model.ts";
import { dropModel, findBought, findModel, writeModel } from "./store.server.ts";

export { dropModel as erasePredictions } from "./store.server.ts";

/** What was read of late, by its text: what is worked out of a model is worked out once. */
const known = recent<string, Model>(64);

/** The shop's model; null where none was made yet. */
export async function modelOf(shopId: number, tx?: Tx): Promise<Model | null> {
  const found = await findModel(shopId, tx);
  if (found === null) return null;
  const text = JSON.stringify(found);
  const before = known.get(text);
  if (before === undefined) known.set(text, found);
  return before ?? found;
}

/** Makes the model of a shop anew, from all its customers as they are now. Returns it, and the one before. */
export async function makeModel(shop: Pick<Shop, "id" | "timezone">, now: Date, tx: Tx): Promise<{ before: Model | null; model: Model | null }> {
  const before = await modelOf(shop.id, tx);
  const bought = await findBought(shop.id, tx);
  if (bought.length === 0) {
    await dropModel(shop.id, tx);
    return { before, model: null };
  }
  await writeModel(shop.id, learn(bought, now, dateOf(now, shop.timezone)), now, tx);
  // As it will be read from now on: then what is worked out of it now is at hand.
  return { before, model: await modelOf(shop.id, tx) };
}
