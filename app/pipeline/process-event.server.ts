import * as attribution from "../attribution/attribute.server.ts";
import * as commerce from "../commerce/update.server.ts";
import { everyConnector } from "../connectors/registry.server.ts";
import * as consent from "../consent/record.server.ts";
import { audiencesOf, planProfiles } from "../destinations/plan.server.ts";
import type { Event, EventName } from "../events/event.ts";
import * as events from "../events/load.server.ts";
import { ensureComingPartitions } from "../events/append.server.ts";
import * as identity from "../identity/resolve.server.ts";
import * as products from "../products/update.server.ts";
import * as segments from "../segments/update.server.ts";
import type { Tx } from "../lib/tx.ts";
import { together } from "../lib/together.ts";
import type { Shop } from "../shops/shop.ts";
import { besideOf, transaction, withOnePlan, withoutWaiting } from "../tx.server.ts";
import * as visits from "../visits/update.server.ts";
import { followPeople } from "./same-person.server.ts";

/** How many events one transaction takes: enough to be cheap, few enough not to keep others waiting. */
export const batchSize = 2_000;
/** In how many shares its people are worked on, so that the database is busy with some while we are with others; and for how many events that is worth the statements. */
const shares = 3;
const worthSharing = 200;

/** Events of our own that change nothing of what is known: what they tell was written when they were. Only a segment may ask for it. */
const saysNothing: ReadonlySet<string> = new Set(["message.sent", "holdout.assigned"] satisfies EventName[]);

/**
 * The story of an event: who did it, what it changes, what consent it gives, where the person now belongs, and what earned the order. One batch is
 * one transaction: all of it, or none. What a power cut takes away of the last ones is read again from the log. Returns how many events were read; destinations
 * and flows follow the change log on their own.
 */
export async function processBatch(shop: Shop, now: Date, { sharedFrom = worthSharing }: { sharedFrom?: number } = {}): Promise<number> {
  // Events of ours that are written inside need their partition beforehand.
  await ensureComingPartitions(now);
  return transaction(async (tx) => {
    const [, batch] = await together(withOnePlan(tx), events.next(shop.id, batchSize, tx));
    if (batch.length === 0) return 0;
    const names = [...new Set(batch.map(({ name }) => name))];
    if (names.every((name) => saysNothing.has(name)) && !(await segments.hears(shop, names, tx))) {
      await events.done(shop.id, batch, tx);
      return batch.length;
    }
    const beside = await besideOf(tx);
    const [resolved, found] = await together(identity.resolve(shop, batch, now, tx), commerce.lookUp(shop.id, batch, beside));
    const things = updateThings(shop, batch, resolved, found, now, tx);
    const moving = visits.follow(shop, resolved, tx);
    const world = segments.worldOf(shop, tx);
    const touched = touchedBy(batch, resolved, commerce.givenBack(batch, found, resolved));
    const each = batch.length < sharedFrom ? 1 : shares;
    // Whoever lost or won keys has just got or lost rows, and is a share by herself. Nobody else's were touched so far. The last digits of ids are drawn by lot.
    const moved = new Set(identity.movedIn(resolved));
    const shareOf = (id: string) => (moved.has(id) ? each : parseInt(id.slice(-4), 16) % each);
    const [audiences] = await together(
      audiencesOf(shop.id, tx),
      resolved.written,
      events.done(shop.id, batch, tx),
      ...(names.some(products.movesProducts) ? [] : [withoutWaiting(tx)]),
      moving,
      things.then(() => attribution.attribute(shop, batch, resolved, tx)),
      ...Array.from({ length: moved.size === 0 ? each : each + 1 }, async (_, share) => {
        const reader = share === each ? tx : beside;
        const mine = (id: string | null) => id !== null && shareOf(id) === share;
        const told = batch.filter((event) => mine(resolved.of(event)));
        const gone = resolved.merges.map((one) => one.loserId).filter(mine);
        const hers = new Map([...touched].filter(([id]) => mine(id)));
        // What else the batch changes is none of this.
        const [browsers, looked] = await together(
          visits.browsersOf(shop, [...hers.keys()], reader),
          segments.look(shop, [...hers.keys(), ...gone], world, tx, reader),
        );
        // Whose days are the shop's is said by what is kept: who knows the shop since before it moved must not settle them by the old ones.
        const news = visits.fold(looked.world, told, resolved, browsers);
        const whom = withFirsts(hers, news.firsts);
        // From here on the rest is read as the batch leaves it.
        await things;
        // What is asked for first is read as it was before: so nobody waits for the database to write, and the news is added here.
        await together(segments.update(shop, whom, gone, now, tx, { begun: { looked, news, reader } }), visits.write(shop, news, tx));
      }),
    );
    const agreed = batch
      .filter((event) => event.name === "email-consent.changed" || event.name === "message.unsubscribed" || event.name === "customer.updated")
      .map(resolved.of);
    const changed = [...agreed.filter((id): id is string => id !== null), ...resolved.merges.map((one) => one.survivorId), ...resolved.moved];
    await planProfiles(shop, everyConnector(), audiences, [...new Set(changed)], now, tx);
    return batch.length;
  });
}

/** What a batch changes besides visits. */
function updateThings(shop: Shop, batch: Event[], resolved: identity.Resolved, found: commerce.Found, now: Date, tx: Tx): Promise<unknown> {
  return together(
    commerce.update(shop.id, batch, resolved, found, now, tx),
    followPeople(shop, resolved, now, tx),
    products.update(shop.id, batch, now, tx),
    consent.record(shop, batch, resolved, now, tx),
  );
}

type Touched = Map<string, Map<segments.Happening, Set<string | null>> | "everything">;

function add(touched: Touched, id: string, what: segments.Happening, product: string | null = null): void {
  const before = touched.get(id) ?? new Map<segments.Happening, Set<string | null>>();
  if (before === "everything") return;
  before.set(what, (before.get(what) ?? new Set()).add(product));
  touched.set(id, before);
}

/** What happened to whom. Whose keys changed hands is looked at for everything; `refunded`: whose orders were given back. */
function touchedBy(batch: Event[], resolved: identity.Resolved, refunded: string[]): Touched {
  const touched: Touched = new Map();
  for (const id of [...resolved.moved, ...resolved.merges.map((one) => one.survivorId), ...resolved.revived.map((one) => one.loserId)]) {
    touched.set(id, "everything");
  }
  for (const id of resolved.born) add(touched, id, "appeared");
  for (const event of batch) {
    const id = resolved.of(event);
    if (id !== null) add(touched, id, event.name, "productId" in event.data ? event.data.productId : null);
  }
  for (const id of refunded) add(touched, id, "order.refunded");
  return touched;
}

/** The same, and of whom browsers told an earlier first thing than was known. */
function withFirsts(touched: Touched, firsts: visits.News["firsts"]): Touched {
  for (const id of firsts.seen) add(touched, id, "first-seen");
  for (const id of firsts.landed) add(touched, id, "first-landing");
  return touched;
}
