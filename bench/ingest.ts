// Durable pixel events and webhooks per second at 50 connections, beside a raw server and a Prisma `create` per request, in one run, in alternating rounds;
// then a SIGKILL in the middle, after which every acknowledged event must be there.
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import pg from "pg";
import { pixelSourceId } from "../app/capture/pixel-event.ts";
import { type Product, startProduct } from "../sandbox/product.ts";
import { demoKeys, startWorld, type World } from "../sandbox/world.ts";
import { startCluster } from "../test/cluster.ts";
import { startDatabase } from "../tools/database/front.ts";
import { migrate } from "../tools/migrate/migrate.ts";
import { load, type Figures, type Shot } from "./load.ts";

const options = { connections: 50, seconds: Number(process.env["BENCH_SECONDS"] ?? 4) };
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3);
const shop = "comeback-demo.myshopify.com";
const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";
const say = (line: string) => process.stdout.write(`${line}\n`);
const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

let count = 0;

/** One event of a browser of its own: the door's limit per browser is not what is measured. */
function pixelShot(key: string): Shot {
  count += 1;
  const event = {
    id: `sh-${randomUUID()}`,
    name: "product.viewed",
    at: new Date().toISOString(),
    visitor: `visitor-${process.pid}-${count % 5_000}`,
    cart: "hWN77vXVzuiaDszY8fXtTfm0",
    checkout: null,
    data: { productId: `8801${count % 200}`, variantId: "44012", vendor: "Harbour & Pine", price: "84.00", currency: "GBP" },
  };
  return {
    path: "/pixel",
    headers: { "content-type": "text/plain", "user-agent": chrome, "x-forwarded-for": `10.${count % 200}.${count % 251}.${count % 253}` },
    body: JSON.stringify({ shop, key, events: [event] }),
  };
}

function webhookShot(): Shot {
  count += 1;
  const token = `bench-${process.pid}-${count}`;
  const at = new Date().toISOString();
  const line = { id: 44012, key: "44012:a", product_id: 8801, variant_id: 44012, title: "Oak stool", sku: "OAK-1", vendor: "Harbour & Pine", quantity: 1 };
  const money = { price: "84.00", line_price: "84.00", discounted_price: "84.00", grams: 4200, taxable: true, gift_card: false, properties: null };
  const body = JSON.stringify({ id: token, token, created_at: at, updated_at: at, note: null, line_items: [{ ...line, ...money }] });
  const headers = {
    "content-type": "application/json",
    "x-shopify-topic": "carts/create",
    "x-shopify-shop-domain": shop,
    "x-shopify-api-version": "2026-10",
    "x-shopify-webhook-id": token,
    "x-shopify-event-id": token,
    "x-shopify-triggered-at": at,
    "x-shopify-hmac-sha256": createHmac("sha256", demoKeys.appSecret).update(body).digest("base64"),
  };
  return { path: "/webhooks", headers, body };
}

async function helper(file: string, args: string[] = [], env: Record<string, string> = {}): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { url: `http://127.0.0.1:${line.toString().trim()}`, child };
}

/** The shop must have the app, or the pixel's door keeps nothing. */
async function install(world: World, product: Product): Promise<string> {
  const launch = new URL(world.shopify.launchUrl(shop));
  const answer = await fetch(new URL(launch.pathname + launch.search, product.url), {
    headers: { "user-agent": chrome, accept: "text/html" },
    redirect: "manual",
  });
  await answer.body?.cancel();
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const key = world.shopify.shops.get(shop).webPixel?.settings["accountID"];
    if (key !== undefined) return key;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("The app did not make the shop's pixel.");
}

const place = async (url: string) => ({ world: await startWorld({ appUrl: "http://127.0.0.1:9" }), databaseUrl: url });

/** All figures on one database. */
async function measure(name: string, databaseUrl: string): Promise<{ events: number; webhooks: number }> {
  await migrate(databaseUrl);
  const { world } = await place(databaseUrl);
  // Our own limit would otherwise be what is measured.
  const env = { LOG_LEVEL: "error", PIXEL_SHOP_PER_SECOND: "1000000" };
  // The worker installs and then goes: what it does with the events is another bench's matter.
  const worker = await startProduct({ databaseUrl, world, flags: ["--worker"], env: { LOG_LEVEL: "info" } });
  let web = await startProduct({ databaseUrl, world, flags: ["--web"], env });
  const key = await install(world, web);
  await worker.stop();
  const raw = await helper("bench/raw-server.ts");
  const signed = await helper("bench/raw-server.ts", [demoKeys.appSecret]);
  const create = await helper("bench/create-server.ts", [], { DATABASE_URL: databaseUrl });
  const shots: Record<string, [url: string, shot: () => Shot]> = {
    "raw http + JSON": [raw.url, () => pixelShot(key)],
    "raw http + signature + JSON": [signed.url, webhookShot],
    "Prisma create per request": [create.url, () => pixelShot(key)],
    "pixel event, durable": [web.url, () => pixelShot(key)],
    "webhook, durable": [web.url, webhookShot],
  };
  const found: Record<string, Figures[]> = {};
  for (let round = 0; round < rounds; round += 1)
    for (const [what, [url, shot]] of Object.entries(shots)) (found[what] ??= []).push(await load(url, shot, options));
  say(`\n${name}, 50 connections, median of ${rounds} rounds of ${options.seconds} s`);
  const of = (what: string, pick: (one: Figures) => number) => middle((found[what] ?? []).map(pick));
  for (const what of Object.keys(shots)) {
    const failed = (found[what] ?? []).reduce((sum, one) => sum + one.failed, 0);
    say(
      `  ${what.padEnd(28)} ${String(of(what, (one) => one.perSecond)).padStart(6)}/s  p50 ${of(what, (one) => one.p50)} ms  p99 ${of(what, (one) => one.p99)} ms${failed > 0 ? `  failed ${failed}` : ""}`,
    );
  }
  const rate = (what: string) => of(what, (one) => one.perSecond);
  const events = rate("pixel event, durable");
  const webhooks = rate("webhook, durable");
  say(
    `  events ${(events / rate("raw http + JSON")).toFixed(2)} of raw (0.25 asked), ${(events / rate("Prisma create per request")).toFixed(1)} of Prisma create (4 asked)`,
  );
  say(
    `  webhooks ${(webhooks / events).toFixed(2)} of events (0.50 asked), ${(webhooks / rate("raw http + signature + JSON")).toFixed(2)} of raw with signature`,
  );
  for (const one of [raw, signed, create]) one.child.kill();

  web = await killed(web, key, databaseUrl, () => startProduct({ databaseUrl, world, flags: ["--web"], env }));
  await web.stop();
  await world.close();
  return { events, webhooks };
}

/** Kills the web process in the middle of a load and counts what it had acknowledged and what is there. */
async function killed(web: Product, key: string, databaseUrl: string, again: () => Promise<Product>): Promise<Product> {
  const acknowledged: string[] = [];
  let dead = false;
  const sender = async () => {
    while (!dead) {
      const { path, headers, body } = pixelShot(key);
      const id = (JSON.parse(body) as { events: { id: string }[] }).events[0]?.id ?? "";
      try {
        const answer = await fetch(`${web.url}${path}`, { method: "POST", headers, body });
        if (answer.ok) acknowledged.push(pixelSourceId(id));
      } catch {
        return;
      }
    }
  };
  const all = Promise.all(Array.from({ length: 50 }, sender));
  await new Promise((done) => setTimeout(done, 1_500));
  await web.kill9();
  dead = true;
  await all;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ count: string }>("SELECT count(*) FROM event WHERE source_id = ANY($1)", [acknowledged]);
  await client.end();
  const lost = acknowledged.length - Number(rows[0]?.count ?? 0);
  say(`  SIGKILL in the middle: ${acknowledged.length} acknowledged, ${lost} lost`);
  if (lost !== 0) process.exitCode = 1;
  return again();
}

const embedded = await startDatabase();
const small = await measure("Embedded database", embedded.url);
await embedded.close();

const given = process.env["DATABASE_URL"];
const cluster = given === undefined || given === "" ? await startCluster({ durable: true }) : null;
const url = cluster === null ? given : cluster.ok ? cluster.cluster.url : undefined;
if (url === undefined) say(`\nPostgreSQL server: left out, ${cluster?.ok === false ? cluster.reason : "none is there"}`);
else {
  const large = await measure("PostgreSQL server", url);
  say(`\n  embedded ${(small.events / large.events).toFixed(2)} of the server (0.50 asked)`);
}
if (cluster?.ok === true) await cluster.cluster.close();
