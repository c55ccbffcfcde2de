import { after, day } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { canonical, conditionsOf, type Condition } from "./rule.ts";
import { customersDue, fifthsOf, findCuts, movedDue, writeCuts } from "./scores-store.server.ts";
import { dateOf } from "../lib/shop-days.ts";
import { worldOf } from "./world.server.ts";
import { writtenOut } from "./written-out.ts";

export { shopsToScore } from "./scores-store.server.ts";

/**
 * Makes the cut points of a shop from all its customers as they are today, and has these looked at again where the points moved. Until the next day nobody's
 * scores change but by what she does herself. Take the writer's lock before.
 */
export async function makeCuts(shop: Pick<Shop, "id" | "timezone">, now: Date, tx: Tx): Promise<void> {
  const fifths = (await fifthsOf(shop.id, now, tx)) ?? { recencyDays: [0, 0, 0, 0], orders: [0, 0, 0, 0], spentMinor: [0, 0, 0, 0] };
  const before = await findCuts(shop.id, tx);
  const cuts = { madeOn: dateOf(now, shop.timezone), ...fifths };
  await writeCuts(shop.id, cuts, now, after(now, day), tx);
  const points = (one: object) => canonical({ ...one, madeOn: null });
  if (before !== null && points(before.cuts) === points(cuts)) return;
  // The moment at which a score for recency changes moves with its cut points, for everybody; orders and money stand still until she does something.
  if (before === null || (await asksForRecency(shop, tx))) await customersDue(shop.id, now, tx);
  else await movedDue(shop.id, before.cuts, cuts, now, tx);
}

/** Whether a segment whose members are kept asks, itself or by another, how fresh a customer is among the others. */
async function asksForRecency(shop: Pick<Shop, "id" | "timezone">, tx: Tx): Promise<boolean> {
  const { live, world } = await worldOf(shop, tx);
  return live
    .filter(({ needs }) => needs.rfm)
    .flatMap(({ rule, needs }) => [rule, ...needs.segments.map((key) => world.rules.get(key))])
    .some((rule) => rule !== undefined && conditionsOf(rule).some(({ condition }) => hasRecency(condition)));
}

function hasRecency(condition: Condition): boolean {
  if (condition.kind === "rfm-group") return conditionsOf(writtenOut(condition)).some((one) => hasRecency(one.condition));
  return condition.kind === "rfm" && condition.recency !== undefined;
}
