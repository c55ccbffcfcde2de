// One process per data folder. PGlite has no lock of its own: two processes would open the same folder, and destroy it, without a word.
import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Holder = { pid: number; started: string | null; since: string };

/** Takes the folder for this process, or throws a sentence that says who has it. Returns what gives it back. */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "lock");
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid), since: new Date().toISOString() } satisfies Holder);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      writeFileSync(file, mine, { flag: "wx", mode: 0o600 });
      return () => {
        if (read(file) === mine) rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const found = read(file);
    if (found === null) continue;
    const holder = parse(found);
    if (holder !== null && alive(holder)) throw inUse(folder, holder);
    bury(file, found);
  }
  throw new Error(`The database folder ${folder} could not be locked: other processes keep taking and leaving it.`);
}

/** Takes away the lock of a process that is gone; puts it back when a living one took its place in between. */
function bury(file: string, stale: string): void {
  const grave = `${file}.${randomUUID()}`;
  try {
    renameSync(file, grave);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (read(grave) !== stale) linkSync(grave, file);
  rmSync(grave, { force: true });
}

function inUse(folder: string, holder: Holder): Error {
  const who = holder.pid === process.pid ? "this process itself" : `process ${holder.pid}`;
  return new Error(
    `The database folder ${folder} is in use by ${who} since ${holder.since}. Only one process may open it: stop that one, or give this one another folder.`,
  );
}

function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function parse(text: string): Holder | null {
  try {
    const value = JSON.parse(text) as Partial<Holder>;
    return typeof value.pid === "number" ? { pid: value.pid, started: value.started ?? null, since: value.since ?? "an unknown time" } : null;
  } catch {
    // A file cut short by a crash names nobody.
    return null;
  }
}

function alive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  // Process ids come back, in containers at once: the same id with another start is another process.
  const started = startOf(holder.pid);
  return holder.started === null || started === null || started === holder.started;
}

/** When a process started, as its system counts; null where the system does not say (everywhere but Linux). */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return ticks === undefined ? null : `${boot}:${ticks}`;
  } catch {
    return null;
  }
}
