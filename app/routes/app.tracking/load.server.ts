import { refusalsSince } from "#app/capture/pixel.server.ts";
import { pixelHeardAt } from "#app/events/load.server.ts";
import { after, day } from "#app/lib/time.ts";
import { segmentOf } from "#app/segments/built-in.ts";
import { sizesOf } from "#app/segments/update.server.ts";
import { pixelState } from "#app/shops/pixel.server.ts";
import type { Shop } from "#app/shops/shop.ts";

/** How many days of refusals are told. */
export const refusalDays = 7;

/** Whether the pixel runs, when it was last heard, what was turned away lately, and the largest segments. */
export async function load(shop: Shop, now: Date) {
  const [pixel, heardAt, refusals, sizes] = await Promise.all([
    pixelState(shop, now),
    pixelHeardAt(shop.id),
    refusalsSince(shop.id, after(now, -refusalDays * day)),
    sizesOf(shop.id),
  ]);
  const segments = [...sizes]
    .flatMap(([key, size]) => {
      const name = segmentOf(key)?.name;
      return name === undefined || size === 0 ? [] : [{ name, size }];
    })
    .sort((a, b) => b.size - a.size)
    .slice(0, 3);
  return { pixel, heardAt, refusals, segments };
}
