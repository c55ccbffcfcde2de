import { env } from "../env.server.ts";
import { deriveKey } from "../lib/seal.server.ts";

type Purpose = "sessions" | "credentials" | "links" | "suppression" | "answers" | "pixel" | "salt";

const keys = new Map<Purpose, Buffer>();

/** The key for one purpose: sealing credentials, signing links, hashing suppressed addresses, telling pixels apart, a shop's salt. */
export function keyFor(purpose: Purpose): Buffer {
  // Derived once: the pixel's door asks at every request.
  const key = keys.get(purpose) ?? deriveKey(Buffer.from(env().ENCRYPTION_KEY, "base64"), `comeback/${purpose}`);
  keys.set(purpose, key);
  return key;
}
