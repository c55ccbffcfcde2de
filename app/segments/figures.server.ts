import type { Model } from "../predictions/model.ts";
import { chancesAmong, noFigures, type Figures } from "./figures.ts";
import { placesOf, spendsOf } from "./figures-store.server.ts";
import { conditionsOf, type Node } from "./rule.ts";
import { limited } from "./sql-store.server.ts";

/** They stand beside a field: better none than late ones. */
const patience = 1_000;

/** How what a rule asks of predictions lies among the customers of a shop now. Only what it asks is looked at, each with one question. */
export async function figuresOf(shopId: number, rule: Node, model: Model | null, now: Date): Promise<Figures> {
  const asked = new Set(conditionsOf(rule).map(({ condition }) => condition.kind));
  const [chance, spend] = [asked.has("chance-of-order"), asked.has("predicted-spend")];
  if (model === null || (!chance && !spend)) return noFigures;
  const found = await limited(patience, async (tx) => ({
    chance: chance ? chancesAmong(await placesOf(shopId, model, now, tx), model) : {},
    spend: spend ? await spendsOf(shopId, model, now, tx) : null,
  }));
  return found.ok ? found.answer : noFigures;
}
