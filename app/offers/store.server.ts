import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, type ShopQuery } from "../tx.server.ts";
import { lastsLongEnough } from "./code.ts";

export type Pool = { flowKey: string; stepKey: string; discountGid: string; percent: number; validDays: number; endsAt: Date; problem: string | null };

export async function findPool(shopId: number, flowKey: string, stepKey: string): Promise<Pool | null> {
  return inside().offerPool.findUnique({ where: { shopId_flowKey_stepKey: { shopId, flowKey, stepKey } } });
}

export async function savePool(shopId: number, pool: Pool, now: Date): Promise<void> {
  const key = { shopId, flowKey: pool.flowKey, stepKey: pool.stepKey };
  await inside().offerPool.upsert({
    where: { shopId_flowKey_stepKey: key },
    create: { ...pool, shopId, createdAt: now },
    update: { discountGid: pool.discountGid, percent: pool.percent, validDays: pool.validDays, endsAt: pool.endsAt, problem: pool.problem },
  });
}

export async function insertCodes(shopId: number, pool: { flowKey: string; stepKey: string }, codes: string[], now: Date): Promise<void> {
  await inside().offerCode.createMany({
    data: codes.map((code) => ({ shopId, code, flowKey: pool.flowKey, stepKey: pool.stepKey, state: "making", createdAt: now })),
    skipDuplicates: true,
  });
}

export async function codesIn(
  shopId: number,
  pool: { flowKey: string; stepKey: string },
  state: "making" | "free",
): Promise<{ code: string; batch: string | null }[]> {
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

/** Gives a code to a run's step, or the one it was given before, with the moment at which it ends; null when the pool is empty. */
export async function giveCode(
  shopId: number,
  pool: { flowKey: string; stepKey: string },
  runId: string,
  now: Date,
  tx: Tx,
): Promise<{ code: string; endsAt: Date } | null> {
  const client = inside(tx);
  const before = await client.offerCode.findFirst({ where: { shopId, runId, stepKey: pool.stepKey }, select: { code: true, endsAt: true } });
  if (before?.endsAt) return { code: before.code, endsAt: before.endsAt };
  const rows = await client.$queryRaw<{ code: string; ends_at: Date }[]>`
    UPDATE offer_code SET state = 'given', run_id = ${runId}::uuid, given_at = ${now},
      ends_at = (SELECT ends_at FROM offer_pool WHERE shop_id = ${shopId} AND flow_key = ${pool.flowKey} AND step_key = ${pool.stepKey})
    WHERE shop_id = ${shopId} AND code = (SELECT code FROM offer_code WHERE shop_id = ${shopId} AND flow_key = ${pool.flowKey} AND step_key = ${pool.stepKey} AND state = 'free' ORDER BY code LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING code, ends_at`;
  return rows[0] === undefined ? null : { code: rows[0].code, endsAt: rows[0].ends_at };
}

/** Whether a code is there for a run's step: one that it was given before, or a free one of a pool that lasts long enough. */
export async function codeReady(shopId: number, pool: { flowKey: string; stepKey: string }, runId: string, now: Date, tx?: Tx): Promise<boolean> {
  const found = await inside(tx).offerPool.findUnique({
    where: { shopId_flowKey_stepKey: { shopId, flowKey: pool.flowKey, stepKey: pool.stepKey } },
    select: { endsAt: true, validDays: true },
  });
  if (found === null) return false;
  const lasts = lastsLongEnough(found.endsAt, found.validDays, now);
  const row = await inside(tx).offerCode.findFirst({
    where: { shopId, flowKey: pool.flowKey, stepKey: pool.stepKey, OR: [...(lasts ? [{ state: "free" }] : []), { runId }] },
    select: { code: true },
  });
  return row !== null;
}

export function shopsMakingCodes(): ShopQuery {
  return Prisma.sql`SELECT DISTINCT shop_id FROM offer_code WHERE state = 'making'`;
}

export async function eraseOffers(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).offerCode.deleteMany({ where: { shopId } });
  await inside(tx).offerPool.deleteMany({ where: { shopId } });
}
