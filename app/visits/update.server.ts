import type { Event } from "../events/event.ts";
import type { Resolved } from "../identity/resolve.server.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { eraseVisits, findVisits, writeVisits } from "./store.server.ts";
import { isVisit, join, noVisit, visitOf, type Visit } from "./visit.ts";

export { eraseVisits, findVisits } from "./store.server.ts";

/** Folds what browsers told into the visits of their profiles, and those of merged profiles into the survivor's. One writer per shop. */
export async function update(shop: Shop, events: Event[], resolved: Resolved, tx: Tx): Promise<void> {
  const news = new Map<string, Visit>();
  const add = (profileId: string, visit: Visit) => news.set(profileId, join(news.get(profileId) ?? noVisit, visit, shop.timezone));
  for (const event of events) {
    const profileId = isVisit(event) ? resolved.of(event) : null;
    if (profileId !== null && isVisit(event)) add(profileId, visitOf(event));
  }
  const losers = resolved.merges.map((one) => one.loserId);
  const known = await findVisits(shop.id, [...new Set([...news.keys(), ...losers, ...resolved.merges.map((one) => one.survivorId)])], tx);
  for (const { loserId, survivorId } of resolved.merges) {
    const lost = known.get(loserId);
    if (lost !== undefined) add(survivorId, lost);
  }
  const written = new Map([...news].map(([profileId, visit]) => [profileId, join(known.get(profileId) ?? noVisit, visit, shop.timezone)]));
  await writeVisits(shop.id, written, tx);
  if (losers.length > 0) await eraseVisits(shop.id, losers, tx);
}
