// What the benches of segments share: clocks, middles, and a table of what was asked and what came of it.

export const say = (line: string): void => void process.stdout.write(`${line}\n`);
export const median = (all: number[]): number => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
export const share = (all: number[], of: number): number => [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * of))] ?? NaN;

export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; answer: T }> {
  const began = performance.now();
  const answer = await work();
  return { ms: performance.now() - began, answer };
}

export type Asked = { most: number } | { least: number } | null;

/** Whether a figure misses what was asked. Timings scatter: only what is clearly beyond its bound counts; a count that must be nought does not scatter. */
export function misses(got: number, asked: Asked): boolean {
  if (asked === null) return false;
  if (Number.isNaN(got)) return true;
  return "most" in asked ? got > asked.most * 1.15 : got < asked.least / 1.15;
}

/** A table that is printed as it grows. */
export function table(): { line: (what: string, got: number, unit: string, asked?: Asked, note?: string) => void; missed: () => boolean } {
  let any = false;
  say(`\n${"".padEnd(64)}${"got".padStart(12)}  ${"".padEnd(12)}asked`);
  return {
    line: (what, got, unit, asked = null, note = "") => {
      const missed = misses(got, asked);
      if (missed) any = true;
      const bound = asked === null ? "" : "most" in asked ? `≤ ${asked.most}` : `≥ ${asked.least}`;
      const digits = Number.isInteger(got) ? 0 : got >= 100 ? 0 : got >= 10 ? 1 : 2;
      say(`${what.padEnd(64)}${got.toFixed(digits).padStart(12)}  ${unit.padEnd(12)}${bound}${missed ? " !" : ""}${note === "" ? "" : `  ${note}`}`);
    },
    missed: () => any,
  };
}
