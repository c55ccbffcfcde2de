// Every mail that the flows send by default, in a real browser: nothing for axe to find, and nothing wider than a phone.
import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultSettings, flowKeys, subjects } from "../../app/flows/flow.ts";
import { render } from "../../app/messages/content.ts";
import { sampleFilling } from "../../app/messages/sample.ts";
import { picture } from "../../sandbox/shopify/catalogue.ts";
import { openBrowser, screenshot, type TestBrowser } from "../browser.ts";

const now = new Date("2026-11-21T09:00:00Z");
const shop = {
  name: "Harbour & Pine",
  senderName: null,
  postalAddress: "4 Shore Road, Leith EH6 6RX",
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
let browser: TestBrowser;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  page = await browser.newPage();
  await page.route("https://shop.test/**", (route) => route.fulfill({ contentType: "image/svg+xml", body: picture("salt-glazed-mug") ?? "" }));
});
afterAll(() => browser?.close());

test.each(flowKeys.flatMap((key) => defaultSettings[key].steps.map((step) => [key, step.key, step] as const)))("%s, %s", async (key, stepKey, step) => {
  const about = subjects[key] === "product" ? { kind: "product" as const, product: mug } : { kind: "checkout" as const };
  const { html } = await render(step.content, sampleFilling(shop, about, step.kind === "offer-email" ? step : null, now));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.setContent(html, { waitUntil: "load" });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await page.evaluate(() => [...document.images].every((one) => one.complete && one.naturalWidth > 0))).toBe(true);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })",
  );
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)).toEqual([]);
  await screenshot(page, `mail ${key} ${stepKey}`);
});
