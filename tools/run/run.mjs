// Runs every npm script: node tools/run/run.mjs <task> [arguments]. Plain JavaScript, so that it starts on a Node that is too old for the rest.
import { env, exit, argv, version, versions } from "node:process";
import { supported, underCurrentNode } from "./node.mjs";

const [task = "", ...args] = argv.slice(2);

try {
  if (supported(versions.node)) {
    const { runTask } = await import("./tasks.mjs");
    exit(await runTask(task, args));
  }
  if (env.COMEBACK_NODE === "current") throw new Error(`Node ${version} is too old, and the one of tools/node was not taken up. Use Node 24.`);
  exit(await underCurrentNode(argv.slice(1)));
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  exit(1);
}
