import type { Tx } from "../lib/tx.ts";
import { inside } from "../tx.server.ts";
import type { Visit } from "./visit.ts";

type Row = { visitor: string; profileId: string } & Omit<Visit, "days"> & { days: unknown };

// The column holds what writeVisits put there.
const toVisit = ({ visitor, profileId, days, ...row }: Row) => ({ visitor, profileId, visit: { ...row, days: (days as string[]).map((at) => new Date(at)) } });

export async function visitsOf(shopId: number, profileIds: string[], tx?: Tx): Promise<{ profileId: string; visit: Visit }[]> {
  if (profileIds.length === 0) return [];
  return (await inside(tx).visit.findMany({ where: { shopId, profileId: { in: profileIds } }, omit: { shopId: true } })).map(toVisit);
}

export async function visitsBy(shopId: number, visitors: string[], tx: Tx): Promise<Map<string, Visit>> {
  if (visitors.length === 0) return new Map();
  const rows = await inside(tx).visit.findMany({ where: { shopId, visitor: { in: visitors } }, omit: { shopId: true } });
  return new Map(rows.map(toVisit).map((one) => [one.visitor, one.visit]));
}

export async function writeVisits(shopId: number, visits: { visitor: string; profileId: string; visit: Visit }[], tx: Tx): Promise<void> {
  if (visits.length === 0) return;
  const json = visits.map(({ visitor, profileId, visit }) => ({
    visitor,
    profile_id: profileId,
    first_seen_at: visit.firstSeenAt,
    product_viewed_at: visit.productViewedAt,
    product_id: visit.productId,
    cart_added_at: visit.cartAddedAt,
    form_abandoned_at: visit.formAbandonedAt,
    form: visit.form,
    form_submitted_at: visit.formSubmittedAt,
    days: visit.days,
  }));
  await inside(tx).$executeRaw`
    INSERT INTO visit (shop_id, visitor, profile_id, first_seen_at, product_viewed_at, product_id, cart_added_at, form_abandoned_at, form, form_submitted_at, days)
    SELECT ${shopId}, r.* FROM jsonb_to_recordset(${JSON.stringify(json)}::jsonb)
      AS r(visitor text, profile_id uuid, first_seen_at timestamptz, product_viewed_at timestamptz, product_id text, cart_added_at timestamptz, form_abandoned_at timestamptz, form text, form_submitted_at timestamptz, days jsonb)
    ON CONFLICT (shop_id, visitor) DO UPDATE SET profile_id = excluded.profile_id, first_seen_at = excluded.first_seen_at, product_viewed_at = excluded.product_viewed_at, product_id = excluded.product_id,
      cart_added_at = excluded.cart_added_at, form_abandoned_at = excluded.form_abandoned_at, form = excluded.form, form_submitted_at = excluded.form_submitted_at, days = excluded.days`;
}

/** Gives each browser of some profiles to whoever has it now. */
export async function reown(shopId: number, profileIds: string[], tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    UPDATE visit t SET profile_id = a.profile_id FROM profile_alias a
    WHERE t.shop_id = ${shopId} AND t.profile_id = ANY(${profileIds}::uuid[]) AND a.shop_id = t.shop_id AND a.kind = 'visitor' AND a.key = t.visitor AND a.profile_id <> t.profile_id`;
}

/** Takes away the visits of these profiles, or with null of the whole shop. */
export async function eraseVisits(shopId: number, profileIds: string[] | null, tx: Tx): Promise<void> {
  await inside(tx).visit.deleteMany({ where: { shopId, ...(profileIds === null ? {} : { profileId: { in: profileIds } }) } });
}
