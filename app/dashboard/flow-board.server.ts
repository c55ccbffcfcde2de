import type { FlowKey } from "../flows/flow.ts";
import type { Shop } from "../shops/shop.ts";
import { beginning } from "./period.ts";
import { latestRuns, runReasons, type ReasonCount, type RunLine } from "./runs-store.server.ts";

export type FlowBoard = { runs: RunLine[]; reasons: ReasonCount[] };

const shown = 50;

/** The latest runs of a flow, and how many stand or ended for which reason. */
export async function flowBoard(shop: Shop, key: FlowKey, now: Date): Promise<FlowBoard> {
  const [runs, reasons] = await Promise.all([latestRuns(shop.id, key, shown), runReasons(shop.id, key, { from: beginning, until: now })]);
  return { runs, reasons };
}
