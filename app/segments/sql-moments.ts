// What can be said of moments in SQL: which lie in a window now, and how many of those that stand newest first in an array.
import { joined, sql, type Sql } from "../lib/sql-text.ts";
import { momentsKept } from "./history.ts";
import type { Window } from "./window.ts";

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

/** Whether moments, newest first in an array, hold so many that count. `newest`, `second`: the first of them, in columns of their own; `all`: how many there ever were. */
export type Counting = { moments: Sql; newest: Sql; second?: Sql; all?: Sql; from: (at: Sql) => Sql[]; to: Date | null };

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
export function enough(counting: Counting, n: number): Sql[] {
  const { newest, to, from } = counting;
  const at = nth(counting, n);
  const bounds = from(at);
  const there = counting.all === undefined ? sql`${at} IS NOT NULL` : sql`${counting.all} >= ${n}::int`;
  const quick = n === 1 ? sql`true` : bounds.length === 0 ? there : joined(bounds, " AND ");
  if (to === null) return [...from(newest), quick];
  const slow = n === 1 ? joined(each(counting).slice(1), " OR ") : sql`${number(counting)} >= ${n}`;
  return [...from(newest), sql`CASE WHEN ${newest} <= ${to}::timestamptz THEN ${quick} ELSE ${slow} END`];
}

/**
 * The same for one or two of them, as the ways in which it can come about, none of which is another's. That the last of them is not too old is asked of nothing but
 * the column where it stands, which an index answers; only where moments reach ahead of our clock is each looked at.
 */
export function ways(counting: Counting & { second: Sql }, n: 1 | 2): Sql[][] {
  const { newest, second, to, from } = counting;
  const bound = from(n === 1 ? newest : second);
  if (to === null) return [bound];
  const slow = n === 1 ? sql`(${joined(each(counting).slice(1), " OR ")})` : sql`${number(counting)} >= 2`;
  return [[...bound, sql`${newest} <= ${to}::timestamptz`], [sql`${newest} > ${to}::timestamptz`, slow]]; // prettier-ignore
}

/** How many of them count, as far as n: one looks down until one does not. */
export function upTo(counting: Counting, n: number): Sql {
  const ends = Array.from({ length: n - 1 }, (_, index) => {
    const at = nth(counting, index + 2);
    return sql`WHEN (${joined([sql`${at} IS NOT NULL`, ...counting.from(at)], " AND ")}) IS NOT TRUE THEN ${index + 1}::int`;
  });
  const quick = n === 1 ? sql`1` : sql`CASE ${joined(ends, " ")} ELSE ${n}::int END`;
  return counting.to === null ? quick : sql`CASE WHEN ${counting.newest} <= ${counting.to}::timestamptz THEN ${quick} ELSE ${number(counting)} END`;
}
