import { randomBytes } from "node:crypto";
import { log } from "../log.server.ts";
import { admin } from "../shops/admin.server.ts";
import { codesAddAnswer, codesAddDocument, codesPerCall, codesStateAnswer, codesStateDocument } from "../shops/admin/offer-codes.ts";
import { offerCreateAnswer, offerCreateDocument, offerInput } from "../shops/admin/offer-create.ts";
import type { Shop } from "../shops/shop.ts";
import { codeFrom, lastsLongEnough, poolEnd, poolLow, poolSize } from "./code.ts";
import { codesIn, dropUngiven, findPool, freeBatch, insertCodes, savePool, setBatch, type Pool } from "./store.server.ts";

export { codeReady, eraseOffers, findPool, giveCode, shopsMakingCodes } from "./store.server.ts";

export type Wanted = { flowKey: string; stepKey: string; title: string; percent: number; validDays: number };

export type FillOutcome = { free: number; making: number; problem: string | null };

const newCodes = (count: number) => Array.from({ length: count }, () => codeFrom(randomBytes(8)));

async function poolFor(shop: Shop, wanted: Wanted, now: Date): Promise<Pool> {
  const before = await findPool(shop.id, wanted.flowKey, wanted.stepKey);
  if (
    before !== null &&
    before.percent === wanted.percent &&
    before.validDays === wanted.validDays &&
    before.problem === null &&
    lastsLongEnough(before.endsAt, wanted.validDays, now)
  )
    return before;
  const [firstCode] = newCodes(1);
  const endsAt = poolEnd(now, wanted.validDays, shop.timezone);
  const answer = await admin(shop.domain, {
    name: "OfferCreate",
    document: offerCreateDocument,
    answer: offerCreateAnswer,
    variables: { discount: offerInput({ title: wanted.title, firstCode: firstCode as string, percent: wanted.percent, startsAt: now, endsAt }) },
  });
  const gid = answer.discountCodeBasicCreate.codeDiscountNode?.id;
  const problem = gid === undefined ? (answer.discountCodeBasicCreate.userErrors[0]?.message ?? "Shopify made no discount.") : null;
  // Codes of the former discount promise something else: those not given yet are forgotten.
  if (gid !== undefined) await dropUngiven(shop.id, wanted);
  const pool: Pool = {
    flowKey: wanted.flowKey,
    stepKey: wanted.stepKey,
    discountGid: gid ?? before?.discountGid ?? "",
    percent: wanted.percent,
    validDays: wanted.validDays,
    endsAt,
    problem,
  };
  await savePool(shop.id, pool, now);
  return pool;
}

/**
 * Keeps a pool of unique codes ready: makes its discount once, asks for codes in bulk when few are left, and frees those that Shopify has made.
 * Safe to call again at any point: codes are written down before they are asked for, and asked for again where no job is known.
 */
export async function fillPool(shop: Shop, wanted: Wanted, now: Date): Promise<FillOutcome> {
  const pool = await poolFor(shop, wanted, now);
  if (pool.problem !== null) return { free: 0, making: 0, problem: pool.problem };
  const making = await codesIn(shop.id, wanted, "making");
  const free = await codesIn(shop.id, wanted, "free");
  let unasked = making.filter((one) => one.batch === null).map((one) => one.code);
  if (making.length === 0 && free.length < poolLow) {
    unasked = newCodes(Math.min(codesPerCall, poolSize - free.length));
    await insertCodes(shop.id, wanted, unasked, now);
  }
  if (making.length === 0 && unasked.length === 0) return { free: free.length, making: 0, problem: null };
  if (unasked.length > 0) {
    const answer = await admin(shop.domain, {
      name: "OfferCodesAdd",
      document: codesAddDocument,
      answer: codesAddAnswer,
      variables: { discountId: pool.discountGid, codes: unasked.map((code) => ({ code })) },
    });
    const batch = answer.discountRedeemCodeBulkAdd.bulkCreation?.id;
    if (batch === undefined) {
      const problem = answer.discountRedeemCodeBulkAdd.userErrors[0]?.message ?? "Shopify made no codes.";
      await savePool(shop.id, { ...pool, problem }, now);
      return { free: free.length, making: making.length, problem };
    }
    await setBatch(shop.id, unasked, batch);
  }
  for (const batch of new Set(making.flatMap((one) => (one.batch === null ? [] : [one.batch])))) {
    const answer = await admin(shop.domain, { name: "OfferCodesState", document: codesStateDocument, answer: codesStateAnswer, variables: { id: batch } });
    const job = answer.discountRedeemCodeBulkCreation;
    if (job?.done !== true) continue;
    const refused = job.codes.nodes.filter((one) => one.errors.length > 0).map((one) => one.code);
    await freeBatch(shop.id, batch, refused);
    log.info({ shop: shop.domain, flow: wanted.flowKey, step: wanted.stepKey, refused: refused.length }, "offer codes ready");
  }
  const left = await codesIn(shop.id, wanted, "making");
  return { free: (await codesIn(shop.id, wanted, "free")).length, making: left.length, problem: null };
}
