import { audiencesOf, findConnection } from "../destinations/connect.server.ts";
import { findFlow } from "../flows/settings.server.ts";
import type { Shop } from "../shops/shop.ts";
import { anybodyIn } from "../segments/update.server.ts";
import type { SetupFacts } from "./setup.ts";
import { databaseFacts } from "./store.server.ts";

/** How far a shop has come with setting up, asked of the rooms themselves. `platforms`: the ids of the ad platforms that this installation can connect to. */
export async function setup(shop: Shop, platforms: string[]): Promise<SetupFacts> {
  const [flow, audiences, counted, connections] = await Promise.all([
    findFlow(shop.id, "abandoned-checkout"),
    audiencesOf(shop.id),
    anybodyIn(shop.id),
    Promise.all(platforms.map((id) => findConnection(shop.id, id))),
  ]);
  const connected = connections.filter((one) => one?.state === "connected").map((one) => one?.connector);
  const { senderName, senderAddress, postalAddress, senderConfirmedAt } = shop;
  return {
    shop: { senderName, senderAddress, postalAddress, senderConfirmedAt },
    pixel: shop.pixelSeenAt !== null,
    flow: { testMailAt: flow.testMailAt, enabledAt: flow.enabledAt },
    counted,
    ads:
      platforms.length === 0
        ? null
        : { connected: connected.length > 0, live: audiences.some((one) => connected.includes(one.connector) && one.state === "live") },
  };
}

/** What the merchant should know about where her data lies. */
export async function databaseNote(): Promise<"embedded" | "no-fsync" | null> {
  const { embedded, fsync } = await databaseFacts();
  return embedded ? "embedded" : fsync ? null : "no-fsync";
}
