// Who did something often enough within a stretch of time, as a query of profile_id.
import { momentsKept, visitDaysAsked } from "./history.ts";
import type { ConditionOf, Doing, When } from "./rule.ts";
import { days, kept, lastTimes, NotInSql, rowsOf, type Asking, type Source } from "./sql-rows.ts";
import { foundBy, not, type Fits } from "./sql-fits.ts";
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

const moments = [
  ...[sql`d.moments[1]`, sql`d.moments[2]`, sql`d.moments[3]`, sql`d.moments[4]`, sql`d.moments[5]`],
  ...[sql`d.moments[6]`, sql`d.moments[7]`, sql`d.moments[8]`, sql`d.moments[9]`, sql`d.moments[10]`],
];
const newest = sql`d.moments[1]`;

function ofMoments(source: Source & { kind: "moments" }, window: Window, anchor: Sql | null, now: Date): Counted["atLeast"] {
  return (n, known) => {
    if (n <= 0) return true;
    const range = rangeOf(window, known, now);
    if (range === null) return false;
    // Where nothing counts before another deed of hers, her own bound takes the place of ours: windows have no lower end beside a *since*.
    const joins = anchor === null ? sql`` : sql`JOIN (${anchor}) a ON a.profile_id = d.profile_id`;
    const from = (at: Sql) => (anchor === null ? within(at, { from: range.from, to: null }) : [sql`${at} >= a.at`]);
    const counts = (at: Sql) => joined([sql`${at} IS NOT NULL`, ...from(at), ...within(at, { from: null, to: range.to })], " AND ");
    const inRow = joined([source.where, ...from(newest)], " AND ");
    if (n === 1) {
      // The newest comes first: most rows need no second look.
      const others = joined(moments.slice(1).map((at) => sql`(${counts(at)})`), " OR "); // prettier-ignore
      const one = range.to === null ? sql`` : sql`AND NOT (${newest} > ${range.to}::timestamptz AND NOT (${others}))`;
      return foundBy(sql`SELECT d.profile_id FROM deed d ${joins} WHERE ${inRow} ${one}`);
    }
    // Those of a row stand in order, and more than n of them are no more than n: one looks down until one does not count. Only rows that reach ahead of our
    // clock are counted moment by moment.
    const ends = moments
      .slice(1, n)
      .map((at, index) => sql`WHEN (${joined([sql`${at} IS NOT NULL`, ...from(at)], " AND ")}) IS NOT TRUE THEN ${index + 1}::int`);
    const quick = sql`CASE ${joined(ends, " ")} ELSE ${n}::int END`;
    const each = joined(moments.map((at) => sql`CASE WHEN ${counts(at)} THEN 1 ELSE 0 END`), " + "); // prettier-ignore
    const number = range.to === null ? quick : sql`CASE WHEN ${newest} <= ${range.to}::timestamptz THEN ${quick} ELSE ${each} END`;
    return foundBy(sql`SELECT d.profile_id FROM deed d ${joins} WHERE ${inRow} GROUP BY d.profile_id HAVING sum(${number}) >= ${n}`);
  };
}

const times = sql`count(*)`;

/** Of rows: `number` says what is counted of several. */
function ofRows(source: Source & { kind: "rows" }, window: Window, anchor: Sql | null, number: Sql, now: Date): Omit<Counted, "log"> {
  const joins = anchor === null ? sql`` : sql`JOIN (${anchor}) a ON a.profile_id = r.profile_id AND r.at >= a.at`;
  const grouped = (range: NonNullable<Range>, having: Sql): Fits =>
    foundBy(sql`SELECT r.profile_id FROM (${source.rows}) r ${joins} ${where(within(sql`r.at`, range))} GROUP BY r.profile_id HAVING ${having}`);
  return {
    atLeast: (n, known) => {
      if (n <= 0) return true;
      const range = rangeOf(window, known, now);
      if (range === null) return false;
      if (n > 1 && source.told !== undefined && anchor === null && number === times) {
        // Counted per browser first: fewer rows to find the owners of.
        const { events, owner } = source.told;
        const meant = joined([sql`true`, ...within(sql`e.occurred_at`, range)], " AND ");
        return foundBy(sql`SELECT v.profile_id FROM (SELECT e.subject, count(*) AS times FROM ${events} AND ${meant} GROUP BY e.subject) e
          JOIN ${owner} GROUP BY v.profile_id HAVING sum(e.times) >= ${n}`);
      }
      if (n > 1) return grouped(range, sql`${number} >= ${n}`);
      return foundBy(sql`SELECT r.profile_id FROM (${source.rows}) r ${joins} ${where(within(sql`r.at`, range))}`);
    },
    having: (condition, known, onNothing) => {
      const range = rangeOf(window, known, now);
      if (range === null) return onNothing;
      const holds = condition({ count: sql`count(*)`, sum: sql`sum(r.net)` });
      return onNothing ? not(grouped(range, sql`NOT (${holds})`)) : grouped(range, holds);
    },
  };
}

/** Whether the newest ten moments of each browser are enough to say "at least so often" for a *did*, as in needs.ts. */
const fewEnough = ({ when, onDays }: ConditionOf<"did">, seen: number) =>
  seen <= momentsKept && when.kind !== "ago" && !(when.kind === "dates" && when.before !== undefined) && (!onDays || seen <= 1);

/** How many one must see to compare with a number: to say "at most three" one has to see a fourth. */
export const seenOf = ({ times }: ConditionOf<"did">) => (times.is === "at-least" ? times.n : times.n + 1);

function sourceOf(doing: Doing, when: When, node: ConditionOf<"did"> | null, asking: Asking): Source {
  if (node === null) return rowsOf(doing, asking);
  const seen = seenOf(node);
  if (fewEnough(node, seen)) return kept(node, asking) ?? rowsOf(node, asking);
  const lately = when.kind !== "ago" && !(when.kind === "dates" && when.before !== undefined);
  if (node.onDays && node.did === "visited" && seen <= visitDaysAsked && lately) return days(asking);
  return rowsOf(node, asking);
}

/** The deeds of a *did*, or of orders where `node` is null, that lie where `when` looks. */
export function countedOf(doing: Doing, when: When, node: ConditionOf<"did"> | null, asking: Asking): Counted {
  const window = windowOf(when, asking.world.timezone);
  const anchor = when.kind === "since" ? lastTimes(when.deed, asking) : null;
  const source = sourceOf(doing, when, node, asking);
  const log = anchor?.log === true || (source.kind === "rows" && source.log);
  if (source.kind === "moments") {
    return { log, atLeast: ofMoments(source, window, anchor?.query ?? null, asking.now), having: () => false };
  }
  const number = node?.onDays === true ? sql`count(DISTINCT ${dayOf(sql`r.at`, asking.world.timezone)})` : times;
  return { log, ...ofRows(source, window, anchor?.query ?? null, number, asking.now) };
}
