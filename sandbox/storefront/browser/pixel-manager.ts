// Hosts the app's pixel: makes events of what the page tells, keeps them until the pixel may load, and answers what its sandbox asks for.
import type { PageFacts } from "../page-facts.ts";
import { pixelMayLoad } from "../regions.ts";
import { customEvent, type Happening, type Moment, type PixelEvent, standardEvent } from "../event-envelope.ts";
import { type Privacy, readCookie } from "./customer-privacy.ts";
import type { Ask, FromSandbox, ToSandbox } from "./sandbox-messages.ts";

const clientCookie = "_shopify_analytics";
const yearSeconds = 365 * 86_400;
/** What is kept of a page for a pixel that is not there yet. */
const keptAtMost = 100;

export function pixelManager(facts: PageFacts, privacy: Privacy) {
  const { pixel, root } = facts;
  const storeOrigin = `https://${facts.shop.domain}`;
  const clockOffset = new Date(facts.now).getTime() - Date.now();
  /** Her browser's name in this shop; it outlives the page only where analytics is allowed. */
  const clientId = readCookie(clientCookie) ?? crypto.randomUUID();
  let events: PixelEvent[] = [];
  let sequence = 0;
  let worker: Worker | null = null;
  let loaded = false;

  /** The address a pixel sees is the shop's own, not that of this world. */
  function shown(address: string): string {
    try {
      const url = new URL(address);
      if (url.origin !== location.origin) return address;
      const path = url.pathname.startsWith(root) ? `/${url.pathname.slice(root.length)}` : url.pathname;
      return `${storeOrigin}${path}${url.search}${url.hash}`;
    } catch {
      return "";
    }
  }

  function moment(kind: "sh" | "shu"): Moment {
    const at = new Date(Date.now() + clockOffset);
    const page: Moment["page"] = {
      ...{
        href: shown(location.href),
        referrer: shown(document.referrer),
        title: document.title,
        language: navigator.language,
        userAgent: navigator.userAgent,
      },
      ...{ innerWidth, innerHeight, outerWidth, outerHeight, screenWidth: screen.width, screenHeight: screen.height, screenX, screenY, scrollX, scrollY },
    };
    return { id: `${kind}-${crypto.randomUUID()}`, at, clientId, page, seq: sequence++ };
  }

  const send = (message: ToSandbox): void => worker?.postMessage(message);
  const mayLoad = (): boolean => pixel !== null && pixelMayLoad(pixel.needs, privacy.allowed());

  function emit(event: PixelEvent): void {
    if (pixel === null) return;
    events.push(event);
    if (events.length > keptAtMost) events = events.slice(-keptAtMost);
    if (loaded && mayLoad()) send({ event });
  }

  function keepClientId(): void {
    if (privacy.allowed().analytics) document.cookie = `${clientCookie}=${clientId}; path=${root}; max-age=${yearSeconds}; samesite=lax`;
    else document.cookie = `${clientCookie}=; path=${root}; max-age=0; samesite=lax`;
  }

  /** Loads the pixel once everything it needs is allowed; it hears from the beginning of the page on. */
  function load(): void {
    if (pixel === null || worker || !mayLoad()) return;
    worker = new Worker(pixel.script, { name: "comeback-pixel" });
    worker.addEventListener("message", ({ data }: MessageEvent<FromSandbox>) => {
      if (data.ready) {
        loaded = true;
        for (const event of events) send({ event });
      } else void storage(data.ask).then((value) => send({ answer: { id: data.ask.id, value } }));
    });
    send({ begin: { settings: pixel.settings, init: initOf() } });
  }

  function initOf() {
    const { name, domain, countryCode, currency } = facts.shop;
    const shop = { name, storefrontUrl: storeOrigin, myshopifyDomain: domain, countryCode, paymentSettings: { currencyCode: currency } };
    return {
      context: standardEvent({ name: "init", data: {} }, moment("sh")).context,
      data: { ...facts.init, shop, purchasingCompany: null },
      customerPrivacy: privacy.processing(),
    };
  }

  /** `browser.*` of the sandbox: the page's own storages, under names that no other script uses. */
  async function storage({ place, act, key, value }: Ask): Promise<unknown> {
    const name = `_wpm_${pixel?.id.split("/").pop() ?? ""}_${key}`;
    if (place === "cookie") {
      if (act === "get") return decodeURIComponent(readCookie(encodeURIComponent(name)) ?? "");
      document.cookie = `${encodeURIComponent(name)}=${encodeURIComponent(value ?? "")}; path=${root}; max-age=${yearSeconds}; samesite=lax`;
      return "";
    }
    const store = place === "localStorage" ? localStorage : sessionStorage;
    if (act === "get") return store.getItem(name);
    if (act === "remove") store.removeItem(name);
    else if (act === "set") store.setItem(name, value ?? "");
    return undefined;
  }

  privacy.changed(() => {
    keepClientId();
    if (loaded) send({ consent: privacy.processing() });
    load();
  });

  /** The cart's Ajax calls, whoever makes them: what they made happen is asked for afterwards. */
  function listenToCart(): void {
    const realFetch = window.fetch.bind(window);
    window.fetch = async (input, init) => {
      const answer = await realFetch(input, init);
      const { origin, pathname } = new URL(input instanceof Request ? input.url : String(input), location.href);
      const ours = origin === location.origin && pathname.startsWith(root) && /^cart\/(add|change|update|clear)(\.js)?$/.test(pathname.slice(root.length));
      if (ours) {
        const told = await realFetch(`${root}cdn/wpm/happenings`, { method: "POST" });
        for (const happening of (await told.json()) as Happening[]) emit(standardEvent(happening, moment("sh")));
      }
      return answer;
    };
  }

  return {
    start: (): void => {
      if (pixel === null) return;
      keepClientId();
      for (const happening of facts.happenings) emit(standardEvent(happening, moment("sh")));
      listenToCart();
      load();
    },
    /** `Shopify.analytics.publish`: an event of the theme's or an app's own. */
    publish: (name: unknown, data: unknown): boolean => {
      if (typeof name !== "string" || name === "") return false;
      // What cannot be copied into the sandbox is refused here, as it is at Shopify.
      emit(customEvent(name, structuredClone(data ?? {}), moment("shu")));
      return true;
    },
  };
}
