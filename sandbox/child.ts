// A child process that is watched: its lines are kept, its end is known, it is stopped gently.
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

export type Child = {
  process: ChildProcess;
  /** The last lines it wrote, out and error together. */
  lines: () => readonly string[];
  /** How it ended, once it has; undefined while it runs. */
  ended: () => string | undefined;
  /** Resolves when it has ended, with how. */
  end: Promise<string>;
  /** SIGTERM, and SIGKILL when it does not go within `graceMs`. */
  stop: (graceMs?: number) => Promise<void>;
  kill9: () => Promise<void>;
};

export type ChildOptions = {
  cwd: string;
  env: Record<string, string>;
  onLine?: (line: string) => unknown;
  /** Out of the terminal's reach: Ctrl-C then comes to us alone, and we stop the children in order. */
  shielded?: boolean;
};

const keptLines = 5_000;

/** Starts Node with `args`. Nothing of this process's environment is handed down but what a program needs to run at all. */
export function startChild(args: readonly string[], { cwd, env, onLine, shielded = false }: ChildOptions): Child {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...inherited(), ...env } as NodeJS.ProcessEnv, // Remix narrows NODE_ENV in this type
    stdio: ["ignore", "pipe", "pipe"],
    detached: shielded,
  });
  // Whatever happens to us, nothing is left running behind.
  const lastResort = (): void => void child.kill("SIGKILL");
  process.once("exit", lastResort);
  let lines: string[] = [];
  let how: string | undefined;
  const read = (line: string): void => {
    lines.push(line);
    if (lines.length > keptLines) lines = lines.slice(-keptLines / 2);
    onLine?.(line);
  };
  createInterface({ input: child.stdout }).on("line", read);
  createInterface({ input: child.stderr }).on("line", read);

  const end = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve((how ??= `could not start: ${error.message}`)));
    child.once("close", (code, signal) => resolve((how ??= signal ? `ended by ${signal}` : `ended with code ${code}`)));
  });
  void end.then(() => process.off("exit", lastResort));
  return {
    process: child,
    lines: () => lines,
    ended: () => how,
    end,
    stop: async (graceMs = 15_000) => {
      if (how !== undefined) return;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await end;
      clearTimeout(timer);
    },
    kill9: async () => {
      if (how !== undefined) return;
      child.kill("SIGKILL");
      await end;
    },
  };
}

function inherited(): Record<string, string> {
  const names = ["PATH", "Path", "HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "SystemRoot", "LANG", "NODE_COMPILE_CACHE"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}
