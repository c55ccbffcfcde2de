// A shopper's browser with the app's real pixel in it: Shopify's events go in, what the pixel would send comes out.
import { start } from "../../extensions/pixel/src/start.ts";
import type { PixelApi, ShopifyEvent } from "../../extensions/pixel/src/shopify.ts";
import type { ShopState } from "../shopify/shop-state.ts";
import { standardEvent, type Happening } from "../storefront/event-envelope.ts";
import { pixelMayLoad, processing, purposes, regions, undecided, type PixelNeeds, type VisitorConsent } from "../storefront/regions.ts";
import type { Word } from "./front.ts";
import type { Device } from "./names.ts";
import type { Person } from "./plan.ts";
import type { Stream } from "./stream.ts";

/** What the pixel's toml says it needs. */
const needs: PixelNeeds = { analytics: true, marketing: true, preferences: false, sale_of_data: "enabled" };

/** What a page of the shop tells of itself, and when. */
export type PageLoad = { at: Date; href: string; referrer?: string; cartToken: string | null; happenings: readonly Happening[] };

export type Browsers = ReturnType<typeof browsers>;

/** The browsers of a play, each with its memory: whether she was asked already, and how she came last. */
export function browsers(shop: ShopState) {
  const answered = new Map<string, VisitorConsent>();
  const memories = new Map<string, Map<string, string>>();

  /** What she has said in this browser; asked where a banner asks, and told of it elsewhere, at her first page. */
  function consentOf(person: Person, device: Device): VisitorConsent {
    const known = answered.get(device.clientId);
    if (known !== undefined) return known;
    const rule = regionOf(person.country).rule;
    const word = person.tracking === "accepts" ? "yes" : "no";
    const says = rule === "opt-in" || word === "no" ? (Object.fromEntries(purposes.map((one) => [one, word])) as VisitorConsent) : undecided;
    answered.set(device.clientId, says);
    return says;
  }

  return {
    /** Loads a page, and gives what its pixel sends: nothing where she does not want it, or the shop has no pixel. */
    load: async (person: Person, device: Device, page: PageLoad, ids: Stream): Promise<Word[]> => {
      const settings = shop.webPixel?.settings;
      const allowed = processing(regionOf(person.country), consentOf(person, device));
      if (settings === undefined || !pixelMayLoad(needs, allowed)) return [];
      const bodies: string[] = [];
      const flushes: (() => void)[] = [];
      const listeners = new Map<string, (event: ShopifyEvent) => void | Promise<void>>();
      const memory = memories.get(device.clientId) ?? new Map<string, string>();
      memories.set(device.clientId, memory);
      const api: PixelApi = {
        analytics: { subscribe: (name, callback) => void listeners.set(name, callback) },
        browser: {
          sessionStorage: {
            getItem: (key) => Promise.resolve(memory.get(key) ?? null),
            setItem: (key, value) => Promise.resolve(void memory.set(key, value)),
          },
        },
        init: {
          data: { cart: page.cartToken === null ? null : { id: page.cartToken }, shop: { myshopifyDomain: shop.domain } },
          customerPrivacy: { analyticsProcessingAllowed: allowed.analytics, marketingAllowed: allowed.marketing },
        },
        settings,
      };
      const post = (_url: string, { body }: { body: string }): Promise<void> => Promise.resolve(void bodies.push(body));
      start(api, { post, later: (work) => flushes.push(work) });
      const place = { href: page.href, userAgent: device.userAgent, ...(page.referrer === undefined ? {} : { referrer: page.referrer }) };
      for (const happening of page.happenings) {
        const event = standardEvent(happening, { id: ids.uuid(), at: page.at, clientId: device.clientId, page: place });
        // The builders' types are as wide as Shopify's; the pixel names only what it uses.
        await listeners.get(happening.name)?.(event);
      }
      for (const flush of flushes) flush();
      return bodies.map((body) => ({ kind: "pixel", at: page.at, body, userAgent: device.userAgent, address: device.address }));
    },
  };
}

function regionOf(country: string) {
  return regions.find((one) => one.country === country) ?? { code: country, country, name: country, rule: "opt-in" as const };
}
