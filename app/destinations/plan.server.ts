import { allows } from "../consent/allows.ts";
import { consentNow } from "../consent/record.server.ts";
import type { AnyConnector, Identifiers } from "../connectors/contract.ts";
import { lockCursor, moveCursor } from "../events/load.server.ts";
import { assign, findAssignments } from "../holdouts/assign.server.ts";
import { armOf, globalExperiment } from "../holdouts/assign.ts";
import { findProfiles, type Profile } from "../identity/resolve.server.ts";
import type { Tx } from "../lib/tx.ts";
import type { Match } from "../segments/preview.server.ts";
import { changesAfter } from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { plan, type Standing } from "./due.ts";
import { audiencesOf, standings, writePlan, type AudienceRow } from "./store.server.ts";

export { audiencesOf, linesForAudiences } from "./store.server.ts";

/** How far the audiences have read the change log of segments. */
export const audiencesCursor = "audiences";

/** Follows the change log for one step: works out who is to be added to and removed from which audience. Returns of how many people it read. */
export async function follow(shop: Shop, connectors: AnyConnector[], now: Date, tx: Tx): Promise<number> {
  const seq = await lockCursor(shop.id, audiencesCursor, tx);
  const changes = await changesAfter(shop.id, seq, tx);
  for (const audience of await audiencesOf(shop.id, tx)) {
    const touched = [...new Set(changes.filter((one) => one.segmentKey === audience.segmentKey).map((one) => one.profileId))];
    if (touched.length > 0) await planFor(shop, audience, connectors, touched, now, tx);
  }
  const last = changes.at(-1);
  if (last !== undefined) await moveCursor(shop.id, audiencesCursor, last.seq, tx);
  return changes.length;
}

/** Compares one audience with its segment, for some profiles or (null) for all: the first fill, and what consent has changed. */
export async function planFor(shop: Shop, audience: AudienceRow, connectors: AnyConnector[], profileIds: string[] | null, now: Date, tx: Tx): Promise<void> {
  const connector = connectors.find((one) => one.id === audience.connector);
  const found = await standings(shop.id, audience, profileIds, tx);
  const { standing, identifiers } = await allowed(shop, found, connector, audience.state !== "stopped", now, tx);
  const { add, remove } = plan(standing);
  await writePlan(
    shop.id,
    audience.id,
    add.map((profileId) => ({ profileId, identifiers: identifiers.get(profileId) as Identifiers })),
    remove,
    now,
    tx,
  );
}

/** Compares every audience of a shop for some profiles: their consent changed, or they were merged. */
export async function planProfiles(
  shop: Shop,
  connectors: AnyConnector[],
  audiences: readonly AudienceRow[],
  profileIds: string[],
  now: Date,
  tx: Tx,
): Promise<void> {
  if (profileIds.length === 0) return;
  for (const audience of audiences) await planFor(shop, audience, connectors, profileIds, now, tx);
}

/** Of those a segment wants, only they who agreed, who are not held out, and whom the platform could match. */
async function allowed(
  shop: Shop,
  found: Standing[],
  connector: AnyConnector | undefined,
  wantsAnybody: boolean,
  now: Date,
  tx: Tx,
): Promise<{ standing: Standing[]; identifiers: Map<string, Identifiers> }> {
  const wanted = wantsAnybody ? found.filter((one) => one.wanted).map((one) => one.profileId) : [];
  const profiles = await findProfiles(shop.id, wanted, tx);
  const ids = profiles.map((one) => one.id);
  const arms = (await assign(shop, { [globalExperiment]: shop.holdoutPercent }, ids, now, tx)).get(globalExperiment);
  const agreed = await agreeing(shop, profiles, now, tx);
  const identifiers = new Map<string, Identifiers>();
  for (const profile of agreed) {
    const sent = arms?.get(profile.id) === "holdout" ? null : sentOf(profile, connector);
    if (sent) identifiers.set(profile.id, sent);
  }
  return { standing: found.map((one) => ({ ...one, wanted: identifiers.has(one.profileId) })), identifiers };
}

/** They who agreed to be in an audience. */
async function agreeing(shop: Shop, profiles: Profile[], now: Date, tx: Tx): Promise<Profile[]> {
  const consents = await consentNow(shop, profiles, tx);
  return profiles.filter((profile) => {
    const consent = consents.get(profile.id);
    return consent !== undefined && allows(profile.country ?? shop.country, "ads", "ad-audience", consent, now).allowed;
  });
}

/** What a platform would be told of somebody; null where it could not match her. */
function sentOf({ id, email, phone, firstName, lastName, country }: Profile, connector: AnyConnector | undefined): Identifiers | null {
  return connector?.audience?.identify({ ref: id, email, phone, firstName, lastName, country }) ?? null;
}

/** Of some people, how many would be sent to each platform today, by connector. Changes nothing: whoever has no arm yet is counted as she would fall. */
export function matchOn(connectors: AnyConnector[]): Match {
  return async (shop, profileIds, now, tx) => {
    const profiles = await agreeing(shop, await findProfiles(shop.id, profileIds, tx), now, tx);
    const arms = await findAssignments(
      shop.id,
      globalExperiment,
      profiles.map((one) => one.id),
      tx,
    );
    const treated = profiles.filter(({ id }) => (arms.get(id) ?? armOf(shop.salt, globalExperiment, id, shop.holdoutPercent)) === "treated");
    const ready = connectors.filter((one) => one.audience !== undefined);
    return Object.fromEntries(ready.map((connector) => [connector.id, treated.filter((one) => sentOf(one, connector) !== null).length]));
  };
}
