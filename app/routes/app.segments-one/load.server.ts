import { json } from "@remix-run/node";
import { flowName } from "#app/components/words.ts";
import { namesFor, segmentBoard, whyOf } from "#app/dashboard/segments.server.ts";
import { shopifyQuery } from "#app/segments/draft-shopify-query.ts";
import { canonical } from "#app/segments/rule.ts";
import { sentence } from "#app/segments/say.ts";
import { dateOf } from "#app/lib/shop-days.ts";
import type { Shop } from "#app/shops/shop.ts";

/** Everything about one segment; answers 404 where the shop has none of this key. */
export async function load(shop: Shop, key: string, now: Date) {
  const board = await segmentBoard(shop, key, now);
  if (board === null) throw json(null, { status: 404 });
  const { segment, all, days, since, people, overlap, uses } = board;
  const { names } = await namesFor(shop, [segment.rule], all, flowName);
  // What is kept of a person does not answer a slow rule: it takes the log, and is asked about one by one.
  const asked = segment.slow === null ? people.map((one) => one.id) : [];
  const why = await whyOf(shop, segment.rule, asked, names, now);
  return {
    key,
    name: segment.name,
    own: segment.version !== null,
    template: segment.template,
    filling: segment.filling,
    slow: segment.slow,
    size: segment.size,
    said: sentence(segment.rule, names),
    json: JSON.stringify(JSON.parse(canonical({ version: 1, match: segment.rule })), null, 2),
    shopify: shopifyQuery(segment.rule, shop.currency),
    days,
    since,
    today: dateOf(now, shop.timezone),
    people: people.map((one) => ({ ...one, why: why.get(one.id)?.reasons ?? [] })),
    overlap,
    uses,
  };
}
