import * as attribution from "../attribution/attribute.server.ts";
import * as commerce from "../commerce/update.server.ts";
import { everyConnector } from "../connectors/registry.server.ts";
import * as consent from "../consent/record.server.ts";
import { planProfiles } from "../destinations/plan.server.ts";
import type { Event, EventName } from "../events/event.ts";
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
export const batchSize = 1_000;

/** Events of our own that change nothing of what is known: what they tell was written when they were. Only a segment may ask for it. */
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
    const names = [...new Set(batch.map(({ name }) => name))];
    if (names.every((name) => saysNothing.has(name)) && !(await segments.hears(shop, names, tx))) {
      await events.done(shop.id, batch, tx);
      return batch.length;
    }
    const resolved = await identity.resolve(shop, batch, now, tx);
    await followPeople(shop, resolved, now, tx);
    const refunded = await commerce.update(shop.id, batch, resolved, now, tx);
    await products.update(shop.id, batch, now, tx);
    const firsts = await visits.update(shop, batch, resolved, tx);
    await consent.record(shop, batch, resolved, now, tx);
    await segments.update(
      shop,
      touchedBy(batch, resolved, refunded, firsts),
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

/**
 * What happened to whom. Whose keys changed hands is looked at for everything. `refunded`: whose orders were given back. `firsts`: of whom browsers
 * told an earlier first thing than was known.
 */
function touchedBy(batch: Event[], resolved: identity.Resolved, refunded: string[], firsts: visits.Firsts): segments.Touched {
  const touched = new Map<string, Map<segments.Happening, Set<string | null>> | "everything">();
  for (const id of [...resolved.moved, ...resolved.merges.map((one) => one.survivorId), ...resolved.revived.map((one) => one.loserId)]) {
    touched.set(id, "everything");
  }
  const add = (id: string | null, what: segments.Happening, product: string | null = null) => {
    const before = (id === null ? "everything" : touched.get(id)) ?? new Map<segments.Happening, Set<string | null>>();
    if (id === null || before === "everything") return;
    before.set(what, (before.get(what) ?? new Set()).add(product));
    touched.set(id, before);
  };
  for (const id of resolved.born) add(id, "appeared");
  for (const event of batch) add(resolved.of(event), event.name, "productId" in event.data ? event.data.productId : null);
  for (const id of refunded) add(id, "order.refunded");
  for (const id of firsts.seen) add(id, "first-seen");
  for (const id of firsts.landed) add(id, "first-landing");
  return touched;
}
