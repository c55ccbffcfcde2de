// What the platform's script on a page is told: one JSON element in the head. The server writes it, `browser/` reads it.
import type { PixelNeeds, Region } from "./regions.ts";
import type { Happening } from "./standard-events.ts";

export type PageFacts = {
  shop: { name: string; domain: string; countryCode: string; currency: string };
  /** `/shop/<name>/` here; pixels and events see `https://<domain>/` instead. */
  root: string;
  region: Region;
  designMode: boolean;
  /** The world's time when the page was made: events are told in it. */
  now: string;
  happenings: Happening[];
  /** Null where the app has no pixel in this shop. */
  pixel: { id: string; needs: PixelNeeds; settings: Record<string, string>; script: string } | null;
  init: { cart: unknown; customer: unknown };
};

/** The element's id. */
export const factsId = "storefront-facts";
