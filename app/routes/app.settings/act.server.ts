import { z } from "zod";
import { errorsFrom, type Reply } from "#app/components/reply.ts";
import { words } from "#app/components/words.ts";
import { compareSoon } from "#app/past/compare.server.ts";
import { readAgain } from "#app/past/import.server.ts";
import { lookAgain } from "#app/segments/update.server.ts";
import { saveShop, setPause } from "#app/shops/settings.server.ts";
import { holdout, postal, sender } from "#app/shops/settings.ts";
import type { Shop } from "#app/shops/shop.ts";

const form = sender
  .extend(postal.shape)
  .extend(holdout.shape)
  .extend({ countOffline: z.enum(["true", "false"]).transform((text) => text === "true") });

/** Sender and addresses are asked for where mail is first wanted; until then they may stay empty here. */
const emptySender = z.object({ senderName: z.literal(""), senderAddress: z.literal(""), postalAddress: z.literal("") });
const withoutSender = holdout.extend({ countOffline: form.shape.countOffline });

/** Does one thing on the settings screen, and says how it went. */
export async function act(shop: Shop, given: FormData, now: Date): Promise<Reply> {
  const fields = Object.fromEntries(given);
  switch (given.get("intent")) {
    case "pause":
      await setPause(shop, true, now);
      return { ok: true, done: "paused" };
    case "resume":
      await setPause(shop, false, now);
      return { ok: true, done: "resumed" };
    case "compare":
      await compareSoon(shop, now);
      return { ok: true, done: "comparing" };
    case "read-past":
      await readAgain(shop, now);
      return { ok: true, done: "reading" };
    case "save": {
      const neverGiven = shop.senderName === null && shop.postalAddress === null && emptySender.safeParse(fields).success;
      const parsed = (neverGiven ? withoutSender : form).safeParse(fields);
      if (!parsed.success) return { ok: false, errors: errorsFrom(parsed.error.issues) };
      await saveShop(shop, parsed.data);
      // What counts as an order decides who belongs to which segment.
      if (parsed.data.countOffline !== shop.countOffline) await lookAgain(shop.id, now);
      return { ok: true, done: "saved" };
    }
    default:
      return { ok: false, errors: { form: words.trouble.form } };
  }
}
