// Listens to Shopify and hands on what is ours.
import { arrived, cartOf, cartToken, landingOf, lastOfPage, subscribed, toWire, type Landing } from "./payload.ts";
import { allows, sender } from "./send.ts";
import type { PixelApi, ShopifyEvent } from "./shopify.ts";

const storageKey = "comeback-landing";

/** Begins listening. `world` is the browser's own `fetch` and `setTimeout`. */
export function start(api: PixelApi, world: Parameters<typeof sender>[2]): void {
  const { accountID, endpoint } = api.settings;
  const shop = api.init.data?.shop?.myshopifyDomain;
  if (!accountID || !endpoint || !shop) return;
  let allowed = allows(api.init.customerPrivacy);
  const send = sender({ endpoint, shop, key: accountID }, allowed, world);
  let cart = cartToken(api.init.data?.cart?.id);
  let told: string | null = null;

  /** How she came, once per way of coming: it is remembered in the pixel's own storage, where that is allowed. */
  async function news(event: ShopifyEvent): Promise<Landing | null> {
    if (event.name !== "page_viewed" && event.name !== arrived) return null;
    const page = event.context?.document;
    const landing = landingOf(page?.location?.href, page?.referrer);
    if (landing === null) return null;
    const mark = JSON.stringify([landing.utm, landing.click]);
    if (mark === told) return null;
    told = mark;
    if (!allowed) return landing;
    try {
      if ((await api.browser.sessionStorage.getItem(storageKey)) === mark) return null;
      await api.browser.sessionStorage.setItem(storageKey, mark);
    } catch {
      // No storage: it is told once a page.
    }
    return landing;
  }

  for (const name of subscribed) {
    api.analytics.subscribe(name, async (event) => {
      try {
        cart = cartOf(event) ?? cart;
        send.add(toWire(event, { cart, landing: await news(event) }), lastOfPage.includes(event.name));
      } catch {
        // Silent, whatever a browser hands us.
      }
    });
  }
  api.customerPrivacy?.subscribe("visitorConsentCollected", (event) => {
    allowed = allows(event.customerPrivacy);
    send.consent(event.customerPrivacy);
  });
}
