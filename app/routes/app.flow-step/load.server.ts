import { json } from "@remix-run/node";
import type { FlowKey } from "#app/flows/flow.ts";
import { findFlow } from "#app/flows/settings.server.ts";
import { offerOf } from "#app/flows/sample.server.ts";
import { render } from "#app/messages/content.ts";
import { sampleFilling } from "#app/messages/sample.ts";
import type { Shop } from "#app/shops/shop.ts";
import { draftOf } from "./editing.server.ts";

export const flowKey: FlowKey = "abandoned-checkout";

/** One step of the flow; answers 404 where there is none of this key. */
export async function findStep(shop: Shop, key: string | undefined) {
  const flow = await findFlow(shop.id, flowKey);
  const index = flow.settings.steps.findIndex((one) => one.key === key);
  const step = flow.settings.steps[index];
  if (step === undefined) throw json(null, { status: 404 });
  return { flow, step, index };
}

export async function load(shop: Shop, key: string | undefined, now: Date) {
  const { flow, step, index } = await findStep(shop, key);
  const preview = await render(step.content, sampleFilling(shop, { kind: "checkout" }, offerOf(step), now)).catch(() => null);
  return { key: step.key, kind: step.kind, first: index === 0, draft: draftOf(step), preview, testTo: flow.testMailTo ?? shop.email ?? "" };
}
