// A look, in a real browser: whom the shop knows looks at a product, goes away, is written to about it once, and comes back by the mail's own link.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Product } from "../../sandbox/product.ts";
import { startProduct } from "../../sandbox/product.ts";
import { openLetter } from "../../sandbox/mail/mailbox.ts";
import { merchantOf } from "../../sandbox/simulator/merchant.ts";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { violationsOf } from "../axe.ts";
import { openBrowser, screenshot, type TestBrowser } from "../browser.ts";
import { openStage, until, type Stage } from "./stage.ts";

const shopper = "ines@example.com";
let stage: Stage;
let product: Product;
let browser: TestBrowser;
let visitor: Page;

const page = (path: string) => visitor.goto(`${stage.world.url}/shop/comeback-demo/${path}`);
/** Lets time pass for everybody. */
async function pass(duration: string): Promise<void> {
  stage.world.clock.move({ advance: duration });
  await new Promise((resolve) => setTimeout(resolve, 60));
}
const letters = () => Promise.all(stage.world.mail.mailbox.list(shopper).map(openLetter));
const looks = async () => (await stage.rows<{ n: number }>("SELECT count(*)::int AS n FROM event WHERE name = 'product.viewed'"))[0]?.n ?? 0;

async function look(handle: string): Promise<void> {
  const before = await looks();
  await page(`products/${handle}`);
  await until("the look is in the log", async () => (await looks()) > before, 20_000);
  await visitor.goto("about:blank");
}

beforeAll(async () => {
  stage = await openStage();
  product = await startProduct({ databaseUrl: stage.databaseUrl, world: stage.world, env: { SWEEP_EVERY_SECONDS: "0.5", LOG_LEVEL: "info" } });
  stage.world.setAppUrl(product.url);
  const merchant = merchantOf({ world: stage.world, appUrl: product.url, shop: demoShop.domain });
  await merchant.open();
  await merchant.embedOn();
  await merchant.shopHoldout(0);
  await merchant.switchOn({ flowKey: "browse-abandonment", flowHoldout: 0 });
  await until("the pixel", () => Promise.resolve(stage.world.shopify.shops.get(demoShop.domain).webPixel), 20_000);
  browser = await openBrowser();
  visitor = await (await browser.newContext()).newPage();
}, 120_000);

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await screenshot(visitor, `failed ${task.name}`);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  await stage?.close();
});

test("she agrees to be counted, and leaves her address in a checkout that she does not finish", async () => {
  await page("");
  await visitor.getByRole("button", { name: "Accept" }).first().click();
  await page("products/sea-soap");
  await visitor.getByRole("button", { name: "Add to cart" }).click();
  await visitor.getByRole("heading", { name: "In your cart" }).waitFor();
  await page("cart");
  await visitor.getByRole("button", { name: "Check out" }).click();
  await visitor.getByLabel("Email", { exact: true }).fill(shopper);
  await visitor.getByLabel("Email me with news and offers").check();
  await visitor.getByLabel("First name").fill("Ines");
  await visitor.getByLabel("Last name").fill("Duarte");
  await visitor.getByRole("button", { name: /Continue with/ }).click();
  await visitor.getByRole("button", { name: "Pay now" }).waitFor();
  await visitor.goto("about:blank");
});

test("two days later she looks at a candle and a lantern, and is written to about the lantern after four hours, not before", async () => {
  await pass("P2D");
  await look("pine-candle");
  await look("storm-lantern");
  await pass("PT3H");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await letters()).toEqual([]);
  await pass("PT90M");
  const [letter] = await until("the mail", async () => ((await letters()).length > 0 ? letters() : null), 30_000);
  expect(letter?.text).toContain("Storm lantern");
  expect(letter?.text).toContain("£54.00");
  expect(letter?.text).not.toContain("Pine resin candle");
  const inbox = await visitor.context().newPage();
  const [kept] = stage.world.mail.mailbox.list(shopper);
  await inbox.goto(`${stage.world.url}/mail/${kept?.id ?? ""}`);
  await screenshot(inbox, "browse-mail");
  expect(await violationsOf(inbox.mainFrame())).toEqual([]);
  await inbox.close();
});

test("its link leads to the lantern, as a click of a person", async () => {
  await pass("PT20M");
  const [letter] = await letters();
  const link = /href="([^"]*\/c\/[^"]+)"/.exec(letter?.html ?? "")?.[1] ?? expect.unreachable();
  await visitor.goto(link);
  await visitor.getByRole("heading", { name: "Storm lantern" }).first().waitFor();
  expect(new URL(visitor.url()).pathname).toMatch(/\/products\/storm-lantern$/);
  await until(
    "the click is kept",
    async () => (await stage.rows("SELECT 1 FROM event WHERE name = 'message.clicked' AND data->>'by' = 'human'")).length === 1,
    20_000,
  );
});

test("she looks again at this and that, and hears nothing more of it for two weeks", async () => {
  await look("sea-soap");
  await pass("P3D");
  await look("storm-lantern");
  for (let day = 0; day < 10; day += 1) {
    await pass("P1D");
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
  expect(await letters()).toHaveLength(1);
}, 60_000);
