// npm run check: everything that a change must pass, in the order of how soon it says no.
import { execPath } from "node:process";
import { runQuietly, step } from "./steps.mjs";
import { test } from "./test.mjs";

/** @type {[name: string, command: string[]][]} */
const checks = [
  ["format", ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "--cache", "--cache-location", ".cache/prettier", "."]],
  ["rooms", ["node_modules/dependency-cruiser/bin/dependency-cruiser.mjs", "app", "extensions", "--output-type", "err"]],
  ["unused code", ["node_modules/knip/bin/knip.js", "--no-progress"]],
  ["types", ["node_modules/typescript/bin/tsc", "--project", "."]],
  ["lint", ["node_modules/eslint/bin/eslint.js", "--max-warnings", "0", "."]],
  ["migrations", ["tools/prisma/migrations.ts", "check"]],
];

/** @param {string[]} args */
export async function check(args) {
  /** @type {string[]} */
  const failed = [];
  for (const [name, command] of checks) {
    // All of them are run: one answer with everything in it is worth more than the first no.
    await step(name, () => runQuietly(execPath, command)).catch((error) => {
      failed.push(name);
      console.log(`${error.message}\n`);
    });
  }
  const code = await test(args);
  if (failed.length > 0) console.error(`Not in order: ${failed.join(", ")}.`);
  return failed.length > 0 ? 1 : code;
}
