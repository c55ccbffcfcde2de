import type { Event } from "../events/event.ts";
import type { Moves } from "../identity/resolve.server.ts";
import { after, day, second } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { humanClicks, messageWithCode } from "../messages/send.server.ts";
import type { Shop } from "../shops/shop.ts";
import { creditOf, type Credit, type Touch } from "./credit.ts";
import { cartsOf, moveCredits, ordersToCredit, writeCredits } from "./store.server.ts";

export { eraseCredits } from "./store.server.ts";

const longestWindow = 5 * day;

/**
 * Credits the orders of a batch, and anew those whose person clicked in it: clicks and orders may come in either order. An order by another address
 * is found by its checkout or cart. Doing it again gives the same credits.
 */
export async function attribute(shop: Shop, events: Event[], moves: Moves, tx: Tx): Promise<void> {
  await moveCredits(shop.id, moves.merges, tx);
  const orderIds = events.flatMap((event) =>
    event.name === "order.placed" || event.name === "order.paid" || event.name === "order.updated" ? [event.data.orderId] : [],
  );
  const clicks = events.filter((event) => event.name === "message.clicked");
  const clickers = clicks.map((event) => event.data.profileId);
  // Whose orders and clicks met only now, or parted.
  const people = [...new Set([...moves.moved, ...moves.merges.map((one) => one.survivorId)])];
  if (orderIds.length === 0 && clickers.length === 0 && people.length === 0) return;
  const since = clicks.reduce<Date>((first, event) => (event.occurredAt < first ? event.occurredAt : first), clicks[0]?.occurredAt ?? new Date(0));
  const orders = await ordersToCredit(shop.id, orderIds, clickers, after(since, -second), people, tx);
  if (orders.length === 0) return;

  const times = orders.map((order) => order.placedAt.getTime());
  const tokens = orders.flatMap((order) => [...(order.checkoutToken === null ? [] : [order.checkoutToken]), ...order.siblings]);
  const found = await humanClicks(
    shop.id,
    orders.flatMap((order) => (order.profileId === null ? [] : [order.profileId])),
    tokens,
    after(new Date(Math.min(...times)), -longestWindow),
    after(new Date(Math.max(...times)), second),
    tx,
  );
  const carts = await cartsOf(
    shop.id,
    found.flatMap((one) => (one.checkoutToken === null ? [] : [one.checkoutToken])),
    tx,
  );

  const credits: Credit[] = [];
  const cleared: string[] = [];
  for (const order of orders) {
    const related = new Set([order.checkoutToken, ...order.siblings]);
    const touches: Touch[] = found
      .filter((one) => one.profileId === order.profileId || (one.checkoutToken !== null && related.has(one.checkoutToken)))
      .map((one) => ({ ...one, by: "click" as const }));
    const coded = await messageWithCode(shop.id, order.discountCodes, tx);
    // Using our code is proof that the message was read, at the latest when the order was placed.
    if (coded?.sentAt)
      touches.push({
        messageId: coded.id,
        flowKey: coded.flowKey,
        channel: coded.channel,
        profileId: coded.profileId,
        checkoutToken: coded.checkoutToken,
        by: "code",
        at: coded.sentAt,
      });
    const codedCart = coded?.checkoutToken ? await cartsOf(shop.id, [coded.checkoutToken], tx) : null;
    const credit = creditOf(order, touches, (token) => carts.get(token) ?? codedCart?.get(token) ?? null);
    if (credit === null) cleared.push(order.orderId);
    else credits.push(credit);
  }
  await writeCredits(shop.id, credits, cleared, tx);
}
