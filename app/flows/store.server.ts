import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, onlyShop, type ShopQuery } from "../tx.server.ts";
import { defaultSettings, flowNames, flowSettings, type Flow, type FlowKey } from "./flow.ts";

type Row = NonNullable<Awaited<ReturnType<typeof rowOf>>>;

async function rowOf(shopId: number, key: FlowKey, tx?: Tx) {
  return inside(tx).flow.findUnique({ where: { shopId_key: { shopId, key } } });
}

function toFlow(key: FlowKey, row: Row | null): Flow {
  return {
    key,
    name: flowNames[key],
    enabledAt: row?.enabledAt ?? null,
    version: row?.version ?? 0,
    settings: row === null ? defaultSettings[key] : flowSettings.parse(row.settings),
    holdoutPercent: row?.holdoutPercent ?? 10,
    testMailAt: row?.testMailAt ?? null,
    testMailTo: row?.testMailTo ?? null,
    otherMailsOffAt: row?.otherMailsOffAt ?? null,
  };
}

/** A flow as the shop has it; its defaults, switched off, where nothing was saved yet. */
export async function findFlow(shopId: number, key: FlowKey, tx?: Tx): Promise<Flow> {
  return toFlow(key, await rowOf(shopId, key, tx));
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

export async function insertRun(run: RunRow & { shopId: number; endedAt: Date | null }, tx: Tx): Promise<boolean> {
  const { count } = await inside(tx).flowRun.createMany({ data: [run], skipDuplicates: true });
  return count === 1;
}

/** Locks the next run that is due and that nobody else holds. */
export async function lockDue(shopId: number, now: Date, tx: Tx): Promise<RunRow | null> {
  const rows = await inside(tx).$queryRaw<{ id: string }[]>`
    SELECT id FROM flow_run WHERE shop_id = ${shopId} AND state = 'active' AND due_at <= ${now} ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
  const id = rows[0]?.id;
  return id === undefined ? null : inside(tx).flowRun.findUnique({ where: { shopId_id: { shopId, id } } });
}

export async function lockRun(shopId: number, id: string, tx: Tx): Promise<RunRow | null> {
  const rows = await inside(tx).$queryRaw<{ id: string }[]>`SELECT id FROM flow_run WHERE shop_id = ${shopId} AND id = ${id}::uuid FOR UPDATE`;
  return rows.length === 0 ? null : inside(tx).flowRun.findUnique({ where: { shopId_id: { shopId, id } } });
}

export async function updateRun(
  shopId: number,
  id: string,
  change: Partial<{ state: string; reason: string | null; stepIndex: number; dueAt: Date | null; endedAt: Date | null }>,
  tx: Tx,
): Promise<void> {
  await inside(tx).flowRun.update({ where: { shopId_id: { shopId, id } }, data: change });
}

export async function activeRunsOf(shopId: number, profileId: string, tx?: Tx): Promise<RunRow[]> {
  return inside(tx).flowRun.findMany({ where: { shopId, profileId, state: "active" } });
}

/** The runs of some people that are under way, and those that began since an instant for somebody in a holdout. */
export async function runsAround(shopId: number, profileIds: string[], heldSince: Date, tx: Tx): Promise<RunRow[]> {
  return inside(tx).flowRun.findMany({
    where: { shopId, profileId: { in: profileIds }, OR: [{ state: "active" }, { arm: "holdout", startedAt: { gt: heldSince } }] },
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

/** Runs go with their person; whose they were is remembered. */
export async function moveRuns(shopId: number, loserId: string, survivorId: string, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    UPDATE flow_run SET profile_id = ${survivorId}::uuid, before = coalesce(before, ${loserId}::uuid) WHERE shop_id = ${shopId} AND profile_id = ${loserId}::uuid`;
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
