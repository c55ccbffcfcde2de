// Secrets at rest: AES-256-GCM with a random nonce, bound to the place they belong to.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** A key for one purpose, derived from the master key. */
export function deriveKey(master: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", master, Buffer.alloc(0), purpose, 32));
}

/** Seals text. `place` names shop, table and column, so that a sealed value copied elsewhere does not open. */
export function seal(key: Buffer, place: string, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(place, "utf8"));
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
}

/** Opens what `seal` closed. Throws when the key, the place or one bit differs. */
export function unseal(key: Buffer, place: string, sealed: string): string {
  const [version, payload] = sealed.split(".");
  if (version !== "v1" || payload === undefined) throw new Error("This is not a sealed value.");
  const bytes = Buffer.from(payload, "base64url");
  // Whole tags only: a shortened one would be easier to guess.
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(place, "utf8"));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}
