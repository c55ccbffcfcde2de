import type { FlowKey } from "../flows/flow.ts";
import type { Shop } from "../shops/shop.ts";
import { measure, type Measured } from "./overview.server.ts";
import { beginning } from "./period.ts";
import { latestRuns, runReasons, type ReasonCount, type RunLine } from "./runs-store.server.ts";

export type FlowBoard = { runs: RunLine[]; reasons: ReasonCount[]; measured: Measured };

const shown = 50;

/** The latest runs of a flow, how many stand or ended for which reason, and what its experiment says so far. */
export async function flowBoard(shop: Shop, key: FlowKey, now: Date): Promise<FlowBoard> {
  const ever = { from: beginning, until: now };
  const [runs, reasons, measured] = await Promise.all([latestRuns(shop.id, key, shown), runReasons(shop.id, key, ever), measure(shop, key, ever)]);
  return { runs, reasons, measured };
}
