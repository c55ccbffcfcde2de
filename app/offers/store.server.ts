import type { Tx } from "../lib/tx.ts";
import { inside } from "../tx.server.ts";

export type Pool = { flowKey: string; stepKey: string; discountGid: string; percent: number; validDays: number; problem: string | null };

export async function findPool(shopId: number, flowKey: string, stepKey: string): Promise<Pool | null> {
  return inside().offerPool.findUnique({ where: { shopId_flowKey_stepKey: { shopId, flowKey, stepKey } } });
}

export async function savePool(shopId: number, pool: Pool, now: Date): Promise<void> {
  const key = { shopId, flowKey: pool.flowKey, stepKey: pool.stepKey };
  await inside().offerPool.upsert({ where: { shopId_flowKey_stepKey: key }, create: { ...pool, shopId, createdAt: now }, update: { discountGid: pool.discountGid, percent: pool.percent, validDays: pool.validDays, problem: pool.problem } });
}

export async function insertCodes(shopId: number, pool: { flowKey: string; stepKey: string }, codes: string[], now: Date): Promise<void> {
  await inside().offerCode.createMany({ data: codes.map((code) => ({ shopId, code, flowKey: pool.flowKey, stepKey: pool.stepKey, state: "making", createdAt: now })), skipDuplicates: true });
}

export async function codesIn(shopId: number, pool: { flowKey: string; stepKey: string }, state: "making" | "free"): Promise<{ code: string; batch: string | null }[]> {
  return inside().offerCode.findMany({ where: { shopId, flowKey: pool.flowKey, stepKey: pool.stepKey, state }, select: { code: true, batch: true } });
}

export async function setBatch(shopId: number, codes: string[], batch: string): Promise<void> {
  await inside().offerCode.updateMany({ where: { shopId, code: { in: codes } }, data: { batch } });
}

export async function freeBatch(shopId: number, batch: string, refused: string[]): Promise<void> {
  await inside().offerCode.deleteMany({ where: { shopId, batch, state: "making", code: { in: refused } } });
  await inside().offerCode.updateMany({ where: { shopId, batch, state: "making" }, data: { state: "free" } });
}

/** Forgets codes that were never given, when their discount changed: they would promise something else. */
export async function dropUngiven(shopId: number, pool: { flowKey: string; stepKey: string }): Promise<void> {
  await inside().offerCode.deleteMany({ where: { shopId, flowKey: pool.flowKey, stepKey: pool.stepKey, state: { not: "given" } } });
}

/** Gives a code to a run's step, or the one it was given before; null when the pool is empty. */
export async function giveCode(shopId: number, pool: { flowKey: string; stepKey: string }, runId: string, now: Date, tx: Tx): Promise<string | null> {
  const client = inside(tx);
  const before = await client.offerCode.findFirst({ where: { shopId, runId, stepKey: pool.stepKey }, select: { code: true } });
  if (before !== null) return before.code;
  const rows = await client.$queryRaw<{ code: string }[]>`
    UPDATE offer_code SET state = 'given', run_id = ${runId}::uuid, given_at = ${now}
    WHERE shop_id = ${shopId} AND code = (SELECT code FROM offer_code WHERE shop_id = ${shopId} AND flow_key = ${pool.flowKey} AND step_key = ${pool.stepKey} AND state = 'free' ORDER BY code LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING code`;
  return rows[0]?.code ?? null;
}

export async function codeReady(shopId: number, pool: { flowKey: string; stepKey: string }, runId: string, tx?: Tx): Promise<boolean> {
  const row = await inside(tx).offerCode.findFirst({ where: { shopId, flowKey: pool.flowKey, stepKey: pool.stepKey, OR: [{ state: "free" }, { runId }] }, select: { code: true } });
  return row !== null;
}

export async function shopsMakingCodes(): Promise<number[]> {
  const rows = await inside().offerCode.findMany({ where: { state: "making" }, distinct: ["shopId"], select: { shopId: true } });
  return rows.map((row) => row.shopId);
}

export async function eraseOffers(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).offerCode.deleteMany({ where: { shopId } });
  await inside(tx).offerPool.deleteMany({ where: { shopId } });
}
