import { env } from "../env.server.ts";
import { readToken, signToken } from "../lib/sign.ts";
import { keyFor } from "../shops/keys.server.ts";

/** A message as a public link names it: the shop comes from the signature, never from a parameter. */
export type Named = { shopId: number; messageId: string };

/** The address of a link in a message; where it leads is kept with the message, not in the address. */
export function clickUrl(named: Named, position: number): string {
  return `${env().SHOPIFY_APP_URL}/c/${signToken(keyFor("links"), "click", [named.shopId, named.messageId, position])}`;
}

export function readClick(token: string): (Named & { position: number }) | null {
  const parts = readToken(keyFor("links"), "click", token);
  return parts?.length === 3 ? { shopId: Number(parts[0]), messageId: String(parts[1]), position: Number(parts[2]) } : null;
}

/** The address that ends all marketing mail of a shop to whoever got this message. GET shows a page, POST does it. */
export function unsubscribeUrl(named: Named): string {
  return `${env().SHOPIFY_APP_URL}/u/${signToken(keyFor("links"), "unsubscribe", [named.shopId, named.messageId])}`;
}

export function readUnsubscribe(token: string): Named | null {
  const parts = readToken(keyFor("links"), "unsubscribe", token);
  return parts?.length === 2 ? { shopId: Number(parts[0]), messageId: String(parts[1]) } : null;
}
