// What each intent of a person becomes: pages looked at, deeds in the shop, and what her browser's pixel says of both, each at its own moment.
import type { ShopState } from "../shopify/shop-state.ts";
import * as events from "../storefront/standard-events.ts";
import type { Agenda, Entry } from "./agenda.ts";
import { browsers, type PageLoad } from "./browser.ts";
import { pagesOf, referrers, type Page } from "./browsing.ts";
import { shopkeeper, standingOf, type Standing } from "./deeds.ts";
import type { Word } from "./front.ts";
import type { Tallies } from "./ledger.ts";
import type { Device } from "./names.ts";
import { wholeSecond, type Intent, type Person, type Plan } from "./plan.ts";
import { stream } from "./stream.ts";

/** How she comes back to a checkout that she left: by herself, or by a mail. */
export type Return = { by: "anyway" | "won"; path: string; code: string | null };

export type LivingOptions = { plan: Plan; shop: ShopState; worldUrl: string; tallies: Tallies; say: (person: Person, words: Word[]) => void };

/** The people of a plan as they live. `agenda` is asked for what follows from a deed: refunds, cancellations, a consent taken back. */
export function living({ plan, shop, worldUrl, tallies, say }: LivingOptions, agenda: () => Agenda) {
  const { seed } = plan.options;
  const keeper = shopkeeper({ seed, shop, worldUrl });
  const open = browsers(shop);
  const eventShop = { ...shop, pictureUrl: (handle: string) => `https://${shop.domain}/cdn/${handle}.svg` };
  const variants = new Map(shop.products.flatMap((product) => product.variants.map((variant) => [variant.id, { product, variant }])));
  const shelf = [...variants.keys()];
  const collections = shop.collections;
  const address = (path: string): string => `https://${shop.domain}${path}`;

  /** Loads a page in one of her browsers, and has its pixel say what it would. */
  async function look(one: Standing, device: Device, page: Omit<PageLoad, "cartToken">): Promise<void> {
    const at = page.at.getTime();
    const words = await open.load(one.person, device, { ...page, cartToken: one.cart?.token ?? null }, stream(seed, one.intent.key, "events", at, page.href));
    for (const word of words) if (word.kind === "pixel") tallies.heard(one.person, word.body);
    say(one.person, words);
  }

  function contentOf(page: Page): Omit<PageLoad, "cartToken" | "at"> {
    const viewed = events.pageViewed();
    switch (page.kind) {
      case "landing": {
        const from = page.path.includes("instagram") ? { referrer: referrers.instagram } : page.path.startsWith("/coll") ? { referrer: referrers.search } : {};
        return { href: address(page.path), happenings: [viewed], ...from };
      }
      case "collection": {
        const { id, title, handle, productIds } = collections[page.place % collections.length] as (typeof collections)[number];
        const products = shop.products.filter((product) => productIds.includes(product.id));
        return { href: address(`/collections/${handle}`), happenings: [viewed, events.collectionViewed(eventShop, { id, title, products })] };
      }
      case "search": {
        const found = shop.products.filter((product) => `${product.title} ${product.description}`.toLowerCase().includes(page.query));
        return { href: address(`/search?q=${page.query}`), happenings: [viewed, events.searchSubmitted(eventShop, page.query, found)] };
      }
      case "product": {
        const { product, variant } = variants.get(page.variantId) ?? {};
        if (product === undefined || variant === undefined) return { href: address("/"), happenings: [viewed] };
        return { href: address(`/products/${product.handle}`), happenings: [viewed, events.productViewed(eventShop, product, variant)] };
      }
    }
  }

  async function checkoutStep(one: Standing, device: Device, at: Date, step: events.CheckoutStep): Promise<void> {
    const { checkout, order, person } = one;
    if (checkout === null) return;
    const known = { order: order && { id: order.id, customerId: order.customerId, isFirst: false }, paid: order !== null };
    const facts = { ...checkout, ...known, discountCodes: order?.discountCodes ?? [], firstName: person.firstName, lastName: person.lastName, delivery: null };
    await look(one, device, { at, href: address(`/checkouts/cn/${checkout.token}`), happenings: [events.checkoutStep(eventShop, step, facts)] });
  }

  function entriesOf(person: Person, intent: Intent): Entry[] {
    const one = standingOf(person, intent);
    tallies.standings.push(one);
    const { paceMs: pace, reach, outcome, device } = intent;
    const begins = intent.at.getTime();
    const entry = (ms: number, run: (at: Date) => Promise<void>): Entry => {
      const at = wholeSecond(ms);
      return { at: at.getTime(), lane: person.lane, run: () => run(at) };
    };
    const pages = pagesOf(seed, intent, shelf).map((page) => entry(begins + page.afterMs, (at) => look(one, device, { at, ...contentOf(page) })));
    if (reach === "look") return pages;
    const entries = [...pages, entry(begins + pace.cart, (at) => fillCart(one, at))];
    if (intent.changedLines.length > 0) entries.push(entry(begins + pace.change, async (at) => say(person, await keeper.change(one, at))));
    if (reach === "cart") return entries;
    const checkout = entry(begins + pace.checkout, async (at) => {
      say(person, await keeper.checkout(one, at));
      await checkoutStep(one, device, at, "checkout_started");
    });
    const contact = entry(begins + pace.contact, async (at) => {
      say(person, await keeper.contact(one, at));
      if (reach === "checkout") one.leftAt = at;
      await checkoutStep(one, device, at, "checkout_contact_info_submitted");
    });
    entries.push(checkout, contact);
    if (reach === "order") entries.push(entry(begins + pace.pay, (at) => pay(one, at, null)));
    if (outcome.kind === "anyway") entries.push(entry(outcome.at.getTime(), (at) => pay(one, at, { by: "anyway", path: "/", code: null })));
    return entries;
  }

  async function fillCart(one: Standing, at: Date): Promise<void> {
    say(one.person, await keeper.cart(one, at));
    if (one.cart === null) return;
    const { lines, token } = one.cart;
    const happenings = [...lines.map((line) => events.addedToCart(eventShop, line)), events.cartViewed(eventShop, { token, lines })];
    await look(one, one.intent.device, { at, href: address("/cart"), happenings });
  }

  /** Pays for what is in the checkout; `back` where she had left it, and not always in the browser she left it in. */
  async function pay(one: Standing, at: Date, back: Return | null): Promise<void> {
    if (one.order !== null) return;
    const { person, intent } = one;
    const device = back === null ? intent.device : stream(seed, intent.key, "returns").pick(person.devices);
    if (back !== null) await look(one, device, { at: new Date(at.getTime() - 60_000), href: address(back.path), happenings: [events.pageViewed()] });
    say(person, await keeper.pay(one, at, back?.by ?? "at once", back?.by === "won" ? back : null));
    if (one.order === null) return;
    tallies.orders += 1;
    await checkoutStep(one, device, at, "checkout_completed");
    const { fate } = intent;
    const later = (ms: number, run: (when: Date) => Promise<Word[]>): void => {
      const when = wholeSecond(at.getTime() + ms);
      agenda().add({ at: when.getTime(), lane: person.lane, run: async () => say(person, await run(when)) });
    };
    if (fate.kind === "refunded") later(fate.afterMs, (when) => keeper.refund(one, when, fate.share));
    if (fate.kind === "cancelled") later(fate.afterMs, (when) => keeper.cancel(one, when));
    if (person.newsletterEndsAfterMs !== null) later(person.newsletterEndsAfterMs, (when) => keeper.endNewsletter(one, when));
  }

  return { entries: (): Entry[] => plan.people.flatMap((person) => person.intents.flatMap((intent) => entriesOf(person, intent))), pay };
}
