import { allows } from "../consent/allows.ts";
import { consentNow } from "../consent/record.server.ts";
import type { AnyConnector } from "../connectors/contract.ts";
import { armOf, globalExperiment } from "../holdouts/assign.ts";
import { findAssignments } from "../holdouts/assign.server.ts";
import { findProfiles } from "../identity/resolve.server.ts";
import type { Tx } from "../lib/tx.ts";
import type { Shop } from "../shops/shop.ts";

/** How many of some people each platform could be sent today, by the rules of the audiences themselves. Nobody is assigned to a comparison by being counted. */
export async function matchable(shop: Shop, connectors: AnyConnector[], profileIds: string[], now: Date, tx: Tx): Promise<Record<string, number>> {
  const profiles = await findProfiles(shop.id, profileIds, tx);
  const [arms, consents] = [await findAssignments(shop.id, globalExperiment, profileIds, tx), await consentNow(shop, profiles, tx)];
  const sent = profiles.filter((one) => {
    const consent = consents.get(one.id);
    const arm = arms.get(one.id) ?? armOf(shop.salt, globalExperiment, one.id, shop.holdoutPercent);
    return arm !== "holdout" && consent !== undefined && allows(one.country ?? shop.country, "ads", "ad-audience", consent, now).allowed;
  });
  return Object.fromEntries(
    connectors.map(({ id, audience }) => [
      id,
      sent.filter(({ id: ref, email, phone, firstName, lastName, country }) => audience?.identify({ ref, email, phone, firstName, lastName, country })).length,
    ]),
  );
}
