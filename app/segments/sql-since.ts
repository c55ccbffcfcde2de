// A *since* in SQL: what counts lies at or after the last time of another deed.
import { sql, type Sql } from "../lib/sql-text.ts";
import { foundBy, type Among, type Fits } from "./sql-fits.ts";
import { within, type Range } from "./sql-moments.ts";

/** When she last did the other thing, as a query of profile_id and at; and what that thing is. */
export type Anchor = { last: (among: Among | null) => Sql; deed: string } | null;

/** A query with the anchor laid in, which can be asked of some people only; of those whose anchor lies no further back than something, so do their rows. */
export function anchored(anchor: Anchor, query: (join: (column: Sql) => Sql, since: Date | null) => Sql, once: boolean): Fits {
  if (anchor === null) return foundBy(query(() => sql``, null), once); // prettier-ignore
  const joining = (among: Among | null) => query((column) => sql`JOIN (${anchor.last(among)}) a ON a.profile_id = ${column}`, among?.since ?? null);
  return foundBy(joining(null), once, { query: joining, deed: anchor.deed });
}

/** Where nothing counts before another deed of hers, her own bound takes the place of ours: windows have no lower end beside a *since*. */
export const fromOf = (range: NonNullable<Range>, anchor: Anchor) => (at: Sql) =>
  anchor === null ? within(at, { from: range.from, to: null }) : [sql`${at} >= a.at`];
