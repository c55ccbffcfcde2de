import type { Event } from "../events/event.ts";
import { movedIn, type Moves, type Resolved } from "../identity/resolve.server.ts";
import { together } from "../lib/together.ts";
import type { Reader, Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { add, addAll, deedsOf as deedsIn, look, newestLook, withJoined, type Deed, type Kept, type Told } from "./deed.ts";
import { addDeeds, deedsOf, joinUp, reown, visitsOf, writeVisits } from "./store.server.ts";
import { isVisit, join, noVisit, visitOf, type Visit } from "./visit.ts";

export { eraseVisits } from "./store.server.ts";

/** The browsers of each of some profiles, with what each told; of whoever has none an empty list. */
export type Browsers = Map<string, { visitor: string; visit: Visit }[]>;

export async function browsersOf(shop: Pick<Shop, "id">, profileIds: string[], tx?: Reader): Promise<Browsers> {
  const browsers: Browsers = new Map(profileIds.map((id) => [id, []]));
  for (const { profileId, ...one } of await visitsOf(shop.id, profileIds, tx)) browsers.get(profileId)?.push(one);
  return browsers;
}

/** The visits of some profiles, each joined from all of her browsers. */
export async function findVisits(shop: Pick<Shop, "id" | "timezone">, profileIds: string[], tx?: Tx): Promise<Map<string, Visit>> {
  const browsers = await browsersOf(shop, profileIds, tx);
  return new Map([...browsers].flatMap(([id, [first, ...rest]]) => (first === undefined ? [] : [[id, joined(shop, [first, ...rest])] as const])));
}

const joined = ({ timezone }: Pick<Shop, "timezone">, browsers: readonly { visit: Visit }[]) =>
  browsers.map((one) => one.visit).reduce((all, one) => join(all, one, timezone));

/** What is asked of somebody: deeds of some kinds, or with null of all. With `newestLook` looks at products are told besides, but only of the newest at what; with none ahead of `now`. */
export type Asked = { kinds: readonly string[] | null; newestLook: boolean };

/**
 * The visits of some profiles, joined, and what their browsers did: each browser's own count and last moments. `news`: what a batch adds to what is kept, not
 * written yet; it has looked up the browsers of all these. What is read is asked for before this returns.
 */
export async function findBrowsing(
  shop: Pick<Shop, "id" | "timezone">,
  asked: ReadonlyMap<string, Asked>,
  now: Date | null,
  tx?: Reader,
  news: Pick<News, "browsers" | "told"> | null = null,
): Promise<Map<string, { visit: Visit; deeds: (Deed & { visitor: string })[] }>> {
  const browsers = news?.browsers ?? (await browsersOf(shop, [...asked.keys()], tx));
  const each = [...asked].flatMap(([profileId, { kinds, newestLook: looks }]) =>
    (browsers.get(profileId) ?? []).map(({ visitor, visit }) => {
      const ahead = looks && now !== null && visit.productViewedAt !== null && visit.productViewedAt > now;
      return { profileId, visitor, visit, kinds: ahead ? [...(kinds ?? []), look] : kinds, looks };
    }),
  );
  const kept = await deedsOf(
    shop.id,
    each.filter(({ kinds, looks }) => kinds?.length !== 0 || looks),
    tx,
  );
  const found = new Map<string, { visit: Visit; deeds: (Deed & { visitor: string })[] }>();
  for (const { profileId, visitor, visit, kinds, looks } of each) {
    const told = (news?.told.get(visitor) ?? []).filter(({ kind, detail }) => kinds?.includes(kind) !== false || (looks && kind === look && detail === ""));
    const deeds = addAll(kept.get(visitor) ?? [], told);
    const mine = [...deeds, ...(looks ? newestLook(visit, deeds) : [])].map((one) => ({ ...one, visitor }));
    const before = found.get(profileId);
    if (before === undefined) found.set(profileId, { visit, deeds: mine });
    else found.set(profileId, { visit: join(before.visit, visit, shop.timezone), deeds: [...before.deeds, ...mine] });
  }
  return found;
}

/** Gives browsers to whoever has them now. */
export async function follow(shop: Shop, moves: Moves, tx: Tx): Promise<void> {
  const touched = movedIn(moves);
  if (touched.length === 0) return;
  await together(reown(shop.id, touched, tx), joinUp(shop.id, touched, tx));
}

/** What some events add to what is kept of browsers. `firsts`: whose first moment is another one than was known, and whose first landing. */
export type News = {
  /** Of everybody who was looked up, with the news in them. */
  browsers: Browsers;
  /** What each browser did. */
  told: Map<string, Told[]>;
  firsts: { seen: string[]; landed: string[] };
  /** What `write` writes: visits and deeds, and the people whose browsers are to be joined up anew. */
  visits: { visitor: string; profileId: string; before: Visit; visit: Visit }[];
  deeds: Kept[];
  another: string[];
};

/** Folds what browsers told into what is kept of each; `known` has the browsers of all whose events these are, looked up after `follow`. */
export function fold(shop: Pick<Shop, "timezone">, events: Event[], resolved: Resolved, known: Browsers): News {
  const news = new Map<string, { profileId: string; visit: Visit }>();
  const deeds = new Map<string, Map<string, Told>>();
  for (const event of events) {
    const profileId = resolved.of(event);
    const visitor = resolved.keyOf(event)?.slice("visitor:".length) ?? null;
    if (!isVisit(event) || profileId === null || visitor === null) continue;
    const before = news.get(visitor);
    news.set(visitor, { profileId, visit: before === undefined ? visitOf(event) : join(before.visit, visitOf(event), shop.timezone) });
    const mine = deeds.get(visitor) ?? new Map<string, Told>();
    deeds.set(visitor, mine);
    for (const deed of deedsIn(event)) {
      const key = `${deed.kind} ${deed.detail}`;
      const same = mine.get(key);
      mine.set(key, { ...(same === undefined ? deed : add(same, deed)), visitor, profileId });
    }
  }
  const browsers: Browsers = new Map([...known].map(([id, mine]) => [id, [...mine]]));
  const befores = new Map<string, Visit>();
  const alone = new Map<string, boolean>();
  for (const mine of known.values()) {
    for (const { visitor, visit } of mine) {
      befores.set(visitor, visit);
      alone.set(visitor, mine.length === 1);
    }
  }
  const visits = [...news].map(([visitor, { profileId, visit: told }]) => {
    const before = befores.get(visitor) ?? noVisit;
    const one = { visitor, visit: before === noVisit ? told : join(before, told, shop.timezone) };
    const mine = browsers.get(profileId) ?? [];
    const place = mine.findIndex((other) => other.visitor === visitor);
    mine.splice(place === -1 ? mine.length : place, 1, one);
    browsers.set(profileId, mine);
    return { ...one, profileId, before };
  });
  // Somebody with a browser that is new, and not her only one.
  const another = visits.filter(({ visitor, profileId }) => !befores.has(visitor) && browsers.get(profileId)?.length !== 1);
  const told = new Map([...deeds].map(([visitor, mine]) => [visitor, [...mine.values()]]));
  const whose = (other: (one: (typeof visits)[number]) => boolean) => visits.filter(other).map((one) => one.profileId);
  return {
    browsers,
    told,
    firsts: {
      seen: whose(({ before, visit }) => before.firstSeenAt?.getTime() !== visit.firstSeenAt?.getTime()),
      landed: whose(({ before, visit }) => before.landing !== visit.landing),
    },
    visits,
    deeds: withJoined([...told.values()].flat(), (visitor) => alone.get(visitor) ?? true),
    another: [...new Set(another.map((one) => one.profileId))],
  };
}

/** Writes them. One writer per shop. */
export async function write(shop: Pick<Shop, "id">, { visits, deeds, another }: News, tx: Tx): Promise<void> {
  await together(addDeeds(shop.id, deeds, tx), writeVisits(shop.id, visits, tx));
  await joinUp(shop.id, another, tx);
}
