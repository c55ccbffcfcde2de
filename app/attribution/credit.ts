// Which touch earned an order: the last human click, or our code, within the channel's window. At most one credit per order.
import { after, day, second } from "../lib/time.ts";

/** How long after a touch an order may still be credited to it. Opens are no touch. */
export const windows: Record<string, number> = { email: 5 * day, sms: 1 * day };

export type Touch = { messageId: string; flowKey: string; channel: string; profileId: string; checkoutToken: string | null; by: "click" | "code"; at: Date };

export type OrderToCredit = { orderId: string; placedAt: Date; checkoutToken: string | null; cartToken: string | null };

export type Credit = Touch & { orderId: string; orderAt: Date; recovered: boolean };

/** Shopify's times are whole seconds: an order placed in the second of the click came after it. */
function wholeSecond(at: Date): Date {
  return new Date(Math.floor(at.getTime() / second) * second);
}

/**
 * The credit of an order, or null. `cartOf` gives the cart of a checkout. *Recovered* in the strict sense: the very checkout (or its cart) the
 * message was about was completed, after the touch.
 */
export function creditOf(order: OrderToCredit, touches: Touch[], cartOf: (checkoutToken: string) => string | null): Credit | null {
  const last = touches
    .filter((touch) => {
      const window = windows[touch.channel];
      return window !== undefined && wholeSecond(touch.at) <= order.placedAt && touch.at > after(order.placedAt, -window);
    })
    .sort((a, b) => b.at.getTime() - a.at.getTime())[0];
  if (last === undefined) return null;
  const cart = last.checkoutToken === null ? null : cartOf(last.checkoutToken);
  const recovered = last.checkoutToken !== null && (order.checkoutToken === last.checkoutToken || (cart !== null && order.cartToken === cart));
  return { ...last, orderId: order.orderId, orderAt: order.placedAt, recovered };
}
