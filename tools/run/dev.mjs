// npm run dev: the demo, built and started again whenever a file of the product or of the world around it changes.
import { existsSync, watch } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { everything } from "./prepare.mjs";
import { root, runOpenly } from "./steps.mjs";

const watched = ["app", "sandbox", "extensions", "prisma/schema.prisma", "vite.config.ts"];
const ignored = /(^|[/\\])(\.|build|generated|node_modules)|\.(test\.tsx?|md)$|~$/;
// Editors write a file several times within one save.
const settleMs = 200;

/** @param {string[]} args passed on to the demo */
export async function dev(args) {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let running;
  let changed = false;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {() => void} */
  let wake = () => undefined;
  const watchers = watched
    .filter((path) => existsSync(join(root, path)))
    .map((path) =>
      watch(join(root, path), { recursive: true }, (_event, name) => {
        if (name !== null && ignored.test(name)) return;
        clearTimeout(timer);
        timer = setTimeout(() => {
          changed = true;
          running?.kill("SIGTERM");
          wake();
        }, settleMs);
      }),
    );
  try {
    for (;;) {
      const code = await runOpenly(execPath, ["sandbox/demo.ts", "--no-past", ...args], { began: (child) => (running = child) });
      running = undefined;
      if (!changed && (code === 0 || code === 130)) return code;
      // It fell over: the next change may mend it.
      if (!changed) await new Promise((next) => (wake = () => next(undefined)));
      changed = false;
      await everything().catch((error) => console.error(error.message));
    }
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}
