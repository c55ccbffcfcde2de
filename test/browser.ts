// A real browser for stories: the machine's own Chrome or Chromium, else the one that comes with the dependencies.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createRequire } from "node:module";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";

export type TestBrowser = {
  browser: Browser;
  /** A browser of somebody new: own cookies, an ordinary user agent. */
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  newPage(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
};

type Program = { path: string; env: Record<string, string> };

const root = join(import.meta.dirname, "..");

/** Opens a browser, or throws a sentence that says how to get one. Wait for `close` when the story is over. */
export async function openBrowser(): Promise<TestBrowser> {
  const { path, env } = await findProgram();
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath: path, args: sandbox, env: { ...definedOnly(process.env), ...env } });
  const newContext = (options: BrowserContextOptions = {}): Promise<BrowserContext> =>
    browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", userAgent: ordinaryAgent(browser.version()), ...options });
  return {
    browser,
    newContext,
    newPage: async (options) => (await newContext(options)).newPage(),
    close: () => browser.close(),
  };
}

/** Keeps a picture of the page: `<name>.png` in the folder SCREENSHOTS names, or in .cache/screenshots. Returns its path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  const folder = process.env["SCREENSHOTS"] ?? join(root, ".cache", "screenshots");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name.replace(/[^\w-]+/g, "-")}.png`);
  await page.screenshot({ path, fullPage: true, animations: "disabled" });
  return path;
}

/** What a browser with a window says of itself: a headless one is taken for a robot, and answered as one. */
function ordinaryAgent(version: string): string {
  return `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version.split(".")[0] ?? "140"}.0.0.0 Safari/537.36`;
}

async function findProgram(): Promise<Program> {
  const given = process.env["CHROME_PATH"];
  if (given !== undefined && given !== "") return { path: given, env: {} };
  const own = installed();
  if (own !== null) return { path: own, env: {} };
  if (process.platform === "linux" && process.arch === "x64") return unpacked();
  const fetched = chromium.executablePath();
  if (existsSync(fetched)) return { path: fetched, env: {} };
  throw new Error("No browser was found. Install Chrome or Chromium, or run: npx playwright-core install chromium. Or say where one is with CHROME_PATH.");
}

function installed(): string | null {
  const places =
    process.platform === "darwin"
      ? ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"]
      : process.platform === "win32"
        ? ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].map((name) => join(process.env[name] ?? "", "Google", "Chrome", "Application", "chrome.exe"))
        : (process.env["PATH"] ?? "")
            .split(delimiter)
            .flatMap((folder) => ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser"].map((name) => join(folder, name)));
  return places.find((place) => existsSync(place)) ?? null;
}

/** The browser of @sparticuz/chromium, unpacked once per version into .cache, with the libraries that a bare machine lacks. */
async function unpacked(): Promise<Program> {
  const bin = join(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")), "..", "bin");
  const { version } = JSON.parse(readFileSync(join(bin, "..", "package.json"), "utf8")) as { version: string };
  const folder = join(root, ".cache", "chromium", version);
  if (!existsSync(folder)) await unpack(bin, folder);
  return { path: join(folder, "chromium"), env: { LD_LIBRARY_PATH: join(folder, "al2023", "lib"), FONTCONFIG_FILE: join(folder, "fonts.conf") } };
}

async function unpack(bin: string, folder: string): Promise<void> {
  const { inflate } = await import("@sparticuz/chromium");
  const part = `${folder}.${process.pid}`;
  mkdirSync(part, { recursive: true });
  // The package unpacks into the temp folder and takes whatever is there for whole. A folder of its own, renamed when it is done, cannot be half.
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = part;
  try {
    await Promise.all(["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"].map((name) => inflate(join(bin, name))));
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
  // The fonts' own list names the folders of another place.
  const places = [join(folder, "fonts", "fonts"), "/usr/share/fonts"].map((place) => `<dir>${place}</dir>`);
  writeFileSync(
    join(part, "fonts.conf"),
    `<?xml version="1.0"?>\n<fontconfig>${places.join("")}<cachedir>${join(folder, "font-cache")}</cachedir></fontconfig>\n`,
  );
  try {
    renameSync(part, folder);
  } catch (error) {
    // Somebody else was faster.
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
