// What *ordered* means, once, for segments and money alike.

export type OrderState = { cancelledAt: Date | null; test: boolean; source: string; totalMinor: number; refundedMinor: number };

/** Sources that are not the online store: the till and drafts made by staff. */
export const offlineSources = ["pos", "shopify_draft_order"];

/** Of how many of her last orders the moments are kept beside what they come to. */
export const ordersKept = 10;

/** Whether an order was really placed: not a test, not cancelled; till and drafts only where the shop counts them. Gross revenue adds these up. */
export function isPlaced(order: OrderState, shop: { countOffline: boolean }): boolean {
  return order.cancelledAt === null && !order.test && (shop.countOffline || !offlineSources.includes(order.source));
}

/** Whether somebody *ordered*: placed, and not given back in full. A free order counts. */
export function counts(order: OrderState, shop: { countOffline: boolean }): boolean {
  return isPlaced(order, shop) && (order.totalMinor === 0 || order.refundedMinor < order.totalMinor);
}
