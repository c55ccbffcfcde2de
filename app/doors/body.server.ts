import type { IncomingMessage } from "node:http";

/** The raw body as text, or `too-large` as soon as it is longer than `most` bytes. */
export async function readBody(request: IncomingMessage, most: number): Promise<{ ok: true; text: string } | { ok: false; reason: "too-large" | "broken" }> {
  if (Number(request.headers["content-length"] ?? 0) > most) return { ok: false, reason: "too-large" };
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > most) return { ok: false, reason: "too-large" };
      parts.push(part);
    }
  } catch {
    return { ok: false, reason: "broken" };
  }
  return { ok: true, text: Buffer.concat(parts).toString("utf8") };
}
