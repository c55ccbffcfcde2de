// Every page of the storefront, in a real browser: pictures for people, axe for the rest.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorld, type World } from "../../sandbox/world.ts";
import { violationsOf } from "../axe.ts";
import { openBrowser, screenshot, type TestBrowser } from "../browser.ts";

let world: World;
let browser: TestBrowser;
let page: Page;

const shop = (path = "") => `${world.url}/shop/comeback-demo/${path}`;

beforeAll(async () => {
  // Nobody needs the product to look at a shop: its webhooks go nowhere.
  world = await startWorld({ appUrl: "http://127.0.0.1:9" });
  browser = await openBrowser();
  page = await browser.newPage();
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

describe("every page of the shop", () => {
  test("is one that a keyboard and a screen reader can use, on a desk and on a phone", { timeout: 240_000 }, async () => {
    const found: string[] = [];
    const judge = async (name: string) => {
      for (const one of await violationsOf(page.mainFrame())) found.push(`${name}: ${one}`);
      await screenshot(page, `storefront ${name}`);
    };
    await page.goto(shop());
    await judge("banner");
    await page.getByRole("button", { name: "Decline" }).click();
    const pages: [string, string][] = [
      ...([
        ["home", ""],
        ["collection", "collections/kitchen"],
        ["paging", "collections/all?page=2"],
        ["search", "search?q=wool"],
      ] as [string, string][]),
      ...([
        ["nothing found", "search?q=zeppelin"],
        ["product", "products/tea-towels"],
        ["contact", "contact"],
        ["policy", "policies/privacy-policy"],
      ] as [string, string][]),
      ...([
        ["login", "account/login"],
        ["register", "account/register"],
        ["not found", "nowhere"],
        ["empty cart", "cart"],
      ] as [string, string][]),
    ];
    for (const [name, path] of pages) {
      await page.goto(shop(path));
      await judge(name);
    }
    await page.goto(shop("products/oilskin-jacket"));
    await page.getByRole("button", { name: "Add to cart" }).click();
    await page.getByRole("heading", { name: "In your cart" }).waitFor();
    await judge("added");
    await page.getByRole("link", { name: "View cart" }).click();
    await page.waitForURL(/cart$/);
    await judge("cart");
    await page.getByRole("button", { name: "Check out" }).click();
    await page.getByLabel("Email", { exact: true }).waitFor();
    await judge("checkout");
    await page.getByLabel("Email", { exact: true }).fill("bea@example.com");
    await page.getByLabel("First name").fill("Bea");
    await page.getByLabel("Last name").fill("Lund");
    await page.getByRole("button", { name: /Continue with/ }).click();
    await page.getByRole("button", { name: "Pay now" }).waitFor();
    await judge("payment");
    await page.getByRole("button", { name: "Pay now" }).click();
    await page.getByRole("heading", { name: "Thank you, Bea" }).waitFor();
    await judge("thank you");
    await page.goto(shop("account/register"));
    await page.getByLabel("Email", { exact: true }).fill("bea@example.com");
    await page.getByLabel("Password").fill("harbour");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("#1001").waitFor();
    await judge("account");
    await page.setViewportSize({ width: 390, height: 844 });
    for (const [name, path] of [
      ["home on a phone", ""],
      ["product on a phone", "products/oak-board"],
      ["collection on a phone", "collections/wear"],
    ] as const) {
      await page.goto(shop(path));
      await judge(name);
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    }
    expect(found).toEqual([]);
  });
});
