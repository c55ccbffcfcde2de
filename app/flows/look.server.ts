import { factsOf, findCheckout, orderedSince, orderFinished } from "../commerce/update.server.ts";
import { allows, type Purpose } from "../consent/allows.ts";
import { consentNow, suppressionOf } from "../consent/record.server.ts";
import { unreadAbout } from "../events/load.server.ts";
import { findAssignments } from "../holdouts/assign.server.ts";
import { globalExperiment } from "../holdouts/assign.ts";
import { findProfiles, neighboursOf, type Profile } from "../identity/resolve.server.ts";
import { normalEmail } from "../lib/address.ts";
import { after, day, earliest } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import type { About } from "../messages/about.ts";
import { isOwnLink } from "../messages/recovery-link.ts";
import { mailedInFlow, sentTo } from "../messages/send.server.ts";
import { codeReady } from "../offers/fill.server.ts";
import { isProductId, standingOf } from "../products/product.ts";
import { findProducts } from "../products/update.server.ts";
import { mayAct, type Shop } from "../shops/shop.ts";
import { findVisits } from "../visits/update.server.ts";
import { boughtLately, quietAfterLook, type Facts, type Subject } from "./advance.ts";
import { liveSteps, productOf, subjects, type Flow } from "./flow.ts";
import type { RunRow } from "./store.server.ts";

/** `about`: what a message would show, null where it cannot be shown. `wants`: a product that must be asked about first. */
export type Looked = { facts: Facts; about: About | null; profile: Profile | null; wants: string | null };

/** What a run is about, with what its person did around it. */
type Found = Pick<Looked, "about" | "wants"> & {
  subject: Subject;
  ordered: boolean;
  since: Date;
  email: string | null;
  country: string | null;
  purpose: Purpose;
};

/** Reads everything that a decision about a run stands on, in the transaction that acts on it. */
export async function look(shop: Shop, flow: Flow, run: RunRow, now: Date, tx: Tx): Promise<Looked> {
  const found = subjects[flow.key] === "product" ? await lookAtProduct(shop, flow, run, now, tx) : await lookAtCheckout(shop, run, tx);
  const profile = (await findProfiles(shop.id, [run.profileId], tx))[0] ?? null;
  // The address typed into this checkout first: she may have others.
  const email = found.email ?? profile?.email ?? null;
  const consent = profile === null ? null : ((await consentNow(shop, [profile], tx)).get(profile.id) ?? null);
  // The ledger has told of her own address already.
  const suppressed = email === null || email === profile?.email ? null : await suppressionOf(shop, email, tx);
  const region = profile?.country ?? found.country ?? shop.country;
  const permission =
    consent === null
      ? ({ allowed: false, rule: "order", reason: "no-consent" } as const)
      : allows(region, "email", found.purpose, { ...consent, suppressed: suppressed ?? consent.suppressed }, now);
  const step = liveSteps(flow)[run.stepIndex];
  const facts: Facts = {
    shop: mayAct(shop),
    subject: found.subject,
    ordered: found.ordered,
    perhapsOrdered: !found.ordered && (await neighbourOrdered(shop, run.profileId, found.since, tx)),
    email,
    permission,
    globalHoldout: (await findAssignments(shop.id, globalExperiment, [run.profileId], tx)).get(run.profileId) === "holdout",
    sentLately: await sentTo(shop.id, run.profileId, after(now, -7 * day), tx),
    unread: await unreadAbout(
      shop.id,
      {
        customerGid: profile?.customerGid ?? null,
        emails: [found.email, profile?.email ?? null].filter((one): one is string => one !== null),
        checkoutToken: found.about?.kind === "checkout" ? found.about.checkout.token : null,
        cartToken: found.about?.kind === "checkout" ? found.about.checkout.cartToken : null,
      },
      tx,
    ),
    codeReady: step?.kind !== "offer-email" || (await codeReady(shop.id, { flowKey: flow.key, stepKey: step.key }, run.id, now, tx)),
  };
  return { facts, about: found.about, profile, wants: found.wants };
}

/** Whether somebody ordered since who shares a key with her and may be her: better no mail than one to somebody who has just bought. */
async function neighbourOrdered(shop: Shop, profileId: string, since: Date, tx: Tx): Promise<boolean> {
  const neighbours = await neighboursOf(shop.id, profileId, tx);
  if (neighbours.length === 0) return false;
  return [...(await factsOf(shop.id, neighbours, shop.countOffline, tx)).values()].some(({ orders }) => orders.some((one) => one.placedAt >= since));
}

async function lookAtCheckout(shop: Shop, run: RunRow, tx: Tx): Promise<Found> {
  const checkout = await findCheckout(shop.id, run.subject, tx);
  const since = checkout === null || checkout.updatedAt > run.startedAt ? run.startedAt : checkout.updatedAt;
  return {
    subject: { kind: "checkout", checkout },
    about: checkout === null ? null : { kind: "checkout", checkout },
    wants: null,
    ordered: (checkout !== null && (await orderFinished(shop.id, checkout, tx))) || (await orderedSince(shop.id, run.profileId, since, shop.countOffline, tx)),
    since,
    email: normalEmail(checkout?.email),
    country: checkout?.country ?? null,
    purpose: "cart-reminder",
  };
}

/** The run goes with her: it is about the product she looked at last, and about the one that started it where that one can no longer be shown. */
async function lookAtProduct(shop: Shop, flow: Flow, run: RunRow, now: Date, tx: Tx): Promise<Found> {
  const visit = (await findVisits(shop, [run.profileId], tx)).get(run.profileId);
  const lookedAt = visit?.productViewedAt ?? run.startedAt;
  const ids = [visit?.productId ?? "", productOf(run.subject)].filter(isProductId);
  const products = await findProducts(shop.id, ids, tx);
  const candidates = ids.map((id) => ({ id, standing: standingOf(products.get(id) ?? null) }));
  const chosen = candidates.find((one) => one.standing.kind !== "gone") ?? null;
  const shown = chosen?.standing.kind === "shown" ? chosen.standing.product : null;
  // The shop's address may have changed since Shopify was asked: then it is asked again.
  const product = shown !== null && isOwnLink(shop, shown.url) ? shown : null;

  const facts = (await factsOf(shop.id, [run.profileId], shop.countOffline, tx)).get(run.profileId);
  const since = earliest([lookedAt, run.startedAt]) as Date;
  const movedOn =
    (visit?.cartAddedAt != null && visit.cartAddedAt >= since) ||
    (facts?.carts.some((one) => one.itemCount > 0 && one.updatedAt >= since) ?? false) ||
    (facts?.checkouts.some((one) => one.updatedAt >= since) ?? false);
  const reminded = await mailedInFlow(shop.id, flow.key, [run.profileId], after(now, -quietAfterLook), run.id, tx);
  return {
    subject: {
      kind: "product",
      standing: chosen === null ? "gone" : product === null ? "unknown" : "shown",
      lookedAt,
      lastSeenAt: visit?.days[0] ?? lookedAt,
      movedOn,
      remindedAt: reminded.get(run.profileId) ?? null,
    },
    about: product === null ? null : { kind: "product", product },
    wants: chosen !== null && product === null ? chosen.id : null,
    ordered: facts?.orders.some((order) => order.placedAt >= after(run.startedAt, -boughtLately)) ?? false,
    since: after(run.startedAt, -boughtLately),
    email: null,
    country: null,
    purpose: "browse-reminder",
  };
}
