// A real order history through the front door. `npm run replay -- --orders <file…>`; see replay/README.md.
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ownPlace, type Place } from "./replay/place.ts";
import { duration, progressLine, summaryText, totalsText } from "./replay/report.ts";
import { replay, type Progress } from "./replay/replay.ts";
import { sceneAt, worldListens } from "./replay/scene.ts";
import { demoKeys } from "./world.ts";

const usage = `npm run replay -- --orders <file…> [--world <url>] [--app <url>] [--connections 64] [--validate all | <n>] [--stay]`;

const wholeNumber = (text: string, name: string): number => {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`--${name} takes a number from 1, not "${text}"`);
  return Number(text);
};

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      orders: { type: "string", multiple: true },
      world: { type: "string" },
      app: { type: "string" },
      connections: { type: "string", default: "64" },
      validate: { type: "string", default: "50" },
      stay: { type: "boolean", default: false },
    },
  });
  // A shell spreads `*.csv.gz` over several words, of which the option takes the first.
  const files = [...(values.orders ?? []), ...positionals];
  if (files.length === 0) throw new Error(`Which files? ${usage}`);
  const validateEvery = values.validate === "all" ? 1 : wholeNumber(values.validate, "validate");
  return { files, validateEvery, connections: wholeNumber(values.connections, "connections"), world: values.world, app: values.app, stay: values.stay };
}

/** The demo that runs here, the one that was named, or a product of our own. */
async function findPlace(world: string | undefined): Promise<{ worldUrl: string; secret: string; own: Place | null }> {
  const wanted = world ?? "http://127.0.0.1:4000";
  if (await worldListens(wanted)) {
    console.log(`  The world at ${wanted} is used; its clock goes along with the orders.`);
    return { worldUrl: wanted, secret: demoKeys.appSecret, own: null };
  }
  if (world !== undefined) throw new Error(`No world listens at ${world}`);
  console.log("  No demo runs here, so a product of our own is started, in memory.");
  const own = await ownPlace(new Date("2009-12-01T00:00:00Z"));
  return { worldUrl: own.worldUrl, secret: own.secret, own };
}

/** One line that changes on a terminal; a line now and then elsewhere. */
function progress() {
  const { stdout } = process;
  const everyMs = stdout.isTTY ? 250 : 10_000;
  let last = performance.now();
  return (now: Progress): void => {
    if (performance.now() - last < everyMs) return;
    last = performance.now();
    stdout.write(stdout.isTTY ? `\r\u001b[2K${progressLine(now)}` : `${progressLine(now)}\n`);
  };
}

async function main(): Promise<void> {
  const { files, world, app, stay, ...rest } = options();
  const { worldUrl, secret, own } = await findPlace(world);
  const stop = (): void => void (own?.close() ?? Promise.resolve()).finally(() => process.exit(130));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const scene = sceneAt(worldUrl, app);
    const summary = await replay({ files, scene, secret, onProgress: progress(), ...rest });
    if (process.stdout.isTTY) process.stdout.write("\r\u001b[2K");
    console.log(summaryText(summary));
    const from = performance.now();
    const settled = await scene.settled(600_000);
    console.log(
      settled ? `  Comeback had worked through all of it ${duration((performance.now() - from) / 1000)} later.` : "  Comeback is still working through it.",
    );
    if (own !== null) console.log(totalsText(await own.totals()));
    if (own !== null && stay) {
      console.log(`\n  It stays until Ctrl-C: ${worldUrl}/`);
      for (;;) await wait(3_600_000);
    }
  } finally {
    await own?.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
