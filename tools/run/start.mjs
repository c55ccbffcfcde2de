// npm start: the product in production. Brings the database up to date first; without DATABASE_URL it brings its own.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { env, execPath, loadEnvFile } from "node:process";
import { build, databaseClient, dependencies } from "./prepare.mjs";
import { root, runOpenly, runQuietly, step } from "./steps.mjs";

/** @param {string[]} args --web, --worker: passed on to the app */
export async function start(args) {
  // What is set already wins over the file.
  const file = join(root, ".env");
  if (existsSync(file)) loadEnvFile(file);
  // An image is built, then pruned of what only building needs: there is nothing to make again, and nothing to make it with.
  const built = existsSync(join(root, "build", "server", "index.js"));
  await dependencies(built ? { without: "dev" } : {});
  await databaseClient();
  if (!existsSync(join(root, "node_modules", "@remix-run", "dev")) && built) return run(args);
  await build();
  return run(args);
}

/** @param {string[]} args */
async function run(args) {
  const given = env.DATABASE_URL;
  if (given !== undefined && given !== "") return app(args, given);
  const database = await embedded(join(root, ".data", "database"));
  try {
    return await app(args, database.url);
  } finally {
    await database.close();
  }
}

/**
 * @param {string[]} args
 * @param {string} url
 */
async function app(args, url) {
  const environment = { ...env, NODE_ENV: env.NODE_ENV ?? "production", DATABASE_URL: url };
  await step("bringing the database up to date", () => runQuietly(execPath, ["tools/migrate/migrate.ts"], { env: environment }));
  return runOpenly(execPath, ["app/start.ts", ...args], { env: environment });
}

/**
 * The embedded database as a process of its own, out of reach of the terminal's Ctrl-C: it has to outlive the app by a moment.
 * @param {string} folder
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export function embedded(folder) {
  return step("opening the embedded database", async () => {
    const child = spawn(execPath, ["tools/database/serve.ts", folder], { cwd: root, detached: true, stdio: ["ignore", "pipe", "inherit", "ipc"] });
    const gone = new Promise((closed) => child.once("close", closed));
    /** @type {string} */
    const line = await new Promise((ready, failed) => {
      let said = "";
      child.stdout?.on("data", (chunk) => {
        said += chunk;
        if (said.includes("\n")) ready(said);
      });
      child.once("error", failed);
      child.once("close", () => failed(new Error("The embedded database did not start.")));
    });
    return {
      url: JSON.parse(line).url,
      close: async () => {
        child.kill("SIGTERM");
        await gone;
      },
    };
  });
}
