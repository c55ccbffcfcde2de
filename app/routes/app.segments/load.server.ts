import { segmentLines } from "#app/dashboard/segments.server.ts";
import { standard } from "#app/segments/standard.ts";
import { dateOf } from "#app/lib/shop-days.ts";
import type { Shop } from "#app/shops/shop.ts";

const familyOf = (key: string) => (key.startsWith("rfm-") ? "groups" : key.startsWith("expected-") ? "expected" : "stages");

/** Every segment, and the templates that are no segments of this shop yet. */
export async function load(shop: Shop, now: Date) {
  const lines = await segmentLines(shop, now);
  const live = new Set(lines.map((one) => one.key));
  const templates = standard.filter(({ key }) => !live.has(key)).map(({ key, name, template }) => ({ key, name, template, of: familyOf(key) }));
  return { lines, templates, today: dateOf(now, shop.timezone) };
}
