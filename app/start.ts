// The product: `node app/start.ts [--web] [--worker]`, both by default.
import { existsSync } from "node:fs";
import { enableCompileCache, flushCompileCache } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ServerBuild } from "@remix-run/node";

const root = fileURLToPath(new URL("..", import.meta.url));
const flags = new Set(process.argv.slice(2));
const web = flags.has("--web") || !flags.has("--worker");
const worker = flags.has("--worker") || !flags.has("--web");

/** Says what is wrong and ends: a process that starts with a wrong environment would fail later, and worse. */
function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  // What was read and compiled once is there at the next start, a fourth sooner; where it cannot be kept, it is done again.
  enableCompileCache(`${root}.cache/compile`);
  const { env } = await import("./env.server.ts");
  try {
    env();
  } catch (error) {
    refuse((error as Error).message);
  }
  const { log } = await import("./log.server.ts");
  const { checkDatabase } = await import("./check-database.server.ts");
  const problem = await checkDatabase();
  if (problem !== null) refuse(problem);

  const stops: (() => Promise<void>)[] = [];
  if (worker) {
    const { startWorker } = await import("./worker.ts");
    stops.push((await startWorker()).stop);
    log.info("worker ready");
  }
  if (web) {
    const build = `${root}build/server/index.js`;
    if (!existsSync(build)) refuse("The screens are not built. Run: npm run dev, npm run demo, or npm start, which build them.");
    const { webServer, listen } = await import("./server.ts");
    const { queue } = await import("./queue.server.ts");
    await queue();
    const server = webServer((await import(pathToFileURL(build).href)) as ServerBuild, `${root}build/client`);
    const { port, stop } = await listen(server, env().PORT);
    stops.unshift(stop);
    log.info({ port }, "web ready");
  }

  // Now, not at the end: whoever is killed has none.
  flushCompileCache();

  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping");
    void (async () => {
      // Whatever is not done by then stands in the tables and is taken up by the next process.
      setTimeout(() => process.exit(0), 25_000).unref();
      for (const one of stops) await one().catch((error: unknown) => log.error({ err: error }, "stopping failed"));
      const { stopQueue } = await import("./queue.server.ts");
      await stopQueue(1_000).catch(() => undefined);
      process.exit(0);
    })();
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
}

process.on("unhandledRejection", (error) => {
  process.stderr.write(`An error was not handled: ${error instanceof Error ? error.message.split("\n")[0] : "unknown"}\n`);
  process.exit(1);
});

await main();
