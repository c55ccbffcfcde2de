// The main job, in a real browser against the running product: a checkout is left, mailed, clicked, paid, and the money is on the screen.
import { createHash } from "node:crypto";
import AxeBuilder from "@axe-core/playwright";
import type { BrowserContext, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startProduct, type Product } from "../../sandbox/product.ts";
import { startWorld, type World } from "../../sandbox/world.ts";
import { openBrowser, screenshot, type TestBrowser } from "../browser.ts";
import { freshDatabase, type FreshDatabase } from "../database.ts";

const shopper = "mira@example.com";
let database: FreshDatabase;
let world: World;
let product: Product;
let browser: TestBrowser;
let merchant: Page;
let visitor: Page;
let visitorContext: BrowserContext;

const app = (): FrameLocator => merchant.frameLocator("iframe");

/** Opens a screen of the app as Shopify does: through the admin around it. */
async function screen(path: string, heading: string): Promise<void> {
  await merchant.goto(`${world.url}/admin/store/comeback-demo/apps/comeback${path}`);
  await app().getByRole("heading", { name: heading, exact: true }).first().waitFor();
}

async function until<Value>(what: string, look: () => Promise<Value | null | undefined | false>, seconds = 60): Promise<Value> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`It did not happen in ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

type Letter = { id: string; subject: string; to: string[]; html: string };
async function letters(to: string): Promise<Letter[]> {
  return (await fetch(`${world.url}/mail/api?whole&to=${encodeURIComponent(to)}`)).json() as Promise<Letter[]>;
}

async function isAtMeta(email: string): Promise<boolean> {
  const state = await (await fetch(`${world.url}/meta/api`)).text();
  return state.includes(createHash("sha256").update(email).digest("hex"));
}

/** axe on the screen as it stands; the stand-in admin around it is not ours to judge. */
async function expectAccessible(page: Page, inFrame: boolean): Promise<void> {
  const builder = new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa"]);
  const { violations } = await (inFrame ? builder.include([["iframe", "body"]] as never) : builder).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
}

beforeAll(async () => {
  database = await freshDatabase();
  world = await startWorld({ appUrl: "http://127.0.0.1:9" });
  product = await startProduct({ databaseUrl: database.url, world, env: { SWEEP_EVERY_SECONDS: "0.5", LOG_LEVEL: "info" } });
  world.setAppUrl(product.url);
  browser = await openBrowser();
  merchant = await browser.newPage();
  visitorContext = await browser.newContext();
  visitor = await visitorContext.newPage();
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  await world?.close();
  await database?.close();
});

describe("the main job", () => {
  test("the app opens in the admin, says what is missing, and the flow is off", async () => {
    await screen("/app", "Home");
    await app().getByText("0 of 4 done").waitFor();
    await expectAccessible(merchant, true);
    await screen("/app/flow", "Abandoned checkout");
    expect(await app().getByRole("button", { name: "Switch on" }).isDisabled()).toBe(true);
    await expectAccessible(merchant, true);
  });

  test("the merchant says who she is, sends herself a test mail and switches the flow on", async () => {
    await app().getByLabel("Sender name").fill("Harbour & Pine");
    await app().getByLabel("Sender address").fill("hello@harbour-pine.test");
    await app().getByLabel("Postal address").fill("4 Shore Road, Leith EH6 6RX");
    await app().getByRole("button", { name: "Save sender" }).click();
    await app().getByText("Send yourself a test mail").first().waitFor();
    await app().getByLabel("Send the test to").fill("merchant@harbour-pine.test");
    await app().getByRole("button", { name: "Send test mail" }).click();
    await until("the test mail", async () => (await letters("merchant@harbour-pine.test")).length === 1);
    await app().getByText(/Last sent to merchant@harbour-pine.test/).waitFor();
    await app().getByLabel("No other tool reminds people of their abandoned checkouts").check();
    // For this story nobody may fall into the holdout by chance.
    await app().getByLabel("People who get nothing from this flow, in percent").fill("0");
    await merchant.getByRole("button", { name: "Save", exact: true }).click();
    await screen("/app/settings", "Settings");
    await app().getByLabel("Shop holdout, in percent").fill("0");
    await merchant.getByRole("button", { name: "Save", exact: true }).click();
    await merchant.getByText("Saved").waitFor();
    await expectAccessible(merchant, true);
    await screenshot(merchant, "settings");
    await screen("/app/flow", "Abandoned checkout");
    expect(await app().getByLabel("People who get nothing from this flow, in percent").inputValue()).toBe("0");
    await app().getByRole("button", { name: "Switch on" }).click();
    await app().getByRole("button", { name: "Switch off" }).waitFor();
    await screenshot(merchant, "flow");
  });

  test("a step is edited beside its live preview, and saved from the bar above", async () => {
    await screen("/app/flow/reminder", "Reminder");
    await app().getByLabel("Subject").fill("{{ shop_name }} kept your checkout");
    await merchant.getByRole("button", { name: "Save", exact: true }).click();
    await merchant.getByText("Saved").waitFor();
    await expectAccessible(merchant, true);
    await screenshot(merchant, "step");
  });

  test("she connects Meta and keeps an audience equal to the checkout abandoners", async () => {
    await screen("/app/audiences", "Audiences");
    await app().getByRole("link", { name: "Connect Meta" }).click();
    await merchant.getByRole("button", { name: /Continue as/ }).click();
    await merchant.waitForURL(/\/admin\/store\/comeback-demo\/apps\/comeback\/app\/audiences/);
    const choose = app().getByRole("button", { name: "Use this ad account" });
    await app().getByText(/Connected|Choose an ad account/).first().waitFor();
    if (await choose.isVisible()) await choose.click();
    await app().getByLabel("Segment").selectOption({ label: "Checkout abandoners" });
    await app().getByRole("button", { name: "Start audience" }).click();
    await app().getByText("In the segment").first().waitFor();
  });

  test("a shopper agrees to be written to, fills a checkout and leaves", async () => {
    await visitor.goto(`${world.url}/shop/comeback-demo/`);
    await visitor.locator("main a").filter({ hasText: /£/ }).first().click();
    await visitor.getByRole("button", { name: "Add to cart" }).click();
    await visitor.getByRole("button", { name: "Check out" }).click();
    await visitor.getByLabel("Email", { exact: true }).fill(shopper);
    await visitor.getByLabel("Email me with news and offers").check();
    await visitor.getByLabel("First name").fill("Mira");
    await visitor.getByLabel("Last name").fill("Okafor");
    await visitor.getByRole("button", { name: /Continue with/ }).click();
    await visitor.getByRole("button", { name: "Pay now" }).waitFor();
    await visitor.goto("about:blank");
  });

  test("an hour later she is mailed once, and is in the Meta audience", async () => {
    expect(await letters(shopper)).toHaveLength(0);
    world.clock.move({ advance: "PT61M" });
    const [letter] = await until("the reminder", async () => ((await letters(shopper)).length > 0 ? letters(shopper) : null));
    expect(letter?.subject).toBe("Harbour & Pine kept your checkout");
    await until("the audience", () => isAtMeta(shopper));
    await merchant.goto(`${world.url}/mail/${letter?.id ?? ""}`);
    await screenshot(merchant, "mail");
    await screen("/app/audiences", "Audiences");
    await app().getByText("In the segment").first().waitFor();
    await expectAccessible(merchant, true);
    await screenshot(merchant, "audiences");
  });

  test("she reads the mail, clicks, and pays", async () => {
    world.clock.move({ advance: "PT20M" });
    const [letter] = await letters(shopper);
    const link = /href="([^"]*\/c\/[^"]+)"/.exec(letter?.html ?? "")?.[1] ?? expect.unreachable();
    await visitor.goto(link);
    await visitor.getByRole("button", { name: "Pay now" }).click();
    await visitor.getByText(/Thank you/).first().waitFor();
  });

  test("the money and the path of the order are on the screen, and the buyer has left the audience", async () => {
    await until("the removal at Meta", async () => !(await isAtMeta(shopper)));
    await until("the credit", async () => {
      await screen("/app", "Home");
      return (await app().getByText("1 order", { exact: true }).count()) > 0;
    });
    await expectAccessible(merchant, true);
    await screenshot(merchant, "home");
    await app().getByRole("link", { name: /^#\d+/ }).first().click();
    await app().getByText("This click earns the credit").waitFor();
    await app().getByText("Recovered: the checkout the mail was about is the one that was completed.").waitFor();
    await expectAccessible(merchant, true);
    await screenshot(merchant, "order-path");
  });

  test("nothing more is sent after she bought", async () => {
    world.clock.move({ advance: "P10D" });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await letters(shopper)).toHaveLength(1);
    await screen("/app/flow", "Abandoned checkout");
    await app().getByText("Bought before the next mail").first().waitFor();
  });
});
