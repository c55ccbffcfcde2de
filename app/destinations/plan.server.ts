import { allows } from "../consent/allows.ts";
import { consentNow } from "../consent/record.server.ts";
import type { AnyConnector, Identifiers } from "../connectors/contract.ts";
import { lockCursor, moveCursor } from "../events/load.server.ts";
import { assign } from "../holdouts/assign.server.ts";
import { globalExperiment } from "../holdouts/assign.ts";
import { findProfiles } from "../identity/resolve.server.ts";
import type { Tx } from "../lib/tx.ts";
import { changesAfter, linesAtOnce } from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { plan, type Standing } from "./due.ts";
import { audiencesOf, standings, writePlan, type AudienceRow } from "./store.server.ts";

/** How far the audiences have read the change log of segments. */
export const audiencesCursor = "audiences";

/** Follows the change log for one step: works out who is to be added to and removed from which audience. Returns how many lines were read. */
export async function follow(shop: Shop, connectors: AnyConnector[], now: Date, tx: Tx): Promise<number> {
  const seq = await lockCursor(shop.id, audiencesCursor, tx);
  const changes = await changesAfter(shop.id, seq, linesAtOnce, tx);
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

/** Compares every audience for some profiles: their consent changed, or they were merged. */
export async function planProfiles(shop: Shop, connectors: AnyConnector[], profileIds: string[], now: Date, tx: Tx): Promise<void> {
  if (profileIds.length === 0) return;
  for (const audience of await audiencesOf(shop.id, tx)) await planFor(shop, audience, connectors, profileIds, now, tx);
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
  const arms = await assign(
    shop,
    globalExperiment,
    shop.holdoutPercent,
    profiles.map((one) => one.id),
    now,
    tx,
  );
  const consents = await consentNow(shop, profiles, tx);
  const identifiers = new Map<string, Identifiers>();
  for (const profile of profiles) {
    const consent = consents.get(profile.id);
    if (consent === undefined || arms.get(profile.id) === "holdout") continue;
    if (!allows(profile.country ?? shop.country, "ads", "ad-audience", consent, now).allowed) continue;
    const sent = connector?.audience?.identify({
      ref: profile.id,
      email: profile.email,
      phone: profile.phone,
      firstName: profile.firstName,
      lastName: profile.lastName,
      country: profile.country,
    });
    if (sent) identifiers.set(profile.id, sent);
  }
  return { standing: found.map((one) => ({ ...one, wanted: identifiers.has(one.profileId) })), identifiers };
}
