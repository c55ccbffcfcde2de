// The whole world with one command: database, world, product, and a shop with a year behind it. `npm run demo -- [--port 4000] [--app-port 3000] [--fresh] [--no-past]`
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { migrate } from "../tools/migrate/migrate.ts";
import { startChild, type Child } from "./child.ts";
import { freePort } from "./port.ts";
import { startProduct } from "./product.ts";
import { beginPast, demoEncryptionKey, madePast, pastOf, wantsPast } from "./simulator/demo-past.ts";
import type { Ledger } from "./simulator/ledger.ts";
import type { Progress } from "./simulator/play.ts";
import type { NewShop } from "./shopify/shop-state.ts";
import { startWorld, type World } from "./world.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4000" },
    // As the product itself has it.
    "app-port": { type: "string", default: process.env["PORT"] ?? "3000" },
    folder: { type: "string", default: join(root, ".data/demo") },
    fresh: { type: "boolean", default: false },
    "no-past": { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

/** A shop that nobody has set anything up for, beside the one with a past. */
const newShop: NewShop = {
  domain: "comeback-new.myshopify.com",
  name: "Tide & Thistle",
  email: "hello@tideandthistle.example",
  currency: "GBP",
  timeZone: "Europe/London",
  countryCode: "GB",
};

/** What has been started, newest last; stopped in the opposite order. */
const started: { name: string; stop: () => Promise<unknown> }[] = [];
let stopping = false;
const interrupted = new AbortController();
let midLine = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (stopping) return say("still stopping; a moment");
    say("");
    interrupted.abort();
    void stopAll(0);
  });
}

try {
  await run();
} catch (error) {
  // Whoever was stopped in the middle of a step complains of it.
  if (interrupted.signal.aborted) await new Promise(() => undefined);
  console.error(`\nThe demo could not start: ${error instanceof Error ? error.message : String(error)}`);
  await stopAll(1);
}

async function run(): Promise<void> {
  const { folder } = values;
  if (values.fresh) rmSync(folder, { recursive: true, force: true });
  const past = wantsPast(folder) && !values["no-past"];
  mkdirSync(folder, { recursive: true });
  if (past) beginPast(folder);

  const database = await step("Database", () => startDatabase(join(folder, "database")));
  await step("Tables", () => migrate(database.url));
  const world = await step("World", async () => {
    const wanted = await freePort(portOf("port"));
    const made = await startWorld({ port: wanted, appUrl: `http://127.0.0.1:${portOf("app-port")}`, folder: join(folder, "world"), webhookDelays: true });
    started.push({ name: "world", stop: made.close });
    made.shopify.shops.open(newShop);
    return made;
  });
  if (past) await livePast(folder, world, database.url);
  let ready = false; // until then its lines belong to the error, if there is one
  const product = await step("Comeback", async () => {
    const made = await startProduct({
      databaseUrl: database.url,
      world,
      port: portOf("app-port"),
      shielded: true,
      env: { ENCRYPTION_KEY: encryptionKey(folder), LOG_LEVEL: values.verbose ? "info" : "warn", SWEEP_EVERY_SECONDS: "2" },
      onLine: (line) => ready && say(`  comeback │ ${line}`),
    });
    started.push({ name: "Comeback", stop: made.stop });
    return made;
  });

  ready = true;
  const lived = pastOf(folder);
  watch("The database", database.child.end);
  watch("Comeback", product.end);
  say(`
  Ready. Open the desk first:

    Desk         ${world.url}/
    Storefront   ${world.url}/shop/comeback-demo/
    Admin        ${world.url}/admin/store/comeback-demo/apps/comeback
    New shop     ${world.url}/admin/store/comeback-new/apps/comeback
    Mailbox      ${world.url}/mail
    Meta         ${world.url}/meta
    Google       ${world.url}/google
    Clock        ${world.url}/clock
    Log          ${world.url}/log
${lived === null ? "" : truthText(lived.ledger)}
  Comeback itself listens at ${product.url}. Everything is kept in ${folder}; --fresh starts anew.
  Ctrl-C stops all of it.
`);
}

/** The port from which on a free one is looked for; 0 for any. */
function portOf(option: "port" | "app-port"): number {
  const port = Number(values[option]);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--${option} takes a number from 0 to 65535, not "${values[option]}"`);
  return port;
}

/** Makes the year; everything it starts is its own, and gone when it is done. */
async function livePast(folder: string, world: World, databaseUrl: string): Promise<void> {
  const from = performance.now();
  begin("  A year of the shop …");
  let shown = -Infinity;
  const onProgress = ({ at, share, orders, mails }: Progress): void => {
    const seconds = (performance.now() - from) / 1000;
    if (performance.now() - shown < (process.stdout.isTTY ? 200 : 15_000)) return;
    shown = performance.now();
    const left = share < 0.03 ? "" : ` │ about ${Math.ceil((seconds / share) * (1 - share))} s left`;
    const line = `  A year of the shop … ${monthOf(at)} │ ${orders} orders │ ${mails} mails │ ${Math.round(seconds)} s${left}`;
    if (process.stdout.isTTY) process.stdout.write(`\r\u001b[2K${line}`);
    else say(line);
  };
  const ledger = await madePast({
    ...{ folder, world, databaseUrl, encryptionKey: encryptionKey(folder), onProgress, signal: interrupted.signal },
    onLine: (line) => values.verbose && say(`  comeback │ ${line}`),
  });
  if (process.stdout.isTTY) process.stdout.write("\r\u001b[2K  A year of the shop … ");
  finish(`ready (${ledger.orders} orders in ${((performance.now() - from) / 1000).toFixed(0)} s)`);
}

function monthOf(at: Date): string {
  return at.toLocaleDateString("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
}

/** What the screens cannot know: how much of it would have come anyway. */
function truthText({ orders, left, wonByMail, incrementalMinor }: Ledger): string {
  const pounds = Math.round(incrementalMinor / 100).toLocaleString("en-GB");
  return `
  Harbour & Pine has a year behind it: ${orders} orders, ${left} checkouts left behind. The mails really won ${wonByMail} of them, £${pounds} that would not have
  come otherwise. Compare that with what Home says.
`;
}

async function startDatabase(folder: string): Promise<{ url: string; child: Child }> {
  const child = startChild(["tools/database/serve.ts", folder], { cwd: root, env: {}, shielded: true });
  started.push({ name: "database", stop: () => child.stop() });
  const deadline = Date.now() + 60_000;
  for (;;) {
    const line = child.lines().find((one) => one.startsWith("{"));
    if (line !== undefined) return { url: (JSON.parse(line) as { url: string }).url, child };
    if (child.ended() !== undefined || Date.now() > deadline)
      throw new Error(`the database ${child.ended() ?? "was not ready in time"}\n${child.lines().slice(-20).join("\n")}`);
    await Promise.race([child.end, new Promise((resolve) => setTimeout(resolve, 50))]);
  }
}

/** The key that seals tokens in this demo's database; it must be the same at the next start. */
function encryptionKey(folder: string): string {
  const file = join(folder, "encryption-key");
  if (!existsSync(file)) writeFileSync(file, demoEncryptionKey, { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  begin(`  ${name.padEnd(10)} … `);
  const result = await work();
  finish(`ready (${((performance.now() - from) / 1000).toFixed(1)} s)`);
  return result;
}

/** Nothing is restarted behind anybody's back: when one part ends, the demo says so and ends. */
function watch(name: string, end: Promise<string>): void {
  void end.then((how) => {
    if (stopping) return;
    console.error(`\n${name} ${how}. The demo stops; start it again with npm run demo.`);
    void stopAll(1);
  });
}

async function stopAll(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const part of started.reverse()) {
    begin(`  stopping ${part.name} … `);
    await part.stop().catch((error: unknown) => say(String(error)));
    finish("done");
  }
  process.exit(code);
}

/** Opens a progress line; what is said meanwhile goes on lines of its own. */
function begin(text: string): void {
  process.stdout.write(text);
  midLine = true;
}

function finish(text: string): void {
  process.stdout.write(`${midLine ? "" : "    "}${text}\n`);
  midLine = false;
}

function say(line: string): void {
  process.stdout.write(`${midLine ? "\n" : ""}${line}\n`);
  midLine = false;
}
