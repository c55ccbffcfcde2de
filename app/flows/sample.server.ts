import type { SampleAbout } from "../messages/sample.ts";
import { exampleOf } from "../products/product.ts";
import { latestShown } from "../products/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { subjects, type FlowKey, type Step } from "./flow.ts";

/** The offer of a step's sample, where it makes one. */
export function offerOf(step: Step): { percent: number; validDays: number } | null {
  return step.kind === "offer-email" ? { percent: step.percent, validDays: step.validDays } : null;
}

/** What the mails of a flow are shown and tested with: a made-up cart, or a product of the shop's own where one is known. */
export async function sampleOf(shop: Shop, key: FlowKey): Promise<SampleAbout> {
  if (subjects[key] === "checkout") return { kind: "checkout" };
  const product = await latestShown(shop.id);
  return { kind: "product", product: product === null ? null : exampleOf(product, `https://${shop.storefrontHost}/`) };
}
