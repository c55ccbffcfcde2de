import { refusalsSince } from "../capture/pixel.server.ts";
import { pixelHeardAt } from "../events/load.server.ts";
import { after, day } from "../lib/time.ts";
import { findComparison } from "../past/compare.server.ts";
import type { Found } from "../past/comparison.ts";
import { segmentsByKey } from "../segments/saved.server.ts";
import { sizesOf } from "../segments/update.server.ts";
import { pixelState, type PixelState } from "../shops/pixel.server.ts";
import type { Shop } from "../shops/shop.ts";

/** How many days of refusals, and of lost webhooks, are told. */
const refusalDays = 7;

export type Tracking = {
  pixel: PixelState;
  heardAt: Date | null;
  /** When the shop was last compared with Shopify, and what was found missing in the last days. */
  webhooks: { state: "arriving" | "lost" | "unknown" | "failing"; missedAt: Date | null; missed: Found | null; problem: string | null };
  refusals: { reason: string; count: number }[];
  /** The largest segments that anybody is in. */
  segments: { name: string; size: number }[];
};

/** Whether the pixel runs, for which Shopify is asked, when it was last heard, what was turned away lately, and the largest segments. */
export async function tracking(shop: Shop, now: Date): Promise<Tracking> {
  const [pixel, heardAt, refusals, sizes, comparison, named] = await Promise.all([
    pixelState(shop, now),
    pixelHeardAt(shop.id),
    refusalsSince(shop.id, after(now, -refusalDays * day)),
    sizesOf(shop.id),
    findComparison(shop.id),
    segmentsByKey(shop),
  ]);
  const segments = [...sizes]
    .flatMap(([key, size]) => {
      const name = named.get(key)?.name;
      return name === undefined || size === 0 ? [] : [{ name, size }];
    })
    .sort((a, b) => b.size - a.size)
    .slice(0, 3);
  const { missedAt = null, missed = null, problem = null, finishedAt = null } = comparison ?? {};
  const lost = missedAt !== null && missedAt > after(now, -refusalDays * day);
  const state = problem !== null && problem !== "later" ? "failing" : lost ? "lost" : finishedAt === null ? "unknown" : "arriving";
  return { pixel, heardAt, webhooks: { state, missedAt, missed, problem }, refusals, segments };
}
