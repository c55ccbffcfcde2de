import { segmentLines } from "#app/dashboard/segments.server.ts";
import { standard } from "#app/segments/standard.ts";
import type { Shop } from "#app/shops/shop.ts";

/** Every segment, and the templates that are no segments of this shop yet. */
export async function load(shop: Shop, now: Date) {
  const lines = await segmentLines(shop, now);
  const live = new Set(lines.map((one) => one.key));
  const templates = standard
    .filter(({ key }) => !live.has(key))
    .map(({ key, name, template }) => ({ key, name, template, of: key.startsWith("rfm-") ? ("groups" as const) : ("stages" as const) }));
  return { lines, templates };
}
