// The world's movable clock: an offset from real time, kept in a small file that other processes read.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Temporal } from "temporal-polyfill";
import { moves } from "./moves.ts";

export type Move = { advance: string } | { at: string } | { reset: true };
export type Moved = { ok: true; now: Date } | { ok: false; reason: string };

export type Clock = {
  /** The file that `preload.ts` reads (SANDBOX_CLOCK). */
  file: string;
  now: () => Date;
  offsetMs: () => number;
  /** Forward by an ISO 8601 duration, to an instant, or back to real time. Only `at` and `reset` may go backwards. */
  move: (move: Move) => Moved;
  /** Shows the time of another clock from now on, to the millisecond: two moves one after the other would not. */
  follow: (other: Clock) => void;
};

/** Opens the clock kept in `file`, creating it at real time when there is none. */
export function openClock(file: string, realNow: () => number = Date.now): Clock {
  let offset = readOffset(file);
  const write = (offsetMs: number): void => {
    offset = offsetMs;
    mkdirSync(dirname(file), { recursive: true });
    // Rename is atomic: a reader sees the old offset or the new one, never half a file.
    const draft = `${file}.${process.pid}.new`;
    writeFileSync(draft, JSON.stringify({ offsetMs }) + "\n");
    renameSync(draft, file);
    moves.made += 1;
  };
  write(offset);

  const now = (): Date => new Date(realNow() + offset);
  return {
    file,
    now,
    offsetMs: () => offset,
    follow: (other) => write(other.offsetMs()),
    move(move) {
      if ("reset" in move) {
        write(0);
        return { ok: true, now: now() };
      }
      const real = realNow(); // read once: an hour ahead is an hour, not an hour less the time this took
      const target = "at" in move ? instantOf(move.at) : later(new Date(real + offset), move.advance);
      if (!target.ok) return target;
      write(target.ms - real);
      return { ok: true, now: now() };
    },
  };
}

type Target = { ok: true; ms: number } | { ok: false; reason: string };

function instantOf(text: string): Target {
  try {
    return { ok: true, ms: Temporal.Instant.from(text).epochMilliseconds };
  } catch {
    return { ok: false, reason: `"${text}" is not an instant such as 2026-11-21T09:00:00Z` };
  }
}

function later(from: Date, duration: string): Target {
  try {
    const start = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO("UTC");
    const ms = start.add(Temporal.Duration.from(duration)).epochMilliseconds;
    if (ms < from.getTime()) return { ok: false, reason: "the clock only advances; use `at` or `reset` to go back" };
    return { ok: true, ms };
  } catch {
    return { ok: false, reason: `"${duration}" is not a duration such as PT1H or P3D` };
  }
}

function readOffset(file: string): number {
  try {
    const saved = JSON.parse(readFileSync(file, "utf8")) as { offsetMs?: unknown };
    return typeof saved.offsetMs === "number" && Number.isFinite(saved.offsetMs) ? saved.offsetMs : 0;
  } catch {
    return 0;
  }
}
