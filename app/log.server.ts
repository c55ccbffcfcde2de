import { pino } from "pino";
import { env } from "./env.server.ts";

/** The log: ids, counts and outcomes only. Addresses, tokens and payloads never reach it; the redaction is a second net. */
export const log = pino({
  level: env().LOG_LEVEL,
  base: null,
  redact: {
    paths: [
      "email",
      "*.email",
      "phone",
      "*.phone",
      "token",
      "*.token",
      "accessToken",
      "*.accessToken",
      "body",
      "*.body",
      "authorization",
      "*.authorization",
      "headers",
      "*.headers",
    ],
    censor: "[redacted]",
  },
  serializers: {
    // A driver's message may quote a value of the row it failed on, so only its class and code are kept beside the first line.
    err: (error: unknown) => describe(error),
  },
});

function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const code = (error as { code?: unknown }).code;
  return {
    kind: error.name,
    ...(typeof code === "string" ? { code } : {}),
    message: withoutAddresses(error.message).slice(0, 500),
    stack: error.stack
      ?.split("\n")
      .slice(1, 8)
      .map((line) => line.trim()),
  };
}

/** Takes mail addresses and query strings out of a sentence. */
export function withoutAddresses(text: string): string {
  return text.replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, "[address]").replace(/\?[^\s"']+/g, "?[query]");
}
