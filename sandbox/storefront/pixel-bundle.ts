// The scripts that run in a shopper's browser: the platform's own, and the app's pixel in its sandbox. Built at first use, kept in memory.
import { readFileSync, statSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

const here = join(import.meta.dirname, "browser");
const pixelFolder = join(import.meta.dirname, "../../extensions/pixel/src");

/** Shopify takes no pixel that is bigger. */
const pixelLimit = 128 * 1024;

const built = new Map<string, { stamp: string; text: Promise<string> }>();

/** One file as one classic script. Built anew when something in the folders it is made of has changed. */
function bundle(entry: string, folders: string[]): Promise<string> {
  const stamp = folders.flatMap((folder) => readdirSync(folder).map((file) => statSync(join(folder, file)).mtimeMs)).join();
  const known = built.get(entry);
  if (known?.stamp === stamp) return known.text;
  const text = make(entry);
  built.set(entry, { stamp, text });
  // A mistake in the source is said once per look, not kept.
  text.catch(() => built.delete(entry));
  return text;
}

async function make(entry: string): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: "esbuild", target: "es2020", lib: { entry, formats: ["iife"], name: "bundle" } },
  });
  const [output] = Array.isArray(made) ? made : [made];
  const chunk = output && "output" in output ? output.output.find((one) => one.type === "chunk") : undefined;
  if (!chunk) throw new Error(`${entry} made no script`);
  return chunk.code;
}

/** Customer Privacy, analytics and the pixel's host, for every page of a shop. */
export const platformScript = (): Promise<string> => bundle(join(here, "platform.ts"), [here, import.meta.dirname]);

export const platformStyle = (): string => readFileSync(join(here, "platform.css"), "utf8");

/** The worker: first the sandbox, then the pixel as the app wrote it. */
export async function pixelScript(): Promise<string> {
  const pixel = await bundle(join(pixelFolder, "index.ts"), [pixelFolder]);
  if (Buffer.byteLength(pixel) > pixelLimit) throw new Error("The pixel is bigger than 128 kB, which Shopify refuses");
  return `${await bundle(join(here, "pixel-sandbox.ts"), [here])}\n${pixel}`;
}
