// Deeds as rules look at them, from what is kept of each browser: its count and last moments of each kind, and of each product, collection and form.
import type { Deed, History, LoggedKind } from "./history.ts";

type Row = { visitor: string; kind: string; detail: string; moments: Date[] };
type Sent = { kind: LoggedKind; id: string; at: Date; flow: string | null };

/** What a detail of a kind is; empty where it is not known. */
function fieldsOf(kind: LoggedKind, detail: string): Partial<Deed> {
  switch (kind) {
    case "viewed-product":
    case "added-to-cart":
    case "removed-from-cart":
      return { item: { productId: detail === "" ? null : detail, priceMinor: null } };
    case "viewed-collection":
      return { collectionId: detail === "" ? null : detail };
    case "started-form":
    case "left-form":
    case "sent-form":
      return { form: detail === "" ? null : detail };
    default:
      return {};
  }
}

/** How many times each moment stands among some. */
function tally(moments: Date[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const at of moments) counts.set(at.getTime(), (counts.get(at.getTime()) ?? 0) + 1);
  return counts;
}

/**
 * One profile's deeds, the newest of each kind first; of those at the same moment the one with the greater detail. Moments of a kind that none of its details
 * has are of things that were not named. `days`: the last moment of each of her last days, for visits alone.
 */
export function deedsFrom(rows: Row[], days: Date[], sent: Sent[]): History["deeds"] {
  const deeds: Partial<Record<LoggedKind, (Deed & { detail: string })[]>> = {};
  const put = (kind: LoggedKind, detail: string, at: Date, id: string) => (deeds[kind] ??= []).push({ id, at, ...fieldsOf(kind, detail), detail });
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
  const visited = new Set((deeds.visited ?? []).map((one) => one.at.getTime()));
  for (const at of days) if (!visited.has(at.getTime())) put("visited", "", at, `day ${at.toISOString()}`);
  for (const { kind, id, at, flow } of sent) (deeds[kind] ??= []).push({ id, at, flow, detail: id });
  const order = (a: { at: Date; detail: string }, b: { at: Date; detail: string }) => b.at.getTime() - a.at.getTime() || (a.detail < b.detail ? 1 : -1);
  return Object.fromEntries(Object.entries(deeds).map(([kind, all]) => [kind, [...all].sort(order).map(({ detail: _detail, ...deed }) => deed)]));
}
