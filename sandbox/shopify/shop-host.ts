// Which shop a call of the outside world was meant for.
import type { Request } from "express";

/** The host the caller asked for: the world mounts vendors under `/out/<host>`. */
export function shopHost(request: Request): string {
  const inPath = /^\/out\/([^/?]+)/.exec(request.originalUrl)?.[1];
  return decodeURIComponent(inPath ?? request.hostname).toLowerCase();
}
