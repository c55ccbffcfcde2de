// What no webhook told: a shop with years behind it installs the app, webhooks are lost, and the worker is killed in the middle of it all.
import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { idFor } from "../../sandbox/shopify/ids.ts";
import type { Product } from "../../sandbox/product.ts";
import { violationsOf } from "../axe.ts";
import { openBrowser, screenshot, type TestBrowser } from "../browser.ts";
import { openStage, type Stage, until } from "./stage.ts";

const patience = 40_000;
const people = 1500;
const domain = "comeback-demo.myshopify.com";
let stage: Stage;
let worker: Product;
let browser: TestBrowser;
let page: Page;
let app: FrameLocator;

const admin = (path: string) => `${stage.world.url}/admin/store/comeback-demo/apps/comeback${path}`;
const shop = () => stage.world.shopify.shops.get(domain);
const number = async (sql: string) => Number((await stage.rows<{ count: string }>(`SELECT count(*) FROM ${sql}`))[0]?.count);
const appFrame = () => page.frames().find((frame) => frame !== page.mainFrame()) ?? expect.unreachable();

beforeAll(async () => {
  stage = await openStage();
  const now = stage.world.clock.now().getTime();
  for (let index = 0; index < people; index += 1) {
    const at = new Date(now - (index % 40) * 86_400_000 - 7_200_000);
    const customer = {
      ...{ id: idFor(`past ${index}`), email: `past-${index}@example.com`, firstName: "Ada", lastName: `No ${index}`, country: "GB", phone: null },
      ...{ createdAt: at, updatedAt: at, dataSaleOptOut: false },
      emailMarketing: { state: "subscribed" as const, optInLevel: "single_opt_in" as const, updatedAt: at },
    };
    shop().customers.push(customer);
    shop().orders.push({
      ...{ id: idFor(`past order ${index}`), name: `#${5000 + index}`, token: "t", customerId: customer.id, email: customer.email },
      lines: [{ id: idFor(`past line ${index}`), variantId: 31, productId: 21, sku: "S", title: "Mug", quantity: 1, priceMinor: 1850 }],
      ...{ shippingMinor: 395, cartToken: null, checkoutToken: null, discountCodes: [], landingSite: null, attributes: [], acceptsMarketing: false },
      ...{ financialStatus: "paid", createdAt: at, updatedAt: at, cancelledAt: null, refundedMinor: 0, refunds: [] },
    });
  }
  await stage.start("web");
  worker = await stage.start("worker");
  browser = await openBrowser();
  page = await browser.newPage();
  app = page.frameLocator("iframe");
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

test("installing reads the past, though the worker is killed in the middle, and nobody hears of it", async () => {
  await page.goto(admin("/app/settings"));
  await app.getByRole("heading", { name: "Your shop's past" }).waitFor();
  await app.getByRole("heading", { name: "Your shop's past" }).scrollIntoViewIfNeeded();
  await until("some of it is read", async () => (await stage.rows("SELECT 1 FROM past_file WHERE lines_done > 0 AND state <> 'done'"))[0], patience, 5);
  await worker.kill9();
  const half = await number("placed_order");
  await app.getByText("% read.", { exact: false }).first().waitFor();
  await screenshot(page, "settings while the past is read");
  worker = await stage.start("worker");
  // Whoever was killed lets go of its file after two minutes.
  expect(stage.world.clock.move({ advance: "PT3M" })).toMatchObject({ ok: true });
  await until("all of it is read", async () => (await number("past_file WHERE state = 'done'")) === 3, patience);
  await until("all of it is worked through", async () => (await number("placed_order")) === people, patience);
  expect(half).toBeLessThan(people);
  expect(await number("profile WHERE merged_into IS NULL")).toBe(people);
  expect(await number("consent_record WHERE source = 'shopify' AND state = 'single'")).toBe(people);
  expect(await number("membership WHERE segment_key = 'past-purchasers'")).toBe(people);
  expect([await number("message"), await number("flow_run"), stage.world.mail.mailbox.list().length]).toEqual([0, 0, 0]);
});

test("what webhooks lose is found by a click, and both screens say so", async () => {
  await stage.world.shopify.store.customers.remember(shop(), { email: "lost@example.com", firstName: "Grace" });
  stage.world.shopify.sender.misbehave(100, { drop: true });
  const cart = await stage.world.shopify.store.createCart(shop(), [{ variantId: shop().products[0]?.variants[0]?.id ?? 0, quantity: 1 }], null);
  const checkout = await stage.world.shopify.store.startCheckout(shop(), cart);
  await stage.world.shopify.store.fillCheckout(shop(), checkout, { email: "lost@example.com", firstName: "Grace", lastName: "Hill" });
  await stage.world.shopify.store.pay(shop(), checkout);
  stage.world.shopify.sender.misbehave(0, {});
  // Somebody took the pixel away, too.
  shop().webPixel = null;
  stage.world.clock.move({ advance: "PT10M" });

  await page.goto(admin("/app/settings"));
  await app.getByText("1,500 read, finished on", { exact: false }).first().waitFor();
  await app.getByRole("button", { name: "Compare with Shopify now" }).click();
  await app.getByText("Found and added: ", { exact: false }).waitFor({ timeout: patience });
  expect(await number(`placed_order WHERE checkout_token = '${checkout.token}'`)).toBe(1);
  await screenshot(page, "settings after a comparison");
  expect(await violationsOf(appFrame())).toEqual([]);
  await until("the pixel is back", async () => shop().webPixel ?? false, patience);

  await page.goto(admin("/app"));
  await app.getByText("Some were lost").waitFor();
  await screenshot(page, "home after webhooks were lost");
  expect(await violationsOf(appFrame())).toEqual([]);
});
