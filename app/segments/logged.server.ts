import type { Shop } from "../shops/shop.ts";
import { deedKinds, type DeedKind } from "./deed.ts";
import { historyOf } from "./history.server.ts";
import type { Deed, History, LoggedKind } from "./history.ts";
import { orderLinesOf, toldBy, type Told } from "./logged-store.server.ts";
import type { Needs } from "./needs.ts";
import { limited } from "./sql-store.server.ts";

/** Of so many events at once it is worth saying why; whoever did more is nobody's customer but a machine. */
const most = 20_000;

/** A deed as the log tells it. What its kind has no use for is absent. */
function deedOf({ id, at, data }: Told, kind: DeedKind): Deed {
  const text = (field: string) => (data[field] ?? null) as string | null;
  const filters: readonly string[] = deedKinds[kind].filters;
  return {
    ...{ id, at },
    ...(filters.includes("product") ? { item: { productId: text("productId"), priceMinor: (data["priceMinor"] ?? null) as number | null } } : {}),
    ...(filters.includes("collection") ? { collectionId: text("collectionId") } : {}),
    ...(filters.includes("form") ? { form: text("form") } : {}),
    ...(filters.includes("utm") ? { source: text("source"), medium: text("medium"), campaign: text("campaign") } : {}),
  };
}

/** What is kept of somebody, with all that her browsers told of some kinds in place of the last of it, and with what her orders held. */
function withLog(kept: History, told: Told[], kinds: LoggedKind[], lines: ReadonlyMap<string, History["orders"][number]["items"]>): History {
  const deeds = kinds.map((kind) => {
    const names: readonly string[] = deedKinds[kind].events;
    return [kind, told.filter((one) => names.includes(one.name)).map((one) => deedOf(one, kind))] as const;
  });
  return {
    ...kept,
    deeds: { ...kept.deeds, ...Object.fromEntries(deeds) },
    orders: kept.orders.map((one) => ({ ...one, items: lines.get(one.orderId) ?? [] })),
  };
}

/**
 * The histories of a few people as a rule of any speed looks at them: where what is kept of them is not enough, from the log. Null where that takes longer than
 * `limitMs`, or where they did more than can be looked through.
 */
export async function wholeHistories(shop: Shop, profileIds: string[], needs: Needs, limitMs: number): Promise<Map<string, History> | null> {
  if (profileIds.length === 0) return new Map();
  if (needs.speed === "hot") return historyOf(shop, profileIds, [needs]);
  const kinds = [...new Set([...needs.kinds, ...needs.productKinds])].filter((kind): kind is LoggedKind => deedKinds[kind].browser);
  const names = [...new Set(kinds.flatMap((kind) => [...deedKinds[kind].events]))];
  const answer = await limited(
    limitMs,
    async (tx) => {
      const kept = await historyOf(shop, profileIds, [needs], tx);
      const told = await toldBy(shop.id, profileIds, names, most + 1, tx);
      if (told.length > most) return null;
      const orders = needs.orderLines ? [...kept.values()].flatMap((one) => one.orders.map(({ orderId }) => orderId)) : [];
      const lines = await orderLinesOf(shop.id, orders, tx);
      const mine = Map.groupBy(told, (one) => one.profileId);
      return new Map([...kept].map(([id, one]) => [id, withLog(one, mine.get(id) ?? [], kinds, lines)]));
    },
    { log: true },
  );
  return answer.ok ? answer.answer : null;
}
