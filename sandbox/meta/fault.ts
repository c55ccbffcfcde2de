// Faults on demand: what the next calls meet instead of an answer.
import { expiredToken, GraphError, termsNotAccepted } from "./error.ts";

export type Fault = {
  kind: "error" | "http" | "timeout" | "reset" | "lost-answer" | "expired-token" | "terms";
  times: number;
  /** Only calls with this method, and with this text in their path. */
  method?: string;
  path?: string;
  code?: number;
  subcode?: number;
  message?: string;
  transient?: boolean;
  status?: number;
};

const kinds = ["error", "http", "timeout", "reset", "lost-answer", "expired-token", "terms"];

/** Reads a fault from untrusted JSON; a string is the reason why it is not one. */
export function faultOf(input: unknown): Fault | string {
  if (typeof input !== "object" || input === null) return "a fault is an object";
  const given = input as Record<string, unknown>;
  const kind = given["kind"] ?? (given["code"] === undefined ? "http" : "error");
  if (typeof kind !== "string" || !kinds.includes(kind)) return `\`kind\` is one of ${kinds.join(", ")}`;
  const fault: Fault = { kind: kind as Fault["kind"], times: 1 };
  for (const name of ["times", "code", "subcode", "status"] as const) {
    const value = given[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0) return `\`${name}\` is a whole number`;
    fault[name] = value;
  }
  for (const name of ["method", "path", "message"] as const) {
    const value = given[name];
    if (value === undefined) continue;
    if (typeof value !== "string") return `\`${name}\` is a text`;
    fault[name] = value;
  }
  if (typeof given["transient"] === "boolean") fault.transient = given["transient"];
  if (fault.kind === "error" && fault.code === undefined) return "an error needs its `code`";
  return fault;
}

/** Takes the first fault that applies to a call and counts it down. */
export function takeFault(faults: Fault[], method: string, path: string): Fault | undefined {
  const index = faults.findIndex((fault) => (!fault.method || fault.method.toUpperCase() === method) && (!fault.path || path.includes(fault.path)));
  const fault = faults[index];
  if (!fault) return undefined;
  fault.times -= 1;
  if (fault.times <= 0) faults.splice(index, 1);
  return fault;
}

/** The error a fault stands for, when it is one. */
export function faultError(fault: Fault, accountId: string): GraphError | undefined {
  if (fault.kind === "expired-token") return expiredToken();
  if (fault.kind === "terms") return termsNotAccepted(accountId);
  if (fault.kind !== "error" || fault.code === undefined) return undefined;
  const { code, subcode, transient, status } = fault;
  return new GraphError({
    message: fault.message ?? `(#${code}) ${code === 2 ? "Service temporarily unavailable" : "An error asked for by the control desk"}`,
    code,
    ...(subcode === undefined ? {} : { subcode }),
    ...(transient === undefined ? {} : { transient }),
    ...(status === undefined ? {} : { status }),
  });
}
