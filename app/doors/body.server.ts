import type { IncomingMessage } from "node:http";

export type Body = { ok: true; bytes: Buffer } | { ok: false; reason: "too-large" | "broken" };

/** The raw body, or `too-large` as soon as it is longer than `most` bytes. Plain listeners: an async iterator would cost a door more than what it reads. */
export function readBody(request: IncomingMessage, most: number): Promise<Body> {
  if (Number(request.headers["content-length"] ?? 0) > most) return Promise.resolve({ ok: false, reason: "too-large" });
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on("data", (part: Buffer) => {
      size += part.length;
      if (size > most) {
        parts.length = 0;
        request.pause();
        return resolve({ ok: false, reason: "too-large" });
      }
      parts.push(part);
    });
    request.once("end", () => resolve({ ok: true, bytes: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts) }));
    const broken = (): void => resolve({ ok: false, reason: "broken" });
    request.once("error", broken);
    request.once("close", broken);
  });
}
