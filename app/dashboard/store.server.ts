import type { ArmSpend } from "../attribution/lift.ts";
import { spendWindow } from "../attribution/lift.ts";
import { counted, placed } from "../commerce/ordered-sql.ts";
import { flowExperiment, globalExperiment } from "../holdouts/assign.ts";
import type { Shop } from "../shops/shop.ts";
import { inside, toPrisma } from "../tx.server.ts";
import type { Bar, Bucket } from "./period.ts";

// Every query here begins with the shop.

type Of = Pick<Shop, "id" | "countOffline">;
type Span = { from: Date; until: Date };

export async function revenueIn(shop: Of, { from, until }: Span): Promise<{ orders: number; customers: number; grossMinor: number }> {
  const rows = await inside().$queryRaw<{ orders: number; customers: number; gross: bigint }[]>`
    SELECT count(*)::int AS orders, count(DISTINCT profile_id)::int AS customers, coalesce(sum(total_minor), 0)::bigint AS gross FROM placed_order o
    WHERE o.shop_id = ${shop.id} AND o.placed_at >= ${from} AND o.placed_at <= ${until} AND ${toPrisma(placed(shop.countOffline))}`;
  const row = rows[0];
  return { orders: row?.orders ?? 0, customers: row?.customers ?? 0, grossMinor: Number(row?.gross ?? 0n) };
}

/** All refunds by the day they were given, but those of orders that gross leaves out (cancelled, test, offline where not counted); those for orders we never saw also apart. */
export async function refundsIn(shop: Of, { from, until }: Span): Promise<{ totalMinor: number; unmatchedMinor: number; unmatched: number }> {
  const rows = await inside().$queryRaw<{ total: bigint; unmatched_total: bigint; unmatched: number }[]>`
    SELECT coalesce(sum(r.amount_minor), 0)::bigint AS total, coalesce(sum(r.amount_minor) FILTER (WHERE o.order_id IS NULL), 0)::bigint AS unmatched_total,
      (count(*) FILTER (WHERE o.order_id IS NULL))::int AS unmatched
    FROM refund r LEFT JOIN placed_order o ON o.shop_id = r.shop_id AND o.order_id = r.order_id
    WHERE r.shop_id = ${shop.id} AND r.at >= ${from} AND r.at <= ${until}
      AND (o.order_id IS NULL OR ${toPrisma(placed(shop.countOffline))})`;
  const row = rows[0];
  return { totalMinor: Number(row?.total ?? 0n), unmatchedMinor: Number(row?.unmatched_total ?? 0n), unmatched: row?.unmatched ?? 0 };
}

/** What credited orders brought, net of what they gave back; and of that, what was recovered in the strict sense. */
export async function creditedIn(shop: Of, { from, until }: Span): Promise<{ orders: number; minor: number; recoveredOrders: number; recoveredMinor: number }> {
  const rows = await inside().$queryRaw<{ orders: number; minor: bigint; recovered: number; recovered_minor: bigint }[]>`
    SELECT count(*)::int AS orders, coalesce(sum(greatest(o.total_minor - o.refunded_minor, 0)), 0)::bigint AS minor,
      (count(*) FILTER (WHERE c.recovered))::int AS recovered, coalesce(sum(greatest(o.total_minor - o.refunded_minor, 0)) FILTER (WHERE c.recovered), 0)::bigint AS recovered_minor
    FROM credit c JOIN placed_order o ON o.shop_id = c.shop_id AND o.order_id = c.order_id
    WHERE c.shop_id = ${shop.id} AND c.order_at >= ${from} AND c.order_at <= ${until}
      AND ${toPrisma(placed(shop.countOffline))}`;
  const row = rows[0];
  return {
    orders: row?.orders ?? 0,
    minor: Number(row?.minor ?? 0n),
    recoveredOrders: row?.recovered ?? 0,
    recoveredMinor: Number(row?.recovered_minor ?? 0n),
  };
}

/** The same by flow: an order has one credit, so these add up to what is credited in all. */
export async function creditedByFlow(shop: Of, { from, until }: Span): Promise<Map<string, { orders: number; minor: number }>> {
  const rows = await inside().$queryRaw<{ flow_key: string; orders: number; minor: bigint }[]>`
    SELECT c.flow_key, count(*)::int AS orders, sum(greatest(o.total_minor - o.refunded_minor, 0))::bigint AS minor
    FROM credit c JOIN placed_order o ON o.shop_id = c.shop_id AND o.order_id = c.order_id
    WHERE c.shop_id = ${shop.id} AND c.order_at >= ${from} AND c.order_at <= ${until}
      AND ${toPrisma(placed(shop.countOffline))}
    GROUP BY c.flow_key`;
  return new Map(rows.map((row) => [row.flow_key, { orders: row.orders, minor: Number(row.minor) }]));
}

export async function barsIn(shop: Of & { timezone: string }, { from, until }: Span, bucket: Bucket): Promise<Bar[]> {
  const rows = await inside().$queryRaw<{ start: string; gross: bigint; attributed: bigint }[]>`
    SELECT to_char(date_trunc(${bucket}::text, o.placed_at AT TIME ZONE ${shop.timezone}::text), 'YYYY-MM-DD') AS start, sum(o.total_minor)::bigint AS gross,
      coalesce(sum(greatest(o.total_minor - o.refunded_minor, 0)) FILTER (WHERE c.order_id IS NOT NULL), 0)::bigint AS attributed
    FROM placed_order o LEFT JOIN credit c ON c.shop_id = o.shop_id AND c.order_id = o.order_id
    WHERE o.shop_id = ${shop.id} AND o.placed_at >= ${from} AND o.placed_at <= ${until}
      AND ${toPrisma(placed(shop.countOffline))}
    GROUP BY 1 ORDER BY 1`;
  return rows.map((row) => ({ start: row.start, grossMinor: Number(row.gross), attributedMinor: Number(row.attributed) }));
}

export async function firstOrderAt(shopId: number): Promise<Date | null> {
  const row = await inside().placedOrder.findFirst({ where: { shopId, test: false }, orderBy: { placedAt: "asc" }, select: { placedAt: true } });
  return row?.placedAt ?? null;
}

/** `share`: of these people, how many were to fall into a holdout by the percentages that held when each was assigned. */
export type Arms = { treated: ArmSpend; holdout: ArmSpend; since: Date | null; share: number };

/**
 * What each arm of a flow spent in the days after its people became eligible, zeros included. A person counts once, with her first run; who met both
 * arms is left out.
 */
export async function armsOf(shop: Of, flowKey: string, { from, until }: Span): Promise<Arms> {
  const rows = await inside().$queryRaw<{ arm: string; people: number; buyers: number; sum: number; squares: number; since: Date; shares: number }[]>`
    WITH first_run AS (
      SELECT DISTINCT ON (profile_id) profile_id, arm, started_at FROM flow_run WHERE shop_id = ${shop.id} AND flow_key = ${flowKey} ORDER BY profile_id, started_at, id
    ), person AS (
      SELECT f.profile_id, f.arm, f.started_at, count(o.order_id) AS orders, coalesce(sum(greatest(o.total_minor - o.refunded_minor, 0)), 0)::float8 AS spend,
        1 - coalesce((SELECT exp(sum(ln(greatest(1 - a.percent / 100.0, 1e-9)))) FROM assignment a
          WHERE a.shop_id = ${shop.id} AND a.profile_id = f.profile_id AND a.experiment IN (${globalExperiment}, ${flowExperiment(flowKey)})), 1)::float8 AS share
      FROM first_run f
      LEFT JOIN placed_order o ON o.shop_id = ${shop.id} AND o.profile_id = f.profile_id AND o.placed_at >= f.started_at AND o.placed_at < f.started_at + ${spendWindow / 1000} * interval '1 second'
        AND ${toPrisma(counted(shop.countOffline))}
      WHERE f.started_at >= ${from} AND f.started_at <= ${until}
        AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.shop_id = ${shop.id} AND a.profile_id = f.profile_id AND a.contaminated AND a.experiment IN (${globalExperiment}, ${flowExperiment(flowKey)}))
      GROUP BY f.profile_id, f.arm, f.started_at
    )
    SELECT arm, count(*)::int AS people, (count(*) FILTER (WHERE orders > 0))::int AS buyers, sum(spend)::float8 AS sum, sum(spend * spend)::float8 AS squares, min(started_at) AS since, sum(share)::float8 AS shares FROM person GROUP BY arm`;
  const arm = (name: string): ArmSpend => {
    const row = rows.find((one) => one.arm === name);
    return { people: row?.people ?? 0, buyers: row?.buyers ?? 0, sum: row?.sum ?? 0, sumOfSquares: row?.squares ?? 0 };
  };
  const times = rows.map((row) => row.since.getTime());
  return {
    treated: arm("treated"),
    holdout: arm("holdout"),
    since: times.length === 0 ? null : new Date(Math.min(...times)),
    share:
      rows.reduce((sum, row) => sum + row.shares, 0) /
      Math.max(
        1,
        rows.reduce((sum, row) => sum + row.people, 0),
      ),
  };
}

export type MessageFigures = { sent: number; clicked: number; machineOnly: number; unsubscribed: number; failed: number; unknown: number };

/** Messages by when they went out, and how many of them a person clicked. */
export async function messagesIn(shopId: number, { from, until }: Span): Promise<MessageFigures> {
  const rows = await inside().$queryRaw<MessageFigures[]>`
    SELECT (count(*) FILTER (WHERE m.state = 'sent'))::int AS sent, (count(*) FILTER (WHERE m.state = 'sent' AND k.human > 0))::int AS clicked,
      (count(*) FILTER (WHERE m.state = 'sent' AND k.human = 0 AND k.machine > 0))::int AS "machineOnly",
      (count(*) FILTER (WHERE m.state = 'failed'))::int AS failed, (count(*) FILTER (WHERE m.state = 'unknown'))::int AS unknown,
      (SELECT count(*) FROM consent_record WHERE shop_id = ${shopId} AND source = 'unsubscribe' AND occurred_at >= ${from} AND occurred_at <= ${until})::int AS unsubscribed
    FROM message m
    LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE c.by = 'human') AS human, count(*) FILTER (WHERE c.by = 'machine') AS machine FROM message_click c WHERE c.shop_id = m.shop_id AND c.message_id = m.id) k ON true
    WHERE m.shop_id = ${shopId} AND coalesce(m.sent_at, m.claimed_at, m.created_at) >= ${from} AND coalesce(m.sent_at, m.claimed_at, m.created_at) <= ${until}`;
  return rows[0] ?? { sent: 0, clicked: 0, machineOnly: 0, unsubscribed: 0, failed: 0, unknown: 0 };
}

export type CreditedOrder = {
  orderId: string;
  name: string;
  placedAt: Date;
  netMinor: number;
  refundedMinor: number;
  by: string;
  recovered: boolean;
  flowKey: string;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
};

export async function creditedOrders(shop: Of, { from, until }: Span, skip: number, take: number): Promise<CreditedOrder[]> {
  const rows = await inside().$queryRaw<(Omit<CreditedOrder, "netMinor" | "refundedMinor"> & { net: bigint; refunded: bigint })[]>`
    SELECT o.order_id AS "orderId", o.name, o.placed_at AS "placedAt", greatest(o.total_minor - o.refunded_minor, 0)::bigint AS net, o.refunded_minor AS refunded, c.by, c.recovered, c.flow_key AS "flowKey",
      p.first_name AS "firstName", p.last_name AS "lastName", p.email
    FROM credit c JOIN placed_order o ON o.shop_id = c.shop_id AND o.order_id = c.order_id LEFT JOIN profile p ON p.shop_id = c.shop_id AND p.id = coalesce(o.profile_id, c.profile_id)
    WHERE c.shop_id = ${shop.id} AND c.order_at >= ${from} AND c.order_at <= ${until}
      AND ${toPrisma(placed(shop.countOffline))}
    ORDER BY o.placed_at DESC, o.order_id DESC OFFSET ${skip} LIMIT ${take}`;
  return rows.map(({ net, refunded, ...row }) => ({ ...row, netMinor: Number(net), refundedMinor: Number(refunded) }));
}

/** Whether the database is the embedded one, which does not wait for the disk. */
export async function databaseFacts(): Promise<{ embedded: boolean; fsync: boolean }> {
  const rows = await inside().$queryRaw<{ version: string; fsync: string }[]>`SELECT version() AS version, current_setting('fsync') AS fsync`;
  const row = rows[0];
  return { embedded: /emscripten|wasm/i.test(row?.version ?? ""), fsync: row?.fsync !== "off" };
}
