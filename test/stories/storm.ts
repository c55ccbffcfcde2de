// A storm of webhooks: many shoppers, each with a checkout that changes and an order that follows, told out of order and partly twice.
import { checkoutPayload, orderPayload, type CheckoutFacts, type CustomerFacts, type LineFacts } from "../../sandbox/shopify/payloads.ts";
import { demoShop, openShop } from "../../sandbox/shopify/shop-state.ts";

export type Notice = { topic: string; eventId: string; webhookId: string; at: Date; payload: unknown; about: string; totalMinor: number };

const line = (index: number, quantity: number): LineFacts => ({
  id: 12_000_000_000_000 + index,
  variantId: 38_000_000_000_001,
  productId: 8_000_000_000_001,
  sku: "MUG",
  title: "Salt-glazed mug",
  quantity,
  priceMinor: 1_850,
});

const customer = (index: number): CustomerFacts => ({
  id: 7_000_000_000_000 + index,
  email: `shopper-${index}@example.com`,
  firstName: "Ada",
  lastName: `Byrne ${index}`,
  country: "GB",
});

/** What one checkout says at a moment. */
export function checkoutFacts(index: number, at: Date, quantity: number, updatedAt: Date, completedAt: Date | null): CheckoutFacts {
  return {
    token: `hWNcheckout${index}`,
    cartToken: `hWNcart${index}`,
    name: `#${5_000_000 + index}`,
    email: customer(index).email,
    customer: customer(index),
    acceptsMarketing: true,
    lines: [line(index, quantity)],
    discountCodes: [],
    recoverUrl: `https://${demoShop.domain}/60000000000/checkouts/ac/hWNcart${index}/recover?key=${index}`,
    landingSite: "/",
    noteAttributes: [],
    createdAt: at,
    updatedAt,
    completedAt,
  };
}

/** The five events of a shopper, oldest first: a checkout begun, changed, finished; an order placed, paid. */
function eventsOf(index: number, at: Date): Notice[] {
  const shop = openShop(demoShop, at);
  const minutes = (count: number): Date => new Date(at.getTime() + count * 60_000);
  const notice = (topic: string, step: number, payload: unknown, about: string, quantity: number): Notice => {
    const eventId = `storm-${index}-${step}`;
    return { topic, eventId, webhookId: `${eventId}-first`, at: minutes(step), payload, about, totalMinor: quantity * 1_850 };
  };
  const checkout = (step: number, quantity: number) =>
    notice(
      step === 0 ? "checkouts/create" : "checkouts/update",
      step,
      checkoutPayload(shop, checkoutFacts(index, at, quantity, minutes(step), step === 2 ? minutes(2) : null)),
      `checkout ${index}`,
      quantity,
    );
  const order = (topic: string, step: number) => {
    const id = 5_000_000_000_000 + index;
    const facts = {
      id,
      name: `#${2_000 + index}`,
      customer: customer(index),
      createdAt: minutes(3),
      updatedAt: minutes(step),
      lines: [line(index, 3)],
      cartToken: `hWNcart${index}`,
      checkoutToken: `hWNcheckout${index}`,
    };
    return notice(
      topic,
      step,
      orderPayload(shop, { ...facts, discountCodes: [], landingSite: "/", noteAttributes: [], financialStatus: step === 4 ? "paid" : "pending" }),
      `order ${id}`,
      3,
    );
  };
  return [checkout(0, 1), checkout(1, 2), checkout(2, 3), order("orders/create", 3), order("orders/paid", 4)];
}

/** A storm of `shoppers` × 5 events and `duplicates` second deliveries, in an order that has nothing to do with time. */
export function storm(random: () => number, at: Date, shoppers: number, duplicates: number): Notice[] {
  const events = Array.from({ length: shoppers }, (_none, index) => eventsOf(index, at)).flat();
  const again = Array.from({ length: duplicates }, (_none, index): Notice => {
    const one = events[Math.floor(random() * events.length)] as Notice;
    return { ...one, webhookId: `${one.eventId}-again-${index}` };
  });
  return shuffled(random, [...events, ...again]);
}

function shuffled<Item>(random: () => number, items: Item[]): Item[] {
  const list = [...items];
  for (let index = list.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [list[index], list[other]] = [list[other] as Item, list[index] as Item];
  }
  return list;
}
