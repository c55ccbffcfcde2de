// Durable webhooks per second beside a raw server, in one run, three alternating rounds.
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { startProduct } from "../sandbox/product.ts";
import { demoKeys, startWorld } from "../sandbox/world.ts";
import { startDatabase } from "../tools/database/front.ts";
import { migrate } from "../tools/migrate/migrate.ts";
import { load, type Figures, type Shot } from "./load.ts";

const given = process.env["DATABASE_URL"];
const database = given === undefined || given === "" ? await startDatabase() : { url: given, close: () => Promise.resolve() };
await migrate(database.url);
const world = await startWorld({ appUrl: "http://127.0.0.1:9" });
const product = await startProduct({ databaseUrl: database.url, world, flags: ["--web"], env: { LOG_LEVEL: "warn" } });
const raw = spawn(process.execPath, ["bench/raw-server.ts", demoKeys.appSecret], { stdio: ["ignore", "pipe", "inherit"] });
const [line] = (await once(raw.stdout, "data")) as [Buffer];
const rawUrl = `http://127.0.0.1:${line.toString().trim()}`;

let count = 0;
function shot(): Shot {
  count += 1;
  const token = `bench-${process.pid}-${count}`;
  const at = new Date().toISOString();
  const body = JSON.stringify({
    id: token,
    token,
    created_at: at,
    updated_at: at,
    note: null,
    line_items: [
      {
        id: 44012,
        key: "44012:a",
        product_id: 8801,
        variant_id: 44012,
        title: "Oak stool",
        sku: "OAK-1",
        vendor: "Harbour & Pine",
        quantity: 1,
        price: "84.00",
        line_price: "84.00",
        discounted_price: "84.00",
        grams: 4200,
        taxable: true,
        gift_card: false,
        properties: null,
      },
    ],
  });
  const headers = {
    "content-type": "application/json",
    "x-shopify-topic": "carts/create",
    "x-shopify-shop-domain": "bench.myshopify.com",
    "x-shopify-api-version": "2026-10",
    "x-shopify-webhook-id": token,
    "x-shopify-event-id": token,
    "x-shopify-triggered-at": at,
    "x-shopify-hmac-sha256": createHmac("sha256", demoKeys.appSecret).update(body).digest("base64"),
  };
  return { path: "/webhooks", headers, body };
}

const options = { connections: 50, seconds: Number(process.env["BENCH_SECONDS"] ?? 4) };
const rounds: { raw: Figures; durable: Figures }[] = [];
for (let round = 0; round < 3; round += 1) rounds.push({ raw: await load(rawUrl, shot, options), durable: await load(product.url, shot, options) });

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[1] ?? 0;
const durable = middle(rounds.map((one) => one.durable.perSecond));
const limit = middle(rounds.map((one) => one.raw.perSecond));
process.stdout.write(`${given ? "PostgreSQL server" : "embedded database"}, 50 connections, median of 3 rounds\n`);
process.stdout.write(
  `  raw http + signature + JSON   ${limit}/s  p50 ${middle(rounds.map((one) => one.raw.p50))} ms  p99 ${middle(rounds.map((one) => one.raw.p99))} ms\n`,
);
process.stdout.write(
  `  webhook, durable              ${durable}/s  p50 ${middle(rounds.map((one) => one.durable.p50))} ms  p99 ${middle(rounds.map((one) => one.durable.p99))} ms  failed ${rounds.reduce((sum, one) => sum + one.durable.failed, 0)}\n`,
);
process.stdout.write(`  ratio ${(durable / limit).toFixed(3)}\n`);

raw.kill();
await product.stop();
await world.close();
await database.close();
