// The main job, in a real browser against the running product: a checkout is left, mailed, clicked, paid, and the money is on the screen.
import { createHash } from "node:crypto";
import type { BrowserContext, Frame, FrameLocator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startProduct, type Product } from "../../sandbox/product.ts";
import { startWorld, type World } from "../../sandbox/world.ts";
import { violationsOf } from "../axe.ts";
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

const frame = (): Frame => merchant.frames().find((one) => one.url().startsWith(world.frameUrl)) ?? expect.unreachable("the app is not framed");

/** Opens a screen of the app as Shopify does: through the admin around it. */
async function screen(path: string, heading: string): Promise<void> {
  await merchant.goto(`${world.url}/admin/store/comeback-demo/apps/comeback${path}`);
  await app().getByRole("heading", { name: heading, exact: true }).first().waitFor();
  await hydrated();
}

/** Typing into a page before React has taken it over would be lost; a person is never that quick. */
async function hydrated(): Promise<void> {
  await app().locator(".Polaris-Page").first().waitFor();
  await frame().waitForFunction(() => Object.keys(document.querySelector(".Polaris-Page") ?? {}).some((key) => key.startsWith("__react")));
}

/** Saves from the bar that the admin shows while something is unsaved, and waits until it is gone. */
async function saveBar(): Promise<void> {
  await merchant.getByRole("button", { name: "Save", exact: true }).click();
  await merchant.locator(".savebar").waitFor({ state: "hidden" });
}

/** Lets time pass for everybody: a process looks at the clock again after 20 ms at the latest. */
async function pass(duration: string): Promise<void> {
  world.clock.move({ advance: duration });
  await new Promise((resolve) => setTimeout(resolve, 60));
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

/** axe on the app's own frame; the stand-in admin around it is not ours to judge. */
async function expectAccessible(): Promise<void> {
  expect(await violationsOf(frame())).toEqual([]);
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

// What the screen showed is most of what one wants to know of a failure.
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await screenshot(merchant, `failed ${task.name}`);
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
    await app().getByText("1 of 7 done").waitFor();
    await expectAccessible();
    await screen("/app/flows/abandoned-checkout", "Abandoned checkout");
    expect(await app().getByRole("button", { name: "Switch on" }).isDisabled()).toBe(true);
    await expectAccessible();
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
    await app()
      .getByText(/Last sent to merchant@harbour-pine.test/)
      .waitFor();
    await app().getByLabel("No other tool reminds people of their abandoned checkouts").click();
    await until("the answer about other tools", () => app().getByLabel("No other tool reminds people of their abandoned checkouts").isChecked());
    // For this story nobody may fall into the holdout by chance.
    await app().getByLabel("People who get nothing from this flow, in percent").fill("0");
    await saveBar();
    await screen("/app/settings", "Settings");
    await app().getByLabel("Shop holdout, in percent").fill("0");
    await saveBar();
    await expectAccessible();
    await screenshot(merchant, "settings");
    await screen("/app/flows/abandoned-checkout", "Abandoned checkout");
    expect(await app().getByLabel("People who get nothing from this flow, in percent").inputValue()).toBe("0");
    await app().getByRole("button", { name: "Switch on" }).click();
    await app().getByRole("button", { name: "Switch off" }).waitFor();
    await screenshot(merchant, "flow");
  });

  test("a step is edited beside its live preview, and saved from the bar above", async () => {
    await screen("/app/flows/abandoned-checkout/reminder", "Reminder");
    await app().getByLabel("Subject").fill("{{ shop_name }} kept your checkout");
    await saveBar();
    await expectAccessible();
    await screenshot(merchant, "step");
  });

  test("she connects Meta and keeps an audience equal to the checkout abandoners", async () => {
    await screen("/app/audiences", "Audiences");
    await app().getByRole("button", { name: "Connect Meta" }).click();
    await merchant.getByRole("button", { name: /Continue as/ }).click();
    await merchant.waitForURL(/\/admin\/store\/comeback-demo\/apps\/comeback\/app\/audiences/);
    await hydrated();
    await app().getByText("Harbour & Pine (GBP)", { exact: true }).click();
    await app().getByRole("button", { name: "Use this ad account" }).click();
    await app()
      .getByText(/^Checkout abandoners:/)
      .click();
    await app().getByRole("button", { name: "Start audience" }).click();
    await app().getByText("In the segment").first().waitFor();
  });

  test("and the same at Google, where she types her account", async () => {
    await app().getByRole("button", { name: "Connect Google Ads" }).click();
    await merchant.getByRole("button", { name: "Allow" }).click();
    await merchant.waitForURL(/\/admin\/store\/comeback-demo\/apps\/comeback\/app\/audiences/);
    await hydrated();
    await app().getByLabel("Customer ID").fill("123-456");
    await app().getByRole("button", { name: "Use this ad account" }).click();
    await app().getByText("A customer ID has ten digits.").first().waitFor();
    await app().getByLabel("Customer ID").fill("123-456-7890");
    await app().getByRole("button", { name: "Use this ad account" }).click();
    await app().getByRole("heading", { name: "Start an audience at Google Ads" }).waitFor();
    await app()
      .getByText(/^Checkout abandoners:/)
      .click();
    await app().getByRole("button", { name: "Start audience" }).last().click();
    await app().getByText("Size by Google Ads").first().waitFor();
    await expectAccessible();
  });

  test("a shopper agrees to be written to, fills a checkout and leaves", async () => {
    await visitor.goto(`${world.url}/shop/comeback-demo/`);
    // Of cookies she wants none: all that follows is told by webhooks.
    await visitor.getByRole("button", { name: "Decline" }).click();
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
    await pass("PT61M");
    const [letter] = await until("the reminder", async () => ((await letters(shopper)).length > 0 ? letters(shopper) : null));
    expect(letter?.subject).toBe("Harbour & Pine kept your checkout");
    await until("the audience", () => isAtMeta(shopper));
    await merchant.goto(`${world.url}/mail/${letter?.id ?? ""}`);
    await screenshot(merchant, "mail");
    await screen("/app/audiences", "Audiences");
    await app().getByText("In the segment").first().waitFor();
    await expectAccessible();
    await screenshot(merchant, "audiences");
  });

  test("she reads the mail, clicks, and pays", async () => {
    await pass("PT20M");
    const [letter] = await letters(shopper);
    const link = /href="([^"]*\/c\/[^"]+)"/.exec(letter?.html ?? "")?.[1] ?? expect.unreachable();
    await visitor.goto(link);
    await visitor.getByRole("button", { name: "Pay now" }).click();
    await visitor
      .getByText(/Thank you/)
      .first()
      .waitFor();
  });

  test("the money and the path of the order are on the screen, and the buyer has left the audience", async () => {
    await until("the removal at Meta", async () => !(await isAtMeta(shopper)));
    await until("the credit", async () => {
      await screen("/app", "Home");
      return (await app().getByText("1 order", { exact: true }).count()) > 0;
    });
    await expectAccessible();
    await screenshot(merchant, "home");
    await app().getByRole("link", { name: /^#\d+/ }).first().click();
    await app().getByText("This click earns the credit").waitFor();
    await app().getByText("Recovered: the checkout the mail was about is the one that was completed.").waitFor();
    await expectAccessible();
    await screenshot(merchant, "order-path");
  });

  test("both flows stand in the list, and the browse flow shows a product of the shop's own", async () => {
    await screen("/app/flows", "Flows");
    await app().getByText("Starts when somebody leaves a checkout with an address").waitFor();
    await expectAccessible();
    await screenshot(merchant, "flows");
    await app().getByRole("link", { name: "Browse abandonment" }).click();
    await app().getByRole("heading", { name: "Browse abandonment", exact: true }).first().waitFor();
    expect(await app().getByRole("button", { name: "Switch on" }).isDisabled()).toBe(true);
    await app().getByText("No other tool mails people about products they looked at").waitFor();
    await expectAccessible();
    await screenshot(merchant, "browse-flow");
    await screen("/app/flows/browse-abandonment/reminder", "Reminder");
    await app()
      .getByText(/Still looking at/)
      .first()
      .waitFor();
    await expectAccessible();
    await screenshot(merchant, "browse-step");
    await screen("/app/flows/nonsense", "This is not here");
  });

  test("nothing more is sent after she bought", async () => {
    await pass("P10D");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await letters(shopper)).toHaveLength(1);
    await screen("/app/flows/abandoned-checkout", "Abandoned checkout");
    await app().getByText("Bought before the next mail").first().waitFor();
  });

  test("no address, token or recovery link is in the log", () => {
    const log = product.log();
    expect(log).toContain("audience");
    for (const secret of [shopper, "merchant@harbour-pine.test", "Okafor", "id_token", "recover?key", "shpat_", "shpua_"]) expect(log).not.toContain(secret);
  });
});
