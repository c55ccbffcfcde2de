import { json } from "@remix-run/node";
import { flowKeyOf } from "#app/flows/flow.ts";
import { offerOf, sampleOf } from "#app/flows/sample.server.ts";
import { findFlow } from "#app/flows/settings.server.ts";
import { render } from "#app/messages/content.ts";
import { sampleFilling } from "#app/messages/sample.ts";
import type { Shop } from "#app/shops/shop.ts";
import { draftOf } from "./editing.server.ts";

/** Which step of which flow, as the address names them. */
export type Place = { flow?: string | undefined; step?: string | undefined };

/** One step of a flow; answers 404 where there is none of this key. */
export async function findStep(shop: Shop, place: Place) {
  const key = flowKeyOf(place.flow);
  const flow = key === null ? null : await findFlow(shop.id, key);
  const index = flow?.settings.steps.findIndex((one) => one.key === place.step) ?? -1;
  const step = flow?.settings.steps[index];
  if (flow === null || step === undefined) throw json(null, { status: 404 });
  return { flow, step, index };
}

export async function load(shop: Shop, place: Place, now: Date) {
  const { flow, step, index } = await findStep(shop, place);
  const preview = await render(step.content, sampleFilling(shop, await sampleOf(shop, flow.key), offerOf(step), now)).catch(() => null);
  return { flow: flow.key, key: step.key, kind: step.kind, first: index === 0, draft: draftOf(step), preview, testTo: flow.testMailTo ?? shop.email ?? "" };
}
