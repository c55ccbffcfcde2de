import { normalPhone } from "../lib/address.ts";
import { segmentsByKey } from "../segments/saved.server.ts";
import { membershipsOf } from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { foundPeople, membersOf, namedPeople, ordersOfEach, type PersonLine, type Place } from "./people-store.server.ts";

export const peoplePerPage = 25;

export type PeopleLine = PersonLine & { orders: number; segments: string[] };
/** `newer`, `older`: where the neighbouring pages begin, null where there is none. */
export type PeoplePage = { lines: PeopleLine[]; newer: string | null; older: string | null; more: boolean };

const written = (one: PersonLine) => `${one.firstSeenAt.getTime()}_${one.id}`;

/** Reads where a page begins; null where it is none of ours. */
function placeOf(text: string | null): Place | null {
  const match = /^(\d{1,15})_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/.exec(text ?? "");
  return match === null ? null : { at: new Date(Number(match[1])), id: match[2] as string };
}

async function withDetails(shop: Shop, lines: PersonLine[]): Promise<PeopleLine[]> {
  const ids = lines.map((one) => one.id);
  const [orders, members, named] = await Promise.all([ordersOfEach(shop.id, ids), membershipsOf(shop.id, ids), segmentsByKey(shop)]);
  return lines.map((one) => ({
    ...one,
    orders: orders.get(one.id) ?? 0,
    segments: members.filter((member) => member.profileId === one.id).map((member) => named.get(member.segmentKey)?.name ?? member.segmentKey),
  }));
}

/** A page of people, the newest first: all who have a name, or who are in a segment. */
export async function peoplePage(shop: Shop, segmentKey: string | null, from: { older: string | null; newer: string | null }): Promise<PeoplePage> {
  const backwards = from.newer !== null;
  const place = placeOf(from.newer ?? from.older);
  const read = (most: number) => (segmentKey === null ? namedPeople(shop.id, place, backwards, most) : membersOf(shop.id, segmentKey, place, backwards, most));
  const rows = await read(peoplePerPage + 1);
  const more = rows.length > peoplePerPage;
  const shown = rows.slice(0, peoplePerPage);
  if (backwards && place !== null) shown.reverse();
  const [first, last] = [shown[0], shown.at(-1)];
  const before = backwards ? more : place !== null;
  const after = backwards ? place !== null : more;
  return {
    lines: await withDetails(shop, shown),
    newer: before && first !== undefined ? written(first) : null,
    older: after && last !== undefined ? written(last) : null,
    more: false,
  };
}

/** Who matches what was typed: a beginning of a name or address, a number, an order. */
export async function findPeople(shop: Shop, typed: string): Promise<PeoplePage> {
  const text = typed.normalize("NFC").trim().slice(0, 100).replaceAll("\0", "");
  if (text === "") return peoplePage(shop, null, { older: null, newer: null });
  const rows = await foundPeople(shop.id, text, normalPhone(text, shop.country), peoplePerPage + 1);
  return { lines: await withDetails(shop, rows.slice(0, peoplePerPage)), newer: null, older: null, more: rows.length > peoplePerPage };
}
