import { after, day } from "../lib/time.ts";
import { makeModel } from "../predictions/model.server.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { foretells, movedSteps } from "./foretold.ts";
import { canonical, conditionsOf, type Condition } from "./rule.ts";
import { customersDue, fifthsOf, findCuts, foretoldDue, movedDue, writeCuts } from "./scores-store.server.ts";
import { dateOf } from "../lib/shop-days.ts";
import { worldOf } from "./world.server.ts";
import { writtenOut } from "./written-out.ts";

export { shopsToScore } from "./scores-store.server.ts";

type Scored = Pick<Shop, "id" | "timezone">;

/**
 * Makes the cut points of a shop, and what its predictions stand on, from all its customers as they are today, and has these looked at again whom that moves.
 * Until the next day nobody's scores or predictions change but by what she does herself, and by time. Take the writer's lock before.
 */
export async function score(shop: Scored, now: Date, tx: Tx): Promise<void> {
  const asked = await askedOf(shop, tx);
  await makeCuts(shop, asked, now, tx);
  const { before, model } = await makeModel(shop, now, tx);
  const steps = movedSteps(before, model, asked.filter(foretells));
  if (steps === null) await customersDue(shop.id, now, tx);
  else if (before !== null && steps.some((one) => one >= 0)) await foretoldDue(shop.id, before.typicalGap, steps, now, tx);
}

async function makeCuts(shop: Scored, asked: Condition[], now: Date, tx: Tx): Promise<void> {
  const fifths = (await fifthsOf(shop.id, now, tx)) ?? { recencyDays: [0, 0, 0, 0], orders: [0, 0, 0, 0], spentMinor: [0, 0, 0, 0] };
  const before = await findCuts(shop.id, tx);
  const cuts = { madeOn: dateOf(now, shop.timezone), ...fifths };
  await writeCuts(shop.id, cuts, now, after(now, day), tx);
  const points = (one: object) => canonical({ ...one, madeOn: null });
  if (before !== null && points(before.cuts) === points(cuts)) return;
  // The moment at which a score for recency changes moves with its cut points, for everybody; orders and money stand still until she does something.
  if (before === null || asked.some(hasRecency)) await customersDue(shop.id, now, tx);
  else await movedDue(shop.id, before.cuts, cuts, now, tx);
}

/** What segments whose members are kept ask, themselves or by others, of how somebody stands among the others or what is expected of her. */
async function askedOf(shop: Scored, tx: Tx): Promise<Condition[]> {
  const { live, world } = await worldOf(shop, tx);
  return live
    .filter(({ needs }) => needs.rfm || needs.predictions)
    .flatMap(({ rule, needs }) => [rule, ...needs.segments.flatMap((key) => world.rules.get(key) ?? [])])
    .flatMap((rule) => conditionsOf(rule).map(({ condition }) => condition));
}

/** Whether a condition asks how fresh a customer is among the others. */
function hasRecency(condition: Condition): boolean {
  if (condition.kind === "rfm-group") return conditionsOf(writtenOut(condition)).some((one) => hasRecency(one.condition));
  return condition.kind === "rfm" && condition.recency !== undefined;
}
