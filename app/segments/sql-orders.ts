// What the orders of buyers come to within a stretch of time, in SQL.
import { ordersKept } from "../commerce/ordered.ts";
import { joined, sql, type Sql } from "../lib/sql-text.ts";
import type { Way } from "./sql-fits.ts";
import { within, type Range } from "./sql-moments.ts";
import { counts, type Asking } from "./sql-rows.ts";

/**
 * That what a buyer's orders within a range come to fulfils a condition, as the ways in which it can come about: all she ever ordered counts; some of
 * what she ordered does, which her last ten tell, or the orders themselves where these do not reach back far enough; or the newest does not, and the orders tell.
 */
export function ofOrders(condition: (rows: { count: Sql; sum: Sql }) => Sql, { from, to }: NonNullable<Range>, asking: Asking): Way[] {
  const some = condition({ count: sql`count(*)`, sum: sql`sum(o.total_minor - o.refunded_minor)` });
  // Without any that counts there is nothing to say of her here.
  const told = sql`(SELECT count(*) > 0 AND ${some} FROM placed_order o WHERE ${counts(asking)} AND o.profile_id = b.profile_id
    AND ${joined([sql`true`, ...within(sql`o.placed_at`, { from, to })], " AND ")})`;
  const ahead = to === null ? [] : [{ is: sql`b.last_at > ${to}::timestamptz AND ${told}`, often: false }];
  const lately = joined([sql`true`, ...within(sql`b.last_at`, { from, to })], " AND ");
  const all = condition({ count: sql`b.order_count`, sum: sql`b.net_minor` });
  if (from === null) return [{ is: sql`${lately} AND ${all}`, often: false }, ...ahead];
  const newest = (k: number) => joined(Array.from({ length: k }, (_, index) => sql`b.amounts[${index + 1}::int]`), " + "); // prettier-ignore
  const ends = Array.from({ length: ordersKept - 1 }, (_, index) => {
    const k = index + 1;
    return sql`WHEN (b.moments[${k + 1}::int] >= ${from}::timestamptz) IS NOT TRUE THEN ${condition({ count: sql`${k}::int`, sum: sql`(${newest(k)})` })}`;
  });
  return [
    { is: sql`${lately} AND b.first_at >= ${from}::timestamptz AND ${all}`, often: false },
    { is: sql`${lately} AND b.first_at < ${from}::timestamptz AND CASE ${joined(ends, " ")} ELSE ${told} END`, often: true },
    ...ahead,
  ];
}
