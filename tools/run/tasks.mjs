// What each npm script does.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { check } from "./check.mjs";
import { dev } from "./dev.mjs";
import { dependencies, everything } from "./prepare.mjs";
import { start } from "./start.mjs";
import { root, runOpenly } from "./steps.mjs";
import { test } from "./test.mjs";

/** @type {Record<string, (args: string[]) => Promise<number>>} */
const tasks = {
  /** The whole world on one machine, with the product in it. */
  demo: async (args) => {
    await everything();
    return script("sandbox/demo.ts", args);
  },
  /** The same, built and started again whenever a file changes. */
  dev: async (args) => {
    await everything();
    return dev(args);
  },
  /** The product alone, as it runs in production. */
  start,
  /** Everything that has to be there, and nothing started: for images. */
  build: async () => {
    await everything();
    return 0;
  },
  test: async (args) => {
    await everything();
    return test(args);
  },
  check: async (args) => {
    await everything();
    return check(args);
  },
  format: async () => {
    await dependencies();
    return script("node_modules/prettier/bin/prettier.cjs", ["--write", "--log-level", "warn", "--cache", "--cache-location", ".cache/prettier", "."]);
  },
  bench: async ([name, ...args]) => {
    const file = `bench/${name ?? ""}.ts`;
    if (name === undefined || !/^[a-z0-9-]+$/.test(name) || !existsSync(join(root, file)))
      throw new Error(`Which one? npm run bench -- <name>, where bench/<name>.ts is there.`);
    await everything();
    return script(file, args);
  },
  replay: async (args) => {
    await everything();
    return script("sandbox/replay.ts", args);
  },
  "db:new": async (args) => {
    await dependencies();
    return script("tools/prisma/migrations.ts", ["new", ...args]);
  },
  "db:check": async () => {
    await dependencies();
    return script("tools/prisma/migrations.ts", ["check"]);
  },
};

/**
 * @param {string} file
 * @param {string[]} args
 */
function script(file, args) {
  return runOpenly(execPath, [file, ...args]);
}

/**
 * Runs a task and resolves to its exit code.
 * @param {string} name
 * @param {string[]} args
 */
export async function runTask(name, args) {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (task === undefined) throw new Error(`There is no task "${name}". There are: ${Object.keys(tasks).join(", ")}.`);
  return task(args);
}
