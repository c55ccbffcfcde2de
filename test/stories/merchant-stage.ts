// The whole product with a merchant's browser in front of it: what stories of the embedded screens share.
import type { Frame, FrameLocator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { startProduct, type Product } from "../../sandbox/product.ts";
import { openDoor } from "../../sandbox/replay/door.ts";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import type { World } from "../../sandbox/world.ts";
import { violationsOf } from "../axe.ts";
import { openBrowser, screenshot, type TestBrowser } from "../browser.ts";
import { openStage, until, type Stage } from "./stage.ts";

/** The app's screens in a merchant's page, met as she meets them: through the admin around them. */
export function screensIn(page: () => Page, world: () => World) {
  const app = (): FrameLocator => page().frameLocator("iframe");
  const frame = (): Frame =>
    page()
      .frames()
      .find((one) => one.url().startsWith(world().frameUrl)) ?? expect.unreachable("the app is not framed");
  /** Typing into a page before React has taken it over would be lost; a person is never that quick. */
  const hydrated = async (): Promise<void> => {
    await app().locator(".Polaris-Page").first().waitFor();
    await frame().waitForFunction(() => Object.keys(document.querySelector(".Polaris-Page") ?? {}).some((key) => key.startsWith("__react")));
  };
  return {
    app,
    frame,
    hydrated,
    screen: async (path: string, heading: string): Promise<void> => {
      await page().goto(`${world().url}/admin/store/comeback-demo/apps/comeback${path}`);
      await app().getByRole("heading", { name: heading, exact: true }).first().waitFor();
      await hydrated();
    },
    /** axe on the app's own frame; the stand-in admin around it is not ours to judge. */
    expectAccessible: async (): Promise<void> => expect(await violationsOf(frame())).toEqual([]),
  };
}

/** Sets it up before a file's stories and takes it down after them; a picture is kept of what a failed one showed. `name` begins the ids of what is delivered. */
export function merchantStage(name: string) {
  let stage: Stage;
  let product: Product;
  let browser: TestBrowser;
  let merchant: Page;
  let door: ReturnType<typeof openDoor>;
  let number = 0;

  beforeAll(async () => {
    stage = await openStage();
    product = await startProduct({ databaseUrl: stage.databaseUrl, world: stage.world, env: { SWEEP_EVERY_SECONDS: "0.5", LOG_LEVEL: "info" } });
    stage.world.setAppUrl(product.url);
    browser = await openBrowser();
    merchant = await browser.newPage();
    door = openDoor({ address: () => product.url, secret: stage.world.context.appSecret, connections: 4 });
  }, 120_000);
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await screenshot(merchant, `failed ${task.name}`);
  });
  afterAll(async () => {
    door?.close();
    await browser?.close();
    await product?.stop();
    await stage?.close();
  });

  return {
    get stage() {
      return stage;
    },
    get product() {
      return product;
    },
    get merchant() {
      return merchant;
    },
    ...screensIn(
      () => merchant,
      () => stage.world,
    ),
    /** A signed webhook of the demo's shop, until it is taken. */
    deliver: async (topic: string, payload: unknown): Promise<void> => {
      number += 1;
      const said = { shop: demoShop.domain, topic, apiVersion: "2026-10", webhookId: `${name}-${number}`, eventId: `${name}-${number}` };
      await door.deliver({ ...said, triggeredAt: stage.world.clock.now() }, JSON.stringify(payload));
    },
    /** Waits until all that was delivered was read. */
    read: async (): Promise<void> => {
      const behind =
        "SELECT 1 FROM sequence s LEFT JOIN cursor c ON c.shop_id = s.shop_id AND c.name = 'process' WHERE s.name = 'event' AND s.next - 1 > coalesce(c.seq, 0)";
      await until("everything is read", async () => (await stage.rows(behind)).length === 0, 30_000);
    },
  };
}
