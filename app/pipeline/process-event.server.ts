import * as attribution from "../attribution/attribute.server.ts";
import * as commerce from "../commerce/update.server.ts";
import { everyConnector } from "../connectors/registry.server.ts";
import * as consent from "../consent/record.server.ts";
import { planProfiles } from "../destinations/plan.server.ts";
import type { EventName } from "../events/event.ts";
import * as events from "../events/load.server.ts";
import { ensureComingPartitions } from "../events/append.server.ts";
import * as identity from "../identity/resolve.server.ts";
import * as products from "../products/update.server.ts";
import * as segments from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import * as visits from "../visits/update.server.ts";
import { followPeople } from "./same-person.server.ts";

/** How many events one transaction takes: enough to be cheap, few enough not to keep others waiting. */
export const batchSize = 200;

/** Events of our own that change nothing of what is known: what they tell was written when they were. */
const saysNothing: ReadonlySet<string> = new Set(["message.sent", "holdout.assigned"] satisfies EventName[]);

/**
 * The story of an event: who did it, what it changes, what consent it gives, where the person now belongs, and what earned the order. One batch is
 * one transaction: all of it, or none. Returns how many events were read; destinations and flows follow the change log on their own.
 */
export async function processBatch(shop: Shop, now: Date): Promise<number> {
  // Events of ours that are written inside need their partition beforehand.
  await ensureComingPartitions(now);
  return transaction(async (tx) => {
    const batch = await events.next(shop.id, batchSize, tx);
    if (batch.length === 0) return 0;
    if (batch.every(({ name }) => saysNothing.has(name))) {
      await events.done(shop.id, batch, tx);
      return batch.length;
    }
    const resolved = await identity.resolve(shop, batch, now, tx);
    await followPeople(shop, resolved, now, tx);
    const touched = await commerce.update(shop.id, batch, resolved, now, tx);
    await products.update(shop.id, batch, tx);
    await visits.update(shop, batch, resolved, tx);
    await consent.record(shop, batch, resolved, now, tx);
    const profiles = [...touched, ...resolved.moved, ...batch.map(resolved.of).filter((id): id is string => id !== null)];
    await segments.update(
      shop,
      profiles,
      resolved.merges.map((one) => one.loserId),
      now,
      tx,
    );
    await attribution.attribute(shop, batch, resolved, tx);
    const agreed = batch
      .filter((event) => event.name === "email-consent.changed" || event.name === "message.unsubscribed" || event.name === "customer.updated")
      .map(resolved.of);
    await planProfiles(
      shop,
      everyConnector(),
      [...new Set([...agreed.filter((id): id is string => id !== null), ...resolved.merges.map((one) => one.survivorId), ...resolved.moved])],
      now,
      tx,
    );
    await events.done(shop.id, batch, tx);
    return batch.length;
  });
}
