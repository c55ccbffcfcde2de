import { flowKeys, type FlowKey } from "../flows/flow.ts";
import { findFlow } from "../flows/settings.server.ts";
import { after, day } from "../lib/time.ts";
import type { Shop } from "../shops/shop.ts";
import { sentByFlow, waitingByFlow } from "./runs-store.server.ts";
import { creditedByFlow } from "./store.server.ts";

export type FlowLine = { key: FlowKey; on: boolean; waiting: number; sent: number; orders: number; minor: number };

/** Every flow: whether it is on, who is in it now, and what it sent and earned in the last 30 days. */
export async function flowList(shop: Shop, now: Date): Promise<FlowLine[]> {
  const span = { from: after(now, -30 * day), until: now };
  const [flows, waiting, sent, credited] = await Promise.all([
    Promise.all(flowKeys.map((key) => findFlow(shop.id, key))),
    waitingByFlow(shop.id),
    sentByFlow(shop.id, span),
    creditedByFlow(shop, span),
  ]);
  return flows.map(({ key, enabledAt }) => ({
    key,
    on: enabledAt !== null,
    waiting: waiting.get(key) ?? 0,
    sent: sent.get(key) ?? 0,
    ...(credited.get(key) ?? { orders: 0, minor: 0 }),
  }));
}
