// What the pixel uses of Shopify's web pixel interface, and nothing more. Whatever a shopper's browser or a protected field may leave out is optional.

export type Consent = { analyticsProcessingAllowed?: boolean; marketingAllowed?: boolean };

type Money = { amount?: number | null; currencyCode?: string | null } | null;
type Product = { id?: string | null; vendor?: string | null } | null;
type Variant = { id?: string | null; price?: Money; product?: Product } | null;

/** An event as Shopify hands it to a pixel: standard ones carry `data`, those of a theme `customData`. */
export type ShopifyEvent = {
  id: string;
  name: string;
  clientId?: string | null;
  timestamp: string;
  context?: { document?: { location?: { href?: string | null } | null; referrer?: string | null } | null } | null;
  data?: {
    productVariant?: Variant;
    collection?: { id?: string | null } | null;
    searchResult?: { query?: string | null } | null;
    cart?: { id?: string | null; totalQuantity?: number | null; cost?: { totalAmount?: Money } | null } | null;
    cartLine?: { quantity?: number | null; merchandise?: Variant } | null;
    checkout?: { token?: string | null } | null;
  } | null;
  customData?: unknown;
};

export type PixelApi = {
  analytics: { subscribe(name: string, callback: (event: ShopifyEvent) => void | Promise<void>): unknown };
  browser: { sessionStorage: { getItem(key: string): Promise<string | null>; setItem(key: string, value: string): Promise<unknown> } };
  init: { data?: { cart?: { id?: string | null } | null; shop?: { myshopifyDomain?: string | null } | null } | null; customerPrivacy?: Consent | null };
  settings: { accountID?: string | null; endpoint?: string | null };
  customerPrivacy?: { subscribe(name: "visitorConsentCollected", callback: (event: { customerPrivacy?: Consent | null }) => void): unknown };
};
