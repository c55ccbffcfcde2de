// What the orders of buyers come to within a stretch of time, in SQL.
import { ordersKept } from "../commerce/ordered.ts";
import { joined, sql, type Sql } from "../lib/sql-text.ts";
import { within, type Range } from "./sql-moments.ts";
import { counts, type Asking } from "./sql-rows.ts";

/** Whether what a buyer's orders within a range come to fulfils a condition: from her last ten, and from the orders themselves where these do not reach back far enough. */
export function ofOrders(condition: (rows: { count: Sql; sum: Sql }) => Sql, range: NonNullable<Range>, asking: Asking): Sql {
  const some = condition({ count: sql`count(*)`, sum: sql`sum(o.total_minor - o.refunded_minor)` });
  // Without any that counts there is nothing to say of her here.
  const told = sql`(SELECT count(*) > 0 AND ${some} FROM placed_order o WHERE ${counts(asking)} AND o.profile_id = b.profile_id
    AND ${joined([sql`true`, ...within(sql`o.placed_at`, range)], " AND ")})`;
  const ahead = range.to === null ? sql`` : sql`WHEN b.last_at > ${range.to}::timestamptz THEN ${told}`;
  const all = condition({ count: sql`b.order_count`, sum: sql`b.net_minor` });
  if (range.from === null) return sql`CASE ${ahead} WHEN true THEN ${all} END`;
  const from = range.from;
  const newest = (k: number) => joined(Array.from({ length: k }, (_, index) => sql`b.amounts[${index + 1}::int]`), " + "); // prettier-ignore
  const ends = Array.from({ length: ordersKept - 1 }, (_, index) => {
    const k = index + 1;
    return sql`WHEN (b.moments[${k + 1}::int] >= ${from}::timestamptz) IS NOT TRUE THEN ${condition({ count: sql`${k}::int`, sum: sql`(${newest(k)})` })}`;
  });
  // Mostly all she ever ordered counts: that takes no look into arrays.
  const newcomer = sql`WHEN b.first_at >= ${from}::timestamptz THEN ${all}`;
  return sql`b.last_at >= ${from}::timestamptz AND CASE ${ahead} ${newcomer} ${joined(ends, " ")} WHEN b.order_count = ${ordersKept} THEN ${all} ELSE ${told} END`;
}
