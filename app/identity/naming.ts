// Which profile a person is: whoever was found before keeps her id, one of two who turn out to be one gives hers up, and who was merged wrongly gets hers back.
import { byStrength, type Person } from "./partition.ts";
import { levels, type Key, type Link } from "./telling.ts";

/** A merge that still stands: each side by the strongest key it had then. */
export type Merge = { id: string; loserId: string; survivorId: string; loserKey: Key; survivorKey: Key };

export type Naming = {
  /** The profile of each person; null where she needs a new one. */
  ids: Map<Person, string | null>;
  /** Profiles that turned out to be another's, with the strongest key of each side and the weakest link between them. */
  merges: { loserId: string; survivor: Person; loserKey: Key; survivorKey: Key; because: Link | null }[];
  /** Merges that no longer hold: their losers are profiles again. */
  revived: Merge[];
};

/**
 * Gives every person her profile: of several the one with the lowest id, which is the oldest. `before` says whose each key was, `standing` which merges led
 * there, the newest last; `born` which id somebody new would have had who came with this key.
 */
export function name(
  people: Person[],
  since: ReadonlyMap<Key, Date>,
  before: ReadonlyMap<Key, string>,
  standing: readonly Merge[],
  born: ReadonlyMap<Key, string>,
): Naming {
  const strength = byStrength(since);
  const personOf = new Map<Key, Person>(people.flatMap((person) => [...person.keys.keys()].map((key) => [key, person] as const)));
  const keysOf = new Map<string, Key[]>();
  for (const [key, id] of before) keysOf.set(id, [...(keysOf.get(id) ?? []), key]);
  for (const keys of keysOf.values()) keys.sort(strength);

  const claims = new Map<Person, { id: string; key: Key }[]>();
  const claim = (person: Person, id: string, key: Key) => claims.set(person, [...(claims.get(person) ?? []), { id, key }]);
  const revived: Merge[] = [];
  for (const [id, keys] of [...keysOf].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const parts = [...new Set(keys.map((key) => personOf.get(key) as Person))];
    const taken = new Set<Person>();
    if (parts.length > 1) {
      for (const merge of [...standing].reverse()) {
        const part = personOf.get(merge.loserKey);
        if (part === undefined || taken.has(part) || !parts.includes(part) || part.keys.has(merge.survivorKey) || before.get(merge.loserKey) !== id) continue;
        if (keysOf.has(merge.loserId) || parts.length - taken.size === 1) continue;
        taken.add(part);
        revived.push(merge);
        claim(part, merge.loserId, merge.loserKey);
      }
    }
    const own = keys.find((key) => !taken.has(personOf.get(key) as Person)) as Key;
    claim(personOf.get(own) as Person, id, own);
  }

  const ids = new Map<Person, string | null>();
  const merges: Naming["merges"] = [];
  for (const person of people) {
    const own = claims.get(person) ?? [];
    const fresh = [...person.keys.keys()].flatMap((key) => (born.has(key) ? [{ id: born.get(key) as string, key }] : []));
    const [winner] = [...own, ...fresh].sort((a, b) => (a.id < b.id ? -1 : 1));
    const others = own.filter((one) => one.id !== winner?.id);
    ids.set(person, winner?.id ?? null);
    for (const other of others) {
      if (winner === undefined) continue;
      merges.push({ loserId: other.id, survivor: person, loserKey: other.key, survivorKey: winner.key, because: weaker(person, other.key, winner.key) });
    }
  }
  return { ids, merges, revived };
}

/** The less sure of the two ways from the core: what the merge stands on. */
function weaker(person: Person, one: Key, other: Key): Link | null {
  const [first, second] = [person.keys.get(one) ?? null, person.keys.get(other) ?? null];
  if (first === null || second === null) return first ?? second;
  return levelOf(first) >= levelOf(second) ? first : second;
}

const levelOf = (link: Link) => levels.indexOf(link.level);
