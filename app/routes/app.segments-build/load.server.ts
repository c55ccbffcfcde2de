import { json } from "@remix-run/node";
import { flowName, words } from "#app/components/words.ts";
import { choicesOf, namesFor, usesOf } from "#app/dashboard/segments.server.ts";
import { draftOf, isGroup, type Draft } from "#app/segments/draft.ts";
import { findSegment, listSegments } from "#app/segments/saved.server.ts";
import { standardOf } from "#app/segments/standard.ts";
import type { Node } from "#app/segments/rule.ts";
import type { Shop } from "#app/shops/shop.ts";
import { look } from "./look.server.ts";

/** What is edited: a segment of the shop's own, or a new one, begun empty or from another. */
type Begun = { key: string | null; version: number | null; name: string; madeFrom: string | null; rule: Node | null };

async function begun(shop: Shop, key: string | undefined, from: string | null): Promise<Begun> {
  if (key !== undefined) {
    const segment = await findSegment(shop, key);
    // Standard segments are not edited; what is begun from one is.
    if (segment === null || segment.version === null) throw json(null, { status: 404 });
    return { key, version: segment.version, name: segment.name, madeFrom: segment.madeFrom, rule: segment.rule };
  }
  if (from === null) return { key: null, version: null, name: "", madeFrom: null, rule: null };
  const template = standardOf(from);
  const source = template ?? (await findSegment(shop, from));
  if (source === null) throw json(null, { status: 404 });
  return { key: null, version: null, name: words.segment.copyName(source.name), madeFrom: template === null ? null : from, rule: source.rule };
}

/** A condition alone stands in a group from the start, so that another has its place. */
function rooted(rule: Node | null): Draft {
  if (rule === null) return { kind: "all", of: [] };
  const draft = draftOf(rule);
  return isGroup(draft) ? draft : { kind: "all", of: [draft] };
}

/** A segment to be made or changed, and what the shop calls things. */
export async function load(shop: Shop, key: string | undefined, from: string | null, now: Date) {
  const begin = await begun(shop, key, from);
  const all = await listSegments(shop);
  const { products, collections } = await namesFor(shop, begin.rule === null ? [] : [begin.rule], all, flowName);
  const root = rooted(begin.rule);
  return {
    key: begin.key,
    version: begin.version,
    madeFrom: begin.madeFrom,
    saved: { name: begin.name, root },
    standard: begin.madeFrom !== null && begin.key === null,
    segments: Object.fromEntries(all.filter((one) => one.key !== begin.key).map((one) => [one.key, one.name])),
    products,
    choices: await choicesOf(shop),
    collections,
    country: shop.country ?? "GB",
    uses: all.filter((one) => one.key === begin.key).flatMap((one) => usesOf(one)),
    look: begin.rule === null ? null : await look(shop, begin.key, { version: 1, match: root }, "", now),
  };
}
