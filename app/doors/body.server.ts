import type { IncomingMessage } from "node:http";

export type Body = { ok: true; bytes: Buffer } | { ok: false; reason: "too-large" | "broken" };

/** How long, and how many times the limit, what is too large is still read and thrown away. */
const lingerMs = 100;
const lingerTimes = 4;

/** The raw body, or `too-large` soon after it is longer than `most` bytes. Plain listeners: an async iterator would cost a door more than what it reads. */
export function readBody(request: IncomingMessage, most: number): Promise<Body> {
  if (Number(request.headers["content-length"] ?? 0) > most) return tooLarge(request, most);
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const take = (part: Buffer): void => {
      size += part.length;
      if (size > most) {
        parts.length = 0;
        request.off("data", take);
        return resolve(tooLarge(request, most));
      }
      parts.push(part);
    };
    request.on("data", take);
    request.once("end", () => resolve({ ok: true, bytes: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts) }));
    const broken = (): void => resolve({ ok: false, reason: "broken" });
    request.once("error", broken);
    request.once("close", broken);
  });
}

/** What is under way is read for a moment: a line that is closed with something unread is reset, and our answer would be lost with it. */
function tooLarge(request: IncomingMessage, most: number): Promise<Body> {
  return new Promise((resolve) => {
    let left = lingerTimes * most;
    const done = (): void => {
      clearTimeout(timer);
      request.pause();
      resolve({ ok: false, reason: "too-large" });
    };
    const timer = setTimeout(done, lingerMs);
    request.on("data", (part: Buffer) => {
      left -= part.length;
      if (left < 0) done();
    });
    request.once("end", done);
    request.once("close", done);
  });
}
