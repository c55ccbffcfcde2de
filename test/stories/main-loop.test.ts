// The main job, in a real browser against the running product: a shopper declines, agrees, looks and leaves a checkout; is mailed, clicks, pays under another
// address, and the money is on the screen.
import { createHash } from "node:crypto";
import pg from "pg";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startProduct, type Product } from "../../sandbox/product.ts";
import { startWorld, type World } from "../../sandbox/world.ts";
import { openBrowser, screenshot, type TestBrowser } from "../browser.ts";
import { freshDatabase, type FreshDatabase } from "../database.ts";
import { screensIn } from "./merchant-stage.ts";

const shopper = "mira@example.com";
const otherAddress = "mira.at.work@example.org";
let database: FreshDatabase;
let world: World;
let product: Product;
let browser: TestBrowser;
let merchant: Page;
let visitor: Page;
let visitorContext: BrowserContext;
let log: pg.Pool;
/** Whatever the shopper's browser asked of the app. */
const sent: string[] = [];

const { app, hydrated, screen, expectAccessible } = screensIn(
  () => merchant,
  () => world,
);

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

type Letter = { id: string; subject: string; to: string[]; html: string; text: string };
async function letters(to: string): Promise<Letter[]> {
  return (await fetch(`${world.url}/mail/api?whole&to=${encodeURIComponent(to)}`)).json() as Promise<Letter[]>;
}

/** Whether a platform's stand-in holds somebody, by the hash of her address. */
async function isAt(platform: "meta" | "google", email: string): Promise<boolean> {
  const state = await (await fetch(`${world.url}/${platform}/api`)).text();
  return state.includes(createHash("sha256").update(email).digest("hex"));
}

/** How many events of a name the product's log holds. */
async function events(name: string): Promise<number> {
  const { rows } = await log.query<{ count: number }>("SELECT count(*)::int AS count FROM event WHERE name = $1", [name]);
  return rows[0]?.count ?? 0;
}

/** Long enough for whatever would leave a browser to have left it. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 1500));

async function add(product: string): Promise<void> {
  await visitor.goto(`${world.url}/shop/comeback-demo/products/${product}`);
  await visitor.getByRole("button", { name: "Add to cart" }).click();
  await visitor.getByRole("heading", { name: "In your cart" }).waitFor();
}

beforeAll(async () => {
  database = await freshDatabase();
  world = await startWorld({ appUrl: "http://127.0.0.1:9" });
  product = await startProduct({ databaseUrl: database.url, world, env: { SWEEP_EVERY_SECONDS: "0.5", LOG_LEVEL: "info" } });
  world.setAppUrl(product.url);
  browser = await openBrowser();
  merchant = await browser.newPage();
  visitorContext = await browser.newContext();
  visitorContext.on("request", (request) => {
    if (request.url().startsWith(world.frameUrl)) sent.push(request.url());
  });
  visitor = await visitorContext.newPage();
  log = new pg.Pool({ connectionString: database.url, max: 1 });
  log.on("error", () => undefined).on("connect", (client) => client.on("error", () => undefined));
});

// What the screen showed is most of what one wants to know of a failure.
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await screenshot(merchant, `failed ${task.name}`);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  await log?.end();
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

  test("a shopper who declines to be counted is not: nothing leaves her browser", async () => {
    await visitor.goto(`${world.url}/shop/comeback-demo/`);
    await visitor.getByRole("button", { name: "Decline" }).click();
    await visitor.getByRole("link", { name: "Pine resin candle" }).first().click();
    await visitor.getByRole("button", { name: "Add to cart" }).waitFor();
    await aMoment();
    expect(sent).toEqual([]);
    expect(await events("product.viewed")).toBe(0);
  });

  test("she changes her mind, looks, fills a cart, types her address into the checkout and leaves", async () => {
    await visitor.getByRole("button", { name: "Cookie preferences" }).click();
    for (const purpose of ["Marketing", "Analytics"]) await visitor.getByLabel(purpose).check();
    await visitor.getByRole("button", { name: "Save my choices" }).click();
    await visitor.goto(`${world.url}/shop/comeback-demo/products/storm-lantern`);
    await until("her look is in the log", async () => (await events("product.viewed")) > 0);
    expect(new Set(sent)).toEqual(new Set([`${world.frameUrl}/pixel`]));
    await add("storm-lantern");
    await add("sea-soap");
    await visitor.goto(`${world.url}/shop/comeback-demo/cart`);
    await visitor.getByRole("button", { name: "Check out" }).click();
    await visitor.getByLabel("Email", { exact: true }).fill(shopper);
    await visitor.getByLabel("Email me with news and offers").check();
    await visitor.getByLabel("First name").fill("Mira");
    await visitor.getByLabel("Last name").fill("Okafor");
    await visitor.getByRole("button", { name: /Continue with/ }).click();
    await visitor.getByRole("button", { name: "Pay now" }).waitFor();
    await visitor.goto("about:blank");
  });

  test("an hour later she is mailed once, with what she left, and is in the Meta audience", async () => {
    expect(await letters(shopper)).toHaveLength(0);
    await pass("PT61M");
    const [letter] = await until("the reminder", async () => ((await letters(shopper)).length > 0 ? letters(shopper) : null));
    expect(letter?.subject).toBe("Harbour & Pine kept your checkout");
    expect(letter?.text).toMatch(/Seaweed soap +£12.00[^]*Storm lantern +£54.00[^]*Total £66.00/);
    expect(letter?.text).not.toContain("Pine resin candle");
    await until("the audience", () => isAt("meta", shopper));
    await merchant.goto(`${world.url}/mail/${letter?.id ?? ""}`);
    await screenshot(merchant, "mail");
    await screen("/app/audiences", "Audiences");
    await app().getByText("In the segment").first().waitFor();
    await expectAccessible();
    await screenshot(merchant, "audiences");
  });

  test("she reads the mail, clicks, and pays under another address", async () => {
    await pass("PT20M");
    // Google works a call off after ten minutes.
    await until("Google's list", () => isAt("google", shopper));
    const [letter] = await letters(shopper);
    const link = /href="([^"]*\/c\/[^"]+)"/.exec(letter?.html ?? "")?.[1] ?? expect.unreachable();
    await visitor.goto(link);
    await visitor.getByText("Change", { exact: true }).click();
    await visitor.getByLabel("Email", { exact: true }).fill(otherAddress);
    await visitor.getByRole("button", { name: "Save changes" }).click();
    await visitor.getByText(otherAddress).first().waitFor();
    await visitor.getByRole("button", { name: "Pay now" }).click();
    await visitor
      .getByText(/Thank you/)
      .first()
      .waitFor();
  });

  test("the money and the path of the order are on the screen, and the buyer has left both audiences", async () => {
    await until("the removal at Meta", async () => !(await isAt("meta", shopper)));
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
    await app().getByRole("link", { name: "See the mail" }).first().click();
    await app().getByRole("heading", { name: /^Mail/ }).first().waitFor();
    await hydrated();
    await expectAccessible();
    await pass("PT15M");
    await until("the removal at Google", async () => !(await isAt("google", shopper)));
    for (const address of [shopper, otherAddress]) for (const platform of ["meta", "google"] as const) expect(await isAt(platform, address)).toBe(false);
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
    expect(await letters(otherAddress)).toHaveLength(0);
    await screen("/app/flows/abandoned-checkout", "Abandoned checkout");
    await app().getByText("Bought before the next mail").first().waitFor();
  });

  test("no address, token or recovery link is in the log", () => {
    const said = product.log();
    expect(said).toContain("audience");
    for (const secret of [shopper, otherAddress, "merchant@harbour-pine.test", "Okafor", "id_token", "recover?key", "shpat_", "shpua_"])
      expect(said).not.toContain(secret);
  });
});
