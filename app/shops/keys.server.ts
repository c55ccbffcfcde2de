import { env } from "../env.server.ts";
import { deriveKey } from "../lib/seal.server.ts";

let master: Buffer | undefined;

/** The key for one purpose: sealing credentials, signing links, hashing suppressed addresses, telling pixels apart, a shop's salt. */
export function keyFor(purpose: "sessions" | "credentials" | "links" | "suppression" | "answers" | "pixel" | "salt"): Buffer {
  master ??= Buffer.from(env().ENCRYPTION_KEY, "base64");
  return deriveKey(master, `comeback/${purpose}`);
}
