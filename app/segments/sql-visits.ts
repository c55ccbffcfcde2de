// Who came on how many days, from the last days that are kept of each browser: in milliseconds, newest first, as a number in an array.
import { dateAfter, dateOf, startOf } from "../lib/shop-days.ts";
import { joined, sql, type Sql } from "../lib/sql-text.ts";
import { after, day, hour } from "../lib/time.ts";
import type { Fits } from "./sql-fits.ts";
import { momentOf, rangeOf } from "./sql-moments.ts";
import type { Asking } from "./sql-rows.ts";
import { anchored, type Anchor } from "./sql-since.ts";
import type { Window } from "./window.ts";

/** How many days fit into a number of 64 bits, and how many after now are told apart: what is ahead of our clock is so by less. */
const [bits, ahead] = [64, 2];

/** When the days after the first one begin that a stretch of time until now touches, in milliseconds; null where they are too many to have a bit each. */
function midnights(from: Date, now: Date, timezone: string): number[] | null {
  if (now.getTime() - from.getTime() > (bits - ahead - 2) * day) return null;
  const last = dateOf(after(now, ahead * day), timezone);
  const starts: number[] = [];
  for (let date = dateOf(from, timezone); date < last;) {
    date = dateAfter(date, 1);
    starts.push(startOf(date, timezone).getTime());
  }
  return starts;
}

/**
 * On at least so many days, as far as the kept ones reach, within a window that ends nowhere. `dayOf`: the date of a moment. Of whoever has one browser its days are hers;
 * those of several are put together, as bits of one number where the window is short. The hour of the newest moment stands in an index, and tells of nearly everybody what
 * is asked of one day.
 */
export function cameOn(n: number, window: Window, anchor: Anchor, dayOf: (at: Sql) => Sql, { shopId, now, world }: Asking): Fits {
  if (n <= 0) return true;
  const range = rangeOf(window, true, now);
  if (range === null) return false;
  const from = range.from?.getTime() ?? null;
  const since = from === null ? null : Math.floor(from / hour);
  const counts = (at: Sql) =>
    anchor !== null ? sql`${at} >= (date_part('epoch', a.at) * 1000)::bigint` : from === null ? sql`${at} IS NOT NULL` : sql`${at} >= ${from}::bigint`;
  const lately = since === null ? sql`v.seen_hour IS NOT NULL` : sql`v.seen_hour >= ${since}::int`;
  const nth = (index: number) => counts(sql`v.days[${index}::int]`);
  const starts = anchor !== null || range.from === null ? null : midnights(range.from, now, world.timezone);
  // The first n that count are enough: whoever has so many in one browser needs no other.
  const days = (until: readonly number[]) =>
    Array.from({ length: n }, (_, index) => n - index).reduce(
      (rest, index) => sql`CASE WHEN ${nth(index)} THEN 1::bigint << width_bucket(v.days[${index}::int], ${until}::bigint[]) | ${rest} ELSE 0::bigint END`,
      sql`0::bigint`,
    );
  return anchored(
    anchor,
    (join) => {
      const look = (who: Sql, ...where: Sql[]) =>
        sql`SELECT v.profile_id FROM visit v ${join(sql`v.profile_id`)} WHERE ${joined([sql`v.shop_id = ${shopId}`, who, ...where], " AND ")}`;
      const once = (who: Sql): Sql => {
        if (anchor !== null || since === null) return look(who, lately, ...(anchor === null ? [] : [nth(1)]));
        return sql`${look(who, sql`v.seen_hour > ${since}::int`)} UNION ALL ${look(who, sql`v.seen_hour = ${since}::int`, nth(1))}`;
      };
      if (n === 1) return sql`${once(sql`v.alone`)} UNION ALL SELECT s.profile_id FROM (${once(sql`NOT v.alone`)}) s GROUP BY s.profile_id`;
      const alone = look(sql`v.alone`, lately, nth(n));
      if (starts !== null) {
        const each = sql`SELECT v.profile_id, ${days(starts)} AS days FROM visit v WHERE v.shop_id = ${shopId} AND NOT v.alone AND ${lately}`;
        return sql`${alone} UNION ALL SELECT s.profile_id FROM (${each}) s GROUP BY s.profile_id HAVING bit_count(bit_or(s.days)::bit(64)) >= ${n}`;
      }
      const each = sql`SELECT v.profile_id, x.at FROM visit v ${join(sql`v.profile_id`)} CROSS JOIN LATERAL unnest(v.days) x(at)
        WHERE v.shop_id = ${shopId} AND NOT v.alone AND ${lately} AND ${counts(sql`x.at`)}`;
      return sql`${alone}
        UNION ALL SELECT s.profile_id FROM (${each}) s GROUP BY s.profile_id HAVING count(DISTINCT ${dayOf(momentOf(sql`s.at`))}) >= ${n}`;
    },
    true,
  );
}
