import { expect, test } from "vitest";
import type { Consent, PixelApi, ShopifyEvent } from "./shopify.ts";
import { start } from "./start.ts";

const yes: Consent = { analyticsProcessingAllowed: true, marketingAllowed: true };
const href = "https://shop.test/?utm_source=news";

/** A browser with the pixel in it: what it hears, what it sends, and what its storage keeps. */
function browser(consent: Consent | null, options: { post?: () => Promise<unknown>; storage?: Map<string, string>; settings?: PixelApi["settings"] } = {}) {
  const heard = new Map<string, (event: ShopifyEvent) => void | Promise<void>>();
  const storage = options.storage ?? new Map<string, string>();
  const sent: { name: string; cart: string | null }[][] = [];
  let due: (() => void)[] = [];
  let decide: (event: { customerPrivacy: Consent }) => void = () => undefined;
  start(
    {
      analytics: { subscribe: (name, callback) => heard.set(name, callback) },
      browser: { sessionStorage: { getItem: async (key) => storage.get(key) ?? null, setItem: async (key, value) => storage.set(key, value) } },
      init: { data: { cart: null, shop: { myshopifyDomain: "a.myshopify.com" } }, customerPrivacy: consent },
      settings: options.settings ?? { accountID: "key", endpoint: "https://app.test/pixel" },
      customerPrivacy: { subscribe: (_name, callback) => (decide = callback) },
    },
    {
      post: async (_url, request) => {
        sent.push((JSON.parse(request.body) as { events: { name: string; cart: string | null }[] }).events);
        return options.post?.();
      },
      later: (work) => due.push(work),
    },
  );
  return {
    storage,
    sent,
    heard,
    see: async (name: string, change: Partial<ShopifyEvent> = {}) => {
      const event = {
        id: "1",
        name,
        clientId: "visitor-1",
        timestamp: "2026-11-21T09:00:00Z",
        context: { document: { location: { href }, referrer: "" } },
        ...change,
      };
      await heard.get(name)?.(event);
    },
    wait: () => {
      const now = due;
      due = [];
      for (const work of now) work();
    },
    decide: (customerPrivacy: Consent) => decide({ customerPrivacy }),
    names: () => sent.flat().map((one) => one.name),
  };
}

test("what happens together leaves together, and how she came is said once", async () => {
  const page = browser(yes);
  await page.see("page_viewed");
  await page.see("comeback:arrived", { customData: { cart: "hWN77vXVzuiaDszY8fXtTfm0?key=x" } });
  await page.see("product_viewed");
  page.wait();
  expect(page.sent).toHaveLength(1);
  expect(page.names()).toEqual(["page.viewed", "landing.arrived", "product.viewed"]);
  expect(page.sent[0]?.[2]?.cart).toBe("hWN77vXVzuiaDszY8fXtTfm0");
  const next = browser(yes, { storage: page.storage });
  await next.see("page_viewed");
  next.wait();
  expect(next.names()).toEqual(["page.viewed"]);
});

test.each<[what: string, consent: Consent | null]>([
  ["nothing was said", null],
  ["counting alone is allowed", { analyticsProcessingAllowed: true, marketingAllowed: false }],
  ["marketing alone is allowed", { analyticsProcessingAllowed: false, marketingAllowed: true }],
])("while %s nothing leaves and nothing is stored", async (_what, consent) => {
  const page = browser(consent);
  await page.see("page_viewed");
  page.wait();
  expect(page.sent).toEqual([]);
  expect(page.storage.size).toBe(0);
});

test("what she saw before she agreed leaves once she agrees, and is forgotten once she refuses", async () => {
  const page = browser(null);
  await page.see("page_viewed");
  page.decide(yes);
  page.wait();
  expect(page.names()).toEqual(["page.viewed", "landing.arrived"]);
  const other = browser(null);
  await other.see("page_viewed");
  other.decide({ analyticsProcessingAllowed: false, marketingAllowed: false });
  other.decide(yes);
  other.wait();
  expect(other.sent).toEqual([]);
});

test("a consent taken back stops what was about to leave", async () => {
  const page = browser(yes);
  await page.see("product_viewed");
  page.decide({ analyticsProcessingAllowed: false, marketingAllowed: false });
  page.wait();
  expect(page.sent).toEqual([]);
});

test.each(["comeback:form_submitted", "comeback:form_abandoned", "payment_info_submitted", "product_added_to_cart", "product_removed_from_cart"])(
  "%s is the last of its page, so it leaves at once and takes along what waits",
  async (name) => {
    const page = browser(yes);
    await page.see("product_viewed");
    expect(page.sent).toEqual([]);
    await page.see(name, { customData: { form: "contact", kind: "contact" } });
    expect(page.sent).toHaveLength(1);
    expect(page.names()[0]).toBe("product.viewed");
    expect(page.names()).toHaveLength(2);
    const other = browser(null);
    await other.see(name);
    expect(other.sent).toEqual([]);
  },
);

test("a server that does not answer is nobody's trouble", async () => {
  const page = browser(yes, { post: () => Promise.reject(new Error("down")) });
  await page.see("product_viewed");
  page.wait();
  await page.see("cart_viewed");
  page.wait();
  expect(page.names()).toEqual(["product.viewed", "cart.viewed"]);
});

test("without its settings the pixel stays still", () => expect(browser(yes, { settings: {} }).heard.size).toBe(0));
