import { consentSaid } from "../consent/record.server.ts";
import { checkoutsOfCarts, findRefunds, ordersKnown } from "../commerce/update.server.ts";
import type { NewEvent } from "../events/event.ts";
import { findByCustomers, findProfiles } from "../identity/resolve.server.ts";
import { gidNumber } from "../capture/shapes.ts";
import type { CheckoutChanged } from "../shops/admin/checkout.ts";
import type { CustomerNow } from "../shops/admin/customer.ts";
import type { OrderChanged } from "../shops/admin/order.ts";
import type { Shop } from "../shops/shop.ts";
import { checkoutIsNews, consentIsNews, customerIsNews, orderNews, type KnownCheckout, type KnownOrder } from "./missing.ts";
import { cartTokenOf, consentEvents, customerEvent } from "./read.ts";

const orderEvidence = (orderId: string) => `order ${orderId}`;

export type OrderNews = { id: string; name: "order.placed" | "order.updated" | "order.cancelled" | null; refundIds: string[] };

/** The orders of which something was never told, with what each is to be told as and the refunds that are missing. */
export async function newsOfOrders(shop: Shop, orders: Pick<OrderChanged, "id" | "updatedAt" | "cancelledAt" | "refunds">[]): Promise<OrderNews[]> {
  const ids = orders.map((one) => gidNumber(one.id));
  const rows = await ordersKnown(shop.id, ids);
  const people = [...new Set(rows.flatMap((row) => row.profileId ?? []))];
  // Whoever was erased is not among them: what she once agreed to is nobody's business any more.
  const here = new Set((await findProfiles(shop.id, people)).map((one) => one.id));
  const said = new Set((await consentSaid(shop.id, people)).map((one) => one.evidence));
  const known = new Map<string, KnownOrder>(
    rows.map((row) => [row.orderId, { ...row, placedTold: row.profileId === null || !here.has(row.profileId) || said.has(orderEvidence(row.orderId)) }]),
  );
  const refunds = await findRefunds(
    shop.id,
    orders.flatMap((one) => one.refunds.map((refund) => gidNumber(refund.id))),
  );
  return orders
    .map((order) => ({
      id: order.id,
      name: orderNews(order, known.get(gidNumber(order.id))),
      refundIds: order.refunds.map((refund) => refund.id).filter((id) => !refunds.has(gidNumber(id))),
    }))
    .filter((one) => one.name !== null || one.refundIds.length > 0);
}

/** The checkouts that have moved on without us, with what we hold of the same cart. */
export async function newsOfCheckouts(shop: Shop, checkouts: CheckoutChanged[]): Promise<{ checkout: CheckoutChanged; known: KnownCheckout | null }[]> {
  const carts = checkouts.flatMap((one) => cartTokenOf(one.abandonedCheckoutUrl) ?? []);
  const known = new Map<string, KnownCheckout>((await checkoutsOfCarts(shop.id, carts)).map((one) => [one.cartToken, one]));
  return checkouts
    .map((checkout) => ({ checkout, known: known.get(cartTokenOf(checkout.abandonedCheckoutUrl) ?? "") }))
    .filter((one) => checkoutIsNews(one.checkout, one.known))
    .map(({ checkout, known: row }) => ({ checkout, known: row ?? null }));
}

/** What the records of some customers say that we do not hold: who they are, and what they agreed to, with its own date. */
export async function newsOfCustomers(shop: Shop, customers: CustomerNow[], heardAt: Date): Promise<NewEvent[]> {
  const held = await findByCustomers(
    shop.id,
    customers.map((one) => one.id),
  );
  const profiles = new Map((await findProfiles(shop.id, [...held.values()])).map((one) => [one.id, one]));
  const ledger = await consentSaid(shop.id, [...held.values()]);
  return customers.flatMap((customer) => {
    const profileId = held.get(customer.id);
    const record = customerEvent(customer, heardAt);
    const hers = ledger.filter((one) => one.profileId === profileId);
    const said = consentEvents(customer, heardAt).filter(
      (one) => (one.name === "email-consent.changed" || one.name === "sms-consent.changed") && consentIsNews(one, hers),
    );
    return [
      ...(record?.name === "customer.updated" && customerIsNews(record, profileId === undefined ? undefined : profiles.get(profileId)) ? [record] : []),
      ...said,
    ];
  });
}
