// How a task is told: one line per step, with its seconds; what a step has to say only when it fails.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const began = Date.now();
  process.stdout.write(`${name} … `);
  try {
    const result = await work();
    process.stdout.write(`${((Date.now() - began) / 1000).toFixed(1)} s\n`);
    return result;
  } catch (error) {
    process.stdout.write("failed\n");
    throw error;
  }
}

/**
 * Runs a program and keeps what it says to itself, unless it fails: then all of it is in the error.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options]
 * @returns {Promise<void>}
 */
export function runQuietly(program, args, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { cwd: options.cwd ?? root, env: { ...process.env, ...options.env }, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (chunk) => (said += chunk));
    child.stderr.on("data", (chunk) => (said += chunk));
    child.on("error", failed);
    child.on("close", (code, signal) =>
      code === 0 ? done() : failed(new Error(`${said.trim()}\n\n(${args[0] ?? program} ended with ${signal ?? code})`.trim())),
    );
  });
}

/**
 * Runs a program in the foreground. Ctrl-C reaches it from the terminal; SIGTERM is handed on. Resolves to its exit code.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: Record<string, string | undefined>, began?: (child: import("node:child_process").ChildProcess) => void }} [options]
 * @returns {Promise<number>}
 */
export function runOpenly(program, args, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, ...options.env }, stdio: "inherit" });
    const wait = () => undefined;
    const end = () => child.kill("SIGTERM");
    process.on("SIGINT", wait);
    process.on("SIGTERM", end);
    options.began?.(child);
    child.on("error", failed);
    child.on("close", (code, signal) => {
      process.off("SIGINT", wait);
      process.off("SIGTERM", end);
      done(code ?? (signal === "SIGINT" ? 130 : 1));
    });
  });
}

/**
 * One short word for the contents of files and folders (relative to the project); changes when any of them does.
 * @param {string[]} paths
 * @param {{ from?: string, skip?: RegExp }} [options]
 */
export function fingerprint(paths, { from = root, skip } = {}) {
  const hash = createHash("sha256");
  /** @param {string} path */
  const add = (path) => {
    if (skip?.test(path)) return;
    const full = join(from, path);
    if (!existsSync(full)) return;
    const entries = readdirOrNull(full);
    if (entries === null) hash.update(`${path}\0`).update(readFileSync(full)).update("\0");
    else for (const entry of entries) add(`${path}/${entry}`);
  };
  for (const path of paths) add(path);
  return hash.digest("hex").slice(0, 32);
}

/** @param {string} path */
function readdirOrNull(path) {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOTDIR") return null;
    throw error;
  }
}

/**
 * Does `work` unless it was done for this fingerprint before and `result` is still there.
 * @param {string} name
 * @param {{ key: string, result: string, say: string }} what
 * @param {() => Promise<void>} work
 */
export async function onceFor(name, { key, result, say }, work) {
  const mark = join(root, ".cache", "run", name);
  if (existsSync(join(root, result)) && existsSync(mark) && readFileSync(mark, "utf8") === key) return;
  await step(say, work);
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(mark, key);
}
