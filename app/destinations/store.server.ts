import { Prisma } from "../db.server.ts";
import type { Identifiers } from "../connectors/contract.ts";
import { seal, unseal } from "../lib/seal.server.ts";
import type { Tx } from "../lib/tx.ts";
import { keyFor } from "../shops/keys.server.ts";
import { driverQuery, inside, onlyShop, type ShopQuery, type Statement } from "../tx.server.ts";
import type { HeldState, Standing } from "./due.ts";

const place = (shopId: number, connector: string) => `${shopId}/connection/${connector}`;

export type ConnectionRow = {
  connector: string;
  accountId: string | null;
  accountName: string | null;
  state: string;
  problem: string | null;
  connectedAt: Date;
};

export async function findConnection(shopId: number, connector: string): Promise<(ConnectionRow & { settings: unknown }) | null> {
  const row = await inside().connection.findUnique({ where: { shopId_connector: { shopId, connector } } });
  return row && { ...row, settings: JSON.parse(unseal(keyFor("credentials"), place(shopId, connector), row.sealed)) as unknown };
}

export async function saveConnection(shopId: number, connection: ConnectionRow & { settings: unknown }, tx?: Tx): Promise<void> {
  const { settings, ...row } = connection;
  const sealed = seal(keyFor("credentials"), place(shopId, row.connector), JSON.stringify(settings));
  await inside(tx).connection.upsert({
    where: { shopId_connector: { shopId, connector: row.connector } },
    create: { ...row, shopId, sealed },
    update: { ...row, sealed },
  });
}

/** Changes only the settings, and only of a connection that still is: it may have been taken away meanwhile. */
export async function saveSettings(shopId: number, connector: string, settings: unknown): Promise<void> {
  const sealed = seal(keyFor("credentials"), place(shopId, connector), JSON.stringify(settings));
  await inside().connection.updateMany({ where: { shopId, connector }, data: { sealed } });
}

export async function markConnection(shopId: number, connector: string, state: string, problem: string | null): Promise<void> {
  await inside().connection.updateMany({ where: { shopId, connector }, data: { state, problem } });
}

export async function deleteConnection(shopId: number, connector: string | null, tx?: Tx): Promise<void> {
  await inside(tx).connection.deleteMany({ where: { shopId, ...(connector === null ? {} : { connector }) } });
}

export type AudienceRow = NonNullable<Awaited<ReturnType<typeof findAudience>>>;

export async function findAudience(shopId: number, id: string, tx?: Tx) {
  return inside(tx).audience.findUnique({ where: { shopId_id: { shopId, id } } });
}

export async function audiencesOf(shopId: number, tx?: Tx) {
  return inside(tx).audience.findMany({ where: { shopId }, orderBy: { createdAt: "asc" } });
}

/** Lines of the change log that are for an audience: of the segment that it is kept equal to. */
export function linesForAudiences(): Statement {
  return Prisma.sql`
    SELECT FROM membership_change m JOIN audience a ON a.shop_id = m.shop_id AND a.segment_key = m.segment_key WHERE m.shop_id = c.shop_id AND m.seq > c.seq AND m.seq < c.next`;
}

export async function insertAudience(
  row: { shopId: number; id: string; connector: string; segmentKey: string; name: string; createdAt: Date },
  tx?: Tx,
): Promise<void> {
  await inside(tx).audience.createMany({ data: [{ ...row, state: "live" }], skipDuplicates: true });
}

export async function updateAudience(
  shopId: number,
  id: string,
  change: Partial<{
    externalId: string;
    state: string;
    problem: string | null;
    syncedAt: Date;
    sizeLower: number | null;
    sizeUpper: number | null;
    retryAt: Date | null;
    failures: number;
  }>,
  tx?: Tx,
): Promise<void> {
  await inside(tx).audience.update({ where: { shopId_id: { shopId, id } }, data: change });
}

export async function deleteAudience(shopId: number, id: string, tx: Tx): Promise<void> {
  await inside(tx).audienceMember.deleteMany({ where: { shopId, audienceId: id } });
  await inside(tx).audience.delete({ where: { shopId_id: { shopId, id } } });
}

/** Everybody who is in the segment or whom the platform holds, of the given profiles or of all. */
export async function standings(shopId: number, audience: { id: string; segmentKey: string }, profileIds: string[] | null, tx: Tx): Promise<Standing[]> {
  const rows = await inside(tx).$queryRaw<{ profile_id: string; wanted: boolean; state: HeldState | null }[]>`
    SELECT coalesce(s.profile_id, m.profile_id) AS profile_id, s.profile_id IS NOT NULL AS wanted, m.state
    FROM (SELECT profile_id FROM member WHERE shop_id = ${shopId} AND segment_key = ${audience.segmentKey} AND (${profileIds === null} OR profile_id = ANY(${profileIds ?? []}::uuid[]))) s
    FULL JOIN (SELECT profile_id, state FROM audience_member WHERE shop_id = ${shopId} AND audience_id = ${audience.id}::uuid AND (${profileIds === null} OR profile_id = ANY(${profileIds ?? []}::uuid[]))) m
      ON m.profile_id = s.profile_id`;
  return rows.map((row) => ({ profileId: row.profile_id, wanted: row.wanted, held: row.state }));
}

/** Notes who is to be added (with what will be sent) and who is to be removed. */
export async function writePlan(
  shopId: number,
  audienceId: string,
  add: { profileId: string; identifiers: Identifiers }[],
  remove: string[],
  now: Date,
  tx: Tx,
): Promise<void> {
  const client = inside(tx);
  if (add.length > 0) {
    await client.$executeRaw`
      INSERT INTO audience_member (shop_id, audience_id, profile_id, state, identifiers, changed_at)
      SELECT ${shopId}, ${audienceId}::uuid, r."profileId", 'adding', r.identifiers, ${now} FROM jsonb_to_recordset(${JSON.stringify(add)}::jsonb) AS r("profileId" uuid, identifiers jsonb)
      ON CONFLICT (shop_id, audience_id, profile_id) DO UPDATE SET state = 'adding', changed_at = excluded.changed_at`;
  }
  if (remove.length > 0)
    await client.audienceMember.updateMany({ where: { shopId, audienceId, profileId: { in: remove } }, data: { state: "removing", changedAt: now } });
}

export async function waiting(
  shopId: number,
  audienceId: string,
  state: "adding" | "removing",
  most: number,
): Promise<{ profileId: string; identifiers: Identifiers; changedAt: Date }[]> {
  const rows = await inside().audienceMember.findMany({
    where: { shopId, audienceId, state },
    orderBy: { changedAt: "asc" },
    take: most,
    select: { profileId: true, identifiers: true, changedAt: true },
  });
  return rows.map((row) => ({ ...row, identifiers: row.identifiers as Identifiers }));
}

/** After the platform answered: what was added is held, what was removed is gone, unless the plan changed meanwhile. */
export async function settle(
  shopId: number,
  audienceId: string,
  people: { profileId: string; changedAt: Date }[],
  verb: "add" | "remove",
  now: Date,
  receipt: { id: string; refused: number; reference: string | null; checkAt: Date | null },
  tx: Tx,
): Promise<void> {
  const client = inside(tx);
  const data = JSON.stringify(people.map((one) => ({ profile_id: one.profileId })));
  if (verb === "add") {
    await client.$executeRaw`
      UPDATE audience_member m SET state = 'held' FROM jsonb_to_recordset(${data}::jsonb) AS r(profile_id uuid)
      WHERE m.shop_id = ${shopId} AND m.audience_id = ${audienceId}::uuid AND m.profile_id = r.profile_id AND m.state = 'adding'`;
  } else {
    await client.$executeRaw`
      DELETE FROM audience_member m USING jsonb_to_recordset(${data}::jsonb) AS r(profile_id uuid)
      WHERE m.shop_id = ${shopId} AND m.audience_id = ${audienceId}::uuid AND m.profile_id = r.profile_id AND m.state = 'removing'`;
  }
  await client.audienceReceipt.create({ data: { shopId, audienceId, verb, people: people.length, at: now, ...receipt } });
}

export async function countMembers(shopId: number, audienceId: string): Promise<{ adding: number; held: number; removing: number }> {
  const rows = await inside().audienceMember.groupBy({ by: ["state"], where: { shopId, audienceId }, _count: true });
  const count = (state: string) => rows.find((row) => row.state === state)?._count ?? 0;
  return { adding: count("adding"), held: count("held"), removing: count("removing") };
}

export async function receiptsOf(shopId: number, audienceId: string, most: number) {
  return inside().audienceReceipt.findMany({ where: { shopId, audienceId }, orderBy: { at: "desc" }, take: most });
}

/** Receipts of calls that the platform took and has not worked off yet, as far as it is time to ask. */
export async function receiptsToCheck(shopId: number, audienceId: string, now: Date, most: number) {
  return inside().audienceReceipt.findMany({
    where: { shopId, audienceId, checkAt: { lte: now }, reference: { not: null } },
    orderBy: { checkAt: "asc" },
    take: most,
  });
}

export async function updateReceipt(shopId: number, id: string, change: { refused?: number; checkAt: Date | null }): Promise<void> {
  await inside().audienceReceipt.update({ where: { shopId_id: { shopId, id } }, data: change });
}

export async function moveMembers(shopId: number, merges: readonly { loserId: string; survivorId: string }[], now: Date, tx: Tx): Promise<void> {
  if (merges.length === 0) return;
  // Two of one address: the platform holds one person, and the survivor's row stands for her.
  // What it holds under other hashes of the loser is taken back under exactly those; the survivor is added in her own name.
  const sql = Prisma.sql`
    WITH r AS MATERIALIZED (SELECT * FROM unnest(${merges.map((one) => one.loserId)}::uuid[], ${merges.map((one) => one.survivorId)}::uuid[]) AS r(loser, survivor)),
    same AS MATERIALIZED (
      SELECT l.audience_id, l.profile_id FROM r JOIN audience_member l ON l.shop_id = ${shopId} AND l.profile_id = r.loser
      JOIN audience_member s ON s.shop_id = l.shop_id AND s.audience_id = l.audience_id AND s.profile_id = r.survivor AND s.state <> 'removing' AND s.identifiers = l.identifiers
    ), gone AS (
      DELETE FROM audience_member m USING same WHERE m.shop_id = ${shopId} AND m.audience_id = same.audience_id AND m.profile_id = same.profile_id
    )
    UPDATE audience_member m SET state = 'removing', changed_at = ${now}::timestamptz FROM r
    WHERE m.shop_id = ${shopId} AND m.profile_id = r.loser AND NOT EXISTS (SELECT FROM same WHERE same.audience_id = m.audience_id AND same.profile_id = m.profile_id)`;
  await driverQuery(tx, "move-members", sql);
}

export function shopsWithWork(now: Date, shopId: number | null = null): ShopQuery {
  return Prisma.sql`
    SELECT s.id FROM shop s WHERE s.uninstalled_at IS NULL ${onlyShop(shopId)} AND (EXISTS (
      SELECT 1 FROM audience a JOIN audience_member m ON m.shop_id = a.shop_id AND m.audience_id = a.id AND (m.state = 'removing' OR (m.state = 'adding' AND a.state = 'live' AND s.paused_at IS NULL))
      WHERE a.shop_id = s.id AND (a.retry_at IS NULL OR a.retry_at <= ${now}))
    OR EXISTS (
      SELECT 1 FROM audience_receipt r JOIN audience a ON a.shop_id = r.shop_id AND a.id = r.audience_id
      WHERE r.shop_id = s.id AND r.check_at <= ${now} AND (a.retry_at IS NULL OR a.retry_at <= ${now})))`;
}

export async function heldOf(shopId: number, profileIds: string[]): Promise<unknown[]> {
  return inside().audienceMember.findMany({ where: { shopId, profileId: { in: profileIds } } });
}

/** Erasure: everything the platforms hold of these people is to be removed from there; the rows go once it is. */
export async function removeEverywhere(shopId: number, profileIds: string[], now: Date, tx: Tx): Promise<void> {
  await inside(tx).audienceMember.updateMany({ where: { shopId, profileId: { in: profileIds } }, data: { state: "removing", changedAt: now } });
}

export async function eraseDestinations(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).audienceReceipt.deleteMany({ where: { shopId } });
  await inside(tx).audienceMember.deleteMany({ where: { shopId } });
  await inside(tx).audience.deleteMany({ where: { shopId } });
  await inside(tx).connection.deleteMany({ where: { shopId } });
}
