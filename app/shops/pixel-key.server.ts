import { hmacHex, sameText } from "../lib/hash.ts";
import { recent } from "../lib/recent.ts";
import { keyFor } from "./keys.server.ts";

// The door asks at every request, and whoever knocks may name any shop.
const made = recent<string, string>(10_000);

/** The public key that a shop's pixel carries: whoever reads the shop's pages may read it, but nobody can make it for a shop he has not seen. */
export function pixelKey(domain: string): string {
  const known = made.get(domain);
  if (known !== undefined) return known;
  const key = hmacHex(keyFor("pixel"), domain).slice(0, 32);
  made.set(domain, key);
  return key;
}

/** Whether this is the key of this shop. Neither asks nor tells whether the shop is known. */
export function pixelKeyIsRight(domain: string, key: string): boolean {
  return sameText(key, pixelKey(domain));
}
