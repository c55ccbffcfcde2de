import { heardInTime } from "../commerce/facts.ts";
import { factsOf, findCheckouts } from "../commerce/update.server.ts";
import { assign } from "../holdouts/assign.server.ts";
import { flowExperiment, globalExperiment } from "../holdouts/assign.ts";
import { findProfiles } from "../identity/resolve.server.ts";
import { after } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { mailedInFlow } from "../messages/send.server.ts";
import { isProductId } from "../products/product.ts";
import type { Change } from "../segments/update.server.ts";
import type { Shop } from "../shops/shop.ts";
import { findVisits } from "../visits/update.server.ts";
import { boughtLately, quietAfterLook } from "./advance.ts";
import { lookSubject, productOf, subjects, type Flow } from "./flow.ts";

/** A line of the change log, with its place. */
export type Line = Change & { seq: bigint };
/** Somebody who may start a run, and about what. */
type Candidate = { line: Line; profileId: string; subject: string };
export type Entry = Candidate & { holdout: "the shop's" | "the flow's" | null };

/** The entries that start a run, with the arm of their person. Read and assigned together: a sale that ends lets many in at once. */
export async function eligible(shop: Shop, flow: Flow, lines: Line[], now: Date, tx: Tx): Promise<Map<Line, Entry>> {
  const { enabledAt } = flow;
  const entered = lines.filter((one) => one.change === "entered" && one.subject !== null);
  if (enabledAt === null || entered.length === 0) return new Map();
  const found = subjects[flow.key] === "product" ? await lookers(shop, flow, entered, enabledAt, now, tx) : await leavers(shop, entered, enabledAt, tx);
  if (found.length === 0) return new Map();
  // Assigned at eligibility, before anything is known about consent, so that both arms hold the same people.
  const profileIds = found.map((one) => one.profileId);
  const here = flowExperiment(flow.key);
  const arms = await assign(shop, { [globalExperiment]: shop.holdoutPercent, [here]: flow.holdoutPercent }, profileIds, now, tx);
  const holds = (experiment: string, profileId: string) => arms.get(experiment)?.get(profileId) === "holdout";
  return new Map(
    found.map((one) => {
      const holdout = holds(globalExperiment, one.profileId) ? "the shop's" : holds(here, one.profileId) ? "the flow's" : null;
      return [one.line, { ...one, holdout }];
    }),
  );
}

/**
 * Who left a checkout. Nobody is reminded of what she left before the flow was switched on, or before the app was installed, or of what we heard of too late:
 * one rule, whether a webhook was slow or a comparison found what was lost.
 */
async function leavers(shop: Shop, entered: Line[], enabledAt: Date, tx: Tx): Promise<Candidate[]> {
  const checkouts = await findCheckouts(
    shop.id,
    entered.map((one) => one.subject as string),
    tx,
  );
  const byToken = new Map(checkouts.map((one) => [one.token, one]));
  return entered.flatMap((line) => {
    const checkout = byToken.get(line.subject as string);
    return checkout === undefined || checkout.updatedAt < enabledAt || !heardInTime(checkout)
      ? []
      : [{ line, profileId: checkout.profileId, subject: checkout.token }];
  });
}

/**
 * Who looked at a product since the flow was switched on, and could be written to about it: somebody with an address, whom this flow has not reminded
 * lately, and who has not just bought. An anonymous visitor starts nothing and is in no experiment.
 */
async function lookers(shop: Shop, flow: Flow, entered: Line[], enabledAt: Date, now: Date, tx: Tx): Promise<Candidate[]> {
  const lines = entered.filter((one) => isProductId(one.subject as string));
  const ids = [...new Set(lines.map((one) => one.profileId))];
  const reachable = (await findProfiles(shop.id, ids, tx)).filter((one) => one.email !== null).map((one) => one.id);
  if (reachable.length === 0) return [];
  // A profile that was merged away since has no visit any more: the survivor has entered in its place.
  const visits = await findVisits(shop, reachable, tx);
  const facts = await factsOf(shop.id, reachable, shop.countOffline, tx);
  const reminded = await mailedInFlow(shop.id, flow.key, reachable, after(now, -quietAfterLook), null, tx);
  const wanted = new Set(
    reachable.filter((id) => {
      const lookedAt = visits.get(id)?.productViewedAt ?? null;
      const bought = facts.get(id)?.orders.some((order) => order.placedAt >= after(now, -boughtLately)) ?? false;
      return lookedAt !== null && lookedAt >= enabledAt && !reminded.has(id) && !bought;
    }),
  );
  return lines.flatMap((line) =>
    wanted.has(line.profileId) ? [{ line, profileId: line.profileId, subject: lookSubject(line.subject as string, line.seq) }] : [],
  );
}

/** The products that these entries are about. */
export function productsOf(flow: Flow, entries: Entry[]): string[] {
  return subjects[flow.key] === "product" ? entries.filter((one) => one.holdout === null).map((one) => productOf(one.subject)) : [];
}
