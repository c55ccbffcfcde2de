// What the orders of buyers come to within a stretch of time, in SQL.
import { ordersKept } from "../commerce/ordered.ts";
import { joined, sql, type Sql } from "../lib/sql-text.ts";
import type { Way } from "./sql-fits.ts";
import { within, type Range } from "./sql-moments.ts";
import { counts, type Asking } from "./sql-rows.ts";

/** Whether what a buyer's orders of some moments come to, as the orders themselves have it, fulfils a condition. */
function told(condition: Sql, moments: Sql[], asking: Asking): Sql {
  const meant = sql`FROM placed_order o WHERE ${joined([counts(asking), sql`o.profile_id = b.profile_id`, ...moments], " AND ")}`;
  // Without any that counts there is nothing to say of her here.
  return sql`(SELECT count(*) > 0 AND ${condition} ${meant})`;
}

/**
 * That a buyer ordered at least so often up to `to`, as the ways in which it can come about. `from`: that an order does not lie too far back; nothing where none can.
 * Whose newest lies ahead has fewer of those that count among her last ten than there may be.
 */
export function oftenEnough(n: number, from: (at: Sql) => Sql[], to: Date | null, asking: Asking): Way[] {
  const lately = from(sql`b.last_at`);
  const upTo = (at: Sql) => within(at, { from: null, to });
  const one = (conditions: Sql[], often: boolean): Way => ({ is: joined([sql`true`, ...conditions], " AND "), often });
  if (n === 1 && lately.length === 0) return [one(upTo(sql`b.first_at`), false)];
  const nth = n === 1 ? [] : from(sql`b.moments[${n}::int]`);
  const quick = one([...lately, ...upTo(sql`b.last_at`), ...(n === 1 ? [] : [sql`b.order_count >= ${n}::int`]), ...nth], nth.length > 0);
  if (to === null) return [quick];
  const at = sql`o.placed_at`;
  return [quick, one([...lately, sql`b.last_at > ${to}::timestamptz`, told(sql`count(*) >= ${n}`, [...from(at), ...upTo(at)], asking)], false)];
}

/**
 * That what a buyer's orders within a range come to fulfils a condition, as the ways in which it can come about: all she ever ordered counts; some of
 * what she ordered does, which her last ten tell, or the orders themselves where these do not reach back far enough; or the newest does not, and the orders tell.
 */
export function ofOrders(condition: (rows: { count: Sql; sum: Sql }) => Sql, { from, to }: NonNullable<Range>, asking: Asking): Way[] {
  const some = condition({ count: sql`count(*)`, sum: sql`sum(o.total_minor - o.refunded_minor)` });
  const orders = told(some, within(sql`o.placed_at`, { from, to }), asking);
  const ahead = to === null ? [] : [{ is: sql`b.last_at > ${to}::timestamptz AND ${orders}`, often: false }];
  const lately = joined([sql`true`, ...within(sql`b.last_at`, { from, to })], " AND ");
  const all = condition({ count: sql`b.order_count`, sum: sql`b.net_minor` });
  if (from === null) return [{ is: sql`${lately} AND ${all}`, often: false }, ...ahead];
  // From her newest order on, one after the other, as long as they lie within it; the last that is kept tells whether there may be more.
  const newest = (one: (k: number) => Sql, k = 1): Sql =>
    k === ordersKept - 1 ? one(k) : sql`${one(k)} + CASE WHEN b.moments[${k + 1}::int] >= ${from}::timestamptz THEN ${newest(one, k + 1)} ELSE 0 END`;
  const amount = (k: number) => sql`b.amounts[${k}::int]`;
  const kept = condition({ count: sql`(${newest(() => sql`1`)})`, sum: sql`(${newest(amount)})` });
  // Of two orders, as most have who ordered before and since, one lies on either side: the moments need not be looked at.
  const ofTwo = condition({ count: sql`1`, sum: amount(1) });
  const more = sql`b.order_count >= ${ordersKept}::int AND b.moments[${ordersKept}::int] >= ${from}::timestamptz`;
  return [
    { is: sql`${lately} AND b.first_at >= ${from}::timestamptz AND ${all}`, often: false },
    {
      is: sql`${lately} AND b.first_at < ${from}::timestamptz AND CASE WHEN b.order_count = 2 THEN ${ofTwo} WHEN ${more} THEN ${orders} ELSE ${kept} END`,
      often: true,
    },
    ...ahead,
  ];
}
