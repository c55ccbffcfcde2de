// What shoppers and shop staff do, and the webhooks each deed makes.
import type { AppliedCode, Attribute, CheckoutFacts } from "./checkout-payload.ts";
import { totals } from "./checkout-payload.ts";
import type { LineFacts } from "./cart-payload.ts";
import { finishBulks } from "./discount-resolvers.ts";
import { applyCode, redeemCode } from "./discounts.ts";
import { customerDeeds } from "./customers.ts";
import type { Tell } from "./delays.ts";
import { chanceIds, idFor, type Ids } from "./ids.ts";
import type { OrderFacts } from "./order-payload.ts";
import { cartPayload, checkoutPayload, orderPayload, orderTotalMinor, refundPayload } from "./payloads.ts";
import { shelfDeeds } from "./shelves.ts";
import { type Cart, type Checkout, type Order, shopName, type ShopState } from "./shop-state.ts";

export type Buyer = { email: string; firstName?: string; lastName?: string; country?: string };
export type WantedLine = { variantId: number; quantity: number };
export type Storefront = ReturnType<typeof storefront>;

/** What every order pays for shipping. */
export const standardShippingMinor = 395;

/** The link of an abandoned checkout: whoever holds it holds the basket. */
export function recoverUrl(worldUrl: string, shop: ShopState, checkout: Pick<Checkout, "cartToken" | "key">): string {
  return `${worldUrl}/shop/${shopName(shop.domain)}/checkouts/ac/${checkout.cartToken}/recover?key=${checkout.key}&locale=en`;
}

/** An address is one customer from the first checkout it was typed into, before there is a record of her. */
export function customerId(shop: ShopState, email: string): number {
  return idFor(`${shop.domain} ${email.toLowerCase()}`);
}

/** The deeds of one world. Every one resolves when its webhooks were tried once. */
export function storefront(settings: { now: () => Date; worldUrl: () => string; tell: Tell; ids?: Ids }) {
  const { now, ids = chanceIds } = settings;

  /** `about` is whatever makes two tellings of one topic the same thing told twice. */
  async function say(shop: ShopState, topic: string, payload: unknown, about = ""): Promise<void> {
    await settings.tell(shop.domain, topic, payload, about);
  }
  const customers = customerDeeds({ now, say });
  const shelves = shelfDeeds({ now, say, worldUrl: settings.worldUrl });

  /** A line that is in the cart already keeps its id, and so its key. */
  function linesOf(shop: ShopState, wanted: readonly WantedLine[], known: readonly LineFacts[] = []): LineFacts[] {
    return wanted.map(({ variantId, quantity }) => {
      for (const product of shop.products) {
        const variant = product.variants.find((one) => one.id === variantId);
        if (!variant) continue;
        return {
          id: known.find((line) => line.variantId === variantId)?.id ?? ids.id(),
          variantId,
          productId: product.id,
          sku: variant.sku,
          title: product.title,
          variantTitle: variant.title,
          vendor: product.vendor,
          grams: variant.grams,
          quantity: Math.max(1, Math.floor(quantity)),
          priceMinor: variant.priceMinor,
        };
      }
      throw new Error(`${shop.name} does not sell the variant ${variantId}`);
    });
  }

  async function createCart(shop: ShopState, wanted: readonly WantedLine[], landingSite: string | null, attributes: Attribute[] = []): Promise<Cart> {
    const at = now();
    const cart: Cart = { token: ids.token(), key: ids.hex(), note: null, lines: linesOf(shop, wanted), attributes, landingSite, createdAt: at, updatedAt: at };
    shop.carts.push(cart);
    await say(shop, "carts/create", cartPayload(shop, cart));
    return cart;
  }

  /** Replaces the lines of a cart; nothing is sent when nothing changed. */
  async function setLines(shop: ShopState, cart: Cart, wanted: readonly WantedLine[]): Promise<void> {
    const shape = (lines: readonly WantedLine[]) => lines.map((line) => `${line.variantId}×${line.quantity}`).join();
    if (shape(cart.lines) === shape(wanted)) return;
    cart.lines = linesOf(shop, wanted, cart.lines);
    cart.updatedAt = now();
    await say(shop, "carts/update", cartPayload(shop, cart), cart.token);
  }

  /** What she wants us to know of her order. */
  async function setNote(shop: ShopState, cart: Cart, entry: { note?: string | null; attributes?: Attribute[] }): Promise<void> {
    Object.assign(cart, entry);
    cart.updatedAt = now();
    await say(shop, "carts/update", cartPayload(shop, cart), cart.token);
  }

  /** The checkout of a cart: the one she left, with what is in the cart now, or a new one. */
  async function enterCheckout(shop: ShopState, cart: Cart): Promise<Checkout> {
    const open = shop.checkouts.findLast((one) => one.cartToken === cart.token && one.orderId === null);
    if (!open) return startCheckout(shop, cart);
    const shape = (lines: readonly LineFacts[]) => lines.map((line) => `${line.variantId}×${line.quantity}`).join();
    if (shape(open.lines) === shape(cart.lines)) return open;
    open.lines = cart.lines.map((line) => ({ ...line }));
    open.attributes = cart.attributes;
    await fillCheckout(shop, open, {});
    return open;
  }

  async function startCheckout(shop: ShopState, cart: Cart): Promise<Checkout> {
    const at = now();
    const id = ids.id();
    const checkout: Checkout = {
      id,
      token: ids.token(),
      cartToken: cart.token,
      key: ids.hex(),
      name: `#${id}`,
      email: null,
      firstName: "",
      lastName: "",
      country: shop.countryCode,
      acceptsMarketing: false,
      delivery: null,
      lines: cart.lines.map((line) => ({ ...line })),
      attributes: cart.attributes,
      code: null,
      landingSite: cart.landingSite,
      createdAt: at,
      updatedAt: at,
      completedAt: null,
      orderId: null,
    };
    shop.checkouts.push(checkout);
    await say(shop, "checkouts/create", checkoutPayload(shop, checkoutFacts(shop, checkout)));
    return checkout;
  }

  /** The shopper typed something into the checkout. */
  async function fillCheckout(
    shop: ShopState,
    checkout: Checkout,
    entry: Partial<Pick<Checkout, "email" | "firstName" | "lastName" | "country" | "acceptsMarketing" | "code" | "attributes">>,
  ): Promise<void> {
    Object.assign(checkout, entry);
    checkout.updatedAt = now();
    await say(shop, "checkouts/update", checkoutPayload(shop, checkoutFacts(shop, checkout)), checkout.token);
  }

  function codesOf(shop: ShopState, checkout: Checkout): AppliedCode[] {
    if (!checkout.code) return [];
    finishBulks(shop, now());
    const customer = shop.customers.find((one) => one.email !== null && one.email === checkout.email);
    const result = applyCode(shop, checkout.code, totals(checkout.lines, []).lineItemsMinor, customer?.id ?? null, now());
    return result.ok ? [result.applied] : [];
  }

  function checkoutFacts(shop: ShopState, checkout: Checkout): CheckoutFacts {
    const known = shop.customers.find((one) => one.email !== null && one.email === checkout.email);
    const typed = { firstName: checkout.firstName, lastName: checkout.lastName, country: checkout.country };
    return {
      ...checkout,
      // The checkout is the first to know a shopper; the customer record follows with the order.
      customer: checkout.email ? { id: known?.id ?? customerId(shop, checkout.email), email: checkout.email, ...typed } : null,
      discountCodes: codesOf(shop, checkout),
      recoverUrl: recoverUrl(settings.worldUrl(), shop, checkout),
      noteAttributes: checkout.attributes,
    };
  }

  /** Takes the money: customer, consent, order and the finished checkout are told, in Shopify's usual order. */
  async function pay(shop: ShopState, checkout: Checkout): Promise<Order> {
    if (checkout.orderId !== null) throw new Error("This checkout has been paid for");
    if (!checkout.email) throw new Error("A checkout cannot be paid for without an email");
    const at = now();
    const { email, firstName, lastName, country } = checkout;
    const customer = await customers.remember(shop, { email, firstName, lastName, country }, customerId(shop, email));
    if (checkout.acceptsMarketing) await customers.agree(shop, customer);
    const discountCodes = codesOf(shop, checkout);
    shop.lastOrderNumber += 1;
    const order: Order = {
      id: ids.id(),
      name: `#${shop.lastOrderNumber}`,
      token: ids.hex(),
      customerId: customer.id,
      email: checkout.email,
      lines: checkout.lines.map((line) => ({ ...line, id: ids.id() })),
      shippingMinor: standardShippingMinor,
      cartToken: checkout.cartToken,
      checkoutToken: checkout.token,
      discountCodes,
      landingSite: checkout.landingSite,
      attributes: checkout.attributes,
      acceptsMarketing: checkout.acceptsMarketing,
      financialStatus: "paid",
      createdAt: at,
      updatedAt: at,
      cancelledAt: null,
      refundedMinor: 0,
    };
    shop.orders.push(order);
    for (const { code } of discountCodes) redeemCode(shop, code, customer.id);
    Object.assign(checkout, { completedAt: at, updatedAt: at, orderId: order.id });
    await say(shop, "orders/create", orderPayload(shop, orderFacts(shop, order)));
    await say(shop, "orders/paid", orderPayload(shop, orderFacts(shop, order)));
    await say(shop, "checkouts/update", checkoutPayload(shop, checkoutFacts(shop, checkout)), checkout.token);
    return order;
  }

  function orderFacts(shop: ShopState, order: Order): OrderFacts {
    const customer = shop.customers.find((one) => one.id === order.customerId);
    if (!customer) throw new Error(`The order ${order.name} has lost its customer`);
    return { ...order, customer, noteAttributes: order.attributes };
  }

  /** Gives back everything that is left, or the amount asked for. */
  async function refund(shop: ShopState, order: Order, amountMinor?: number): Promise<void> {
    const left = orderTotalMinor(order) - order.refundedMinor;
    const given = amountMinor ?? left;
    if (given <= 0 || given > left) throw new Error(`Only ${left} is left to refund of ${order.name}`);
    const at = now();
    const whole = given === orderTotalMinor(order);
    order.refundedMinor += given;
    order.financialStatus = order.refundedMinor === orderTotalMinor(order) ? "refunded" : "partially_refunded";
    order.updatedAt = at;
    // A refund of everything returns the pieces; a part is money only.
    const lines = whole ? order.lines : [];
    const worth = (line: LineFacts) => line.priceMinor * line.quantity;
    const { lineItemsMinor, discountMinor } = totals(order.lines, order.discountCodes);
    const refundId = ids.id();
    (order.refunds ??= []).push({ id: refundId, createdAt: at, amountMinor: given, returnedMinor: whole ? given - order.shippingMinor : 0 });
    const payload = refundPayload(shop, {
      id: refundId,
      orderId: order.id,
      createdAt: at,
      amountMinor: given,
      restock: whole,
      lines: lines.map((line) => ({
        lineItemId: line.id,
        quantity: line.quantity,
        subtotalMinor: worth(line) - Math.round((discountMinor * worth(line)) / Math.max(1, lineItemsMinor)),
        line,
      })),
    });
    await say(shop, "refunds/create", payload);
    await say(shop, "orders/updated", orderPayload(shop, orderFacts(shop, order)));
  }

  async function cancel(shop: ShopState, order: Order): Promise<void> {
    if (order.cancelledAt) throw new Error(`${order.name} is cancelled already`);
    order.cancelledAt = now();
    order.updatedAt = order.cancelledAt;
    if (order.financialStatus === "pending") order.financialStatus = "voided";
    await say(shop, "orders/cancelled", orderPayload(shop, orderFacts(shop, order)));
    await say(shop, "orders/updated", orderPayload(shop, orderFacts(shop, order)));
  }

  return {
    ...{ createCart, setLines, setNote, startCheckout, enterCheckout, fillCheckout, codesOf, checkoutFacts, pay, orderFacts, refund, cancel },
    customers,
    shelves,
    setConsent: customers.setConsent,
  };
}
