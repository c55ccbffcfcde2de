import { recent } from "../lib/recent.ts";
import { minute } from "../lib/time.ts";
import { peopleIn } from "./sql-store.server.ts";

/** From how many on a count stands for a minute: it takes as long as many an answer by then, and whoever asks again and again waited for it each time. */
const many = 100_000;
/** Of how many shops it is remembered. */
const shops = 1_000;
const counted = recent<number, { people: number; at: Date }>(shops);

/** How many people there are in a shop; where they are very many, as of at most a minute ago. */
export async function peopleOf(shopId: number, now: Date, from = many): Promise<number> {
  const last = counted.get(shopId);
  // A clock that was set back starts anew.
  if (last !== undefined && last.people >= from && last.at <= now && now.getTime() - last.at.getTime() < minute) return last.people;
  const people = await peopleIn(shopId);
  if (people >= from) counted.set(shopId, { people, at: now });
  return people;
}
