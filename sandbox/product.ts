// Starts the product itself inside a world, as its own process: for the demo, the stories and the replay.
import { randomBytes } from "node:crypto";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ChildProcess } from "node:child_process";
import { startChild } from "./child.ts";
import { freePort } from "./port.ts";
import type { World } from "./world.ts";

export type ProductOptions = {
  databaseUrl: string;
  world: World;
  /** `--web`, `--worker`; none = both. */
  flags?: readonly string[];
  /** What to run; absent = the product. */
  entry?: string;
  /** Wins over everything that is set here. */
  env?: Record<string, string>;
  /** 0 or absent = any free one. */
  port?: number;
  /** The address that the product gives out as its own; absent = the world's frame, where browsers meet it. */
  publicUrl?: string;
  onLine?: (line: string) => unknown;
  /** How long it may take until it is ready. */
  readyMs?: number;
  /** Keep the terminal's Ctrl-C away from it; whoever started it stops it. */
  shielded?: boolean;
};

export type Product = {
  /** Where it listens. A process with `--worker` alone listens nowhere. */
  url: string;
  process: ChildProcess;
  /** What it wrote so far. */
  log: () => string;
  /** How it ended, once it has. */
  ended: () => string | undefined;
  end: Promise<string>;
  stop: () => Promise<void>;
  kill9: () => Promise<void>;
};

/** What the demo asks for; every scope is explained on the product's settings screen. */
export const demoScopes =
  "read_orders,read_customers,read_customer_merge,read_products,read_inventory,read_discounts,write_discounts,write_pixels,read_customer_events";

const root = fileURLToPath(new URL("../", import.meta.url));
const preload = pathToFileURL(fileURLToPath(new URL("./preload.ts", import.meta.url))).href;
const sharedKey = randomBytes(32).toString("base64");

/** The whole environment of a product process in this world. */
export function productEnv(options: ProductOptions, port: number): Record<string, string> {
  const { context, url, smtpUrl, clockFile } = options.world;
  return {
    NODE_ENV: "production",
    DATABASE_URL: options.databaseUrl,
    PORT: String(port),
    SHOPIFY_API_KEY: context.appKey,
    SHOPIFY_API_SECRET: context.appSecret,
    SHOPIFY_APP_URL: options.publicUrl ?? options.world.frameUrl,
    SCOPES: demoScopes,
    // One key per run of this process: a second product on the same database must be able to read what the first sealed.
    ENCRYPTION_KEY: sharedKey,
    SMTP_URL: smtpUrl,
    META_APP_ID: context.metaAppId,
    META_APP_SECRET: context.metaAppSecret,
    GOOGLE_CLIENT_ID: context.googleClientId,
    GOOGLE_CLIENT_SECRET: context.googleClientSecret,
    SANDBOX_URL: url,
    SANDBOX_CLOCK: clockFile,
    ...options.env,
  };
}

/** Starts `app/start.ts` under the preload and resolves when it is ready; throws with its last lines when it ends before. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const flags = options.flags ?? [];
  const listens = flags.length === 0 || flags.includes("--web");
  const port = await freePort(options.port ?? 0);
  const url = `http://127.0.0.1:${port}`;
  const child = startChild(["--import", preload, options.entry ?? "app/start.ts", ...flags], {
    cwd: root,
    env: productEnv(options, port),
    shielded: options.shielded ?? false,
    ...(options.onLine ? { onLine: options.onLine } : {}),
  });
  // Before it is ready: installs and first webhooks may arrive as soon as it listens.
  if (listens) options.world.setAppUrl(url);

  const deadline = Date.now() + (options.readyMs ?? 60_000);
  const ready = async (): Promise<boolean> => (listens ? healthy(url) : child.lines().some(saysReady));
  while (!(await ready())) {
    const late = Date.now() > deadline;
    if (child.ended() === undefined && !late) {
      await Promise.race([child.end, new Promise((resolve) => setTimeout(resolve, 50))]);
      continue;
    }
    await child.kill9();
    const reason = late ? "was not ready in time" : (child.ended() ?? "ended");
    throw new Error(`the product ${reason}\n${child.lines().slice(-40).join("\n")}`);
  }
  return {
    url,
    process: child.process,
    log: () => child.lines().join("\n"),
    ended: child.ended,
    end: child.end,
    stop: () => child.stop(),
    kill9: child.kill9,
  };
}

async function healthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false; // not listening yet
  }
}

// A worker has no door to knock at; it writes one line of JSON when it takes work.
function saysReady(line: string): boolean {
  return /"msg":"[^"]*\b(?:ready|started)\b/i.test(line);
}
