import { hmacHex, sameText } from "../lib/hash.ts";
import { keyFor } from "./keys.server.ts";

/** The public key that a shop's pixel carries: whoever reads the shop's pages may read it, but nobody can make it for a shop he has not seen. */
export function pixelKey(domain: string): string {
  return hmacHex(keyFor("pixel"), domain).slice(0, 32);
}

/** Whether this is the key of this shop. Neither asks nor tells whether the shop is known. */
export function pixelKeyIsRight(domain: string, key: string): boolean {
  return sameText(key, pixelKey(domain));
}
