import { factsOf } from "../commerce/update.server.ts";
import { findProfiles } from "../identity/resolve.server.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";
import { findVisits } from "../visits/update.server.ts";
import type { World } from "./evaluate.ts";
import { nobody, nothingDone, type History } from "./history.ts";
import type { Needs } from "./needs.ts";
import { standard } from "./standard.ts";

const rules = new Map(standard.map((one) => [one.key, one.rule]));

/** What rules may ask of a shop as it is kept today: no segments of its own, no scores, no catalogue. */
export function worldOf(shop: Pick<Shop, "id" | "timezone">): Promise<{ world: World }> {
  return Promise.resolve({ world: { timezone: shop.timezone, catalogue: new Map(), rfm: null, rules } });
}

/** What is kept of some profiles today. */
export async function historyOf(shop: Shop, profileIds: string[], _needs: Needs[], tx?: Tx): Promise<Map<string, History>> {
  const facts = await factsOf(shop.id, profileIds, shop.countOffline, tx);
  const visits = await findVisits(shop, profileIds, tx);
  const profiles = new Map((await findProfiles(shop.id, profileIds, tx)).map((one) => [one.id, one]));
  return new Map(
    profileIds.map((id) => {
      const mine = facts.get(id);
      const profile = profiles.get(id);
      const person = {
        ...nobody,
        ...{
          country: profile?.country ?? null,
          locale: profile?.locale ?? null,
          hasEmail: (profile?.email ?? null) !== null,
          hasPhone: (profile?.phone ?? null) !== null,
        },
        firstSeenAt: visits.get(id)?.firstSeenAt ?? null,
      };
      const orders = (mine?.orders ?? []).map((one) => ({ ...one, netMinor: 0, items: [] }));
      return [id, { ...nothingDone, carts: mine?.carts ?? [], checkouts: mine?.checkouts ?? [], orders, person }];
    }),
  );
}
