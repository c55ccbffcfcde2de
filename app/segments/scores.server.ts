import { after, day } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { canonical } from "./rule.ts";
import { customersDue, fifthsOf, findCuts, writeCuts } from "./scores-store.server.ts";
import { dateOf } from "./shop-days.ts";

export { shopsToScore } from "./scores-store.server.ts";

/**
 * Makes the cut points of a shop from all its customers as they are today, and has these looked at again where the points moved. Until the next day nobody's
 * scores change but by what she does herself. Take the writer's lock before.
 */
export async function makeCuts(shop: Pick<Shop, "id" | "timezone" | "countOffline">, now: Date, tx: Tx): Promise<void> {
  const fifths = (await fifthsOf(shop.id, shop.countOffline, now, tx)) ?? { recencyDays: [0, 0, 0, 0], orders: [0, 0, 0, 0], spentMinor: [0, 0, 0, 0] };
  const before = await findCuts(shop.id, tx);
  const cuts = { madeOn: dateOf(now, shop.timezone), ...fifths };
  await writeCuts(shop.id, cuts, now, after(now, day), tx);
  const points = (one: object) => canonical({ ...one, madeOn: null });
  if (before === null || points(before.cuts) !== points(cuts)) await customersDue(shop.id, now, tx);
}
