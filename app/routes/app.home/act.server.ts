import type { Reply } from "#app/components/reply.ts";
import { words } from "#app/components/words.ts";
import { wire } from "#app/connectors/wire.server.ts";
import { askSender } from "#app/messages/confirm-sender.server.ts";
import type { Shop } from "#app/shops/shop.ts";

/** Does one thing on the home screen, and says how it went. */
export async function act(shop: Shop, form: FormData, now: Date): Promise<Reply> {
  if (form.get("intent") !== "confirm-sender") return { ok: false, errors: { form: words.trouble.form } };
  const outcome = await askSender(shop, wire, now);
  if (outcome.ok) return { ok: true, done: "sender-asked" };
  const why = words.setup.senderProblem[outcome.reason];
  return { ok: false, errors: { sender: outcome.reply === "" ? why : `${why}: ${outcome.reply}` } };
}
