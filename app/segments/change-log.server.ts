import type { Shop } from "../shops/shop.ts";
import { membersAt, movesBetween, pairSizes, type Moves } from "./change-log-store.server.ts";
import { dateAfter, startOf } from "../lib/shop-days.ts";

/** Who was in a segment at an instant, as it was known then: how many, and the first `most` of them. */
export async function whoWasIn(shop: Pick<Shop, "id">, key: string, at: Date, most = 500): Promise<{ count: number; profileIds: string[] }> {
  return membersAt(shop.id, key, at, most);
}

/** One day of the shop. `size`: how many were in at its end. */
export type DayOfGrowth = Moves & { day: string; size: number };
const mostDays = 400;

/** How a segment grew, day by day of the shop, from the first date to the last, both included; at most the last 400 of them. */
export async function growth(shop: Pick<Shop, "id" | "timezone">, key: string, from: string, until: string): Promise<DayOfGrowth[]> {
  return (await growthOfEach(shop, [key], from, until)).get(key) ?? [];
}

/** The same of several at once, by key. */
export async function growthOfEach(shop: Pick<Shop, "id" | "timezone">, keys: string[], from: string, until: string): Promise<Map<string, DayOfGrowth[]>> {
  const days: string[] = [];
  for (let day = until; day >= from && days.length < mostDays; day = dateAfter(day, -1)) days.unshift(day);
  if (days.length === 0) return new Map();
  const edges = [...days, dateAfter(until, 1)].map((day) => startOf(day, shop.timezone));
  const all = Map.groupBy(await movesBetween(shop.id, keys, edges), (one) => one.key);
  const grew = (key: string): DayOfGrowth[] => {
    const moves = new Map((all.get(key) ?? []).map((one) => [one.place, one]));
    let size = 0;
    return [null, ...days].flatMap((day, index) => {
      const { entered = 0, left = 0, editedIn = 0, editedOut = 0 } = moves.get(index) ?? {};
      size += entered - left + editedIn - editedOut;
      return day === null ? [] : [{ day, entered, left, editedIn, editedOut, size }];
    });
  };
  return new Map(keys.map((key) => [key, grew(key)]));
}

/** How many are in both of each two of some segments now, nobody included. */
export async function overlap(shop: Pick<Shop, "id">, keys: string[]): Promise<{ a: string; b: string; size: number }[]> {
  const names = [...new Set(keys)].sort((a, b) => (a < b ? -1 : 1));
  const found = new Map(
    (await pairSizes(shop.id, names)).flatMap((one) => [[`${one.a} ${one.b}`, one.size] as const, [`${one.b} ${one.a}`, one.size] as const]),
  );
  return names.flatMap((a, index) => names.slice(index + 1).map((b) => ({ a, b, size: found.get(`${a} ${b}`) ?? 0 })));
}
