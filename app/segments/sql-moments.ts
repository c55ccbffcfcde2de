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

/** A moment that is kept as milliseconds. */
export const momentOf = (milliseconds: Sql): Sql => sql`to_timestamp(${milliseconds}::float8 / 1000)`;

export function within(column: Sql, range: NonNullable<Range>): Sql[] {
  return [
    ...(range.from === null ? [] : [sql`${column} >= ${range.from}::timestamptz`]),
    ...(range.to === null ? [] : [sql`${column} <= ${range.to}::timestamptz`]),
  ];
}

/** Moments, newest first in an array. `newest`, `second`: the first two of them, in columns of their own. `from`: that one is not too old; nothing where none can be. */
type Kept = { moments: Sql; newest: Sql; second: Sql; from: (at: Sql) => Sql[]; to: Date | null };

const nth = (of: Kept, n: number) => (n === 1 ? of.newest : n === 2 ? of.second : sql`${of.moments}[${n}::int]`); // prettier-ignore
const each = (of: Kept) => Array.from({ length: momentsKept }, (_, index) => {
  const at = nth(of, index + 1);
  return sql`(${joined([sql`true`, ...of.from(at), ...within(at, { from: null, to: of.to })], " AND ")})`;
}); // prettier-ignore
/** How many of them count. They stand in order: if the n-th counts, so do those before it; only where they reach ahead of our clock is each looked at. */
const number = (of: Kept) => joined(each(of).map((counts) => sql`CASE WHEN ${counts} THEN 1 ELSE 0 END`), " + "); // prettier-ignore
/** Whether any of them counts but the newest. */
export const anyBut = (of: Kept) => sql`(${joined(each(of).slice(1), " OR ")})`;
const past = ({ newest, to }: Kept) => (to === null ? [] : [sql`${newest} <= ${to}::timestamptz`]);

/** That a moment is not too old, or where none can be, that there is one. */
export const there = ({ from }: Kept, at: Sql) => (from(at).length === 0 ? [sql`${at} IS NOT NULL`] : from(at)); // prettier-ignore

/**
 * That so many of a row's moments count, as the ways in which it can come about, none of which is another's. An index has the newest moment of each row, another one the
 * second where there is one and all others with it: each way asks for what stands in one of them.
 */
export function ways(of: Kept, n: number): Sql[][] {
  const bounds = n === 1 ? of.from(of.newest) : [...there(of, of.second), ...(n === 2 ? [] : there(of, nth(of, n)))];
  if (of.to === null) return [bounds];
  return [[...bounds, ...past(of)], [sql`${of.newest} > ${of.to}::timestamptz`, n === 1 ? anyBut(of) : sql`${number(of)} >= ${n}`]]; // prettier-ignore
}
