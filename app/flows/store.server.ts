import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { driverQuery, inside, onlyShop, type ShopQuery, type Statement } from "../tx.server.ts";
import { defaultSettings, flowKeys, flowNames, flowSettings, subjects, triggers, type Flow, type FlowKey } from "./flow.ts";

type Row = Awaited<ReturnType<typeof rowsOf>>[number];

async function rowsOf(shopId: number, keys: readonly FlowKey[], tx?: Tx) {
  return inside(tx).flow.findMany({ where: { shopId, key: { in: [...keys] } } });
}

function toFlow(key: FlowKey, row: Row | undefined): Flow {
  return {
    key,
    name: flowNames[key],
    enabledAt: row?.enabledAt ?? null,
    version: row?.version ?? 0,
    settings: row === undefined ? defaultSettings[key] : flowSettings.parse(row.settings),
    holdoutPercent: row?.holdoutPercent ?? 10,
    testMailAt: row?.testMailAt ?? null,
    testMailTo: row?.testMailTo ?? null,
    otherMailsOffAt: row?.otherMailsOffAt ?? null,
  };
}

/** A flow as the shop has it; its defaults, switched off, where nothing was saved yet. */
export async function findFlow(shopId: number, key: FlowKey, tx?: Tx): Promise<Flow> {
  return toFlow(key, (await rowsOf(shopId, [key], tx))[0]);
}

/** Every flow of a shop. */
export async function findFlows(shopId: number, tx?: Tx): Promise<Record<FlowKey, Flow>> {
  const rows = new Map((await rowsOf(shopId, flowKeys, tx)).map((row) => [row.key, row]));
  return Object.fromEntries(flowKeys.map((key) => [key, toFlow(key, rows.get(key))])) as Record<FlowKey, Flow>;
}

export async function saveFlow(shopId: number, key: FlowKey, change: Partial<Omit<Flow, "key" | "name" | "version">>, now: Date, tx?: Tx): Promise<void> {
  const { settings, ...rest } = change;
  await inside(tx).flow.upsert({
    where: { shopId_key: { shopId, key } },
    create: { shopId, key, settings: settings ?? defaultSettings[key], ...rest, updatedAt: now },
    update: { ...(settings === undefined ? {} : { settings }), ...rest, version: { increment: 1 }, updatedAt: now },
  });
}

export type RunRow = {
  id: string;
  flowKey: string;
  profileId: string;
  subject: string;
  arm: string;
  state: string;
  reason: string | null;
  stepIndex: number;
  dueAt: Date | null;
  startedAt: Date;
};

export async function insertRuns(shopId: number, runs: (RunRow & { endedAt: Date | null })[], tx: Tx): Promise<void> {
  if (runs.length > 0) await inside(tx).flowRun.createMany({ data: runs.map((run) => ({ ...run, shopId })), skipDuplicates: true });
}

/** Locks the next run that is due and that nobody else holds. */
export async function lockDue(shopId: number, now: Date, tx: Tx): Promise<RunRow | null> {
  const rows = await inside(tx).$queryRaw<RunRow[]>`
    SELECT id, flow_key AS "flowKey", profile_id AS "profileId", subject, arm, state, reason, step_index AS "stepIndex", due_at AS "dueAt", started_at AS "startedAt"
    FROM flow_run WHERE shop_id = ${shopId} AND state = 'active' AND due_at <= ${now} ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
  return rows[0] ?? null;
}

export type RunChange = Partial<{ state: string; reason: string | null; stepIndex: number; dueAt: Date | null; endedAt: Date | null }>;

/** Changes a run that is under way; one that has ended meanwhile stays as it is. `atStep`: only while it stands there. */
export async function updateRun(shopId: number, id: string, change: RunChange, tx?: Tx, atStep: number | null = null): Promise<void> {
  await inside(tx).flowRun.updateMany({ where: { shopId, id, state: "active", ...(atStep === null ? {} : { stepIndex: atStep }) }, data: change });
}

export async function activeRunsOf(shopId: number, profileIds: string[], tx?: Tx): Promise<RunRow[]> {
  return profileIds.length === 0 ? [] : inside(tx).flowRun.findMany({ where: { shopId, profileId: { in: profileIds }, state: "active" } });
}

/** The runs of some people that are under way, those that began since an instant for somebody in a holdout, and whatever runs these subjects of a flow ever had. */
export async function runsAround(shopId: number, profileIds: string[], heldSince: Date, flowKey: FlowKey, subjectsOf: string[], tx: Tx): Promise<RunRow[]> {
  if (profileIds.length === 0) return [];
  return inside(tx).flowRun.findMany({
    where: {
      shopId,
      OR: [
        { profileId: { in: profileIds }, OR: [{ state: "active" }, { arm: "holdout", startedAt: { gt: heldSince } }] },
        ...(subjectsOf.length === 0 ? [] : [{ flowKey, subject: { in: subjectsOf } }]),
      ],
    },
  });
}

export async function endRuns(shopId: number, flowKey: FlowKey | null, reason: string, now: Date, tx: Tx): Promise<number> {
  const { count } = await inside(tx).flowRun.updateMany({
    where: { shopId, state: "active", ...(flowKey === null ? {} : { flowKey }) },
    data: { state: "exited", reason, dueAt: null, endedAt: now },
  });
  return count;
}

export async function countActive(shopId: number, flowKey: FlowKey): Promise<number> {
  return inside().flowRun.count({ where: { shopId, flowKey, state: "active" } });
}

export function shopsWithDueRuns(now: Date, shopId: number | null = null): ShopQuery {
  return Prisma.sql`
    SELECT s.id FROM shop s WHERE s.paused_at IS NULL ${onlyShop(shopId)} AND EXISTS (SELECT 1 FROM flow_run r WHERE r.shop_id = s.id AND r.state = 'active' AND r.due_at <= ${now})`;
}

/**
 * Lines of the change log that a flow may answer: somebody entered who may start one that is on, or somebody left who is in a run. A look is answered only of
 * somebody with an address.
 */
export function linesForFlows(): Statement {
  const started = flowKeys.map((key) => Prisma.sql`(${key}::text, ${triggers[key]}::text, ${subjects[key] === "product"}::boolean)`);
  return Prisma.sql`
    SELECT FROM membership_change m JOIN (VALUES ${Prisma.join(started)}) AS f(key, segment_key, of_product) ON f.segment_key = m.segment_key
    WHERE m.shop_id = c.shop_id AND m.seq > c.seq AND m.seq < c.next AND CASE WHEN m.change = 'entered' THEN
      m.because IS NULL AND m.subject IS NOT NULL AND EXISTS (SELECT FROM flow o WHERE o.shop_id = m.shop_id AND o.key = f.key AND o.enabled_at IS NOT NULL)
      AND (NOT f.of_product OR EXISTS (SELECT FROM profile p WHERE p.shop_id = m.shop_id AND p.id = ANY(m.profile_ids) AND p.email IS NOT NULL))
    ELSE EXISTS (SELECT FROM flow_run r WHERE r.shop_id = m.shop_id AND r.profile_id = ANY(m.profile_ids) AND r.flow_key = f.key AND r.state = 'active') END`;
}

/** Runs go with their people; whose they were is remembered. Returns who has runs now that were somebody else's. */
export async function moveRuns(shopId: number, merges: readonly { loserId: string; survivorId: string }[], tx: Tx): Promise<Set<string>> {
  if (merges.length === 0) return new Set();
  const sql = Prisma.sql`
    UPDATE flow_run t SET profile_id = r.survivor, before = coalesce(t.before, r.loser)
    FROM unnest(${merges.map((one) => one.loserId)}::uuid[], ${merges.map((one) => one.survivorId)}::uuid[]) AS r(loser, survivor)
    WHERE t.shop_id = ${shopId} AND t.profile_id = r.loser RETURNING t.profile_id`;
  const rows = await driverQuery<{ profile_id: string }>(tx, "move-runs", sql);
  return new Set(rows.map((row) => row.profile_id));
}

/** A merge is taken back: the loser has again what was hers, or of those who were merged into her. */
export async function returnRuns(shopId: number, loserId: string, survivorId: string, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    WITH RECURSIVE led(id) AS (SELECT ${loserId}::uuid UNION SELECT p.id FROM led JOIN profile p ON p.shop_id = ${shopId} AND p.merged_into = led.id)
    UPDATE flow_run r SET profile_id = ${loserId}::uuid, before = nullif(r.before, ${loserId}::uuid) FROM led
    WHERE r.shop_id = ${shopId} AND r.profile_id = ${survivorId}::uuid AND r.before = led.id`;
}

/** A run about a checkout is that checkout's person's. */
export async function reownRuns(shopId: number, profileIds: string[], tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    UPDATE flow_run t SET profile_id = a.profile_id FROM profile_alias a
    WHERE t.shop_id = ${shopId} AND t.profile_id = ANY(${profileIds}::uuid[]) AND a.shop_id = t.shop_id AND a.kind = 'checkout' AND a.key = t.subject AND a.profile_id <> t.profile_id`;
}

export async function endRunsOf(shopId: number, profileIds: string[], reason: string, now: Date, tx: Tx): Promise<void> {
  await inside(tx).flowRun.updateMany({
    where: { shopId, profileId: { in: profileIds }, state: "active" },
    data: { state: "exited", reason, dueAt: null, endedAt: now },
  });
}

export async function eraseFlows(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).flowRun.deleteMany({ where: { shopId } });
  await inside(tx).flow.deleteMany({ where: { shopId } });
}

/** The reason of a run whose mail is being handed over. */
export const beingSent = "being sent";

/** Shops with a mail in somebody's hands. */
export function shopsWithMailInHand(): ShopQuery {
  return Prisma.sql`SELECT DISTINCT shop_id FROM flow_run WHERE state = 'active' AND reason = ${beingSent}`;
}

/** When the run that has waited longest became due. */
export async function oldestDueRun(): Promise<Date | null> {
  const rows = await inside().$queryRaw<{ due_at: Date | null }[]>`
    SELECT min(r.due_at) AS due_at FROM flow_run r JOIN shop s ON s.id = r.shop_id AND s.paused_at IS NULL AND s.uninstalled_at IS NULL WHERE r.state = 'active'`;
  return rows[0]?.due_at ?? null;
}
