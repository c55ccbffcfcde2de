import { audiencesOf, findConnection } from "../destinations/connect.server.ts";
import { findFlow } from "../flows/settings.server.ts";
import type { Shop } from "../shops/shop.ts";
import { setupOf, type Setup } from "./setup.ts";
import { databaseFacts } from "./store.server.ts";

/** How far a shop has come with setting up, asked of the rooms themselves. `meta` says whether this installation can connect to Meta at all. */
export async function setup(shop: Shop, meta: boolean): Promise<Setup> {
  const [flow, connection, audiences] = await Promise.all([findFlow(shop.id, "abandoned-checkout"), findConnection(shop.id, "meta"), audiencesOf(shop.id)]);
  return setupOf({
    shop,
    flow,
    meta: meta ? { connected: connection?.state === "connected", live: audiences.some((one) => one.connector === "meta" && one.state === "live") } : null,
  });
}

/** What the merchant should know about where her data lies. */
export async function databaseNote(): Promise<"embedded" | "no-fsync" | null> {
  const { embedded, fsync } = await databaseFacts();
  return embedded ? "embedded" : fsync ? null : "no-fsync";
}
