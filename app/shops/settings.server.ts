import type { z } from "zod";
import { unseal } from "../lib/seal.server.ts";
import { keyFor } from "./keys.server.ts";
import type { holdout, postal, sender } from "./settings.ts";
import type { Shop } from "./shop.ts";
import { privacyRequests, updateShop } from "./store.server.ts";

export { privacyRequests, shopById } from "./store.server.ts";

type Settings = z.infer<typeof sender> & z.infer<typeof postal> & z.infer<typeof holdout> & { countOffline: boolean };

/** Saves what the merchant told us. Check it with the forms of settings.ts first. */
export async function saveShop(shop: Shop, change: Partial<Settings>): Promise<void> {
  const moved = change.senderAddress !== undefined && change.senderAddress !== shop.senderAddress;
  await updateShop(shop.id, { ...change, ...(moved ? { senderConfirmedAt: null } : {}) });
}

/** The global pause: from the moment it is committed nothing is sent and no audience is changed. */
export async function setPause(shop: Shop, paused: boolean, now: Date): Promise<void> {
  await updateShop(shop.id, { pausedAt: paused ? (shop.pausedAt ?? now) : null });
}

/** The file that answers a data request, opened; null where the shop has no such request, or it holds none. */
export async function dataRequestFile(shop: Shop, id: string): Promise<string | null> {
  const request = (await privacyRequests(shop.id)).find((one) => one.id === id);
  return request?.answer ? unseal(keyFor("answers"), `${shop.id}/${request.id}`, request.answer) : null;
}
