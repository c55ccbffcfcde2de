// The shops of the world and everything in them: plain data that can be saved as JSON and read back.
import { catalogue, type Collection, collectionsOf } from "./catalogue.ts";
import type { AppliedCode, Attribute } from "./checkout-payload.ts";
import type { LineFacts } from "./cart-payload.ts";
import type { ConsentState, CustomerFacts, ShopFacts } from "./customer-payload.ts";
import type { FinancialStatus } from "./order-payload.ts";
import type { ProductFacts } from "./product-payload.ts";

export type Customer = CustomerFacts & {
  createdAt: Date;
  updatedAt: Date;
  emailMarketing: { state: ConsentState; optInLevel: "single_opt_in" | null; updatedAt: Date | null };
  dataSaleOptOut: boolean;
};

export type Cart = {
  token: string;
  /** What a browser's cookie carries besides the token: only who has both may change the cart. Older saved worlds have none. */
  key?: string;
  note?: string | null;
  lines: LineFacts[];
  attributes: Attribute[];
  landingSite: string | null;
  createdAt: Date;
  updatedAt: Date;
};

export type Checkout = {
  id: number;
  token: string;
  cartToken: string;
  key: string;
  name: string;
  email: string | null;
  firstName: string;
  lastName: string;
  country: string;
  acceptsMarketing: boolean;
  /** How it shall be sent, once she has chosen. */
  delivery?: string | null;
  lines: LineFacts[];
  attributes: Attribute[];
  /** The code typed in; what it takes off is worked out at every look. */
  code: string | null;
  landingSite: string | null;
  createdAt: Date;
  updatedAt: Date;
  completedAt: Date | null;
  orderId: number | null;
};

export type Order = {
  id: number;
  name: string;
  token: string;
  customerId: number;
  email: string;
  lines: LineFacts[];
  shippingMinor: number;
  cartToken: string | null;
  checkoutToken: string | null;
  discountCodes: AppliedCode[];
  landingSite: string | null;
  attributes: Attribute[];
  acceptsMarketing: boolean;
  financialStatus: FinancialStatus;
  createdAt: Date;
  updatedAt: Date;
  cancelledAt: Date | null;
  refundedMinor: number;
  /** Each refund; an order saved by an earlier version has only their sum. */
  refunds?: Refund[];
};

/** `returnedMinor`: what the pieces that came back were worth. */
export type Refund = { id: number; createdAt: Date; amountMinor: number; returnedMinor: number };

export type RedeemCode = { id: number; code: string; uses: number };

export type Discount = {
  id: number;
  title: string;
  /** Share off, 0 to 1, or an amount off the whole order. */
  value: { percentage: number } | { amountMinor: number };
  minimumMinor: number | null;
  startsAt: Date;
  endsAt: Date | null;
  usageLimit: number | null;
  oncePerCustomer: boolean;
  usedBy: number[];
  combinesWith: { orderDiscounts: boolean; productDiscounts: boolean; shippingDiscounts: boolean };
  tags: string[];
  codes: RedeemCode[];
  createdAt: Date;
  updatedAt: Date;
};

export type BulkCreation = {
  id: number;
  discountId: number;
  codes: { code: string; redeemCodeId: number | null; error: "TAKEN" | "TOO_LONG" | "BLANK" | null }[];
  createdAt: Date;
  /** The codes exist from this moment on. */
  dueAt: Date;
  done: boolean;
};

export type ShopState = ShopFacts & {
  createdAt: Date;
  updatedAt: Date;
  installed: boolean;
  scopes: string[];
  products: ProductFacts[];
  /** A world saved by an earlier version has none; they are made when it is read. */
  collections: Collection[];
  customers: Customer[];
  carts: Cart[];
  checkouts: Checkout[];
  orders: Order[];
  discounts: Discount[];
  bulkCreations: BulkCreation[];
  lastOrderNumber: number;
  /** Customers with a password. */
  accounts?: { customerId: number; salt: string; hash: string }[];
  /** What was written in the contact form, newest last. */
  letters?: { name: string; email: string; body: string; writtenAt: Date }[];
  /** Whether the app's embed stands in the published theme: off until the merchant switches it on. A world saved by an earlier version has none. */
  embed?: "off" | "on";
  /** The app's pixel; a world saved by an earlier version has none. */
  webPixel?: { id: string; settings: Record<string, string> } | null;
};

export type NewShop = Pick<ShopFacts, "domain" | "name" | "email" | "currency" | "timeZone" | "countryCode">;

export const demoShop: NewShop = {
  domain: "comeback-demo.myshopify.com",
  name: "Harbour & Pine",
  email: "hello@harbourandpine.example",
  currency: "GBP",
  timeZone: "Europe/London",
  countryCode: "GB",
};

/** `other-shop.myshopify.com` → `other-shop`. */
export function shopName(domain: string): string {
  return domain.replace(/\.myshopify\.com$/, "");
}

/** A number that is the same for a domain in every world: shop ids and product ids come from it. */
function numberOf(domain: string): number {
  let hash = 0;
  for (const character of domain) hash = (hash * 31 + character.charCodeAt(0)) % 900_000;
  return hash;
}

/** A shop that has just been opened and has not installed the app. */
export function openShop(shop: NewShop, now: Date): ShopState {
  const number = numberOf(shop.domain);
  const id = 60_000_000_000 + number * 1_000;
  const products = catalogue(number * 100_000_000, now);
  return {
    ...shop,
    id,
    createdAt: now,
    updatedAt: now,
    installed: false,
    scopes: [],
    products,
    collections: collectionsOf({ id, products }),
    customers: [],
    carts: [],
    checkouts: [],
    orders: [],
    discounts: [],
    bulkCreations: [],
    lastOrderNumber: 1000,
    embed: "off",
  };
}

export type Shops = ReturnType<typeof shopRegister>;

/** The shops of one world, by domain; the demo shop is always there. */
export function shopRegister(now: () => Date) {
  const shops = new Map<string, ShopState>();
  const open = (shop: NewShop): ShopState => {
    const found = shops.get(shop.domain);
    if (found) return found;
    if (!/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/.test(shop.domain)) throw new Error(`${shop.domain} is not a shop's domain`);
    const made = openShop(shop, now());
    shops.set(shop.domain, made);
    return made;
  };
  open(demoShop);
  return {
    open,
    find: (domain: string): ShopState | undefined => shops.get(domain),
    /** Throws for a shop this world does not have. */
    get: (domain: string): ShopState => {
      const found = shops.get(domain);
      if (!found) throw new Error(`There is no shop ${domain} in this world`);
      return found;
    },
    all: (): ShopState[] => [...shops.values()],
    save: (): string => JSON.stringify([...shops.values()]),
    restore: (saved: string): void => {
      const list = JSON.parse(saved, reviveDates) as ShopState[];
      shops.clear();
      for (const shop of list) {
        // A world saved by an earlier version gets what has come into the catalogue since.
        const known = new Set(shop.products.map(({ handle }) => handle));
        shop.products.push(...openShop(shop, now()).products.filter(({ handle }) => !known.has(handle)));
        // Before they could be changed they were worked out anew at each look.
        if (!Array.isArray(shop.collections)) shop.collections = collectionsOf(shop);
        shops.set(shop.domain, shop);
      }
      open(demoShop);
    },
  };
}

/** Every field whose name ends in `At` is a moment. */
export function reviveDates(key: string, value: unknown): unknown {
  return typeof value === "string" && key.endsWith("At") ? new Date(value) : value;
}
