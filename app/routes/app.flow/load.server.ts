import { json } from "@remix-run/node";
import { flowBoard } from "#app/dashboard/flow-board.server.ts";
import { flowKeyOf, liveSteps, missingFor, type FlowKey } from "#app/flows/flow.ts";
import { countActive, findFlow } from "#app/flows/settings.server.ts";
import { offerOf, sampleOf } from "#app/flows/sample.server.ts";
import { fillLine } from "#app/messages/content.ts";
import { sampleFilling } from "#app/messages/sample.ts";
import { findPool } from "#app/offers/fill.server.ts";
import type { Shop } from "#app/shops/shop.ts";

/** The flow that an address names; answers 404 where there is none of this key. */
export function keyFrom(param: string | undefined): FlowKey {
  const key = flowKeyOf(param);
  if (key === null) throw json(null, { status: 404 });
  return key;
}

/** Everything about a flow: its settings, what is missing, and who went through. */
export async function load(shop: Shop, flowKey: FlowKey, now: Date) {
  const flow = await findFlow(shop.id, flowKey);
  const sample = await sampleOf(shop, flowKey);
  const offers = flow.settings.steps.filter((step) => step.kind === "offer-email");
  const subjects = await Promise.all(
    flow.settings.steps.map((step) => fillLine(step.content.subject, sampleFilling(shop, sample, offerOf(step), now)).catch(() => step.content.subject)),
  );
  const [board, active, pools] = await Promise.all([
    flowBoard(shop, flowKey, now),
    countActive(shop.id, flowKey),
    Promise.all(offers.map((step) => findPool(shop.id, flowKey, step.key))),
  ]);
  return {
    key: flowKey,
    on: flow.enabledAt !== null,
    missing: missingFor(flow, shop),
    sender: { senderName: shop.senderName ?? shop.name, senderAddress: shop.senderAddress ?? "", postalAddress: shop.postalAddress ?? "" },
    senderSaved: shop.senderName !== null && shop.senderAddress !== null && shop.postalAddress !== null,
    test: { to: flow.testMailTo ?? shop.email ?? "", sentAt: flow.testMailAt },
    otherMailsOff: flow.otherMailsOffAt !== null,
    holdoutPercent: flow.holdoutPercent,
    steps: flow.settings.steps.map((step, index) => ({
      key: step.key,
      kind: step.kind,
      enabled: step.enabled,
      waitHours: step.waitHours,
      subject: subjects[index] ?? step.content.subject,
      offer: step.kind === "offer-email" ? { percent: step.percent, validDays: step.validDays } : null,
      problem: pools.find((pool) => pool?.stepKey === step.key)?.problem ?? null,
    })),
    liveSteps: liveSteps(flow).map((step) => step.key),
    active,
    board,
  };
}
