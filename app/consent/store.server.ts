import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { driverQuery, inside } from "../tx.server.ts";

export type ConsentRow = {
  sourceId: string;
  key: string | null;
  profileId: string;
  channel: "email" | "sms";
  state: "single" | "confirmed" | "out" | "implied-sale";
  source: string;
  evidence: string | null;
  occurredAt: Date;
};

export async function insertConsent(shopId: number, rows: ConsentRow[], now: Date, tx: Tx): Promise<void> {
  if (rows.length === 0) return;
  const json = rows.map(({ sourceId, profileId, occurredAt, ...row }) => ({ source_id: sourceId, profile_id: profileId, occurred_at: occurredAt, ...row }));
  await driverQuery(
    tx,
    "insert-consent",
    Prisma.sql`
    INSERT INTO consent_record (shop_id, source_id, profile_id, key, channel, state, source, evidence, occurred_at, recorded_at)
    SELECT ${shopId}, r.*, ${now} FROM json_to_recordset(${JSON.stringify(json)}::json)
      AS r(source_id text, profile_id uuid, key text, channel text, state text, source text, evidence text, occurred_at timestamptz)
    ON CONFLICT DO NOTHING`,
  );
}

/** Every word of these profiles, with its own date and what it stands on. */
export async function consentSaid(
  shopId: number,
  profileIds: string[],
): Promise<{ profileId: string; channel: string; state: string; occurredAt: Date; evidence: string | null }[]> {
  if (profileIds.length === 0) return [];
  return inside().consentRecord.findMany({
    where: { shopId, profileId: { in: profileIds } },
    select: { profileId: true, channel: true, state: true, occurredAt: true, evidence: true },
  });
}

export type LedgerLine = { profileId: string; state: string; source: string; occurredAt: Date };

/** The last explicit word and the last sale of each profile on a channel. A tie goes to the opt-out. */
export async function latestConsent(shopId: number, channel: "email" | "sms", profileIds: string[], tx?: Tx): Promise<LedgerLine[]> {
  if (profileIds.length === 0) return [];
  const sql = Prisma.sql`
    SELECT DISTINCT ON (profile_id, state = 'implied-sale') profile_id, state, source, occurred_at FROM consent_record
    WHERE shop_id = ${shopId} AND channel = ${channel} AND profile_id = ANY(${profileIds}::uuid[])
    ORDER BY profile_id, state = 'implied-sale', occurred_at DESC, state = 'out' DESC`;
  const rows = await driverQuery<{ profile_id: string; state: string; source: string; occurred_at: Date }>(tx, "latest-consent", sql);
  return rows.map((row) => ({ profileId: row.profile_id, state: row.state, source: row.source, occurredAt: row.occurred_at }));
}

export async function moveConsent(shopId: number, merges: readonly { loserId: string; survivorId: string }[], tx: Tx): Promise<void> {
  if (merges.length === 0) return;
  await driverQuery(
    tx,
    "move-consent",
    Prisma.sql`
    UPDATE consent_record t SET profile_id = r.survivor FROM unnest(${merges.map((one) => one.loserId)}::uuid[], ${merges.map((one) => one.survivorId)}::uuid[]) AS r(loser, survivor)
    WHERE t.shop_id = ${shopId} AND t.profile_id = r.loser`,
  );
}

/** Gives each line of some profiles to whoever has the key that it was said with. */
export async function reown(shopId: number, profileIds: string[], tx: Tx): Promise<void> {
  if (profileIds.length === 0) return;
  await driverQuery(
    tx,
    "reown-consent",
    Prisma.sql`
    UPDATE consent_record t SET profile_id = a.profile_id FROM profile_alias a
    WHERE t.shop_id = ${shopId} AND t.profile_id = ANY(${profileIds}::uuid[]) AND a.shop_id = t.shop_id AND a.kind = split_part(t.key, ':', 1)
      AND a.key = substr(t.key, strpos(t.key, ':') + 1) AND a.profile_id <> t.profile_id`,
  );
}

export async function insertSuppression(shopId: number, channel: string, addressHash: string, reason: string, now: Date, tx?: Tx): Promise<void> {
  await inside(tx).suppression.createMany({ data: [{ shopId, channel, addressHash, reason, at: now }], skipDuplicates: true });
}

/** Lifts suppressions for these reasons that are older than `before`. */
export async function deleteSuppression(shopId: number, channel: string, addressHash: string, reasons: string[], before: Date, tx: Tx): Promise<void> {
  await inside(tx).suppression.deleteMany({ where: { shopId, channel, addressHash, reason: { in: reasons }, at: { lte: before } } });
}

export async function findSuppressions(shopId: number, channel: string, addressHashes: string[], tx?: Tx): Promise<Map<string, string>> {
  if (addressHashes.length === 0) return new Map();
  const rows = await inside(tx).suppression.findMany({
    where: { shopId, channel, addressHash: { in: addressHashes } },
    select: { addressHash: true, reason: true },
  });
  return new Map(rows.map((row) => [row.addressHash, row.reason]));
}

export async function consentOf(shopId: number, profileIds: string[]): Promise<unknown[]> {
  return inside().consentRecord.findMany({ where: { shopId, profileId: { in: profileIds } }, orderBy: { occurredAt: "asc" } });
}

export async function eraseConsent(shopId: number, profileIds: string[] | null, tx: Tx): Promise<void> {
  await inside(tx).consentRecord.deleteMany({ where: { shopId, ...(profileIds === null ? {} : { profileId: { in: profileIds } }) } });
  // A whole shop that is erased takes its suppressions along; a single person leaves hers, as a keyed hash.
  if (profileIds === null) await inside(tx).suppression.deleteMany({ where: { shopId } });
}
