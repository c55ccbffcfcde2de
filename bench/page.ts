// What a page costs: the embedded Home and a storefront page in a real browser, and our script beside plausible's tracker, in one run.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type { BrowserContext, CDPSession, Frame, Page } from "playwright-core";
import { startProduct } from "../sandbox/product.ts";
import { startWorld } from "../sandbox/world.ts";
import { openBrowser } from "../test/browser.ts";
import { startDatabase } from "../tools/database/front.ts";
import { migrate } from "../tools/migrate/migrate.ts";
import { observe, type Vitals, vitalsOf } from "./vitals.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 7);
const shop = "comeback-demo";
const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const worst = (values: number[]) => Math.max(...values);
const show = (value: number, digits = 0) => value.toFixed(digits);
const say = (line: string) => process.stdout.write(`${line}\n`);

const browser = await openBrowser();

/** Milliseconds of script and of all tasks on the main thread of a page, from now until it is asked. */
async function counting(session: CDPSession): Promise<() => Promise<{ script: number; task: number }>> {
  await session.send("Performance.enable");
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name: string) => (metrics.find((one) => one.name === name)?.value ?? 0) * 1000;
    return { script: of("ScriptDuration"), task: of("TaskDuration") };
  };
}

// --- The embedded Home and the storefront ---------------------------------------------------------------------------------------------------------

async function pages(): Promise<void> {
  const database = await startDatabase();
  await migrate(database.url);
  const world = await startWorld({ appUrl: "http://127.0.0.1:9" });
  const product = await startProduct({ databaseUrl: database.url, world, env: { LOG_LEVEL: "warn", SWEEP_EVERY_SECONDS: "0.5" } });
  const domain = `${shop}.myshopify.com`;
  const home = `${world.url}/admin/store/${shop}/apps/comeback/app`;
  try {
    // Something to show: forty orders.
    const first = await browser.newPage();
    await first.goto(home);
    await first.frameLocator("iframe").getByRole("heading", { name: "Home" }).first().waitFor();
    await first.close();
    for (let index = 0; index < 40; index += 1) {
      const state = world.shopify.shops.get(domain);
      const cart = await world.shopify.store.createCart(state, [{ variantId: state.products[index % 8]?.variants[0]?.id ?? 0, quantity: 1 }], null);
      const checkout = await world.shopify.store.startCheckout(state, cart);
      await world.shopify.store.fillCheckout(state, checkout, { email: `bench-${index}@example.com`, firstName: "Ada", lastName: "Byrne" });
      await world.shopify.store.pay(state, checkout);
    }

    const seen: Vitals[] = [];
    for (let round = 0; round < rounds; round += 1) seen.push(await homeOnce(home, world.frameUrl));
    say(`Embedded Home with 40 orders, ${rounds} visits of a new browser each: median (worst)`);
    say(`  LCP  ${show(middle(seen.map((one) => one.lcp)))} ms (${show(worst(seen.map((one) => one.lcp)))})   limit 1000`);
    say(`  CLS  ${show(middle(seen.map((one) => one.cls)), 3)} (${show(worst(seen.map((one) => one.cls)), 3)})   limit 0.02`);
    say(
      `  INP  ${show(middle(seen.map((one) => one.inp)))} ms (${show(worst(seen.map((one) => one.inp)))})   limit 100, of a click on each period and each open step`,
    );

    type Cost = Vitals & { script: number; task: number; bytes: number };
    const costs: Record<"without" | "with", Cost[]> = { without: [], with: [] };
    const state = world.shopify.shops.get(domain);
    const pixel = state.webPixel ?? null;
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of ["without", "with"] as const) {
        state.webPixel = kind === "with" ? pixel : null;
        state.embed = kind === "with" ? "on" : "off";
        costs[kind].push(await storefrontOnce(`${world.url}/shop/${shop}/`, kind === "with"));
      }
    }
    say(`\nStorefront page, pixel and embed, ${rounds} visits each way, in turns, medians`);
    for (const kind of ["without", "with"] as const) {
      const of = (pick: (one: Cost) => number) => middle(costs[kind].map(pick));
      say(
        `  ${kind.padEnd(8)} LCP ${show(of((one) => one.lcp))} ms  CLS ${show(
          of((one) => one.cls),
          3,
        )}  script ${show(
          of((one) => one.script),
          1,
        )} ms  main thread ${show(
          of((one) => one.task),
          1,
        )} ms  ${show(of((one) => one.bytes) / 1024, 1)} KiB`,
      );
    }
  } finally {
    await product.stop();
    await world.close();
    await database.close();
  }
}

async function fresh(): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext();
  await context.addInitScript(observe);
  return { context, page: await context.newPage() };
}

async function homeOnce(home: string, frameUrl: string): Promise<Vitals> {
  const { context, page } = await fresh();
  await page.goto(home);
  const app = page.frameLocator("iframe");
  await app.getByText("Tracking in your shop").waitFor();
  await page.waitForTimeout(1_500);
  const frame: Frame = page.frames().find((one) => one.url().startsWith(frameUrl)) ?? page.mainFrame();
  // CLS is what moves by itself: it is read before anybody clicks.
  const before = await vitalsOf(frame);
  for (const button of await app.getByRole("button", { expanded: false }).all()) {
    await button.click();
    await page.waitForTimeout(120);
  }
  const after = await vitalsOf(frame);
  await context.close();
  return { ...before, inp: after.inp };
}

async function storefrontOnce(url: string, extended: boolean) {
  const { context, page } = await fresh();
  let bytes = 0;
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.loadingFinished", (event) => {
    bytes += event.encodedDataLength;
  });
  // Where nobody is asked first, so that the pixel runs and really sends.
  await context.addCookies([{ name: "world_region", value: "USNY", url }]);
  const spent = await counting(session);
  await page.goto(url, { waitUntil: "load" });
  await page.waitForTimeout(800);
  if (page.workers().length !== (extended ? 1 : 0)) throw new Error("The pixel does not run where it should, or runs where it should not.");
  const result = { ...(await vitalsOf(page.mainFrame())), ...(await spent()), bytes };
  await context.close();
  return result;
}

// --- Our script beside plausible's ----------------------------------------------------------------------------------------------------------------

const root = new URL("../", import.meta.url);
const ours = readFileSync(new URL("extensions/storefront/assets/comeback.js", root), "utf8");
const plausible = readFileSync(createRequire(import.meta.url).resolve("@plausible-analytics/tracker"), "utf8");
// What a Shopify page has: consent given, and a publish that hands on to the pixel's worker.
const shopify = `window.Shopify={customerPrivacy:{analyticsProcessingAllowed:()=>true,marketingAllowed:()=>true},loadFeatures:(f,d)=>d(),analytics:{publish:(n,d)=>{(window.published??=[]).push(n)}}};document.cookie="cart=hWN77vXVzuiaDszY8fXtTfm0?key=1"`;
const tags: Record<string, string> = {
  nothing: "",
  comeback: `<script defer src="/comeback.js"></script>`,
  plausible: `<script type="module">import { init } from "/plausible.js"; init({ domain: "x.test", endpoint: "/event", captureOnLocalhost: true });</script>`,
};

async function scripts(): Promise<void> {
  let beacons = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://x");
    const files: Record<string, string> = { "/comeback.js": ours, "/plausible.js": plausible };
    const file = files[url.pathname];
    if (file !== undefined) return void response.setHeader("content-type", "text/javascript").setHeader("cache-control", "no-store").end(file);
    if (url.pathname === "/event") {
      beacons += 1;
      return void response.end("{}");
    }
    const body = `<p>hello <a href="/x">x</a></p>`.repeat(200);
    const form = `<form method="post" action="/contact"><input name="contact[body]"></form>`;
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>t</title><script>${shopify}</script><body>${body}${form}${tags[url.searchParams.get("n") ?? ""] ?? ""}`);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const found: Record<string, { script: number[]; task: number[] }> = {};
  const context = await browser.newContext();
  for (let round = 0; round < 21; round += 1) {
    for (const name of Object.keys(tags)) {
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
      await session.send("Network.setCacheDisabled", { cacheDisabled: true });
      const spent = await counting(session);
      await page.goto(`${url}?n=${name}`, { waitUntil: "load" });
      await page.waitForTimeout(150);
      const { script, task } = await spent();
      const into = (found[name] ??= { script: [], task: [] });
      into.script.push(script);
      into.task.push(task);
      await page.close();
    }
  }
  await context.close();
  server.closeAllConnections();
  server.close();
  if (beacons === 0) throw new Error("plausible sent nothing: the comparison would not be fair.");
  const over = (name: string, of: "script" | "task") => middle(found[name]?.[of] ?? []) - middle(found["nothing"]?.[of] ?? []);
  say(`\nA tracker on an empty page, 21 rounds in turns, processor slowed 4 times: medians over the page without one`);
  for (const [name, text] of [
    ["comeback", ours],
    ["plausible", plausible],
  ] as const)
    say(
      `  ${name.padEnd(10)} script ${show(over(name, "script"), 2)} ms  main thread ${show(over(name, "task"), 2)} ms  ${gzipSync(text, { level: 9 }).length} bytes gzip`,
    );
  say(
    `  ratio script ${show(over("comeback", "script") / over("plausible", "script"), 2)}  main thread ${show(over("comeback", "task") / over("plausible", "task"), 2)}   limit 0.60`,
  );
  say(`  Our pixel runs in a worker beside the page, and is not in this figure; the storefront above has both.`);
}

try {
  await pages();
  await scripts();
} finally {
  await browser.close();
}
