import type { Tx } from "../lib/tx.ts";
import { inside } from "../tx.server.ts";
import type { Visit } from "./visit.ts";

export async function findVisits(shopId: number, profileIds: string[], tx?: Tx): Promise<Map<string, Visit>> {
  if (profileIds.length === 0) return new Map();
  const rows = await inside(tx).visit.findMany({ where: { shopId, profileId: { in: profileIds } }, omit: { shopId: true } });
  // The column holds what writeVisits put there.
  return new Map(rows.map(({ profileId, days, ...row }) => [profileId, { ...row, days: (days as string[]).map((at) => new Date(at)) }]));
}

export async function writeVisits(shopId: number, visits: Map<string, Visit>, tx: Tx): Promise<void> {
  if (visits.size === 0) return;
  const json = [...visits].map(([profileId, visit]) => ({
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
    INSERT INTO visit (shop_id, profile_id, first_seen_at, product_viewed_at, product_id, cart_added_at, form_abandoned_at, form, form_submitted_at, days)
    SELECT ${shopId}, r.* FROM jsonb_to_recordset(${JSON.stringify(json)}::jsonb)
      AS r(profile_id uuid, first_seen_at timestamptz, product_viewed_at timestamptz, product_id text, cart_added_at timestamptz, form_abandoned_at timestamptz, form text, form_submitted_at timestamptz, days jsonb)
    ON CONFLICT (shop_id, profile_id) DO UPDATE SET first_seen_at = excluded.first_seen_at, product_viewed_at = excluded.product_viewed_at, product_id = excluded.product_id,
      cart_added_at = excluded.cart_added_at, form_abandoned_at = excluded.form_abandoned_at, form = excluded.form, form_submitted_at = excluded.form_submitted_at, days = excluded.days`;
}

/** Takes away the visits of these profiles, or with null of the whole shop. */
export async function eraseVisits(shopId: number, profileIds: string[] | null, tx: Tx): Promise<void> {
  await inside(tx).visit.deleteMany({ where: { shopId, ...(profileIds === null ? {} : { profileId: { in: profileIds } }) } });
}
