// What people meet outside of the merchant's admin: our public pages, and our mails; and of the merchant's screens, which are looked at where their stories are told, lists
// while they are open. axe must find nothing on any of them.
import type { Locator, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultSettings, flowKeys, subjects } from "../../app/flows/flow.ts";
import { content, render } from "../../app/messages/content.ts";
import { sampleFilling } from "../../app/messages/sample.ts";
import type { Product } from "../../sandbox/product.ts";
import { picture } from "../../sandbox/shopify/catalogue.ts";
import { violationsOf } from "../axe.ts";
import { openBrowser, screenshot, type TestBrowser } from "../browser.ts";
import { screensIn } from "./merchant-stage.ts";
import { openStage, type Stage, until } from "./stage.ts";

let stage: Stage;
let web: Product;
let browser: TestBrowser;
let page: Page;

const shop = "comeback-demo.myshopify.com";
type Letter = { html: string; text: string };
const letters = async (to: string) => (await (await fetch(`${stage.world.url}/mail/api?whole&to=${encodeURIComponent(to)}`)).json()) as Letter[];

beforeAll(async () => {
  stage = await openStage();
  web = await stage.start("web");
  await stage.start("worker");
  browser = await openBrowser();
  page = await browser.newPage();
});

afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

describe("public pages", () => {
  test.each([
    ["/", 200, "Comeback for Shopify"],
    ["/pricing", 200, "Pricing"],
    ["/privacy", 200, "Privacy"],
    ["/terms", 200, "Terms"],
    ["/connect/meta?code=x&state=y", 400, "This connection attempt is not valid"],
    ["/u/1.not-ours", 404, "This link is not valid"],
    ["/c/1.not-ours", 404, "This link is not valid"],
    ["/s/1.not-ours", 404, "This link is not valid"],
  ])("%s answers %i and is clean", async (path, status, heading) => {
    const answer = await page.goto(`${web.url}${path}`);
    expect(answer?.status()).toBe(status);
    expect(await page.getByRole("heading", { level: 1 }).first().textContent()).toContain(heading);
    expect(await violationsOf(page.mainFrame())).toEqual([]);
  });
});

describe("the sender's confirmation", () => {
  test("its mail, the page that asks and the page that thanks are clean", async () => {
    const merchant = await browser.newPage();
    await merchant.goto(`${stage.world.url}/admin/store/comeback-demo/apps/comeback`);
    const app = merchant.frameLocator("iframe");
    await app.getByRole("heading", { name: "Set up Comeback" }).waitFor();
    await stage.rows(
      "UPDATE shop SET sender_name = 'Harbour & Pine', sender_address = 'hello@harbour-pine.test', postal_address = '4 Shore Road, Leith' WHERE domain = $1",
      [shop],
    );
    await merchant.reload();
    await app.getByRole("button", { name: "Say who the mails come from, and confirm the address" }).click();
    await app.getByRole("button", { name: "Send the confirmation mail" }).click();
    const letter = await until("the mail came", async () => (await letters("hello@harbour-pine.test"))[0], 20_000);
    await app.getByText("A mail is on its way to hello@harbour-pine.test.").waitFor();

    await page.setContent(letter.html);
    expect(await violationsOf(page.mainFrame())).toEqual([]);
    await page.goto(/href="([^"]+\/s\/[^"]+)"/.exec(letter.html)?.[1] ?? expect.unreachable());
    expect(await violationsOf(page.mainFrame())).toEqual([]);
    expect(await stage.rows("SELECT 1 FROM shop WHERE sender_confirmed_at IS NOT NULL")).toHaveLength(0);
    await page.getByRole("button", { name: "Yes, this is our address" }).click();
    await page.getByText("The address is confirmed").first().waitFor();
    expect(await violationsOf(page.mainFrame())).toEqual([]);
    expect(await stage.rows("SELECT 1 FROM shop WHERE sender_confirmed_at IS NOT NULL")).toHaveLength(1);
  });
});

describe("a list to choose from, while it is open", () => {
  test("is clean with something chosen, where nothing is found, and while it is still being looked for", async () => {
    const merchant = await browser.newPage();
    const { app, screen, expectAccessible } = screensIn(
      () => merchant,
      () => stage.world,
    );
    const press = (key: string) => merchant.keyboard.press(key);
    const field = (name: string) => app().getByRole("combobox", { name, exact: true });
    const option = (name: string) => app().getByRole("option", { name, exact: true });
    const isChosen = (name: string) => until(`${name} is chosen`, async () => (await option(name).getAttribute("aria-selected")) === "true", 10_000);
    // The field never points at what is not there.
    const pointsAt = (one: Locator) =>
      until("it is pointed at", async () => (await one.getAttribute("id")) === (await app().locator("input[role=combobox]:focus").getAttribute("aria-activedescendant")), 10_000); // prettier-ignore
    const add = async (kind: string) => {
      await app().getByRole("button", { name: "Add a condition", exact: true }).click();
      await app().getByRole("button", { name: kind, exact: true }).click();
    };
    const { products } = stage.world.shopify.shops.get(shop);
    await until("its products are known", async () => (await stage.rows("SELECT 1 FROM product")).length === products.length, 20_000);
    await screen("/app/segments/build", "New segment");
    await add("Did or did not do something");
    await app().getByRole("button", { name: "Narrow it down" }).click();
    await field("Products").focus();
    await option("Bath brush").waitFor();
    await expectAccessible();
    await press("ArrowDown");
    await pointsAt(option("Camp stool"));
    await press("Enter");
    await isChosen("Camp stool");
    await option("Enamel flask").click();
    await isChosen("Enamel flask");
    expect(await app().getByRole("listbox").getAttribute("aria-multiselectable")).toBe("true");
    await expectAccessible();
    await screenshot(merchant, "choices-open");
    await merchant.keyboard.type("zzz");
    await pointsAt(option('None has "zzz" in its name.'));
    await expectAccessible();
    await press("Escape");

    await stage.rows(
      "INSERT INTO product (shop_id, product_id, title, vendor) SELECT id, (7000000 + n)::text, 'Item ' || n, '' FROM shop, generate_series(1, 200) n",
    );
    await screen("/app/segments/build", "New segment");
    await add("Did or did not do something");
    await app().getByRole("button", { name: "Narrow it down" }).click();
    await field("Products").focus();
    await app().getByText("The first 100 of many: type a part of the name").first().waitFor();
    await expectAccessible();
    await press("ArrowDown");
    const asked = Promise.withResolvers<Route>();
    await merchant.route((url) => url.pathname.startsWith("/app/segments/build"), (route) => (asked.resolve(route), undefined)); // prettier-ignore
    await merchant.keyboard.type("item 17");
    await asked.promise;
    await pointsAt(option("Looking…"));
    await expectAccessible();
    await merchant.close();
  });

  test("so is one of countries", async () => {
    const merchant = await browser.newPage();
    const { app, screen, expectAccessible } = screensIn(
      () => merchant,
      () => stage.world,
    );
    await screen("/app/segments/build", "New segment");
    await app().getByRole("button", { name: "Add a condition", exact: true }).click();
    await app().getByRole("button", { name: "Country", exact: true }).click();
    await app().getByRole("combobox", { name: "Countries", exact: true }).focus();
    await merchant.keyboard.type("new zea");
    await app().getByRole("option", { name: "New Zealand" }).waitFor();
    await expectAccessible();
    await merchant.keyboard.type("atlantis");
    await app().getByText('None has "new zeaatlantis" in its name.').first().waitFor();
    await expectAccessible();
    await merchant.close();
  });
});

describe("mails", () => {
  const sample = {
    name: "Harbour & Pine",
    senderName: "Harbour & Pine",
    postalAddress: "4 Shore Road, Leith",
    currency: "GBP",
    timezone: "Europe/London",
    storefrontHost: "shop.test",
    domain: "harbour-pine.myshopify.com",
  };
  const mug = {
    productId: "7",
    title: "Salt-glazed mug",
    url: "https://shop.test/products/salt-glazed-mug",
    imageUrl: "https://shop.test/pictures/salt-glazed-mug.svg",
    priceMinor: 1850,
    priceVaries: true,
    currency: "GBP",
  };
  const steps = flowKeys.flatMap((flow) => defaultSettings[flow].steps.map((step) => [flow, step.key, step] as const));
  test.each(steps)("%s, %s: whole, no wider than a phone, and clean in light and dark", async (flow, key, step) => {
    const phone = await browser.newPage();
    await phone.setViewportSize({ width: 390, height: 844 });
    await phone.route("https://shop.test/**", (route) => route.fulfill({ contentType: "image/svg+xml", body: picture("salt-glazed-mug") ?? "" }));
    const offer = step.kind === "offer-email" ? { percent: step.percent, validDays: step.validDays } : null;
    const about = subjects[flow] === "product" ? { kind: "product" as const, product: mug } : { kind: "checkout" as const };
    const { html } = await render(content.parse(step.content), sampleFilling(sample, about, offer, new Date("2026-11-25T09:00:00Z")));
    for (const colorScheme of ["light", "dark"] as const) {
      await phone.emulateMedia({ colorScheme });
      await phone.setContent(html, { waitUntil: "load" });
      expect(await phone.evaluate(() => [...document.images].every((one) => one.complete && one.naturalWidth > 0))).toBe(true);
      expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      expect(await violationsOf(phone.mainFrame())).toEqual([]);
    }
    await screenshot(phone, `mail ${flow} ${key}`);
    await phone.close();
  });
});
