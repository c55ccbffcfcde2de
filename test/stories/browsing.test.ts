// The pixel and the theme's embed for real: in browsers, on a storefront, before and after people say yes or no.
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startProduct, type Product } from "../../sandbox/product.ts";
import { violationsOf } from "../axe.ts";
import { openBrowser, screenshot, type TestBrowser } from "../browser.ts";
import { openStage, type Stage, until } from "./stage.ts";

const patience = 30_000;
let stage: Stage;
let product: Product;
let browser: TestBrowser;
let merchant: Page;
let shopper: Shopper;

type Seen = { name: string; subject: string | null; data: Record<string, unknown>; occurred_at: Date };

/** Somebody new, with what her browser sent to the app. */
type Shopper = { context: BrowserContext; page: Page; sent: string[] };

const shop = (path = "") => `${stage.world.url}/shop/comeback-demo/${path}`;

async function somebody(): Promise<Shopper> {
  const context = await browser.newContext();
  const sent: string[] = [];
  context.on("request", (request) => {
    if (request.url().startsWith(stage.world.frameUrl)) sent.push(request.url());
  });
  return { context, page: await context.newPage(), sent };
}

/** Her browser's name with the shop, once there is one. */
async function visitorOf({ context }: Shopper): Promise<string | null> {
  return (await context.cookies()).find(({ name }) => name === "_shopify_analytics")?.value ?? null;
}

/** What the product's log holds of her, in the order it happened. */
async function seen(who: Shopper): Promise<Seen[]> {
  const visitor = await visitorOf(who);
  return stage.rows<Seen>("SELECT name, subject, data, occurred_at FROM event WHERE subject = $1 ORDER BY occurred_at, seq", [
    `visitor:${visitor ?? "nobody"}`,
  ]);
}

const hasSeen = (who: Shopper, name: string, match: Record<string, unknown> = {}) =>
  until(
    `${name} ${JSON.stringify(match)} is in the log`,
    async () => (await seen(who)).find((one) => one.name === name && Object.entries(match).every(([key, value]) => one.data[key] === value)),
    patience,
  );

/** Long enough for whatever would leave to have left, and been kept. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 1500));

async function addToCart(page: Page, handle: string): Promise<void> {
  await page.goto(shop(`products/${handle}`));
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.getByRole("heading", { name: "In your cart" }).waitFor();
}

beforeAll(async () => {
  stage = await openStage();
  product = await startProduct({ databaseUrl: stage.databaseUrl, world: stage.world, env: { SWEEP_EVERY_SECONDS: "0.5", LOG_LEVEL: "info" } });
  browser = await openBrowser();
  merchant = await browser.newPage();
  await merchant.goto(`${stage.world.url}/admin/store/comeback-demo/apps/comeback`);
  await merchant.frameLocator("iframe").getByRole("heading", { name: "Home", exact: true }).first().waitFor();
  await until("the pixel is there", async () => stage.world.shopify.shops.get("comeback-demo.myshopify.com").webPixel, patience);
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail" && shopper) await screenshot(shopper.page, `failed ${task.name}`);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  await stage?.close();
});

describe("before a word is said, and after a no", () => {
  test("in the United Kingdom nothing leaves a browser that has not been asked, nor one that declined", async () => {
    shopper = await somebody();
    const { page, sent, context } = shopper;
    await page.goto(shop("?utm_source=letter"));
    await page.getByRole("heading", { name: "Cookies, if you like" }).waitFor();
    await addToCart(page, "tide-clock");
    await screenshot(page, "storefront added before consent");
    await aWhile();
    expect(page.workers()).toEqual([]);
    await page.goto(shop());
    await page.getByRole("button", { name: "Decline" }).click();
    await page.goto(shop("products/pine-candle"));
    expect(await page.getByRole("heading", { name: "Cookies, if you like" }).count()).toBe(0);
    await page.goto(shop("contact"));
    await page.getByLabel("Message").fill("Do you mend jumpers?");
    await page.goto(shop("cart"));
    await aWhile();
    expect(sent).toEqual([]);
    expect(page.workers()).toEqual([]);
    expect(await stage.rows("SELECT name FROM event WHERE subject LIKE 'visitor:%'")).toEqual([]);
    const names = (await context.cookies()).map(({ name }) => name).sort();
    expect(names).toEqual(["_tracking_consent", "cart", "landing"]);
    expect(await page.evaluate("[localStorage.length, sessionStorage.length]")).toEqual([0, 0]);
  });
});

describe("after a yes", () => {
  test("what she saw before is told as it was, and everything after it follows", async () => {
    shopper = await somebody();
    const { page, sent } = shopper;
    await page.goto(shop("?utm_source=letter&utm_medium=email"));
    await page.getByRole("heading", { name: "Cookies, if you like" }).waitFor();
    await aWhile();
    expect(sent).toEqual([]);
    const asked = stage.world.context.now();
    await page.getByRole("button", { name: "Accept" }).click();
    const first = await hasSeen(shopper, "page.viewed", { path: "/" });
    expect(first.occurred_at.getTime()).toBeLessThan(asked.getTime());
    expect(await hasSeen(shopper, "landing.arrived")).toMatchObject({ data: { source: "letter", medium: "email" } });
    // The sandbox is as strict as Shopify's: it can call out, and it sees nothing of the page.
    const inside = ["document", "window", "XMLHttpRequest", "importScripts", "indexedDB", "WebSocket", "fetch"].map((name) => `typeof ${name}`);
    expect(await page.workers()[0]?.evaluate(`[${inside.join()}]`)).toEqual([...Array.from({ length: 6 }, () => "undefined"), "function"]);
    // The same listening that heard nothing of the one who declined.
    expect(sent.length).toBeGreaterThan(0);
    expect(new Set(sent)).toEqual(new Set([`${stage.world.frameUrl}/pixel`]));
  });

  test("collection, search, product, cart", async () => {
    const { page } = shopper;
    await page.goto(shop("collections/living"));
    await hasSeen(shopper, "collection.viewed");
    await page.getByLabel("Search the shop").fill("wool");
    await page.getByRole("button", { name: "Search" }).first().click();
    await hasSeen(shopper, "search.submitted", { query: "wool" });
    await addToCart(page, "fishermans-jumper");
    await hasSeen(shopper, "product.viewed", { vendor: "Harbour & Pine", priceMinor: 11500, currency: "GBP" });
    await hasSeen(shopper, "product.added-to-cart", { quantity: 1, priceMinor: 11500 });
    await page.getByRole("link", { name: "View cart" }).click();
    await hasSeen(shopper, "cart.viewed", { quantity: 1 });
    await addToCart(page, "wool-socks");
    await page.goto(shop("cart"));
    await page.getByRole("link", { name: /Remove Wool socks/ }).click();
    await hasSeen(shopper, "product.removed-from-cart", { quantity: 1, priceMinor: 1700 });
  });

  test("every step of the checkout, and none of what she types", async () => {
    const { page } = shopper;
    await page.goto(shop("cart"));
    await page.getByRole("button", { name: "Check out" }).click();
    await hasSeen(shopper, "checkout.step", { step: "started" });
    await page.getByLabel("Email", { exact: true }).fill("mira@example.com");
    await page.getByLabel("First name").fill("Mira");
    await page.getByLabel("Last name").fill("Okafor");
    await page.getByRole("button", { name: /Continue with/ }).click();
    await hasSeen(shopper, "checkout.step", { step: "contact" });
    await hasSeen(shopper, "checkout.step", { step: "address" });
    await page.getByRole("button", { name: "Pay now" }).click();
    await page.getByRole("heading", { name: "Thank you, Mira" }).waitFor();
    for (const step of ["shipping", "payment", "completed"]) await hasSeen(shopper, "checkout.step", { step });
    const all = await seen(shopper);
    expect(all.flatMap(({ name, data }) => (name === "checkout.step" ? [data["step"]] : []))).toEqual([
      ...["started", "contact", "address", "shipping", "payment", "completed"],
    ]);
    expect(JSON.stringify(all)).not.toMatch(/mira|okafor/i);
  });
});

describe("the theme's embed", () => {
  test("is off after the install, and tells nothing of forms", async () => {
    const { page } = shopper;
    await page.goto(shop("contact"));
    await page.getByLabel("Message").fill("Hello");
    await page.goto(shop());
    await aWhile();
    expect((await seen(shopper)).filter(({ name }) => name.startsWith("form."))).toEqual([]);
  });

  test("is switched on in the theme editor, by the link on Home", async () => {
    const home = merchant.frameLocator("iframe");
    await home.locator("a[href*='themes/current/editor']").first().click();
    await merchant.waitForURL(/\/admin\/store\/comeback-demo\/themes\/current\/editor\?.*activateAppId=/);
    expect(await merchant.getByRole("switch", { name: /Comeback/ }).isChecked()).toBe(true);
    expect(await violationsOf(merchant.mainFrame())).toEqual([]);
    await screenshot(merchant, "theme editor");
    await merchant.getByRole("button", { name: "Save" }).click();
    await merchant.getByText("Saved").waitFor();
    expect(stage.world.shopify.shops.get("comeback-demo.myshopify.com").embed).toBe("on");
  });

  test("a form that is begun, left, and sent", async () => {
    const { page } = shopper;
    await page.goto(shop("contact"));
    await page.getByLabel("Message").fill("Do you mend jumpers?");
    await hasSeen(shopper, "form.started", { kind: "contact", path: "/contact" });
    await page.getByRole("link", { name: "Kitchen & table" }).first().click();
    await page.getByRole("heading", { name: "Kitchen & table", exact: true }).waitFor();
    await hasSeen(shopper, "form.abandoned", { kind: "contact", path: "/contact" });
    await page.getByLabel("Email for the newsletter").fill("mira@example.com");
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.getByText("The next letter is yours").waitFor();
    await hasSeen(shopper, "form.submitted", { kind: "newsletter", form: "newsletter-form" });
    expect(JSON.stringify(await seen(shopper))).not.toMatch(/mira@|mend jumpers/);
  });

  test("carries the cart to the pixel, without its secret", async () => {
    await addToCart(shopper.page, "sea-soap");
    await shopper.page.goto(shop());
    const cart = (await shopper.context.cookies()).find(({ name }) => name === "cart");
    const [token, secret] = decodeURIComponent(cart?.value ?? "").split("?key=");
    await hasSeen(shopper, "page.viewed", { cartToken: token });
    expect(secret).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.stringify(await seen(shopper))).not.toContain(secret);
  });

  test("goes with the app, and so does the pixel", async () => {
    const other = await somebody();
    await other.page.goto(shop());
    await other.page.getByRole("button", { name: "Accept" }).click();
    await hasSeen(other, "page.viewed");
    const before = other.sent.length;
    await stage.world.shopify.uninstall(stage.world.shopify.shops.get("comeback-demo.myshopify.com"));
    await other.page.goto(shop("products/oak-board"));
    await aWhile();
    expect(other.page.workers()).toEqual([]);
    expect(other.sent.length).toBe(before);
    expect(await other.page.locator("script[src*='comeback.js']").count()).toBe(0);
    // And comes back with the next install.
    await merchant.goto(`${stage.world.url}/admin/store/comeback-demo/apps/comeback`);
    await merchant.frameLocator("iframe").getByRole("heading", { name: "Home", exact: true }).first().waitFor();
    await until("the pixel is there again", async () => stage.world.shopify.shops.get("comeback-demo.myshopify.com").webPixel, patience);
    await other.context.close();
  });
});

describe("the Customer Privacy API", () => {
  test("answers as documented, refuses what it does not know, and tells of a decision", async () => {
    shopper = await somebody();
    const { page } = shopper;
    await page.goto(shop());
    const ask = (script: string) => page.evaluate(`(async () => { const p = window.Shopify.customerPrivacy; ${script} })()`);
    const load = (name: string, version: string) =>
      ask(`return new Promise((done) => Shopify.loadFeatures([{ name: "${name}", version: "${version}" }], (error) => done(Boolean(error))))`);
    expect(await ask("return p === undefined")).toBe(true);
    expect([await load("consent-tracking-api", "9"), await load("shop-js", "0.1"), await load("consent-tracking-api", "0.1")]).toEqual([true, true, false]);
    const answers =
      "[p.analyticsProcessingAllowed(), p.marketingAllowed(), p.preferencesProcessingAllowed(), p.saleOfDataAllowed(), p.shouldShowBanner(), p.getRegion()]";
    expect(await ask(`return ${answers}`)).toEqual([false, false, false, false, true, "GBENG"]);
    expect(await ask("return p.currentVisitorConsent()")).toEqual({ analytics: "", marketing: "", preferences: "", sale_of_data: "" });
    const set = (wish: string) => `await new Promise((done) => p.setTrackingConsent(${wish}, done))`;
    expect(await ask(`return ${set('{ analytics: "yes" }')}`)).toMatchObject({ error: expect.stringContaining("booleans") as string });
    expect(
      await ask(`let heard; document.addEventListener("visitorConsentCollected", ({ detail }) => (heard = detail), { once: true });
        ${set("{ analytics: true, marketing: false, preferences: true, sale_of_data: false }")}; return heard;`),
    ).toMatchObject({ analyticsAllowed: true, marketingAllowed: false, preferencesAllowed: true, saleOfDataAllowed: false, firstPartyMarketingAllowed: false });
    // It is remembered, and half a yes is not enough for the pixel.
    await page.reload();
    await load("consent-tracking-api", "0.1");
    expect(await ask(`return ${answers}`)).toEqual([true, false, true, false, false, "GBENG"]);
    await aWhile();
    expect([page.workers().length, shopper.sent.length]).toEqual([0, 0]);
  });
});

describe("elsewhere", () => {
  test("in New York she is counted without being asked, until she says no", async () => {
    shopper = await somebody();
    const { page } = shopper;
    await page.goto(shop());
    await page.getByLabel("Pretend to be in").selectOption("United States, New York");
    await page.getByRole("button", { name: "Go there" }).click();
    await hasSeen(shopper, "page.viewed");
    expect(await page.getByRole("heading", { name: "Cookies, if you like" }).count()).toBe(0);
    await page.getByRole("button", { name: "Cookie preferences" }).click();
    await screenshot(page, "storefront preferences");
    expect(await violationsOf(page.mainFrame())).toEqual([]);
    await page.getByLabel("Marketing").uncheck();
    await page.getByRole("button", { name: "Save my choices" }).click();
    const before = shopper.sent.length;
    await page.goto(shop("products/oak-board"));
    await aWhile();
    expect(shopper.sent.length).toBe(before);
  });

  test("in California the sale alone can be refused, and that is enough", async () => {
    shopper = await somebody();
    const { page } = shopper;
    await page.goto(shop());
    await page.getByLabel("Pretend to be in").selectOption("United States, California");
    await page.getByRole("button", { name: "Go there" }).click();
    await hasSeen(shopper, "page.viewed");
    await page.getByRole("button", { name: "Do not sell or share my information" }).click();
    await page.getByLabel("Do not sell or share my personal information").check();
    await page.getByRole("button", { name: "Save my choices" }).click();
    const allowed = await page.evaluate(
      `new Promise((done) => Shopify.loadFeatures([{ name: "consent-tracking-api", version: "0.1" }], () =>
        done([Shopify.customerPrivacy.analyticsProcessingAllowed(), Shopify.customerPrivacy.saleOfDataAllowed()])))`,
    );
    expect(allowed).toEqual([true, false]);
    const before = shopper.sent.length;
    await page.goto(shop("products/oak-board"));
    await aWhile();
    expect(shopper.sent.length).toBe(before);
  });
});
