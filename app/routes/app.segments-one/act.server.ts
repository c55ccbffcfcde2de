import { textOf, type Reply } from "#app/components/reply.ts";
import { words } from "#app/components/words.ts";
import { segmentOn, type SegmentUse } from "#app/dashboard/segments.server.ts";
import type { PersonLine } from "#app/dashboard/segments.server.ts";
import { deleteSegment, findSegment } from "#app/segments/saved.server.ts";
import { dateOf, isDate } from "#app/lib/shop-days.ts";
import type { Shop } from "#app/shops/shop.ts";
import { json } from "@remix-run/node";

/** `past`: who was in it on a day; `used`: what keeps it from being deleted; `gone`: it is deleted. */
export type OneReply = Reply & { past?: { day: string; count: number; people: PersonLine[] }; used?: SegmentUse[]; gone?: true };

/** Looks at the past of a segment, or deletes it. */
export async function act(shop: Shop, key: string, form: FormData, now: Date): Promise<OneReply> {
  if ((await findSegment(shop, key)) === null) throw json(null, { status: 404 });
  switch (textOf(form, "intent")) {
    case "past": {
      const day = textOf(form, "day");
      if (!isDate(day) || day > dateOf(now, shop.timezone)) return { ok: false, errors: { day: words.segment.pastWrong } };
      return { ok: true, done: null, past: { day, ...(await segmentOn(shop, key, day, now)) } };
    }
    case "delete": {
      const outcome = await deleteSegment(shop, key, now);
      if (outcome.outcome === "deleted") return { ok: true, done: "segment-deleted", gone: true };
      // Standard ones are not hers to delete.
      if (outcome.outcome === "gone") return { ok: false, errors: { form: words.trouble.form } };
      return { ok: false, errors: { form: words.segment.inUse }, used: outcome.by };
    }
    default:
      return { ok: false, errors: { form: words.trouble.form } };
  }
}
