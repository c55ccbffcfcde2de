import { Prisma } from "../db.server.ts";
import type { EventData } from "../events/event.ts";
import { sql as plain } from "../lib/sql-text.ts";
import { together } from "../lib/together.ts";
import type { Reader, Tx } from "../lib/tx.ts";
import { driverQuery, inside, toPrisma } from "../tx.server.ts";
import { foundToken, type Checkout, type Facts } from "./facts.ts";
import { counted } from "./ordered-sql.ts";
import { ordersKept } from "./ordered.ts";

type Owned<Data> = { data: Data; profileId: string | null };

export async function writeCarts(shopId: number, carts: Owned<EventData<"cart.updated">>[], tx: Tx): Promise<void> {
  if (carts.length === 0) return;
  const json = carts.map(({ data, profileId }) => ({
    token: data.token,
    profile_id: profileId,
    created_at: data.createdAt,
    updated_at: data.updatedAt,
    item_count: data.lines.reduce((sum, line) => sum + line.quantity, 0),
    lines: data.lines,
  }));
  await driverQuery(
    tx,
    "write-carts",
    Prisma.sql`
    INSERT INTO cart (shop_id, token, profile_id, created_at, updated_at, item_count, lines)
    SELECT ${shopId}, r.* FROM jsonb_to_recordset(${JSON.stringify(json)}::jsonb)
      AS r(token text, profile_id uuid, created_at timestamptz, updated_at timestamptz, item_count int, lines jsonb)
    ON CONFLICT (shop_id, token) DO UPDATE SET profile_id = excluded.profile_id, updated_at = excluded.updated_at, item_count = excluded.item_count, lines = excluded.lines
    WHERE excluded.updated_at >= cart.updated_at`,
  );
}

export async function writeCheckouts(shopId: number, checkouts: Owned<EventData<"checkout.updated">>[], now: Date, tx: Tx): Promise<void> {
  if (checkouts.length === 0) return;
  const json = checkouts.map(({ data, profileId }) => ({
    token: data.token,
    cart_token: data.cartToken,
    profile_id: profileId,
    started_at: data.startedAt,
    updated_at: data.updatedAt,
    completed_at: data.completedAt,
    email: data.person.email,
    phone: data.person.phone,
    country: data.person.country ?? null,
    locale: data.person.locale ?? null,
    currency: data.currency,
    total_minor: data.totalMinor,
    recover_url: data.recoverUrl,
    lines: data.lines,
  }));
  await driverQuery(
    tx,
    "write-checkouts",
    Prisma.sql`
    INSERT INTO checkout (shop_id, token, cart_token, profile_id, started_at, updated_at, completed_at, email, phone, country, locale, currency, total_minor, recover_url, lines, heard_at, deleted_at)
    SELECT ${shopId}, r.*, ${now}::timestamptz, (SELECT g.at FROM gone_checkout g WHERE g.shop_id = ${shopId} AND g.token IN (r.token, ${foundToken("")} || r.cart_token) LIMIT 1) FROM jsonb_to_recordset(${JSON.stringify(json)}::jsonb)
      AS r(token text, cart_token text, profile_id uuid, started_at timestamptz, updated_at timestamptz, completed_at timestamptz, email text, phone text, country text, locale text, currency text, total_minor bigint, recover_url text, lines jsonb)
    ON CONFLICT (shop_id, token) DO UPDATE SET cart_token = coalesce(excluded.cart_token, checkout.cart_token), profile_id = excluded.profile_id, updated_at = excluded.updated_at,
      completed_at = coalesce(excluded.completed_at, checkout.completed_at), email = coalesce(excluded.email, checkout.email), phone = coalesce(excluded.phone, checkout.phone),
      country = coalesce(excluded.country, checkout.country), locale = coalesce(excluded.locale, checkout.locale), currency = excluded.currency, total_minor = excluded.total_minor,
      recover_url = coalesce(excluded.recover_url, checkout.recover_url), lines = excluded.lines,
      heard_at = CASE WHEN excluded.updated_at > checkout.updated_at THEN excluded.heard_at ELSE coalesce(checkout.heard_at, excluded.heard_at) END
    WHERE excluded.updated_at >= checkout.updated_at`,
  );
}

export async function deleteCheckouts(shopId: number, gone: EventData<"checkout.deleted">[], tx: Tx): Promise<void> {
  for (const one of gone) {
    const known = await inside(tx).$executeRaw`
      UPDATE checkout SET deleted_at = ${new Date(one.at)}
      WHERE shop_id = ${shopId} AND (token = ${one.token} OR (cart_token = ${one.cartToken} AND (${one.token}::text IS NULL OR token = ${foundToken(one.cartToken ?? "")})))`;
    const token = one.token ?? (one.cartToken === null ? null : foundToken(one.cartToken));
    if (known === 0 && token !== null)
      await inside(tx).$executeRaw`INSERT INTO gone_checkout (shop_id, token, at) VALUES (${shopId}, ${token}, ${new Date(one.at)}) ON CONFLICT DO NOTHING`;
  }
}

export async function writeOrders(shopId: number, orders: Owned<EventData<"order.placed">>[], tx: Tx): Promise<void> {
  if (orders.length === 0) return;
  const json = orders.map(({ data, profileId }) => ({
    order_id: data.orderId,
    name: data.name,
    profile_id: profileId,
    placed_at: data.placedAt,
    updated_at: data.updatedAt,
    cancelled_at: data.cancelledAt,
    test: data.test,
    source: data.source,
    currency: data.currency,
    total_minor: data.totalMinor,
    discount_minor: data.discountMinor,
    cart_token: data.cartToken,
    checkout_token: data.checkoutToken,
    discount_codes: data.discountCodes,
  }));
  await driverQuery(
    tx,
    "write-orders",
    Prisma.sql`
    INSERT INTO placed_order (shop_id, order_id, name, profile_id, placed_at, updated_at, cancelled_at, test, source, currency, total_minor, discount_minor, cart_token, checkout_token, discount_codes)
    SELECT ${shopId}, r.order_id, r.name, r.profile_id, r.placed_at, r.updated_at, r.cancelled_at, r.test, r.source, r.currency, r.total_minor, r.discount_minor, r.cart_token, r.checkout_token,
      ARRAY(SELECT jsonb_array_elements_text(r.discount_codes))
    FROM jsonb_to_recordset(${JSON.stringify(json)}::jsonb)
      AS r(order_id text, name text, profile_id uuid, placed_at timestamptz, updated_at timestamptz, cancelled_at timestamptz, test boolean, source text, currency text, total_minor bigint, discount_minor bigint, cart_token text, checkout_token text, discount_codes jsonb)
    ON CONFLICT (shop_id, order_id) DO UPDATE SET profile_id = coalesce(excluded.profile_id, placed_order.profile_id), updated_at = excluded.updated_at,
      cancelled_at = coalesce(excluded.cancelled_at, placed_order.cancelled_at), total_minor = excluded.total_minor, discount_minor = excluded.discount_minor,
      cart_token = coalesce(excluded.cart_token, placed_order.cart_token), checkout_token = coalesce(excluded.checkout_token, placed_order.checkout_token), discount_codes = excluded.discount_codes
    WHERE excluded.updated_at >= placed_order.updated_at`,
  );
}

/** Writes refunds, and adds up anew what each order named here or among `orderIds` has given back. */
export async function writeRefunds(shopId: number, refunds: EventData<"order.refunded">[], orderIds: string[], tx: Tx): Promise<void> {
  const touched = [...new Set([...orderIds, ...refunds.map((one) => one.orderId)])];
  if (touched.length === 0) return;
  const json = refunds.map((one) => ({ refund_id: one.refundId, order_id: one.orderId, at: one.at, amount_minor: one.amountMinor }));
  const write = Prisma.sql`
    INSERT INTO refund (shop_id, refund_id, order_id, at, amount_minor)
    SELECT ${shopId}, r.* FROM jsonb_to_recordset(${JSON.stringify(json)}::jsonb) AS r(refund_id text, order_id text, at timestamptz, amount_minor bigint)
    ON CONFLICT DO NOTHING`;
  const addUp = Prisma.sql`
    UPDATE placed_order o SET refunded_minor = r.sum
    FROM (SELECT order_id, sum(amount_minor)::bigint AS sum FROM refund WHERE shop_id = ${shopId} AND order_id = ANY(${touched}) GROUP BY order_id) r
    WHERE o.shop_id = ${shopId} AND o.order_id = r.order_id AND o.refunded_minor <> r.sum`;
  // Both are asked for at once, before anybody asks what the orders come to.
  await together(...(refunds.length === 0 ? [] : [driverQuery(tx, "write-refunds", write)]), driverQuery(tx, "add-up-refunds", addUp));
}

export async function ownersOfOrders(shopId: number, orderIds: string[], tx: Reader): Promise<{ orderId: string; profileId: string }[]> {
  if (orderIds.length === 0) return [];
  const sql = Prisma.sql`SELECT order_id AS "orderId", profile_id AS "profileId" FROM placed_order WHERE shop_id = ${shopId} AND order_id = ANY(${orderIds}) AND profile_id IS NOT NULL`;
  return driverQuery<{ orderId: string; profileId: string }>(tx, "owners-of-orders", sql);
}

/** Gives all that profiles which were merged away have in hand to those who stay. */
export async function moveProfiles(shopId: number, merges: readonly { loserId: string; survivorId: string }[], tx: Tx): Promise<void> {
  if (merges.length === 0) return;
  await driverQuery(
    tx,
    "move-things",
    Prisma.sql`
    WITH r AS MATERIALIZED (
      SELECT * FROM unnest(${merges.map((one) => one.loserId)}::uuid[], ${merges.map((one) => one.survivorId)}::uuid[]) AS r(loser, survivor)
    ), carts AS (UPDATE cart t SET profile_id = r.survivor FROM r WHERE t.shop_id = ${shopId} AND t.profile_id = r.loser),
      checkouts AS (UPDATE checkout t SET profile_id = r.survivor FROM r WHERE t.shop_id = ${shopId} AND t.profile_id = r.loser)
    UPDATE placed_order t SET profile_id = r.survivor FROM r WHERE t.shop_id = ${shopId} AND t.profile_id = r.loser`,
  );
}

/** Gives each cart, checkout and order of some profiles to whoever has its key now. */
export async function reown(shopId: number, profileIds: string[], tx: Tx): Promise<void> {
  if (profileIds.length === 0) return;
  await driverQuery(
    tx,
    "reown-things",
    Prisma.sql`
    WITH theirs AS MATERIALIZED (SELECT unnest(${profileIds}::uuid[]) AS profile_id), carts AS (
      UPDATE cart t SET profile_id = a.profile_id FROM theirs h, profile_alias a
      WHERE t.shop_id = ${shopId} AND t.profile_id = h.profile_id AND a.shop_id = ${shopId} AND a.kind = 'cart' AND a.key = t.token AND a.profile_id <> t.profile_id
    ), checkouts AS (
      UPDATE checkout t SET profile_id = a.profile_id FROM theirs h, profile_alias a
      WHERE t.shop_id = ${shopId} AND t.profile_id = h.profile_id AND a.shop_id = ${shopId} AND a.kind = 'checkout' AND a.key = t.token AND a.profile_id <> t.profile_id
    )
    UPDATE placed_order t SET profile_id = a.profile_id FROM theirs h, profile_alias a
    WHERE t.shop_id = ${shopId} AND t.profile_id = h.profile_id AND a.shop_id = ${shopId} AND a.kind = 'order' AND a.key = t.order_id AND a.profile_id <> t.profile_id`,
  );
}

/**
 * Adds up anew what the orders of some profiles come to, or with null of everybody in the shop; of those who were erased nothing. Whether the till counts is
 * read where the setting lies, so that no older copy of it can be written over a newer one.
 */
export async function addUpOrders(shopId: number, profileIds: string[] | null, tx: Tx): Promise<void> {
  if (profileIds?.length === 0) return;
  const meant = (table: "o" | "b") => (profileIds === null ? Prisma.sql`true` : Prisma.sql`${Prisma.raw(table)}.profile_id = ANY(${profileIds}::uuid[])`);
  const sql = Prisma.sql`
    WITH counted AS MATERIALIZED (
      SELECT o.profile_id, count(*)::int AS order_count, sum(o.total_minor - o.refunded_minor)::bigint AS net_minor, min(o.placed_at) AS first_at, max(o.placed_at) AS last_at,
        (array_agg(o.placed_at ORDER BY o.placed_at DESC, o.order_id))[1:${ordersKept}] AS moments,
        (array_agg(o.total_minor - o.refunded_minor ORDER BY o.placed_at DESC, o.order_id))[1:${ordersKept}] AS amounts
      FROM placed_order o JOIN shop s ON s.id = o.shop_id
      WHERE o.shop_id = ${shopId} AND o.profile_id IS NOT NULL AND ${meant("o")} AND ${toPrisma(counted(plain`s.count_offline`))}
        AND o.profile_id NOT IN (SELECT p.id FROM profile p WHERE p.shop_id = ${shopId} AND p.redacted_at IS NOT NULL)
      GROUP BY o.profile_id
    ), gone AS (
      DELETE FROM buyer b WHERE b.shop_id = ${shopId} AND ${meant("b")} AND NOT EXISTS (SELECT 1 FROM counted c WHERE c.profile_id = b.profile_id)
    )
    INSERT INTO buyer (shop_id, profile_id, order_count, net_minor, first_at, last_at, moments, amounts)
    SELECT ${shopId}, c.profile_id, c.order_count, c.net_minor, c.first_at, c.last_at, c.moments, c.amounts FROM counted c
    ON CONFLICT (shop_id, profile_id) DO UPDATE SET order_count = excluded.order_count, net_minor = excluded.net_minor, first_at = excluded.first_at, last_at = excluded.last_at,
      moments = excluded.moments, amounts = excluded.amounts`;
  await driverQuery(tx, profileIds === null ? "add-up-everybody" : "add-up-orders", sql);
}

type FactRow = {
  what: "cart" | "checkout" | "order";
  profileId: string;
  token: string;
  at: Date;
  cartToken: string | null;
  checkoutToken: string | null;
  startedAt: Date | null;
  completedAt: Date | null;
  reachable: boolean | null;
  number: string | null;
};

/** All that some profiles have in hand, in one statement: it is asked for with every batch. */
export async function factsOf(shopId: number, profileIds: string[], countOffline: boolean, tx?: Tx): Promise<Map<string, Facts>> {
  const facts = new Map<string, Facts>(profileIds.map((id) => [id, { carts: [], checkouts: [], orders: [] }]));
  if (profileIds.length === 0) return facts;
  const sql = Prisma.sql`
    SELECT 'cart' AS what, profile_id AS "profileId", token, updated_at AS at, NULL::text AS "cartToken", NULL::text AS "checkoutToken", NULL::timestamptz AS "startedAt",
      NULL::timestamptz AS "completedAt", NULL::boolean AS reachable, item_count::bigint AS number
    FROM cart WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[])
    UNION ALL
    SELECT 'checkout', profile_id, token, updated_at, cart_token, NULL, started_at, completed_at, email IS NOT NULL OR phone IS NOT NULL, NULL
    FROM checkout WHERE shop_id = ${shopId} AND profile_id = ANY(${profileIds}::uuid[]) AND deleted_at IS NULL
    UNION ALL
    SELECT 'order', profile_id, order_id, placed_at, cart_token, checkout_token, NULL, NULL, NULL, total_minor - refunded_minor
    FROM placed_order o WHERE o.shop_id = ${shopId} AND o.profile_id = ANY(${profileIds}::uuid[]) AND ${toPrisma(counted(countOffline))}
    ORDER BY at, token`;
  const rows = await driverQuery<FactRow>(tx, `facts-${countOffline}`, sql);
  for (const { what, profileId, token, at, cartToken, checkoutToken, startedAt, completedAt, reachable, number } of rows) {
    const mine = facts.get(profileId);
    if (what === "cart") mine?.carts.push({ token, updatedAt: at, itemCount: Number(number) });
    if (what === "checkout") mine?.checkouts.push({ token, cartToken, startedAt: startedAt ?? at, updatedAt: at, completedAt, reachable: reachable === true });
    if (what === "order") mine?.orders.push({ orderId: token, placedAt: at, cartToken, checkoutToken, netMinor: Number(number) });
  }
  return facts;
}

/** What is known of some orders, as far as it tells whether Shopify knows more. */
export async function ordersKnown(
  shopId: number,
  orderIds: string[],
): Promise<{ orderId: string; profileId: string | null; updatedAt: Date; cancelledAt: Date | null }[]> {
  if (orderIds.length === 0) return [];
  return inside().placedOrder.findMany({
    where: { shopId, orderId: { in: orderIds } },
    select: { orderId: true, profileId: true, updatedAt: true, cancelledAt: true },
  });
}

/** Which of some refunds are known. */
export async function findRefunds(shopId: number, refundIds: string[]): Promise<Set<string>> {
  if (refundIds.length === 0) return new Set();
  const rows = await inside().refund.findMany({ where: { shopId, refundId: { in: refundIds } }, select: { refundId: true } });
  return new Set(rows.map((row) => row.refundId));
}

type OfCart = {
  token: string;
  cartToken: string;
  email: string | null;
  phone: string | null;
  updatedAt: Date;
  completedAt: Date | null;
  deletedAt: Date | null;
};

/** The checkouts of some carts; of several of one cart the one that changed last. */
export async function checkoutsOfCarts(shopId: number, cartTokens: string[], tx?: Reader): Promise<OfCart[]> {
  if (cartTokens.length === 0) return [];
  const sql = Prisma.sql`
    SELECT DISTINCT ON (cart_token) token, cart_token AS "cartToken", email, phone, updated_at AS "updatedAt", completed_at AS "completedAt", deleted_at AS "deletedAt"
    FROM checkout WHERE shop_id = ${shopId} AND cart_token = ANY(${cartTokens}) ORDER BY cart_token, updated_at DESC`;
  return driverQuery<OfCart>(tx, "checkouts-of-carts", sql);
}

export async function findCheckout(shopId: number, token: string, tx?: Tx): Promise<Checkout | null> {
  return (await findCheckouts(shopId, [token], tx))[0] ?? null;
}

export async function findCheckouts(shopId: number, tokens: string[], tx?: Tx): Promise<Checkout[]> {
  if (tokens.length === 0) return [];
  const rows = await inside(tx).checkout.findMany({ where: { shopId, token: { in: tokens } } });
  return rows.map((row) => ({ ...row, totalMinor: Number(row.totalMinor), lines: row.lines as Checkout["lines"] }));
}

/** Whether an order, placed or even cancelled since, finished this checkout or its cart: by token, whoever paid. */
export async function orderFinished(shopId: number, checkout: { token: string; cartToken: string | null }, tx?: Tx): Promise<boolean> {
  const row = await inside(tx).placedOrder.findFirst({
    where: { shopId, test: false, OR: [{ checkoutToken: checkout.token }, ...(checkout.cartToken === null ? [] : [{ cartToken: checkout.cartToken }])] },
    select: { orderId: true },
  });
  return row !== null;
}

/** Whether a profile ordered anything that counts at or after an instant. */
export async function orderedSince(shopId: number, profileId: string, since: Date, countOffline: boolean, tx?: Tx): Promise<boolean> {
  const facts = await factsOf(shopId, [profileId], countOffline, tx);
  return (facts.get(profileId)?.orders ?? []).some((order) => order.placedAt >= since);
}

export async function redactCommerce(shopId: number, profileIds: string[], tx: Tx): Promise<void> {
  await inside(tx).checkout.updateMany({ where: { shopId, profileId: { in: profileIds } }, data: { email: null, phone: null, recoverUrl: null } });
  await inside(tx).buyer.deleteMany({ where: { shopId, profileId: { in: profileIds } } });
}

export async function commerceOf(shopId: number, profileIds: string[]): Promise<unknown> {
  const where = { shopId, profileId: { in: profileIds } };
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? Number(one) : one))) as unknown;
  return plain({
    carts: await inside().cart.findMany({ where }),
    checkouts: await inside().checkout.findMany({ where, omit: { recoverUrl: true } }),
    orders: await inside().placedOrder.findMany({ where }),
  });
}

/** The addresses and telephone numbers in these people's checkouts. */
export async function contactsOf(shopId: number, profileIds: string[]): Promise<string[]> {
  const rows = await inside().checkout.findMany({ where: { shopId, profileId: { in: profileIds } }, select: { email: true, phone: true } });
  return rows.flatMap((row) => [row.email, row.phone]).filter((one): one is string => one !== null && one !== "");
}

export async function eraseCommerce(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).refund.deleteMany({ where: { shopId } });
  await inside(tx).placedOrder.deleteMany({ where: { shopId } });
  await inside(tx).buyer.deleteMany({ where: { shopId } });
  await inside(tx).checkout.deleteMany({ where: { shopId } });
  await inside(tx).goneCheckout.deleteMany({ where: { shopId } });
  await inside(tx).cart.deleteMany({ where: { shopId } });
}
