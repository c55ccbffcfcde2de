// What the world remembers over a restart: one file, written a moment after the last change.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StandIn } from "./context.ts";

export type Memory = {
  changed: () => void;
  saveNow: () => void;
  /** While it is held nothing is written: a world that lives a year in two minutes would do little else. */
  hold: (on: boolean) => void;
  close: () => void;
};

const forgetful: Memory = { changed: () => undefined, saveNow: () => undefined, hold: () => undefined, close: () => undefined };

/** Restores the stand-ins from `folder/world.json` and keeps that file up to date; without a folder nothing is kept. */
export function rememberIn(folder: string | undefined, standIns: readonly StandIn[], delayMs = 1500): Memory {
  if (!folder) return forgetful;
  const file = join(folder, "world.json");
  restore(file, standIns);

  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let held = false;
  const saveNow = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const state = Object.fromEntries(standIns.map((standIn) => [standIn.name, standIn.save()]));
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  };
  return {
    changed: () => {
      if (!closed && !held) timer ??= setTimeout(saveNow, delayMs).unref();
    },
    saveNow,
    hold: (on) => {
      held = on;
      if (on) clearTimeout(timer);
      timer = undefined;
    },
    close: () => {
      closed = true;
      if (!held) saveNow();
    },
  };
}

function restore(file: string, standIns: readonly StandIn[]): void {
  if (!existsSync(file)) return;
  const state = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  for (const standIn of standIns) {
    const saved = state[standIn.name];
    if (saved !== undefined && saved !== null) standIn.restore(saved);
  }
}
