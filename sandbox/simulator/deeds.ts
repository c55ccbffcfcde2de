// What people of the plan do in the shop, as the storefront does it, and the webhooks each deed makes: kept first, said later.
import type { Ids } from "../shopify/ids.ts";
import { payloadErrors } from "../shopify/payload-schema.ts";
import type { Cart, Checkout, Order, ShopState } from "../shopify/shop-state.ts";
import { orderTotalMinor } from "../shopify/order-payload.ts";
import { storefront, type Storefront } from "../shopify/storefront.ts";
import type { Word } from "./front.ts";
import type { Intent, Person } from "./plan.ts";
import { stream, type Stream } from "./stream.ts";

/** How an intent stands: what is left of it in the shop. */
export type Standing = {
  person: Person;
  intent: Intent;
  cart: Cart | null;
  checkout: Checkout | null;
  /** When she left the checkout with her address in it. */
  leftAt: Date | null;
  /** When the worker first woke to a checkout that had been left for an hour and not been paid for. */
  abandonedAt: Date | null;
  order: Order | null;
  paidAt: Date | null;
  paidBy: "at once" | "anyway" | "won" | null;
  refundedMinor: number;
  /** Mails about this checkout that came. */
  mails: number;
};

export const standingOf = (person: Person, intent: Intent): Standing => ({
  ...{ person, intent, cart: null, checkout: null, leftAt: null, abandonedAt: null, order: null },
  ...{ paidAt: null, paidBy: null, refundedMinor: 0, mails: 0 },
});

/** From the last letter typed to the button. */
const typingMs = 20_000;

export type Shopkeeper = ReturnType<typeof shopkeeper>;

/** Does deeds in a shop at moments of their own. Every identifier comes from the seed, the person and the intent. */
export function shopkeeper(settings: { seed: string; shop: ShopState; worldUrl: string }) {
  const { seed, shop, worldUrl } = settings;
  const ids = new Map<string, { ids: Ids; hooks: Stream }>();

  function idsOf(key: string) {
    let found = ids.get(key);
    if (found === undefined) {
      const made = stream(seed, key, "ids");
      found = { ids: { id: made.id, token: made.token, hex: () => made.hex(32) }, hooks: stream(seed, key, "webhooks") };
      ids.set(key, found);
    }
    return found;
  }

  /** The storefront at a moment, and what it says there. */
  async function at(moment: Date, key: string, deed: (store: Storefront) => Promise<void>): Promise<Word[]> {
    const words: Word[] = [];
    const { ids: from, hooks } = idsOf(key);
    const tell = (_shop: string, topic: string, payload: unknown): Promise<void> => {
      refuseWrong(topic, payload);
      words.push({ kind: "webhook", at: moment, topic, webhookId: hooks.uuid(), eventId: hooks.uuid(), body: JSON.stringify(payload) });
      return Promise.resolve();
    };
    await deed(storefront({ now: () => moment, worldUrl: () => worldUrl, tell, ids: from }));
    return words;
  }

  const contact = ({ person, intent }: Standing, email = intent.email) => ({
    ...{ email, firstName: person.firstName, lastName: person.lastName, country: person.country, acceptsMarketing: intent.ticksNewsletter },
  });

  return {
    cart: (one: Standing, moment: Date) =>
      at(moment, one.intent.key, async (store) => {
        one.cart = await store.createCart(shop, one.intent.lines, one.intent.landing);
      }),
    change: (one: Standing, moment: Date) =>
      at(moment, one.intent.key, async (store) => {
        if (one.cart !== null) await store.setLines(shop, one.cart, one.intent.changedLines);
      }),
    checkout: (one: Standing, moment: Date) =>
      at(moment, one.intent.key, async (store) => {
        if (one.cart !== null) one.checkout = await store.startCheckout(shop, one.cart);
      }),
    contact: (one: Standing, moment: Date) =>
      at(moment, one.intent.key, async (store) => {
        if (one.checkout !== null) await store.fillCheckout(shop, one.checkout, contact(one));
      }),
    /** Pays. `from` is the address of the mail's link she came by, with the code that waits in it. */
    pay: async (one: Standing, moment: Date, by: NonNullable<Standing["paidBy"]>, from: { path: string; code: string | null } | null = null) => {
      const { checkout, intent } = one;
      if (checkout === null || checkout.orderId !== null) return [];
      if (from !== null) checkout.landingSite = from.path;
      const entry = { ...contact(one, intent.payEmail ?? intent.email), code: from?.code ?? null };
      const typed =
        intent.payEmail === null && entry.code === null
          ? []
          : await at(new Date(moment.getTime() - typingMs), intent.key, (store) => store.fillCheckout(shop, checkout, entry));
      const paid = await at(moment, intent.key, async (store) => {
        one.order = await store.pay(shop, checkout);
      });
      Object.assign(one, { paidAt: moment, paidBy: by });
      return [...typed, ...paid];
    },
    refund: (one: Standing, moment: Date, share: number) =>
      at(moment, one.intent.key, async (store) => {
        if (one.order === null || one.order.cancelledAt !== null) return;
        const total = orderTotalMinor(one.order);
        const amount = share >= 1 ? total : Math.max(1, Math.round(total * share));
        await store.refund(shop, one.order, amount);
        one.refundedMinor += amount;
      }),
    cancel: (one: Standing, moment: Date) =>
      at(moment, one.intent.key, async (store) => {
        if (one.order !== null) await store.cancel(shop, one.order);
      }),
    /** Takes her consent back in her account. */
    endNewsletter: (one: Standing, moment: Date) =>
      at(moment, one.intent.key, async (store) => {
        const customer = shop.customers.find((known) => known.id === one.order?.customerId);
        if (customer?.emailMarketing.state === "subscribed") await store.setConsent(shop, customer, "unsubscribed");
      }),
  };
}

function refuseWrong(topic: string, payload: unknown): void {
  const errors = payloadErrors(topic, payload);
  if (errors.length > 0) throw new Error(`Shopify would not send this as ${topic}: ${errors.slice(0, 5).join("; ")}`);
}
