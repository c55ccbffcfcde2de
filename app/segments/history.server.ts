import { factsOf } from "../commerce/update.server.ts";
import { latestConsent } from "../consent/record.server.ts";
import { fieldsOf } from "../identity/resolve.server.ts";
import { together } from "../lib/together.ts";
import type { Reader, Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { findBrowsing, type News } from "../visits/update.server.ts";
import { look } from "../visits/deed.ts";
import type { DeedKind } from "./deed.ts";
import { sentTo } from "./history-store.server.ts";
import { nobody, nothingDone, type History, type Person } from "./history.ts";
import { deedsFrom } from "./kept.ts";
import type { Needs, Part } from "./needs.ts";

const messageKinds: readonly DeedKind[] = ["was-sent-message", "clicked-message", "unsubscribed"];
const isMessage = (kind: DeedKind) => messageKinds.includes(kind);

/** What of a history some rules ask for. */
type Asked = { kinds: DeedKind[]; newestLook: boolean; days: boolean; parts: ReadonlySet<Part | "messages" | "deeds"> };

/** `least`: where at what she looked is asked by no rule, only of the newest look; that is her reason to be in. */
function askedBy(needs: readonly Needs[], least: boolean): Asked {
  const all = [...new Set(needs.flatMap((one) => [...one.kinds, ...one.productKinds]))];
  const newestLook = least && all.includes(look) && !needs.some((one) => one.productKinds.includes(look));
  const kinds = all.filter((one) => !isMessage(one) && one !== "visited" && !(newestLook && one === look)).sort();
  const days = all.includes("visited");
  const messages = all.some(isMessage) ? (["messages"] as const) : [];
  const deeds = kinds.length > 0 || newestLook ? (["deeds"] as const) : [];
  return { kinds, newestLook, days, parts: new Set([...needs.flatMap((one) => one.parts), ...messages, ...deeds, ...(days ? (["visit"] as const) : [])]) };
}

/** The histories of some profiles from what is kept of each, as far as some rules ask: a few statements for all of them together. */
export async function historyOf(shop: Shop, profileIds: string[], needs: readonly Needs[], tx?: Tx): Promise<Map<string, History>> {
  const of = await historiesOf(shop, new Map(profileIds.map((id) => [id, needs])), null, tx);
  return new Map(profileIds.map((id) => [id, of(id)]));
}

/**
 * The same, each as far as those rules ask that she is held against, and made when it is asked for: to have those of a whole batch at once would cost more than to make
 * them. Whoever gives many the same list of needs has it worked out once. `now`: it is asked for no more than to decide then who is in, and because of what. `reader`:
 * where what browsers did is read.
 */
export async function historiesOf(
  shop: Shop,
  people: ReadonlyMap<string, readonly Needs[]>,
  now: Date | null,
  tx?: Tx,
  news: News | null = null,
  reader: Reader | undefined = tx,
): Promise<(profileId: string) => History> {
  const asked = new Map<readonly Needs[], Asked>();
  for (const needs of people.values()) if (!asked.has(needs)) asked.set(needs, askedBy(needs, now !== null));
  const of = (needs: readonly Needs[]) => asked.get(needs) as Asked;
  const who = (...parts: (Part | "messages" | "deeds")[]) => [...people].flatMap(([id, needs]) => (parts.some((one) => of(needs).parts.has(one)) ? [id] : []));

  const [browsing, facts, messages, known, words] = await together(
    findBrowsing(shop, new Map(who("deeds", "visit").map((id) => [id, of(people.get(id) ?? [])])), now, reader, news),
    factsOf(shop.id, who("commerce"), shop.countOffline, tx),
    sentTo(shop.id, who("messages"), tx),
    fieldsOf(shop.id, who("fields"), tx),
    latestConsent(shop.id, "email", who("consent"), tx),
  );
  const sent = Map.groupBy(messages, (one) => one.profileId);
  const fields = new Map(known.map(({ id, ...one }) => [id, one]));
  const states = new Map(words.flatMap((one) => (one.state === "implied-sale" ? [] : [[one.profileId, one.state as Person["emailConsent"]] as const])));
  return (id) => {
    const { visit, deeds } = browsing.get(id) ?? { visit: null, deeds: [] };
    const mine = facts.get(id);
    const person: Person = {
      ...nobody,
      ...fields.get(id),
      emailConsent: states.get(id) ?? "none",
      firstSeenAt: visit?.firstSeenAt ?? null,
      firstLanding: visit?.landing ?? null,
    };
    return {
      ...nothingDone,
      deeds: deedsFrom(deeds, (of(people.get(id) ?? []).days && visit?.days) || [], sent.get(id) ?? []),
      ...(mine === undefined ? {} : { carts: mine.carts, checkouts: mine.checkouts, orders: mine.orders.map((one) => ({ ...one, items: [] })) }),
      person,
    };
  };
}
