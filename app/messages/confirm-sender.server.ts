import type { Wire } from "../connectors/contract.ts";
import { env } from "../env.server.ts";
import { sha256 } from "../lib/hash.ts";
import { newId } from "../lib/id.server.ts";
import { readToken, signToken } from "../lib/sign.ts";
import { keyFor } from "../shops/keys.server.ts";
import { shopById, updateShop } from "../shops/load.server.ts";
import type { Shop } from "../shops/shop.ts";
import { toMime } from "./mime.server.ts";

/** Long enough to tell two addresses of one shop apart; the token itself is what cannot be guessed. */
const markOf = (address: string) => sha256(address).slice(0, 16);

function confirmUrl(shop: Pick<Shop, "id">, address: string): string {
  return `${env().SHOPIFY_APP_URL}/s/${signToken(keyFor("links"), "confirm-sender", [shop.id, markOf(address)])}`;
}

export type ConfirmationOutcome = { ok: true } | { ok: false; reason: "no-sender" | "refused" | "unreached"; reply: string };

/**
 * Asks whoever reads the sender address whether it is the shop's: a mail from that address to that address, with a link. It proves that mail leaves, that
 * it arrives, and that replies will be read. Anybody may ask again; an older link stays good while the address is the same.
 */
export async function askSender(shop: Shop, wire: Pick<Wire, "smtp">, now: Date): Promise<ConfirmationOutcome> {
  const { senderName, senderAddress: address } = shop;
  if (senderName === null || address === null) return { ok: false, reason: "no-sender", reply: "" };
  const url = confirmUrl(shop, address);
  const sentences = [
    `${senderName} wants to write to its shoppers from this address with Comeback.`,
    "If that is right, follow this link and press the button. If it is not, do nothing.",
  ];
  const raw = await toMime({
    from: { name: senderName, address },
    to: address,
    subject: `Is this your address? ${address}`,
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Is this your address?</title></head><body style="font:16px/1.55 system-ui,sans-serif;color:#202223"><h1 style="font-size:22px">Is this your address?</h1>${sentences
      .map((one) => `<p>${one.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)}</p>`)
      .join("")}<p><a href="${url}">Yes, this is our address</a></p></body></html>`,
    text: `${sentences.join("\n\n")}\n\n${url}\n`,
    messageId: `${newId(now)}@${address.slice(address.lastIndexOf("@") + 1)}`,
    date: now,
    unsubscribeUrl: null,
    listId: "",
    feedbackId: "",
  });
  const reply = await wire.smtp({ from: address, to: address, raw, beforeContent: () => Promise.resolve(true) });
  if (reply.kind === "accepted") return { ok: true };
  return { ok: false, reason: reply.kind === "refused" ? "refused" : "unreached", reply: "reply" in reply ? reply.reply : "" };
}

/** The shop whose sender a link asks about; null where the link is not one of ours, or the address has changed since. */
export async function senderAsked(token: string): Promise<Shop | null> {
  const [shopId, mark, ...more] = readToken(keyFor("links"), "confirm-sender", token) ?? [];
  if (shopId === undefined || mark === undefined || more.length > 0) return null;
  const shop = await shopById(Number(shopId));
  return shop === null || shop.redactedAt !== null || shop.senderAddress === null || markOf(shop.senderAddress) !== mark ? null : shop;
}

/** Notes that the address is the shop's. Committed when it resolves; null where `senderAsked` is. */
export async function confirmSender(token: string, now: Date): Promise<Shop | null> {
  const shop = await senderAsked(token);
  if (shop !== null && shop.senderConfirmedAt === null) await updateShop(shop.id, { senderConfirmedAt: now });
  return shop;
}
