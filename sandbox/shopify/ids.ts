// Identifiers in the forms Shopify uses today.
import { createHash, randomBytes, randomInt } from "node:crypto";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A resource id: 13 digits, always below 2^53. */
export function newId(): number {
  return randomInt(1_000_000_000_000, 10_000_000_000_000);
}

/** A cart or checkout token as made since 2025: `hWN` and 21 more letters and digits. */
export function newToken(): string {
  let token = "hWN";
  while (token.length < 24) token += alphabet[randomInt(alphabet.length)] ?? "0";
  return token;
}

/** 32 hexadecimal digits: order tokens, line keys, recovery keys. */
export function newHex(): string {
  return randomBytes(16).toString("hex");
}

/** Where new identifiers come from: chance, or a seed that gives the same ones again. */
export type Ids = { id: () => number; token: () => string; hex: () => string };
export const chanceIds: Ids = { id: newId, token: newToken, hex: newHex };

/** A resource id that is the same for a text in every world. */
export function idFor(text: string): number {
  return 1_000_000_000_000 + (createHash("sha256").update(text, "utf8").digest().readUIntBE(0, 6) % 9_000_000_000_000);
}

/** `gid("Order", 1)` → `gid://shopify/Order/1`. */
export function gid(type: string, id: number | string): string {
  return `gid://shopify/${type}/${id}`;
}

/** The last part of a gid of the wanted type, or nothing. */
export function idOf(type: string, value: string): string | undefined {
  const match = /^gid:\/\/shopify\/([A-Za-z]+)\/([^?]+)/.exec(value);
  return match && match[1] === type ? match[2] : undefined;
}
