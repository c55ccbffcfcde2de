import { eraseCredits } from "../attribution/attribute.server.ts";
import { eraseDeliveries, redactDeliveries } from "../capture/receive.server.ts";
import { commerceOf, contactsOf, eraseCommerce, redactCommerce } from "../commerce/update.server.ts";
import { consentOf, eraseConsent, suppress } from "../consent/record.server.ts";
import { eraseDestinations, heldOf, removeEverywhere } from "../destinations/connect.server.ts";
import { eraseEvents, redactEvents } from "../events/load.server.ts";
import { endRunsOf, eraseFlows } from "../flows/settings.server.ts";
import { eraseAssignments } from "../holdouts/assign.server.ts";
import { aliasesOf, eraseIdentity, findByCustomers, findProfiles, redactProfiles } from "../identity/resolve.server.ts";
import { seal } from "../lib/seal.server.ts";
import { log } from "../log.server.ts";
import { eraseMessages, messagesOf, redactMessages } from "../messages/send.server.ts";
import { eraseOffers } from "../offers/fill.server.ts";
import { erasePast } from "../past/compare.server.ts";
import { erasePredictions } from "../predictions/model.server.ts";
import { eraseProducts } from "../products/update.server.ts";
import { wake } from "../queue.server.ts";
import * as segments from "../segments/update.server.ts";
import { keyFor } from "../shops/keys.server.ts";
import type { Shop } from "../shops/shop.ts";
import { completePrivacyRequest, deleteSessions, forgetRequestsOf, openPrivacyRequests, updateShop } from "../shops/load.server.ts";
import { transaction } from "../tx.server.ts";
import { eraseVisits, findBrowsing } from "../visits/update.server.ts";

/** Answers what the compliance webhooks asked: asks every room that has a store. Each request is one transaction and may be repeated. */
export async function answerRequests(shop: Shop, now: Date): Promise<void> {
  for (const request of await openPrivacyRequests(shop.id)) {
    const profileIds = request.customerGid === null ? [] : [...(await findByCustomers(shop.id, [request.customerGid])).values()];
    if (request.kind === "data-request") await answer(shop, request.id, profileIds, now);
    if (request.kind === "customer-redact") await forgetPerson(shop, request.id, profileIds, request.customerGid, now);
    if (request.kind === "shop-redact") await forgetShop(shop, request.id, request.requestedAt, now);
    log.info({ shop: shop.domain, kind: request.kind }, "privacy request done");
  }
}

/** Everything we hold of one person, sealed until the merchant hands it over. */
async function answer(shop: Shop, requestId: string, profileIds: string[], now: Date): Promise<void> {
  const browsing = await findBrowsing(shop, new Map(profileIds.map((id) => [id, { kinds: null, newestLook: false }])), null);
  const file = {
    madeAt: now,
    shop: shop.domain,
    profiles: await findProfiles(shop.id, profileIds),
    keys: await aliasesOf(shop.id, profileIds),
    consent: await consentOf(shop.id, profileIds),
    commerce: await commerceOf(shop.id, profileIds),
    visits: [...browsing.values()].map((one) => one.visit),
    deeds: [...browsing.values()].flatMap((one) => one.deeds),
    segments: await segments.membershipsOf(shop.id, profileIds),
    audiences: await heldOf(shop.id, profileIds),
    messages: await messagesOf(shop.id, profileIds),
  };
  await completePrivacyRequest(shop.id, requestId, now, seal(keyFor("answers"), `${shop.id}/${requestId}`, JSON.stringify(file)));
}

async function forgetPerson(shop: Shop, requestId: string, profileIds: string[], customerGid: string | null, now: Date): Promise<void> {
  const profiles = await findProfiles(shop.id, profileIds);
  const aliases = await aliasesOf(shop.id, profileIds);
  const addresses = [
    ...new Set([...profiles.flatMap((one) => (one.email === null ? [] : [one.email])), ...aliases.filter((one) => one.kind === "email").map((one) => one.key)]),
  ];
  // What was rejected is found by how she can be reached and by her number, never by a name that others may share.
  const contacts = [...(await contactsOf(shop.id, profileIds)), ...profiles.flatMap((one) => (one.phone === null ? [] : [one.phone]))];
  const number = customerGid?.slice(customerGid.lastIndexOf("/") + 1);
  const ids = customerGid === null ? [] : [`"id":${number}`, `_id":${number}`, customerGid];
  const mentions = [...new Set([...addresses, ...contacts, ...ids])];
  const subjects = aliases.map((one) => `${one.kind}:${one.key}`);
  await transaction(async (tx) => {
    // Nobody may be looking at her while she goes.
    await segments.lockWriter(shop.id, tx);
    // Her address may come back in an import: only this hash can tell that it must not be mailed.
    for (const address of addresses) await suppress(shop, address, "erased", now, tx);
    await removeEverywhere(shop.id, profileIds, now, tx);
    await endRunsOf(shop.id, profileIds, "erased", now, tx);
    await redactMessages(shop.id, profileIds, tx);
    await redactCommerce(shop.id, profileIds, tx);
    await eraseVisits(shop.id, profileIds, tx);
    await redactEvents(shop.id, subjects, customerGid === null ? [] : [customerGid], tx);
    if (mentions.length > 0) await redactDeliveries(shop.id, mentions, tx);
    await eraseConsent(shop.id, profileIds, tx);
    await redactProfiles(shop.id, profileIds, now, tx);
    // What is left of her, such as an order without a name, is nobody's: it belongs in no segment.
    await segments.update(shop, new Map(), profileIds, now, tx);
    await completePrivacyRequest(shop.id, requestId, now, null, tx);
    if (customerGid !== null) await forgetRequestsOf(shop.id, customerGid, tx);
    await wake("audiences.sync", shop.id, { tx });
  });
}

async function forgetShop(shop: Shop, requestId: string, requestedAt: Date, now: Date): Promise<void> {
  // Shopify does not ask this of a shop that came back; a late copy must not erase one.
  if (shop.uninstalledAt === null && shop.installedAt !== null && shop.installedAt > requestedAt) {
    await completePrivacyRequest(shop.id, requestId, now, null);
    return;
  }
  await transaction(async (tx) => {
    await eraseCredits(shop.id, tx);
    await eraseFlows(shop.id, tx);
    await eraseOffers(shop.id, tx);
    await eraseMessages(shop.id, tx);
    await eraseDestinations(shop.id, tx);
    await eraseAssignments(shop.id, null, tx);
    await segments.eraseSegments(shop.id, tx);
    await erasePredictions(shop.id, tx);
    await eraseConsent(shop.id, null, tx);
    await eraseCommerce(shop.id, tx);
    await erasePast(shop.id, tx);
    await eraseProducts(shop.id, tx);
    await eraseVisits(shop.id, null, tx);
    await eraseIdentity(shop.id, tx);
    await eraseEvents(shop.id, tx);
    await eraseDeliveries(shop.id, tx);
    await deleteSessions(shop.domain, null, tx);
    await updateShop(
      shop.id,
      {
        name: null,
        email: null,
        storefrontHost: null,
        senderName: null,
        senderAddress: null,
        postalAddress: null,
        redactedAt: now,
        uninstalledAt: shop.uninstalledAt ?? now,
      },
      tx,
    );
    await completePrivacyRequest(shop.id, requestId, now, null, tx);
  });
}
