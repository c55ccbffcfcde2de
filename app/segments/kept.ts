// Deeds as rules look at them, from what is kept of each browser: its last days here, and its count and last moments of each kind, and of each product, collection and form.
import type { Deed, History, LoggedKind } from "./history.ts";

type Row = { visitor: string; kind: string; detail: string; moments: Date[] };
type Sent = { kind: LoggedKind; id: string; at: Date; flow: string | null };

/** A deed, done to what a detail of its kind is; empty where that is not known. */
function deedOf(kind: LoggedKind, id: string, at: Date, detail: string): Deed {
  const thing = detail === "" ? null : detail;
  switch (kind) {
    case "viewed-product":
    case "added-to-cart":
    case "removed-from-cart":
      return { id, at, item: { productId: thing, priceMinor: null } };
    case "viewed-collection":
      return { id, at, collectionId: thing };
    case "started-form":
    case "left-form":
    case "sent-form":
      return { id, at, form: thing };
    default:
      return { id, at };
  }
}

/** The newest first; of those at the same moment the one with the greater detail, of what we sent the greater id. */
function byTime(a: Deed, b: Deed): number {
  const later = b.at.getTime() - a.at.getTime();
  if (later !== 0) return later;
  const detail = (one: Deed) => one.item?.productId ?? one.collectionId ?? one.form ?? (one.flow === undefined ? "" : one.id);
  return detail(a) < detail(b) ? 1 : -1;
}

/** How many times each moment stands among some. */
function tally(moments: Date[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const at of moments) counts.set(at.getTime(), (counts.get(at.getTime()) ?? 0) + 1);
  return counts;
}

/**
 * One profile's deeds, the newest of each kind first; of those at the same moment the one with the greater detail. Moments of a kind that none of its details
 * has are of things that were not named. `days`: the last moment of each of her last days; her visits are these.
 */
export function deedsFrom(rows: Row[], days: Date[], sent: Sent[]): History["deeds"] {
  const deeds: Partial<Record<LoggedKind, Deed[]>> = {};
  const put = (kind: LoggedKind, detail: string, at: Date, id: string) => (deeds[kind] ??= []).push(deedOf(kind, id, at, detail));
  for (const [key, mine] of Map.groupBy(rows, (row) => `${row.visitor} ${row.kind}`)) {
    const kind = mine[0]?.kind as LoggedKind;
    const named = mine.filter((row) => row.detail !== "");
    for (const { detail, moments } of named) moments.forEach((at, index) => put(kind, detail, at, `${key} ${detail} ${index}`));
    const left = tally(named.flatMap((row) => row.moments));
    const all = mine.find((row) => row.detail === "")?.moments ?? [];
    all.forEach((at, index) => {
      const others = left.get(at.getTime()) ?? 0;
      if (others > 0) left.set(at.getTime(), others - 1);
      else put(kind, "", at, `${key} ${index}`);
    });
  }
  for (const at of days) put("visited", "", at, `day ${at.getTime()}`);
  for (const { kind, id, at, flow } of sent) (deeds[kind] ??= []).push({ id, at, flow });
  for (const all of Object.values(deeds)) all.sort(byTime);
  return deeds;
}
