// Hashes and signatures, all from node:crypto.
import { createHmac, hash, timingSafeEqual } from "node:crypto";

/** SHA-256 of UTF-8 text, 64 lower-case hex digits. */
export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}

/** The first 96 bits of it, in 16 characters: enough to know a thing again among those it could be taken for. */
export function shortHash(text: string): string {
  return hash("sha256", text, "buffer").subarray(0, 12).toString("base64url");
}

/** HMAC-SHA-256 of UTF-8 text, hex. */
export function hmacHex(key: string | Buffer, text: string): string {
  return createHmac("sha256", key).update(text, "utf8").digest("hex");
}

/** Compares two strings without telling by its time where they differ. */
export function sameText(left: string, right: string): boolean {
  const a = Buffer.from(left, "utf8");
  const b = Buffer.from(right, "utf8");
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A number in [0, 1) that depends on nothing but the text: the same people always fall on the same side. */
export function fractionOf(text: string): number {
  return hash("sha256", text, "buffer").readUIntBE(0, 6) / 2 ** 48;
}
