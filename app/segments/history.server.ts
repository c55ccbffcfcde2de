import { factsOf } from "../commerce/update.server.ts";
import { latestConsent } from "../consent/record.server.ts";
import type { EventName } from "../events/event.ts";
import { findProfiles } from "../identity/resolve.server.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { findBrowsing } from "../visits/update.server.ts";
import { commerceEvents, profileEvents, type DeedKind } from "./deed.ts";
import { sentTo } from "./history-store.server.ts";
import { nobody, nothingDone, type History, type Person } from "./history.ts";
import { deedsFrom } from "./kept.ts";
import type { Needs } from "./needs.ts";

/** What of a history some rules ask for. */
type Parts = { kinds: DeedKind[]; commerce: boolean; visits: boolean; fields: boolean; consent: boolean; messages: boolean };

const messageKinds: readonly DeedKind[] = ["was-sent-message", "clicked-message", "unsubscribed"];

function partsOf(needs: Needs[]): Parts {
  const events = new Set(needs.flatMap((one) => one.events));
  const kinds = [...new Set(needs.flatMap((one) => [...one.kinds, ...one.productKinds]))];
  const any = (names: readonly EventName[]) => names.some((one) => events.has(one));
  return {
    kinds: kinds.filter((one) => !messageKinds.includes(one)),
    // Whatever asks of carts, checkouts or orders is touched by one of these.
    commerce: any([...commerceEvents.ordered, ...commerceEvents.cart, ...commerceEvents.checkout]),
    visits: any(profileEvents.firstLanding) || any(profileEvents.firstSeen),
    fields: any(["customer.updated"]),
    consent: any(["email-consent.changed"]),
    messages: kinds.some((one) => messageKinds.includes(one)),
  };
}

/** The histories of some profiles from what is kept of each, as far as some rules ask: a few statements for all of them together. */
export async function historyOf(shop: Shop, profileIds: string[], needs: Needs[], tx?: Tx): Promise<Map<string, History>> {
  const parts = partsOf(needs);
  const facts = parts.commerce ? await factsOf(shop.id, profileIds, shop.countOffline, tx) : new Map<string, never>();
  const browsing = parts.visits || parts.kinds.length > 0 ? await findBrowsing(shop, profileIds, parts.kinds, tx) : new Map<string, never>();
  const sent = Map.groupBy(parts.messages ? await sentTo(shop.id, profileIds, tx) : [], (one) => one.profileId);
  const profiles = new Map((parts.fields ? await findProfiles(shop.id, profileIds, tx) : []).map((one) => [one.id, one]));
  const words = parts.consent ? await latestConsent(shop.id, "email", profileIds, tx) : [];
  const states = new Map(words.flatMap((one) => (one.state === "implied-sale" ? [] : [[one.profileId, one.state as Person["emailConsent"]] as const])));
  return new Map(
    profileIds.map((id) => {
      const { visit, deeds } = browsing.get(id) ?? { visit: null, deeds: [] };
      const mine = facts.get(id);
      const profile = profiles.get(id);
      const person: Person = {
        ...nobody,
        ...(profile === undefined
          ? {}
          : { country: profile.country, locale: profile.locale, hasEmail: profile.email !== null, hasPhone: profile.phone !== null }),
        emailConsent: states.get(id) ?? "none",
        firstSeenAt: visit?.firstSeenAt ?? null,
        firstLanding: visit?.landing ?? null,
      };
      const history: History = {
        ...nothingDone,
        deeds: deedsFrom(deeds, visit?.days ?? [], sent.get(id) ?? []),
        ...(mine === undefined ? {} : { carts: mine.carts, checkouts: mine.checkouts, orders: mine.orders.map((one) => ({ ...one, items: [] })) }),
        person,
      };
      return [id, history];
    }),
  );
}
