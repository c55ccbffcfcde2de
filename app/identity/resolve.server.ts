import type { Event } from "../events/event.ts";
import { idOf, newId } from "../lib/id.server.ts";
import { together } from "../lib/together.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { name } from "./naming.ts";
import { byStrength, customerOf, partition, type Person, type SeenLink } from "./partition.ts";
import {
  aliasesOfProfiles,
  endMerges,
  findAliases,
  survivorsOf,
  takenIds,
  webAround,
  webOfCustomers,
  writeLinks,
  writeMerges,
  writePeople,
  type Alias,
  type Profile,
  type Web,
} from "./store.server.ts";
import { knownOf, learn, levels, tellingOf, type Field, type Key, type Link, type Telling } from "./telling.ts";

export {
  aliasesOf,
  aliasesOfProfiles,
  eraseIdentity,
  fieldsOf,
  findByCustomers,
  findProfiles,
  neighboursOf,
  redactProfiles,
  standingMerges,
  survivorsOf,
  type Profile,
} from "./store.server.ts";

/** Whom the events of a batch mean, and who was found to be the same. */
export type Resolved = {
  /** The profile an event belongs to, null where it is about nobody. Always the survivor. */
  of: (event: Event) => string | null;
  /** The key that stands for an event: whose that is, hers is the event. */
  keyOf: (event: Event) => Key | null;
  /** Merges of this batch; every room that keeps rows of `loserId` moves them. No survivor is a loser, so all of them can be moved at once. */
  merges: { loserId: string; survivorId: string }[];
  /** Merges that no longer hold; their losers are profiles again. */
  revived: { loserId: string; survivorId: string }[];
  /** Profiles that lost or won keys otherwise than by a whole merge: every room gives their rows to whoever has the key now. */
  moved: string[];
  /** Profiles that are new. No event need be theirs: a key that somebody else's event named may be a person of its own. */
  born: string[];
  /** Once all of this is written. Whatever is asked in the same transaction before that finds it written. */
  written: Promise<void>;
};

/** The id of a profile that begins with this key. Drawn from it, so that the same log read again makes the same profiles. */
function firstId(shop: Pick<Shop, "salt">, since: Date, key: Key, again: number): string {
  return idOf(since, shop.salt, `profile\n${key}${again === 0 ? "" : `\n${again}`}`);
}

const keysOf = ({ anchor, links }: Telling): Key[] => (anchor === null ? [] : [anchor, ...links.flatMap((one) => [one.a, one.b])]);
const pair = (link: Link) => `${link.a}\n${link.b}`;
const surer = (one: SeenLink, other: SeenLink): SeenLink => ({
  ...one,
  level: levels[Math.min(levels.indexOf(one.level), levels.indexOf(other.level))] ?? one.level,
  since: one.since < other.since ? one.since : other.since,
});

/** Finds or makes the profile of each event of a batch, and records who was found to be the same. One writer per shop. */
export async function resolve(shop: Pick<Shop, "id" | "salt">, events: Event[], now: Date, tx: Tx): Promise<Resolved> {
  const told = new Map<Event, Telling>(events.map((event) => [event, tellingOf(event)]));
  const named = await profilesNamed(shop.id, events, tx);
  for (const event of events) {
    const click = await clickOf(shop.id, event, named, tx);
    if (click !== null) told.set(event, click);
  }

  // What this batch says, key by key and link by link, before anything is asked.
  const since = new Map<Key, Date>();
  const said = new Map<Key, Alias["known"]>();
  const links = new Map<string, SeenLink>();
  const asked = new Set<Key>();
  // As if each had been read alone: whoever comes with keys that nobody had is somebody new. So it does not matter how the log is cut into batches.
  const perhapsNew: { event: Event; keys: Key[] }[] = [];
  for (const [event, one] of told) {
    const { anchor, links: found, said: fields } = one;
    if (anchor === null) continue;
    const keys = keysOf(one);
    for (const key of keys) asked.add(key);
    if (!keys.some((key) => since.has(key))) perhapsNew.push({ event, keys });
    const see = (key: Key) => since.set(key, earlier(since.get(key), event.occurredAt));
    see(anchor);
    said.set(anchor, learn(said.get(anchor) ?? {}, fields, event.occurredAt));
    for (const link of found) {
      see(link.a);
      see(link.b);
      const seen = { ...link, since: event.occurredAt };
      const before = links.get(pair(link));
      links.set(pair(link), before === undefined ? seen : surer(before, seen));
    }
  }

  const [known, news] = await together(findAliases(shop.id, [...asked], tx), writeLinks(shop.id, [...links.values()], tx));
  const aliases = new Map(known.map((one) => [one.key, one]));
  const born = new Map<Key, string>();
  for (const { event, keys } of perhapsNew) {
    if (keys.some((key) => aliases.has(key))) continue;
    const first = keys.toSorted(byStrength(new Map()))[0] as Key;
    born.set(first, firstId(shop, event.sourceAt, first, 0));
  }
  // A link that was known, between keys that were known, changes nobody: most events of a browser are such.
  const fresh = [...since.keys()].filter((key) => !aliases.has(key));
  const from = [...new Set([...fresh, ...news.flatMap((one) => [one.a, one.b])])];
  const learning = whatIsNew({ said, aliases, since });
  const [around, theirs] = await together(lookAround(shop.id, from, tx), lookAtLearning(shop.id, learning, tx));
  // Keys of one person hang together: whoever has one among these has all of hers there, and nobody is in both.
  const regrouped = await regroup(shop, around, { since, said, born }, now, tx);
  const done = new Set(around.keys);
  const learned = learnOnly(
    shop.id,
    learning.filter((one) => !done.has(one.key)),
    theirs,
    tx,
  );

  const profileOf = (key: Key) => regrouped.profileOf.get(key) ?? aliases.get(key)?.profileId ?? null;
  const survivors = new Map(regrouped.merges.map((one) => [one.loserId, one.survivorId]));
  const whose = (event: Event) => {
    const anchor = told.get(event)?.anchor ?? null;
    const own = anchor === null ? null : profileOf(anchor);
    if (own !== null) return own;
    const id = idNamedBy(event);
    const current = id === null ? null : (named.get(id) ?? id);
    return current === null ? null : (survivors.get(current) ?? current);
  };
  const owners = new Map(events.map((event) => [event, whose(event)]));
  return {
    of: (event) => owners.get(event) ?? null,
    keyOf: (event) => told.get(event)?.anchor ?? null,
    merges: regrouped.merges,
    revived: regrouped.revived,
    moved: regrouped.moved,
    born: regrouped.born,
    written: settled(together(regrouped.written, learned)),
  };
}

/** Whoever asked for a promise waits for it later: until then it is nobody's fault that nobody has heard how it ended. */
function settled(work: Promise<unknown>): Promise<void> {
  const done = work.then(() => undefined);
  done.catch(() => undefined);
  return done;
}

const earlier = (a: Date | undefined, b: Date) => (a === undefined || b < a ? b : a);

/** Events of ours name the profile itself. */
function idNamedBy(event: Event): string | null {
  return "profileId" in event.data && typeof event.data.profileId === "string" ? event.data.profileId : null;
}

async function profilesNamed(shopId: number, events: Event[], tx: Tx): Promise<Map<string, string>> {
  return survivorsOf(shopId, [...new Set(events.map(idNamedBy).filter((id): id is string => id !== null))], tx);
}

/** A click of a person is a key of hers: a browser that arrives by it is hers. */
async function clickOf(shopId: number, event: Event, named: ReadonlyMap<string, string>, tx: Tx): Promise<Telling | null> {
  if (event.name !== "message.clicked" || event.data.by !== "human") return null;
  const profileId = named.get(event.data.profileId);
  if (profileId === undefined) return null;
  const keys = await aliasesOfProfiles(shopId, [profileId], tx);
  const core = keys.find((one) => one.level === null);
  if (core === undefined) return null;
  const click: Key = `click:${event.sourceId.slice(event.sourceId.lastIndexOf("/") + 1)}`;
  return { anchor: click, links: [{ a: click, b: core.key, level: "click" }], said: {} };
}

/** `born`: keys with which somebody new came, with the id she would have had alone. */
type Said = { since: Map<Key, Date>; said: Map<Key, Alias["known"]>; born: Map<Key, string> };
export type Moves = Pick<Resolved, "merges" | "revived" | "moved">;

/** The profiles whose rows may be others now. */
export const movedIn = ({ merges, revived, moved }: Moves): string[] => [
  ...new Set([...[...merges, ...revived].flatMap((one) => [one.loserId, one.survivorId]), ...moved]),
];

type Regrouped = Moves & Pick<Resolved, "born" | "written"> & { profileOf: Map<Key, string> };
type Around = Web & { keys: Key[] };

/** Everything that hangs together with some keys, and these. */
export async function lookAround(shopId: number, from: Key[], tx: Tx): Promise<Around> {
  const web = await webAround(shopId, from, tx);
  return { ...web, keys: [...new Set([...from, ...web.links.flatMap((one) => [one.a, one.b])])] };
}

/** Works out anew who is one person, of everything that hangs together, and writes what changed. */
export async function regroup(
  shop: Pick<Shop, "id" | "salt">,
  { keys, links, apart, aliases: found, merges: standing }: Around,
  batch: Said,
  now: Date,
  tx: Tx,
): Promise<Regrouped> {
  if (keys.length === 0) return { merges: [], revived: [], moved: [], born: [], profileOf: new Map(), written: Promise.resolve() };
  const held = new Map(found.map((one) => [one.key, one]));
  const since = new Map(keys.map((key) => [key, sinceOf(key, held, batch)]));
  const people = partition(since, links, apart);
  const before = new Map([...held].map(([key, one]) => [key, one.profileId]));
  const profiles = [...new Set(before.values())];
  const naming = name(people, since, before, standing, batch.born);

  const profileOf = new Map<Key, string>();
  const aliases: Alias[] = [];
  const written: Profile[] = [];
  const unnamed = people.filter((one) => (naming.ids.get(one) ?? null) === null);
  await nameNew(shop, unnamed, since, naming.ids, tx);
  for (const person of people) for (const key of person.keys.keys()) profileOf.set(key, naming.ids.get(person) as string);
  // Who lost a key is no longer what that key said.
  const lost = new Set([...before].filter(([key, id]) => profileOf.get(key) !== id).map(([, id]) => id));
  for (const person of people) {
    const id = naming.ids.get(person) as string;
    const own = [...person.keys].map(([key, reason]): Alias => {
      const known = { ...held.get(key)?.known };
      return {
        ...{ key, profileId: id, since: since.get(key) as Date, level: reason?.level ?? null, because: reason === null ? [] : [reason.a, reason.b] },
        known: merged(known, batch.said.get(key)),
      };
    });
    const changed = own.filter((one) => !same(one, held.get(one.key)));
    if (changed.length === 0 && !lost.has(id)) continue;
    aliases.push(...changed);
    written.push(profileFrom(id, own, links));
  }
  const merges = naming.merges.map(({ survivor, ...merge }) => ({ ...merge, survivorId: naming.ids.get(survivor) as string }));
  const ended = naming.revived.map((one) => one.id);
  const begun = merges.map((one) => ({ ...one, id: newId(now), at: now }));
  const writing = together(writePeople(shop.id, written, aliases, tx), endMerges(shop.id, ended, now, false, tx), writeMerges(shop.id, begun, tx));

  const into = new Map(merges.map((one) => [one.loserId, one.survivorId]));
  const moved = new Set<string>();
  for (const [key, id] of before) {
    const current = profileOf.get(key) as string;
    // Its rows went with the merge, where there was one, and are looked for there.
    const expected = into.get(id) ?? id;
    if (current !== expected) moved.add(expected).add(current);
  }
  return {
    merges: merges.map(({ loserId, survivorId }) => ({ loserId, survivorId })),
    revived: naming.revived.map(({ loserId, survivorId }) => ({ loserId, survivorId })),
    moved: [...moved].filter((id) => !into.has(id)),
    born: [...naming.ids.values()].filter((id): id is string => id !== null && !profiles.includes(id)),
    profileOf,
    written: settled(writing),
  };
}

function sinceOf(key: Key, held: ReadonlyMap<Key, Alias>, batch: Said): Date {
  const [one, other] = [held.get(key)?.since, batch.since.get(key)];
  return one === undefined ? (other as Date) : other === undefined ? one : earlier(one, other);
}

/** Joins what was known at a key with what was said there now. */
function merged(known: Alias["known"], news: Alias["known"] | undefined): Alias["known"] {
  let result = known;
  for (const [field, one] of Object.entries(news ?? {})) result = learn(result, { [field]: one.value }, new Date(one.at));
  return result;
}

/** Whether nothing would have to be written of a key. */
function same(one: Alias, other: Alias | undefined): boolean {
  if (other === undefined || one.profileId !== other.profileId || one.since.getTime() !== other.since.getTime() || one.level !== other.level) return false;
  if (one.because.join("\n") !== other.because.join("\n")) return false;
  const [known, before] = [Object.entries(one.known), Object.entries(other.known)];
  return (
    known.length === before.length &&
    known.every(([field, { value, at }]) => other.known[field as Field]?.value === value && other.known[field as Field]?.at === at)
  );
}

/** A profile as its keys say it. */
function profileFrom(id: string, keys: Alias[], links: readonly Link[]): Profile {
  const known = knownOf(keys);
  return {
    id,
    firstSeenAt: keys.reduce((first, one) => earlier(first, one.since), keys[0]?.since as Date),
    customerGid: customerOf(
      keys.map((one) => one.key),
      links,
    ),
    ...{ email: known.email?.value ?? null, phone: known.phone?.value ?? null, firstName: known.firstName?.value ?? null },
    ...{ lastName: known.lastName?.value ?? null, country: known.country?.value ?? null, locale: known.locale?.value ?? null },
  };
}

/** Gives new people an id each, drawn from their strongest key; another one where a profile had that before. */
async function nameNew(
  shop: Pick<Shop, "id" | "salt">,
  people: Person[],
  since: ReadonlyMap<Key, Date>,
  ids: Map<Person, string | null>,
  tx: Tx,
): Promise<void> {
  const drawn = people.map((person) => ({
    person,
    at: since.get(person.core) as Date,
    ids: Array.from({ length: 4 }, (_, again) => firstId(shop, since.get(person.core) as Date, person.core, again)),
  }));
  const taken = await takenIds(
    shop.id,
    drawn.flatMap((one) => one.ids),
    tx,
  );
  for (const one of drawn) ids.set(one.person, one.ids.find((id) => !taken.has(id)) ?? newId(one.at));
}

/** Keys of which something new was said, or an earlier moment. */
function whatIsNew(batch: Omit<Said, "born"> & { aliases: ReadonlyMap<Key, Alias> }): Alias[] {
  return [...batch.since].flatMap(([key, first]) => {
    const held = batch.aliases.get(key);
    if (held === undefined) return [];
    const next = { ...held, since: earlier(held.since, first), known: merged(held.known, batch.said.get(key)) };
    return same(next, held) ? [] : [next];
  });
}

type Theirs = { aliases: Alias[]; links: SeenLink[] };

/** All keys of those who have these, and what says which customer of Shopify's each of them is. */
async function lookAtLearning(shopId: number, learning: Alias[], tx: Tx): Promise<Theirs> {
  const ids = [...new Set(learning.map((one) => one.profileId))];
  const [aliases, { links }] = await together(aliasesOfProfiles(shopId, ids, tx), webOfCustomers(shopId, ids, tx));
  return { aliases, links };
}

/** Keys that stay where they are. */
async function learnOnly(shopId: number, changed: Alias[], { aliases, links }: Theirs, tx: Tx): Promise<void> {
  const news = new Map(changed.map((one) => [one.key, one]));
  const all = Map.groupBy(aliases, (one) => one.profileId);
  const ids = [...new Set(changed.map((one) => one.profileId))];
  const profiles = ids.map((id) =>
    profileFrom(
      id,
      (all.get(id) ?? []).map((one) => news.get(one.key) ?? one),
      links,
    ),
  );
  await writePeople(shopId, profiles, changed, tx);
}
