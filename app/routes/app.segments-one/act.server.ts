import { textOf, type Reply } from "#app/components/reply.ts";
import { flowName, words } from "#app/components/words.ts";
import { namesFor, segmentOn, whyOf, type PersonLine, type SegmentUse, type Why } from "#app/dashboard/segments.server.ts";
import { deleteSegment, findSegment, listSegments } from "#app/segments/saved.server.ts";
import { dateOf, isDate } from "#app/lib/shop-days.ts";
import type { Shop } from "#app/shops/shop.ts";
import { json } from "@remix-run/node";

/** `past`: who was in it on a day; `why`: what makes somebody fit, null where that takes too long; `used`: what keeps it from being deleted; `gone`: it is deleted. */
export type OneReply = Reply & { past?: { day: string; count: number; people: PersonLine[] }; why?: Why | null; used?: SegmentUse[]; gone?: true };

const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** Looks at the past of a segment or at one of its people, or deletes it. */
export async function act(shop: Shop, key: string, form: FormData, now: Date): Promise<OneReply> {
  const segment = await findSegment(shop, key);
  if (segment === null) throw json(null, { status: 404 });
  switch (textOf(form, "intent")) {
    case "past": {
      const day = textOf(form, "day");
      if (!isDate(day) || day > dateOf(now, shop.timezone)) return { ok: false, errors: { day: words.segment.pastWrong } };
      return { ok: true, done: null, past: { day, ...(await segmentOn(shop, key, day, now)) } };
    }
    case "why": {
      const person = textOf(form, "person");
      if (!isId(person)) return { ok: false, errors: { form: words.trouble.form } };
      const { names } = await namesFor(shop, [segment.rule], await listSegments(shop), flowName);
      return { ok: true, done: null, why: (await whyOf(shop, segment.rule, [person], names, now)).get(person) ?? null };
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
