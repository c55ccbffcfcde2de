// Who did something often enough within a stretch of time, as a query of profile_id.
import { ordersKept } from "../commerce/ordered.ts";
import { momentsKept, visitDaysAsked } from "./history.ts";
import { canonical, type ConditionOf, type Doing, type When } from "./rule.ts";
import { counts, days, kept, lastTimes, NotInSql, rowsOf, type Asking, type Rows, type Source } from "./sql-rows.ts";
import { buyer, didSince, foundBy, not, type Among, type Fits } from "./sql-fits.ts";
import { joined, sql, type Sql } from "./sql-text.ts";
import { windowOf, type Window } from "./window.ts";

/** The moments that count now, both ends included; null where nothing can. */
export type Range = { from: Date | null; to: Date | null } | null;

/**
 * What of a window counts at `now` (window.ts, looked at for one instant). `known`: also what lies ahead of our clock. Moments have no fractions of a
 * millisecond, so every end can be included.
 */
export function rangeOf({ opens, closes, since, before }: Window, known: boolean, now: Date): Range {
  const from = Math.max(Math.floor(now.getTime() - closes) + 1, since);
  const to = Math.min(known && opens === 0 ? Infinity : Math.floor(now.getTime() - opens), before - 1);
  if (from > to || opens >= closes) return null;
  return { from: from === -Infinity ? null : new Date(from), to: to === Infinity ? null : new Date(to) };
}

export function within(column: Sql, range: NonNullable<Range>): Sql[] {
  return [
    ...(range.from === null ? [] : [sql`${column} >= ${range.from}::timestamptz`]),
    ...(range.to === null ? [] : [sql`${column} <= ${range.to}::timestamptz`]),
  ];
}

const where = (parts: Sql[]): Sql => (parts.length === 0 ? sql`` : sql`WHERE ${joined(parts, " AND ")}`);

/** Deeds as a condition counts them. `enough` is asked of a number of times; `log` says whether it takes the log. */
export type Counted = {
  log: boolean;
  atLeast: (n: number, known: boolean) => Fits;
  /** Of rows alone: whether what counts, put together, fulfils a HAVING; `onNothing` says what it comes to where nothing counts. */
  having: (condition: (rows: { count: Sql; sum: Sql }) => Sql, known: boolean, onNothing: boolean) => Fits;
};

function dayOf(at: Sql, timezone: string): Sql {
  let zone = timezone;
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
  } catch {
    // As shop-days.ts has it: a zone that nobody knows counts as UTC.
    zone = "UTC";
  }
  // PostgreSQL reads an offset the other way round.
  if (/^[+-]/.test(zone)) throw new NotInSql("zone");
  return sql`(${at} AT TIME ZONE ${zone})::date`;
}

type Moments = Source & { kind: "moments" };

/** Whether moments, newest first in an array, hold so many that count. `newest`, `second`: the first of them, in columns of their own. */
type Counting = { moments: Sql; newest: Sql; second?: Sql; from: (at: Sql) => Sql[]; to: Date | null };

const nth = ({ moments, newest, second }: Counting, n: number) => (n === 1 ? newest : n === 2 && second !== undefined ? second : sql`${moments}[${n}::int]`);
const each = (counting: Counting) => Array.from({ length: momentsKept }, (_, index) => {
  const at = nth(counting, index + 1);
  return sql`(${joined([sql`true`, ...counting.from(at), ...within(at, { from: null, to: counting.to })], " AND ")})`;
}); // prettier-ignore
const number = (counting: Counting) => joined(each(counting).map((counts) => sql`CASE WHEN ${counts} THEN 1 ELSE 0 END`), " + "); // prettier-ignore

/**
 * They stand in order: if the n-th counts, so do those before it. Only where they reach ahead of our clock is each looked at. A bound is not true of a moment
 * that there is not. That the newest is not too old is asked first, by itself: an index may answer it.
 */
function enough(counting: Counting, n: number): Sql[] {
  const { newest, to, from } = counting;
  const at = nth(counting, n);
  const bounds = from(at);
  const quick = n === 1 ? sql`true` : bounds.length === 0 ? sql`${at} IS NOT NULL` : joined(bounds, " AND ");
  if (to === null) return [...from(newest), quick];
  const slow = n === 1 ? joined(each(counting).slice(1), " OR ") : sql`${number(counting)} >= ${n}`;
  return [...from(newest), sql`CASE WHEN ${newest} <= ${to}::timestamptz THEN ${quick} ELSE ${slow} END`];
}

/** How many of them count, as far as n: one looks down until one does not. */
function upTo(counting: Counting, n: number): Sql {
  const ends = Array.from({ length: n - 1 }, (_, index) => {
    const at = nth(counting, index + 2);
    return sql`WHEN (${joined([sql`${at} IS NOT NULL`, ...counting.from(at)], " AND ")}) IS NOT TRUE THEN ${index + 1}::int`;
  });
  const quick = n === 1 ? sql`1` : sql`CASE ${joined(ends, " ")} ELSE ${n}::int END`;
  return counting.to === null ? quick : sql`CASE WHEN ${counting.newest} <= ${counting.to}::timestamptz THEN ${quick} ELSE ${number(counting)} END`;
}

/** When she last did the other thing of a *since*, as a query of profile_id and at; and what that thing is. */
type Anchor = { last: (among: Among | null) => Sql; deed: string } | null;

/** A query with the anchor laid in, which can be asked of some people only; of those whose anchor lies no further back than something, so do their rows. */
function anchored(anchor: Anchor, query: (join: (column: Sql) => Sql, since: Date | null) => Sql, once: boolean): Fits {
  if (anchor === null) return foundBy(query(() => sql``, null), once); // prettier-ignore
  const joining = (among: Among | null) => query((column) => sql`JOIN (${anchor.last(among)}) a ON a.profile_id = ${column}`, among?.since ?? null);
  return foundBy(joining(null), once, { query: joining, deed: anchor.deed });
}

/** Where nothing counts before another deed of hers, her own bound takes the place of ours: windows have no lower end beside a *since*. */
const fromOf = (range: NonNullable<Range>, anchor: Anchor) => (at: Sql) =>
  anchor === null ? within(at, { from: range.from, to: null }) : [sql`${at} >= a.at`];

function ofMoments(source: Moments, doing: Doing, window: Window, anchor: Anchor, now: Date): Counted["atLeast"] {
  return (n, known) => {
    if (n <= 0) return true;
    const range = rangeOf(window, known, now);
    if (range === null) return false;
    const counting = { moments: sql`d.moments`, newest: sql`d.last_at`, second: sql`d.second_at`, from: fromOf(range, anchor), to: range.to };
    const rows = (join: (column: Sql) => Sql, more: Sql[]) =>
      sql`SELECT d.profile_id FROM deed d ${join(sql`d.profile_id`)} WHERE ${joined([source.where, ...more], " AND ")}`;
    // Of several looks at one thing its row says enough; a row for each product is enough for one look, and of several they are added up.
    const found = anchored(
      anchor,
      (join) => {
        if (source.single) return rows(join, enough(counting, n));
        if (n === 1) return sql`${rows(join, enough(counting, 1))} GROUP BY d.profile_id`;
        return sql`${rows(join, counting.from(counting.newest))} GROUP BY d.profile_id HAVING sum(${upTo(counting, n)}) >= ${n}`;
      },
      true,
    );
    return anchor === null && range.from !== null ? didSince(found, deedText(doing), range.from) : found;
  };
}

/** One text per deed. */
const deedText = ({ did, where: which }: Doing) => canonical({ did, where: which });

const times = sql`count(*)`;

/** Of rows: `number` says what is counted of several. */
function ofRows(source: Rows, window: Window, anchor: Anchor, number: Sql, now: Date): Omit<Counted, "log"> {
  const since = anchor === null ? [] : [sql`r.at >= a.at`];
  const rows = (join: (column: Sql) => Sql, range: NonNullable<Range>) =>
    sql`SELECT r.profile_id FROM (${source.rows}) r ${join(sql`r.profile_id`)} ${where([...since, ...within(sql`r.at`, range)])}`;
  const grouped = (range: NonNullable<Range>, having: Sql): Fits =>
    anchored(anchor, (join) => sql`${rows(join, range)} GROUP BY r.profile_id HAVING ${having}`, true);
  return {
    atLeast: (n, known) => {
      if (n <= 0) return true;
      const range = rangeOf(window, known, now);
      if (range === null) return false;
      if (n > 1 && source.told !== undefined && anchor === null && number === times) {
        // Counted per browser first: fewer rows to find the owners of.
        const { events, owner } = source.told;
        const meant = joined([sql`true`, ...within(sql`e.occurred_at`, range)], " AND ");
        return foundBy(
          sql`SELECT v.profile_id FROM (SELECT e.subject, count(*) AS times FROM ${events} AND ${meant} GROUP BY e.subject) e
          JOIN ${owner} GROUP BY v.profile_id HAVING sum(e.times) >= ${n}`,
          true,
        );
      }
      return n > 1 ? grouped(range, sql`${number} >= ${n}`) : anchored(anchor, (join) => rows(join, range), false);
    },
    having: (condition, known, onNothing) => {
      const range = rangeOf(window, known, now);
      if (range === null) return onNothing;
      const holds = condition({ count: sql`count(*)`, sum: sql`sum(r.net)` });
      return onNothing ? not(grouped(range, sql`NOT (${holds})`)) : grouped(range, holds);
    },
  };
}

/** Whether a *when* ends nowhere: of what it looks at the newest is part. */
const lately = (when: When) => when.kind !== "ago" && !(when.kind === "dates" && when.before !== undefined);

/** Whether the newest ten moments of each browser are enough to say "at least so often" for a *did*, as in needs.ts. */
const fewEnough = ({ when, onDays }: ConditionOf<"did">, seen: number) => seen <= momentsKept && lately(when) && (!onDays || seen <= 1);

/** How many one must see to compare with a number: to say "at most three" one has to see a fourth. */
export const seenOf = ({ times }: ConditionOf<"did">) => (times.is === "at-least" ? times.n : times.n + 1);

/** Whether what a buyer's orders within a range come to fulfils a condition: from her last ten, and from the orders themselves where these do not reach back far enough. */
function ofOrders(condition: (rows: { count: Sql; sum: Sql }) => Sql, range: NonNullable<Range>, asking: Asking): Sql {
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
  return sql`b.last_at >= ${from}::timestamptz AND CASE ${ahead} ${joined(ends, " ")} WHEN b.order_count = ${ordersKept} THEN ${all} ELSE ${told} END`;
}

/** Orders without a filter: from what they come to where that is enough, and one by one elsewhere. */
function ofBuyers(window: Window, anchor: Anchor, one: Omit<Counted, "log">, when: When, asking: Asking): Omit<Counted, "log"> {
  const { shopId, now } = asking;
  return {
    atLeast: (n, known) => {
      const range = rangeOf(window, known, now);
      if (n <= 0 || range === null || n > ordersKept || !lately(when)) return one.atLeast(n, known);
      const fits = enough({ moments: sql`b.moments`, newest: sql`b.last_at`, from: fromOf(range, anchor), to: range.to }, n);
      if (anchor === null) return buyer(joined(fits, " AND "));
      return anchored(
        anchor,
        (join, since) => {
          const lately = since === null ? [] : within(sql`b.last_at`, { from: since, to: null });
          return sql`SELECT b.profile_id FROM buyer b ${join(sql`b.profile_id`)} WHERE ${joined([sql`b.shop_id = ${shopId}`, ...lately, ...fits], " AND ")}`;
        },
        true,
      );
    },
    having: (condition, known, onNothing) => {
      const range = rangeOf(window, known, now);
      if (range === null || anchor !== null) return one.having(condition, known, onNothing);
      return onNothing ? not(buyer(ofOrders((rows) => sql`NOT (${condition(rows)})`, range, asking))) : buyer(ofOrders(condition, range, asking));
    },
  };
}

/** Where the deeds of a condition lie: kept, where that is enough, or one by one. */
function sourceOf(doing: Doing, when: When, node: ConditionOf<"did"> | null, asking: Asking): Rows | Moments {
  const quick = node !== null && fewEnough(node, seenOf(node)) ? kept(doing, asking) : null;
  if (quick !== null && quick.kind !== "buyers") return quick;
  if (node?.onDays === true && node.did === "visited" && seenOf(node) <= visitDaysAsked && lately(when)) return days(asking);
  return rowsOf(doing, asking);
}

/** The deeds of a *did*, or of orders where `node` is null, that lie where `when` looks. */
export function countedOf(doing: Doing, when: When, node: ConditionOf<"did"> | null, asking: Asking): Counted {
  const window = windowOf(when, asking.world.timezone);
  const last = when.kind === "since" ? lastTimes(when.deed, asking) : null;
  const anchor: Anchor = last === null || when.kind !== "since" ? null : { last: last.query, deed: deedText(when.deed) };
  const source = sourceOf(doing, when, node, asking);
  const log = last?.log === true || (source.kind === "rows" && source.log);
  if (source.kind === "moments") return { log, atLeast: ofMoments(source, doing, window, anchor, asking.now), having: () => false };
  const onDays = node?.onDays === true;
  const what = onDays ? sql`count(DISTINCT ${dayOf(sql`r.at`, asking.world.timezone)})` : times;
  const rows = ofRows(source, window, anchor, what, asking.now);
  const plain = kept(doing, asking)?.kind === "buyers" && (!onDays || (node !== null && seenOf(node) <= 1));
  return { log, ...(plain ? ofBuyers(window, anchor, rows, when, asking) : rows) };
}
