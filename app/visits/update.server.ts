import type { Event } from "../events/event.ts";
import type { Moves, Resolved } from "../identity/resolve.server.ts";
import { together } from "../lib/together.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { add, deedsOf as deedsIn, newestLook, withJoined, type Deed, type Told } from "./deed.ts";
import { addDeeds, browsersOf, joinUp, reown, visitsBy, visitsOf, writeVisits, type Asked } from "./store.server.ts";
import { isVisit, join, noVisit, visitOf, type Visit } from "./visit.ts";

export { eraseVisits } from "./store.server.ts";

/** The visits of some profiles, each joined from all of her browsers. */
export async function findVisits(shop: Pick<Shop, "id" | "timezone">, profileIds: string[], tx?: Tx): Promise<Map<string, Visit>> {
  const visits = new Map<string, Visit>();
  for (const { profileId, visit } of await visitsOf(shop.id, profileIds, tx)) {
    visits.set(profileId, join(visits.get(profileId) ?? noVisit, visit, shop.timezone));
  }
  return visits;
}

/**
 * The same, and what her browsers did, of the kinds that are asked of each, or with null of all: each browser's own count and last moments. With `newestLook` looks at products
 * are told besides, but only of the newest at what; with none ahead of `now`.
 */
export async function findBrowsing(
  shop: Pick<Shop, "id" | "timezone">,
  asked: ReadonlyMap<string, Asked>,
  now: Date | null,
  tx?: Tx,
): Promise<Map<string, { visit: Visit; deeds: (Deed & { visitor: string })[] }>> {
  const found = new Map<string, { visit: Visit; deeds: (Deed & { visitor: string })[] }>();
  for (const { profileId, visitor, visit, deeds } of await browsersOf(shop.id, asked, now, tx)) {
    const newest = asked.get(profileId)?.newestLook === true ? newestLook(visit, deeds) : [];
    const mine = [...deeds, ...newest].map((one) => ({ ...one, visitor }));
    const before = found.get(profileId);
    if (before === undefined) found.set(profileId, { visit, deeds: mine });
    else found.set(profileId, { visit: join(before.visit, visit, shop.timezone), deeds: [...before.deeds, ...mine] });
  }
  return found;
}

/** Gives browsers to whoever has them now. */
export async function follow(shop: Shop, { merges, revived, moved }: Moves, tx: Tx): Promise<void> {
  const touched = [...new Set([...moved, ...[...merges, ...revived].flatMap((one) => [one.loserId, one.survivorId])])];
  if (touched.length === 0) return;
  await reown(shop.id, touched, tx);
  await joinUp(shop.id, touched, tx);
}

/** Whose first moment is another one than was known, and whose first landing. */
export type Firsts = { seen: string[]; landed: string[] };

/** Folds what browsers told into what is kept of each, after `follow`. One writer per shop. */
export async function update(shop: Shop, events: Event[], resolved: Resolved, tx: Tx): Promise<Firsts> {
  const news = new Map<string, { profileId: string; visit: Visit }>();
  const deeds = new Map<string, Told>();
  for (const event of events) {
    const profileId = resolved.of(event);
    const visitor = resolved.keyOf(event)?.slice("visitor:".length) ?? null;
    if (!isVisit(event) || profileId === null || visitor === null) continue;
    news.set(visitor, { profileId, visit: join(news.get(visitor)?.visit ?? noVisit, visitOf(event), shop.timezone) });
    for (const deed of deedsIn(event)) {
      const key = JSON.stringify([visitor, deed.kind, deed.detail]);
      deeds.set(key, { ...add(deeds.get(key) ?? { ...deed, moments: [], count: 0 }, deed), visitor, profileId });
    }
  }
  const known = await visitsBy(shop.id, [...news.keys()], tx);
  const written = [...news].map(([visitor, { profileId, visit }]) => {
    const before = known.get(visitor)?.visit ?? noVisit;
    return { visitor, profileId, before, visit: join(before, visit, shop.timezone) };
  });
  const adding = withJoined(deeds.values(), (visitor) => known.get(visitor)?.alone ?? true);
  await together(addDeeds(shop.id, adding, tx), writeVisits(shop.id, written, tx));
  // Somebody with a browser that is new, and not her only one.
  const born = new Set(resolved.born);
  const browsers = new Map<string, number>();
  for (const { profileId } of written) browsers.set(profileId, (browsers.get(profileId) ?? 0) + 1);
  const another = written.filter(({ visitor, profileId }) => !known.has(visitor) && !(born.has(profileId) && browsers.get(profileId) === 1));
  await joinUp(shop.id, [...new Set(another.map((one) => one.profileId))], tx);
  const whose = (other: (one: (typeof written)[number]) => boolean) => written.filter(other).map((one) => one.profileId);
  return {
    seen: whose(({ before, visit }) => before.firstSeenAt?.getTime() !== visit.firstSeenAt?.getTime()),
    landed: whose(({ before, visit }) => before.landing !== visit.landing),
  };
}
