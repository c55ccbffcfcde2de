import type { Tx } from "../lib/tx.ts";
import { inside } from "../tx.server.ts";
import type { Key, KeyKind, Known, Telling } from "./merge.ts";

export async function findAliases(shopId: number, keys: Key[], tx: Tx): Promise<{ kind: KeyKind; key: string; profile: Known }[]> {
  if (keys.length === 0) return [];
  const rows = await inside(tx).$queryRaw<{ kind: KeyKind; key: string; id: string; customer_gid: string | null; first_seen_at: Date; named: boolean }[]>`
    SELECT a.kind, a.key, p.id, p.customer_gid, p.first_seen_at, p.customer_gid IS NOT NULL OR p.email IS NOT NULL AS named
    FROM jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) AS k(kind text, key text)
    JOIN profile_alias a ON a.shop_id = ${shopId} AND a.kind = k.kind AND a.key = k.key
    JOIN profile p ON p.shop_id = a.shop_id AND p.id = a.profile_id`;
  return rows.map((row) => ({
    kind: row.kind,
    key: row.key,
    profile: { id: row.id, customerGid: row.customer_gid, firstSeenAt: row.first_seen_at, named: row.named },
  }));
}

export type ProfileChange = { id: string; firstSeenAt: Date; fields: Telling["fields"] };

/** Writes profiles: new ones as they are, known ones with what is newly known of them. */
export async function writeProfiles(shopId: number, changes: ProfileChange[], tx: Tx): Promise<void> {
  if (changes.length === 0) return;
  const json = changes.map(({ id, firstSeenAt, fields }) => ({
    id,
    first_seen_at: firstSeenAt,
    customer_gid: fields.customerGid,
    email: fields.email,
    phone: fields.phone,
    first_name: fields.firstName,
    last_name: fields.lastName,
    country: fields.country,
    locale: fields.locale,
  }));
  await inside(tx).$executeRaw`
    INSERT INTO profile (shop_id, id, first_seen_at, customer_gid, email, phone, first_name, last_name, country, locale)
    SELECT ${shopId}, r.* FROM jsonb_to_recordset(${JSON.stringify(json)}::jsonb)
      AS r(id uuid, first_seen_at timestamptz, customer_gid text, email text, phone text, first_name text, last_name text, country text, locale text)
    ON CONFLICT (shop_id, id) DO UPDATE SET
      first_seen_at = least(profile.first_seen_at, excluded.first_seen_at),
      customer_gid = coalesce(excluded.customer_gid, profile.customer_gid),
      email = coalesce(excluded.email, profile.email), phone = coalesce(excluded.phone, profile.phone),
      first_name = coalesce(excluded.first_name, profile.first_name), last_name = coalesce(excluded.last_name, profile.last_name),
      country = coalesce(excluded.country, profile.country), locale = coalesce(excluded.locale, profile.locale)`;
}

export async function writeAliases(shopId: number, aliases: { kind: KeyKind; key: string; profileId: string; since: Date }[], tx: Tx): Promise<void> {
  if (aliases.length === 0) return;
  const json = aliases.map((alias) => ({ kind: alias.kind, key: alias.key, profile_id: alias.profileId, since: alias.since }));
  await inside(tx).$executeRaw`
    INSERT INTO profile_alias (shop_id, kind, key, profile_id, since)
    SELECT ${shopId}, r.* FROM jsonb_to_recordset(${JSON.stringify(json)}::jsonb) AS r(kind text, key text, profile_id uuid, since timestamptz)
    ON CONFLICT (shop_id, kind, key) DO NOTHING`;
}

/** Moves everything of `loserId` to `survivorId` and keeps what was moved, so that the merge can be taken back. */
export async function writeMerge(shopId: number, loserId: string, survivorId: string, reason: string, now: Date, tx: Tx): Promise<void> {
  const client = inside(tx);
  await client.$executeRaw`
    INSERT INTO profile_merge (shop_id, loser_id, survivor_id, at, reason, moved)
    SELECT ${shopId}, ${loserId}::uuid, ${survivorId}::uuid, ${now}, ${reason},
      coalesce((SELECT jsonb_agg(jsonb_build_object('kind', kind, 'key', key)) FROM profile_alias WHERE shop_id = ${shopId} AND profile_id = ${loserId}::uuid), '[]'::jsonb)
    ON CONFLICT DO NOTHING`;
  await client.$executeRaw`UPDATE profile_alias SET profile_id = ${survivorId}::uuid WHERE shop_id = ${shopId} AND profile_id = ${loserId}::uuid`;
  await client.$executeRaw`
    UPDATE profile s SET first_seen_at = least(s.first_seen_at, l.first_seen_at), customer_gid = coalesce(s.customer_gid, l.customer_gid),
      email = coalesce(s.email, l.email), phone = coalesce(s.phone, l.phone), first_name = coalesce(s.first_name, l.first_name),
      last_name = coalesce(s.last_name, l.last_name), country = coalesce(s.country, l.country), locale = coalesce(s.locale, l.locale)
    FROM profile l WHERE s.shop_id = ${shopId} AND s.id = ${survivorId}::uuid AND l.shop_id = s.shop_id AND l.id = ${loserId}::uuid`;
  await client.$executeRaw`UPDATE profile SET merged_into = ${survivorId}::uuid WHERE shop_id = ${shopId} AND id = ${loserId}::uuid`;
}

export type Profile = {
  id: string;
  firstSeenAt: Date;
  customerGid: string | null;
  email: string | null;
  phone: string | null;
  firstName: string | null;
  lastName: string | null;
  country: string | null;
  locale: string | null;
};

export async function findProfiles(shopId: number, ids: string[], tx?: Tx): Promise<Profile[]> {
  if (ids.length === 0) return [];
  return inside(tx).profile.findMany({ where: { shopId, id: { in: ids }, redactedAt: null } });
}

export async function findByCustomer(shopId: number, customerGid: string): Promise<string[]> {
  const rows = await inside().profileAlias.findMany({ where: { shopId, kind: "customer", key: customerGid }, select: { profileId: true } });
  return rows.map((row) => row.profileId);
}

export async function aliasesOf(shopId: number, profileIds: string[], tx?: Tx): Promise<{ kind: string; key: string }[]> {
  return inside(tx).profileAlias.findMany({ where: { shopId, profileId: { in: profileIds } }, select: { kind: true, key: true } });
}

export async function redactProfiles(shopId: number, ids: string[], now: Date, tx: Tx): Promise<void> {
  await inside(tx).profile.updateMany({
    where: { shopId, OR: [{ id: { in: ids } }, { mergedInto: { in: ids } }] },
    data: { customerGid: null, email: null, phone: null, firstName: null, lastName: null, country: null, locale: null, redactedAt: now },
  });
  await inside(tx).profileAlias.deleteMany({ where: { shopId, profileId: { in: ids } } });
  await inside(tx).profileMerge.deleteMany({ where: { shopId, survivorId: { in: ids } } });
}

export async function eraseIdentity(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).profileMerge.deleteMany({ where: { shopId } });
  await inside(tx).profileAlias.deleteMany({ where: { shopId } });
  await inside(tx).profile.deleteMany({ where: { shopId } });
}
