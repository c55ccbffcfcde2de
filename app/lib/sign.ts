// Signed tokens for public links: bound to one purpose, unforgeable, opaque enough for a URL.
import { createHmac } from "node:crypto";
import { sameText } from "./hash.ts";

function mac(key: Buffer, purpose: string, body: string): string {
  // 128 bits are plenty for a link and keep it short.
  return createHmac("sha256", key).update(`${purpose}\n${body}`).digest().subarray(0, 16).toString("base64url");
}

/** Joins some short parts (no dots inside) into `part.part.signature`, valid for `purpose` only. */
export function signToken(key: Buffer, purpose: string, parts: (string | number)[]): string {
  const body = parts.join(".");
  return `${body}.${mac(key, purpose, body)}`;
}

/** The parts of a token that was signed for `purpose`, or null when one byte of it differs. */
export function readToken(key: Buffer, purpose: string, token: string): string[] | null {
  if (token.length > 500) return null;
  const cut = token.lastIndexOf(".");
  if (cut <= 0) return null;
  const body = token.slice(0, cut);
  return sameText(token.slice(cut + 1), mac(key, purpose, body)) ? body.split(".") : null;
}
