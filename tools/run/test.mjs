// npm test: everything on the embedded database, then what touches a database once more on a PostgreSQL server.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { root, runOpenly } from "./steps.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */
/** @typedef {{ testResults: { name: string, status: string, assertionResults: { status: string }[] }[] }} Report */

const interrupted = 130;

/**
 * What a run came to. A file that failed without a failing test (it did not even load), and a run that failed without a failing file, count as one.
 * @param {Report | null} report vitest's JSON
 * @param {number} code vitest's exit code
 * @returns {Count}
 */
export function count(report, code) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of report?.testResults ?? []) {
    const before = total.failed;
    for (const result of assertionResults) {
      if (result.status === "passed") total.passed += 1;
      else if (result.status === "failed") total.failed += 1;
      else total.skipped += 1;
    }
    if (status === "failed" && total.failed === before) total.failed += 1;
  }
  if (code !== 0 && total.failed === 0) total.failed += 1;
  return total;
}

/** @param {string[]} args file filters, as vitest takes them */
export async function test(args) {
  console.log("\nOn the embedded database");
  const first = await vitest("embedded", ["--project", "unit", "--project", "database", "--project", "stories", ...args], { TEST_DATABASE_URL: undefined });
  if (first.code === interrupted) return interrupted;
  const again = (first.report?.testResults ?? []).filter(({ name }) => /\.db\.test\.tsx?$/.test(name));
  const second = again.length === 0 ? count(null, 0) : await onServer(args, again);
  const sum = add(first.count, second);
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  return sum.failed === 0 ? 0 : 1;
}

/**
 * @param {string[]} args
 * @param {Report["testResults"]} files what ran on the embedded database
 * @returns {Promise<Count>}
 */
async function onServer(args, files) {
  const server = await serverFor();
  if (server.url === null) {
    console.log(
      `\nSKIPPED on a PostgreSQL server: ${files.length} files, because ${server.reason}.\nSet TEST_DATABASE_URL to a server on which databases may be made, or install PostgreSQL.\n`,
    );
    return { passed: 0, failed: 0, skipped: files.reduce((sum, { assertionResults }) => sum + assertionResults.length, 0) };
  }
  try {
    console.log(`\nOn a PostgreSQL server (${server.name})`);
    return (await vitest("server", ["--project", "database", ...args], { TEST_DATABASE_URL: server.url })).count;
  } finally {
    await server.close();
  }
}

/** @returns {Promise<{ url: string, name: string, close: () => Promise<void> } | { url: null, reason: string }>} */
async function serverFor() {
  const given = env.TEST_DATABASE_URL;
  if (given !== undefined && given !== "") return { url: given, name: "TEST_DATABASE_URL", close: () => Promise.resolve() };
  const { startCluster } = await import("../../test/cluster.ts");
  const outcome = await startCluster();
  if (!outcome.ok) return { url: null, reason: outcome.reason };
  const { cluster } = outcome;
  return { url: cluster.url, name: `a throw-away one, version ${cluster.version}`, close: () => cluster.close() };
}

/**
 * @param {string} name
 * @param {string[]} args
 * @param {Record<string, string | undefined>} environment
 * @returns {Promise<{ count: Count, report: Report | null, code: number }>}
 */
async function vitest(name, args, environment) {
  const file = join(root, ".cache", "test", `report-${name}.json`);
  rmSync(file, { force: true });
  const code = await runOpenly(
    execPath,
    ["node_modules/vitest/vitest.mjs", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, "--passWithNoTests", ...args],
    {
      env: { ...env, NODE_ENV: "test", ...environment },
    },
  );
  /** @type {Report | null} */
  const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
  // Without a report nothing is known to have passed.
  return { code, report, count: count(report, report === null && code === 0 ? 1 : code) };
}

/**
 * @param {Count} one
 * @param {Count} two
 * @returns {Count}
 */
function add(one, two) {
  return { passed: one.passed + two.passed, failed: one.failed + two.failed, skipped: one.skipped + two.skipped };
}
