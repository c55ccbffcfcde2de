import type { Tx } from "../lib/tx.ts";
import { Prisma } from "../db.server.ts";
import { asSeconds, driverQuery, inside, ofSeconds } from "../tx.server.ts";
import type { Merge } from "./naming.ts";
import type { Apart, SeenLink } from "./partition.ts";
import { kindOf, levels, valueOf, type Key, type Known, type Level, type Link } from "./telling.ts";

/** A key as the table holds it. */
export type Alias = { key: Key; profileId: string; since: Date; level: Level | null; because: Key[]; known: Known };

type AliasRow = { kind: string; key: string; profile_id: string; since: number; level: string | null; because: string[] | null; known: unknown };

// The columns hold what writePeople put there.
const toAlias = (row: AliasRow): Alias => ({
  key: `${row.kind}:${row.key}` as Key,
  profileId: row.profile_id,
  since: ofSeconds(row.since),
  level: row.level as Level | null,
  because: (row.because ?? []) as Key[],
  known: row.known as Known,
});

export async function findAliases(shopId: number, keys: Key[], tx?: Tx): Promise<Alias[]> {
  if (keys.length === 0) return [];
  const sql = Prisma.sql`
    SELECT a.kind, a.key, a.profile_id, ${asSeconds(Prisma.sql`a.since`)} AS since, a.level, a.because, a.known
    FROM unnest(${keys.map(kindOf)}::text[], ${keys.map(valueOf)}::text[]) AS k(kind, key)
    JOIN profile_alias a ON a.shop_id = ${shopId} AND a.kind = k.kind AND a.key = k.key`;
  return (await driverQuery<AliasRow>(tx, "aliases", sql)).map(toAlias);
}

/** Every key of some profiles. */
export async function aliasesOfProfiles(shopId: number, profileIds: string[], tx?: Tx): Promise<Alias[]> {
  if (profileIds.length === 0) return [];
  const sql = Prisma.sql`
    SELECT kind, key, profile_id, ${asSeconds(Prisma.sql`since`)} AS since, level, because, known FROM profile_alias WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[])`;
  return (await driverQuery<AliasRow>(tx, "aliases-of-profiles", sql)).map(toAlias);
}

type LinkRow = { a: string; b: string; level: number; since: Date };
const toLink = (row: LinkRow): SeenLink => ({ a: row.a as Key, b: row.b as Key, level: levels[row.level] as Level, since: row.since });

/** What hangs together: link by link, who is to be kept apart, what is known at each key, and the merges that still stand and led to whoever has them, the oldest first. */
export type Web = { links: SeenLink[]; apart: Apart[]; aliases: Alias[]; merges: Merge[] };

/**
 * Everything that hangs together with the keys that a query gives, in one statement: it is asked for with every batch. How many those will be, the planner does not see: it
 * is told to go from key to key, and not through all links there are.
 */
async function web(name: string, shopId: number, seed: Prisma.Sql, tx?: Tx): Promise<Web> {
  const each = (columns: Prisma.Sql, from: Prisma.Sql, order = Prisma.empty) =>
    Prisma.sql`(SELECT coalesce(json_agg(json_build_array(${columns}) ${order}), '[]'::json) FROM ${from})`;
  const links = Prisma.sql`near JOIN LATERAL (SELECT * FROM profile_link l WHERE l.shop_id = ${shopId} AND l.a = near.key OFFSET 0) l ON true`;
  const apart = Prisma.sql`profile_apart x WHERE x.shop_id = ${shopId} AND (x.a = ANY(ARRAY(SELECT key FROM near)) OR x.b = ANY(ARRAY(SELECT key FROM near)))`;
  const sql = Prisma.sql`
    WITH RECURSIVE near(key) AS (
      ${seed}
      UNION SELECT n.key FROM near JOIN LATERAL (
        SELECT l.b AS key FROM profile_link l WHERE l.shop_id = ${shopId} AND l.a = near.key
        UNION ALL SELECT l.a FROM profile_link l WHERE l.shop_id = ${shopId} AND l.b = near.key
      ) n ON true
    ), held AS MATERIALIZED (
      SELECT near.key AS whole, h.* FROM near JOIN LATERAL (
        SELECT * FROM profile_alias a WHERE a.shop_id = ${shopId} AND a.kind = split_part(near.key, ':', 1) AND a.key = substr(near.key, strpos(near.key, ':') + 1) OFFSET 0
      ) h ON true
    ), ${led(shopId, Prisma.sql`SELECT profile_id FROM held`)}
    SELECT ${each(Prisma.sql`l.a, l.b, l.level, l.since`, links)} AS links, ${each(Prisma.sql`x.a, x.b`, apart)} AS apart,
      ${each(Prisma.sql`h.whole, h.profile_id, h.since, h.level, h.because, h.known`, Prisma.sql`held h`)} AS aliases,
      ${each(mergeColumns, mergesLed(shopId), oldestFirst)} AS merges`;
  type Row = {
    links: [a: Key, b: Key, level: number, since: string][];
    apart: [a: Key, b: Key][];
    aliases: [key: Key, profileId: string, since: string, level: Level | null, because: Key[] | null, known: Known][];
    merges: [id: string, loserId: string, survivorId: string, loserKey: Key, survivorKey: Key][];
  };
  const [row] = await driverQuery<Row>(tx, name, sql);
  return {
    links: (row?.links ?? []).map(([a, b, level, since]) => ({ a, b, level: levels[level] as Level, since: new Date(since) })),
    apart: (row?.apart ?? []).map(([a, b]) => ({ a, b })),
    aliases: (row?.aliases ?? []).map(([key, profileId, since, level, because, known]) => ({
      ...{ key, profileId, since: new Date(since), level, because: because ?? [], known },
    })),
    merges: (row?.merges ?? []).map(([id, loserId, survivorId, loserKey, survivorKey]) => ({ id, loserId, survivorId, loserKey, survivorKey })),
  };
}

const nothing: Web = { links: [], apart: [], aliases: [], merges: [] };

/** Everything that hangs together with these keys. */
export async function webAround(shopId: number, keys: Key[], tx?: Tx): Promise<Web> {
  return keys.length === 0 ? nothing : web("web-around", shopId, Prisma.sql`SELECT unnest(${keys}::text[])`, tx);
}

/** Everything that hangs together with what Shopify knows of these profiles. */
export async function webOfCustomers(shopId: number, profileIds: string[], tx?: Tx): Promise<Web> {
  if (profileIds.length === 0) return nothing;
  const seed = Prisma.sql`SELECT kind || ':' || key FROM profile_alias WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[]) AND kind = 'customer'`;
  return web("web-of-customers", shopId, seed, tx);
}

/** Keeps of each link its surest level and its first moment. Returns those that this changed: what is known already is only read. */
export async function writeLinks(shopId: number, links: SeenLink[], tx: Tx): Promise<Link[]> {
  if (links.length === 0) return [];
  const json = links.map((one) => ({ ...one, level: levels.indexOf(one.level) }));
  const sql = Prisma.sql`
    INSERT INTO profile_link (shop_id, a, b, level, since)
    SELECT ${shopId}, r.* FROM json_to_recordset(${JSON.stringify(json)}::json) AS r(a text, b text, level smallint, since timestamptz)
    WHERE NOT EXISTS (SELECT FROM profile_link l WHERE l.shop_id = ${shopId} AND l.a = r.a AND l.b = r.b AND l.level <= r.level AND l.since <= r.since)
    ON CONFLICT (shop_id, a, b) DO UPDATE SET level = least(profile_link.level, excluded.level), since = least(profile_link.since, excluded.since)
    RETURNING a, b, level, since`;
  return (await driverQuery<LinkRow>(tx, "write-links", sql)).map(toLink);
}

export async function writeApart(shopId: number, { a, b }: Apart, now: Date, tx: Tx): Promise<void> {
  await inside(tx).profileApart.createMany({ data: [{ shopId, a, b, at: now }], skipDuplicates: true });
}

/** Writes profiles as their keys say them now, and those of their keys that changed. */
export async function writePeople(shopId: number, profiles: Profile[], aliases: Alias[], tx: Tx): Promise<void> {
  if (profiles.length === 0 && aliases.length === 0) return;
  const people = profiles.map((one) => ({
    ...{ id: one.id, first_seen_at: one.firstSeenAt, customer_gid: one.customerGid, email: one.email, phone: one.phone },
    ...{ first_name: one.firstName, last_name: one.lastName, country: one.country, locale: one.locale },
  }));
  const keys = aliases.map(({ key, profileId, ...rest }) => ({ kind: kindOf(key), key: valueOf(key), profile_id: profileId, ...rest }));
  const sql = Prisma.sql`
    WITH people AS (
      INSERT INTO profile (shop_id, id, first_seen_at, customer_gid, email, phone, first_name, last_name, country, locale)
      SELECT ${shopId}, r.* FROM json_to_recordset(${JSON.stringify(people)}::json)
        AS r(id uuid, first_seen_at timestamptz, customer_gid text, email text, phone text, first_name text, last_name text, country text, locale text)
      ON CONFLICT (shop_id, id) DO UPDATE SET first_seen_at = excluded.first_seen_at, customer_gid = excluded.customer_gid, email = excluded.email, phone = excluded.phone,
        first_name = excluded.first_name, last_name = excluded.last_name, country = excluded.country, locale = excluded.locale, merged_into = NULL
      WHERE (profile.first_seen_at, profile.customer_gid, profile.email, profile.phone, profile.first_name, profile.last_name, profile.country, profile.locale, profile.merged_into)
        IS DISTINCT FROM (excluded.first_seen_at, excluded.customer_gid, excluded.email, excluded.phone, excluded.first_name, excluded.last_name, excluded.country, excluded.locale, NULL::uuid)
    )
    INSERT INTO profile_alias (shop_id, kind, key, profile_id, since, level, because, known)
    SELECT ${shopId}, r.kind, r.key, r.profile_id, r.since, r.level, ARRAY(SELECT jsonb_array_elements_text(r.because)), r.known
    FROM json_to_recordset(${JSON.stringify(keys)}::json) AS r(kind text, key text, profile_id uuid, since timestamptz, level text, because jsonb, known jsonb)
    ON CONFLICT (shop_id, kind, key) DO UPDATE SET profile_id = excluded.profile_id, since = excluded.since, level = excluded.level, because = excluded.because, known = excluded.known`;
  await driverQuery(tx, "write-people", sql);
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

export async function takenIds(shopId: number, ids: string[], tx: Tx): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const sql = Prisma.sql`SELECT id FROM profile WHERE shop_id = ${shopId} AND id = ANY(${ids}::uuid[])`;
  return new Set((await driverQuery<{ id: string }>(tx, "taken-ids", sql)).map((row) => row.id));
}

/** The merges into one profile that still stand. By their key for each: how few profiles there are the planner cannot know, and would read the merges of the whole shop. */
const intoOne = (shopId: number, profileId: Prisma.Sql) =>
  Prisma.sql`SELECT * FROM profile_merge WHERE shop_id = ${shopId} AND survivor_id = ${profileId} AND undone_at IS NULL OFFSET 0`;

/** Parts of a statement: whoever was merged into the profiles that a query gives, over any number of steps; and those merges that still stand. */
const led = (shopId: number, profiles: Prisma.Sql) => Prisma.sql`
  led(profile_id) AS (${profiles} UNION SELECT m.loser_id FROM led CROSS JOIN LATERAL (${intoOne(shopId, Prisma.sql`led.profile_id`)}) m)`;
const mergesLed = (shopId: number) => Prisma.sql`led CROSS JOIN LATERAL (${intoOne(shopId, Prisma.sql`led.profile_id`)}) m`;
const oldestFirst = Prisma.sql`ORDER BY m.at, m.id`;
const mergeColumns = Prisma.sql`m.id, m.loser_id, m.survivor_id, m.loser_key, m.survivor_key`;

/** The merges that still stand and led to these profiles, over any number of steps; the oldest first. */
export async function standingMerges(shopId: number, profileIds: string[], tx?: Tx): Promise<Merge[]> {
  if (profileIds.length === 0) return [];
  const sql = Prisma.sql`
    WITH RECURSIVE ${led(shopId, Prisma.sql`SELECT unnest(${profileIds}::uuid[])`)}
    SELECT ${mergeColumns} FROM ${mergesLed(shopId)} ${oldestFirst}`;
  type Row = { id: string; loser_id: string; survivor_id: string; loser_key: string; survivor_key: string };
  const rows = await driverQuery<Row>(tx, "standing-merges", sql);
  return rows.map((row) => ({
    ...{ id: row.id, loserId: row.loser_id, survivorId: row.survivor_id },
    ...{ loserKey: row.loser_key as Key, survivorKey: row.survivor_key as Key },
  }));
}

export async function writeMerges(shopId: number, merges: (Merge & { at: Date; because: Link | null })[], tx: Tx): Promise<void> {
  if (merges.length === 0) return;
  const json = merges.map(({ id, loserId, survivorId, loserKey, survivorKey, at, because }) => ({
    ...{ id, loser_id: loserId, survivor_id: survivorId, at, reason: because?.level ?? "token", loser_key: loserKey, survivor_key: survivorKey },
    because: because === null ? [] : [because.a, because.b],
  }));
  const sql = Prisma.sql`
    WITH r AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(json)}::json)
        AS r(id uuid, loser_id uuid, survivor_id uuid, at timestamptz, reason text, because text[], loser_key text, survivor_key text)
    ), noted AS (
      INSERT INTO profile_merge (shop_id, id, loser_id, survivor_id, at, reason, because, loser_key, survivor_key)
      SELECT ${shopId}, r.id, r.loser_id, r.survivor_id, r.at, r.reason, r.because, r.loser_key, r.survivor_key FROM r
    )
    UPDATE profile t SET merged_into = r.survivor_id FROM r WHERE t.shop_id = ${shopId} AND t.id = r.loser_id`;
  await driverQuery(tx, "write-merges", sql);
}

export async function endMerges(shopId: number, ids: string[], now: Date, byHand: boolean, tx: Tx): Promise<void> {
  if (ids.length === 0) return;
  await inside(tx).profileMerge.updateMany({ where: { shopId, id: { in: ids } }, data: { undoneAt: now, ...(byHand ? { byHand } : {}) } });
}

export async function findMerge(shopId: number, id: string, tx?: Tx) {
  return inside(tx).profileMerge.findUnique({ where: { shopId_id: { shopId, id } } });
}

export async function findProfiles(shopId: number, ids: string[], tx?: Tx): Promise<Profile[]> {
  if (ids.length === 0) return [];
  return inside(tx).profile.findMany({ where: { shopId, id: { in: ids }, redactedAt: null } });
}

/** What rules ask of profiles themselves; of one that was erased nothing is known. In a statement of its own: it is asked for with every batch. */
export type Fields = Pick<Profile, "id" | "country" | "locale"> & { hasEmail: boolean; hasPhone: boolean };

export async function fieldsOf(shopId: number, ids: string[], tx?: Tx): Promise<Fields[]> {
  if (ids.length === 0) return [];
  const sql = Prisma.sql`
    SELECT id, country, locale, email IS NOT NULL AS "hasEmail", phone IS NOT NULL AS "hasPhone" FROM profile
    WHERE shop_id = ${shopId} AND id = ANY(${ids}::uuid[]) AND redacted_at IS NULL`;
  return driverQuery<Fields>(tx, "profile-fields", sql);
}

/** Where each of these profiles is now, after all merges; one that was never merged is where it is. */
export async function survivorsOf(shopId: number, ids: string[], tx?: Tx): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await inside(tx).$queryRaw<{ id: string; now: string }[]>`
    WITH RECURSIVE way(id, now, next) AS (
      SELECT id, id, merged_into FROM profile WHERE shop_id = ${shopId} AND id = ANY(${ids}::uuid[])
      UNION ALL SELECT w.id, p.id, p.merged_into FROM way w JOIN profile p ON p.shop_id = ${shopId} AND p.id = w.next
    ) SELECT id, now FROM way WHERE next IS NULL`;
  return new Map(rows.map((row) => [row.id, row.now]));
}

/** More people than this beside one are no household: what they share (a number that a till fills in, a computer in the shop) says nothing of who is who. */
const household = 12;

/** Profiles that share a key with this one and yet are somebody else: who may be her. Those that the merchant told apart are not among them. */
export async function neighboursOf(shopId: number, profileId: string, tx?: Tx): Promise<string[]> {
  const rows = await inside(tx).$queryRaw<{ profile_id: string }[]>`
    WITH mine AS (SELECT kind || ':' || key AS key FROM profile_alias WHERE shop_id = ${shopId} AND profile_id = ${profileId}::uuid),
    beside AS (
      SELECT l.b AS key FROM mine JOIN profile_link l ON l.shop_id = ${shopId} AND l.a = mine.key
      UNION SELECT l.a FROM mine JOIN profile_link l ON l.shop_id = ${shopId} AND l.b = mine.key
    ),
    -- A key that is nobody's for certain (a household's phone) leads on to whoever else gave it.
    further AS (
      SELECT key FROM beside
      UNION SELECT l.a FROM beside JOIN profile_link l ON l.shop_id = ${shopId} AND l.b = beside.key WHERE beside.key LIKE 'phone:%' AND l.level = 5
    )
    SELECT DISTINCT a.profile_id FROM further f
    JOIN profile_alias a ON a.shop_id = ${shopId} AND a.kind = split_part(f.key, ':', 1) AND a.key = substr(f.key, strpos(f.key, ':') + 1)
    WHERE a.profile_id <> ${profileId}::uuid AND NOT EXISTS (
      SELECT 1 FROM profile_apart x
      JOIN profile_alias p ON p.shop_id = x.shop_id AND p.kind = split_part(x.a, ':', 1) AND p.key = substr(x.a, strpos(x.a, ':') + 1)
      JOIN profile_alias q ON q.shop_id = x.shop_id AND q.kind = split_part(x.b, ':', 1) AND q.key = substr(x.b, strpos(x.b, ':') + 1)
      WHERE x.shop_id = ${shopId} AND ((p.profile_id = ${profileId}::uuid AND q.profile_id = a.profile_id) OR (q.profile_id = ${profileId}::uuid AND p.profile_id = a.profile_id)))
    LIMIT ${household + 1}`;
  return rows.length > household ? [] : rows.map((row) => row.profile_id);
}

/** The profiles of some of Shopify's customers, by their gids. */
export async function findByCustomers(shopId: number, customerGids: string[]): Promise<Map<string, string>> {
  if (customerGids.length === 0) return new Map();
  const rows = await inside().profileAlias.findMany({ where: { shopId, kind: "customer", key: { in: customerGids } }, select: { key: true, profileId: true } });
  return new Map(rows.map((row) => [row.key, row.profileId]));
}

export async function aliasesOf(shopId: number, profileIds: string[], tx?: Tx): Promise<{ kind: string; key: string }[]> {
  return inside(tx).profileAlias.findMany({ where: { shopId, profileId: { in: profileIds } }, select: { kind: true, key: true } });
}

export async function redactProfiles(shopId: number, ids: string[], now: Date, tx: Tx): Promise<void> {
  const client = inside(tx);
  const keys = (await aliasesOf(shopId, ids, tx)).map((one) => `${one.kind}:${one.key}`);
  await client.profile.updateMany({
    where: { shopId, OR: [{ id: { in: ids } }, { mergedInto: { in: ids } }] },
    data: { customerGid: null, email: null, phone: null, firstName: null, lastName: null, country: null, locale: null, redactedAt: now },
  });
  await client.profileAlias.deleteMany({ where: { shopId, profileId: { in: ids } } });
  await client.profileLink.deleteMany({ where: { shopId, OR: [{ a: { in: keys } }, { b: { in: keys } }] } });
  await client.profileApart.deleteMany({ where: { shopId, OR: [{ a: { in: keys } }, { b: { in: keys } }] } });
  await client.profileMerge.deleteMany({ where: { shopId, OR: [{ survivorId: { in: ids } }, { loserId: { in: ids } }] } });
}

export async function eraseIdentity(shopId: number, tx: Tx): Promise<void> {
  const client = inside(tx);
  await client.profileMerge.deleteMany({ where: { shopId } });
  await client.profileApart.deleteMany({ where: { shopId } });
  await client.profileLink.deleteMany({ where: { shopId } });
  await client.profileAlias.deleteMany({ where: { shopId } });
  await client.profile.deleteMany({ where: { shopId } });
}
