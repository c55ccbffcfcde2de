// Faults on demand: what the next calls meet instead of an answer.
import { knownWords } from "./error.ts";

export type Fault = {
  kind: "error" | "http" | "reset" | "lost-answer";
  times: number;
  /** Only calls with this text in their path. */
  path?: string;
  /** Of an error: its google.rpc word and reason. */
  word?: string;
  reason?: string;
  /** Of `http`. */
  status?: number;
};

const kinds = ["error", "http", "reset", "lost-answer"];

/** Reads a fault from untrusted JSON; a string is the reason why it is not one. */
export function faultOf(input: unknown): Fault | string {
  if (typeof input !== "object" || input === null) return "a fault is an object";
  const given = input as Record<string, unknown>;
  const kind = given["kind"] ?? (given["word"] === undefined ? "http" : "error");
  if (typeof kind !== "string" || !kinds.includes(kind)) return `\`kind\` is one of ${kinds.join(", ")}`;
  const fault: Fault = { kind: kind as Fault["kind"], times: 1 };
  for (const name of ["times", "status"] as const) {
    const value = given[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1) return `\`${name}\` is a whole number`;
    fault[name] = value;
  }
  for (const name of ["path", "word", "reason"] as const) {
    const value = given[name];
    if (value === undefined) continue;
    if (typeof value !== "string") return `\`${name}\` is a text`;
    fault[name] = value;
  }
  if (fault.kind === "error" && !knownWords.includes(fault.word ?? "")) return `an error's \`word\` is one of ${knownWords.join(", ")}`;
  return fault;
}

/** Takes the first fault that applies to a call and counts it down. */
export function takeFault(faults: Fault[], path: string): Fault | undefined {
  const index = faults.findIndex((fault) => fault.path === undefined || path.includes(fault.path));
  const fault = faults[index];
  if (!fault) return undefined;
  fault.times -= 1;
  if (fault.times <= 0) faults.splice(index, 1);
  return fault;
}
