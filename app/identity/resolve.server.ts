import type { Event } from "../events/event.ts";
import { idOf } from "../lib/id.server.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { decide, tellingOf, type Key, type Known } from "./merge.ts";
import { findAliases, writeAliases, writeMerge, writeProfiles, type ProfileChange } from "./store.server.ts";

export { aliasesOf, eraseIdentity, findByCustomer, findProfiles, redactProfiles, type Profile } from "./store.server.ts";

/** Whom the events of a batch mean, and who was found to be the same. */
export type Resolved = {
  /** The profile an event belongs to, null where it is about nobody. Always the survivor. */
  of: (event: Event) => string | null;
  /** Merges of this batch in order; every room that keeps rows of `loserId` moves them. */
  merges: { loserId: string; survivorId: string }[];
};

const name = (key: Key) => `${key.kind}:${key.key}`;

/** The id of a profile that begins with this event. Drawn from its first key, so that the same log read again makes the same profiles. */
function firstId(shop: Pick<Shop, "salt">, event: Event, [key]: Key[]): string {
  return idOf(event.sourceAt, shop.salt, `profile\n${key === undefined ? event.sourceId : name(key)}`);
}

/** Finds or makes the profile of each event of a batch, in the order of the log, and records merges. */
export async function resolve(shop: Pick<Shop, "id" | "salt">, events: Event[], now: Date, tx: Tx): Promise<Resolved> {
  const shopId = shop.id;
  const told = new Map(events.map((event) => [event, tellingOf(event)]));
  const aliases = new Map<string, Known>();
  // One object per profile: what one key teaches about it, every other key of it must know too.
  const profiles = new Map<string, Known>();
  for (const found of await findAliases(
    shopId,
    [...told.values()].flatMap((one) => one.keys),
    tx,
  )) {
    const profile = profiles.get(found.profile.id) ?? found.profile;
    profiles.set(profile.id, profile);
    aliases.set(name(found), profile);
  }

  const into = new Map<string, string>();
  const chosen = new Map<Event, string>();
  const changes = new Map<string, ProfileChange>();
  const newAliases: Parameters<typeof writeAliases>[1] = [];
  const merges: Resolved["merges"] = [];

  for (const [event, one] of told) {
    if ("profileId" in event.data && typeof event.data.profileId === "string") chosen.set(event, event.data.profileId);
    const decision = decide(one, (key) => aliases.get(name(key)), event.name === "customer.merged");
    if (decision.kind === "nobody" || (decision.kind === "new" && event.name === "customer.merged")) continue;
    const id = decision.kind === "new" ? firstId(shop, event, one.keys) : decision.id;
    chosen.set(event, id);
    const profile: Known = [...one.keys].map((key) => aliases.get(name(key))).find((known) => known?.id === id) ?? {
      id,
      customerGid: null,
      firstSeenAt: event.occurredAt,
      named: false,
    };
    profile.customerGid ??= one.fields.customerGid;
    profile.named ||= profile.customerGid !== null || one.fields.email !== null;
    for (const loserId of decision.kind === "known" ? decision.absorbs : []) {
      merges.push({ loserId, survivorId: id });
      into.set(loserId, id);
      const lost = changes.get(loserId);
      if (lost !== undefined) remember(changes, { ...lost, id });
      for (const [key, lost] of aliases) {
        if (lost.id !== loserId) continue;
        profile.customerGid ??= lost.customerGid;
        profile.named ||= lost.named;
        aliases.set(key, profile);
      }
    }
    for (const key of one.keys) {
      if (aliases.has(name(key)) || (one.claimed && profile.named && key.kind !== "visitor")) continue;
      aliases.set(name(key), profile);
      newAliases.push({ ...key, profileId: id, since: event.occurredAt });
    }
    remember(changes, { id, firstSeenAt: event.occurredAt, fields: one.fields });
  }

  await writeProfiles(shopId, [...changes.values()], tx);
  await writeAliases(shopId, newAliases, tx);
  for (const { loserId, survivorId } of merges) await writeMerge(shopId, loserId, survivorId, "one event carried keys of both", now, tx);

  const survivor = (id: string): string => (into.has(id) ? survivor(into.get(id) as string) : id);
  return {
    of: (event) => (chosen.has(event) ? survivor(chosen.get(event) as string) : null),
    merges: merges.map(({ loserId, survivorId }) => ({ loserId, survivorId: survivor(survivorId) })),
  };
}

/** Later fields win over earlier ones, and something wins over nothing. */
function remember(changes: Map<string, ProfileChange>, change: ProfileChange): void {
  const before = changes.get(change.id);
  if (before === undefined) {
    changes.set(change.id, change);
    return;
  }
  const given = Object.fromEntries(Object.entries(change.fields).filter(([, value]) => value !== null)) as Partial<ProfileChange["fields"]>;
  changes.set(change.id, {
    id: change.id,
    firstSeenAt: before.firstSeenAt < change.firstSeenAt ? before.firstSeenAt : change.firstSeenAt,
    fields: { ...before.fields, ...given },
  });
}
