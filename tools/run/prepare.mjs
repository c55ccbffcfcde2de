// What has to be there before a task: dependencies, the database client, the build. Each is made only when what it is made from has changed.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { npmProgram } from "./node.mjs";
import { fingerprint, onceFor, root, runQuietly, step } from "./steps.mjs";

/** @typedef {{ packages?: Record<string, { version?: string, resolved?: string, optional?: boolean, dev?: boolean, devOptional?: boolean, extraneous?: boolean }> }} Lock */

/**
 * Whether the installed packages are those of the lock file. `without` names what was left out on purpose.
 * @param {Lock} lock package-lock.json
 * @param {Lock | null} installed node_modules/.package-lock.json, which npm writes last
 * @param {{ without?: "dev" }} [options]
 */
export function sameAsLock(lock, installed, options = {}) {
  if (installed === null) return false;
  const [wanted, present] = [lock.packages ?? {}, installed.packages ?? {}];
  for (const [path, { version }] of Object.entries(present)) if (wanted[path]?.version !== version) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || path in present || entry.optional === true || entry.extraneous === true) return true;
    return options.without === "dev" && (entry.dev === true || entry.devOptional === true);
  });
}

/** @param {string} path */
function json(path) {
  const file = join(root, path);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

/** @param {{ without?: "dev" }} [options] */
export async function dependencies(options = {}) {
  if (sameAsLock(json("package-lock.json") ?? {}, json("node_modules/.package-lock.json"), options)) return;
  await step("installing dependencies", () => runQuietly(execPath, [npmProgram(), "ci"]));
}

export async function databaseClient() {
  const key = fingerprint(["prisma/schema.prisma", "node_modules/prisma/package.json"]);
  await onceFor("client", { key, result: "prisma/generated/client.ts", say: "generating the database client" }, () =>
    // Any existing program keeps Prisma from downloading an engine that the client does not use.
    runQuietly(execPath, [join("node_modules", "prisma", "build", "index.js"), "generate"], {
      env: { PRISMA_SCHEMA_ENGINE_BINARY: execPath, CHECKPOINT_DISABLE: "1", PRISMA_HIDE_UPDATE_MESSAGE: "1" },
    }),
  );
}

export async function build() {
  const sources = ["app", "public", "prisma/schema.prisma", "vite.config.ts", "tsconfig.json", "package.json", "package-lock.json"];
  const key = fingerprint(sources, { skip: /\.test\.tsx?$|\.md$/ });
  await onceFor("build", { key, result: "build/server/index.js", say: "building the app" }, () =>
    runQuietly(execPath, [join("node_modules", "@remix-run", "dev", "dist", "cli.js"), "vite:build"], { env: { NODE_ENV: "production" } }),
  );
}

export async function everything() {
  await dependencies();
  await databaseClient();
  await build();
}
