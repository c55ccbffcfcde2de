// Who fits, put together from sets of profiles: a WHERE about a profile p that a planner can make the best of.
import { joined, sql, type Sql } from "./sql-text.ts";

/** Everybody, nobody, whoever a query of profile_id finds (or does not), a condition on p itself, or several of these together. */
export type Fits =
  | boolean
  | { kind: "found"; query: Sql; wanted: boolean }
  | { kind: "own"; condition: Sql; wanted: boolean }
  | { kind: "every"; of: Exclude<Fits, boolean>[] }
  | { kind: "some"; of: Exclude<Fits, boolean>[] };

/** Those whom a query finds. None of its rows may be without a profile_id. */
export const foundBy = (query: Sql): Fits => ({ kind: "found", query, wanted: true });
export const own = (condition: Sql): Fits => ({ kind: "own", condition, wanted: true });

export function not(one: Fits): Fits {
  if (typeof one === "boolean") return !one;
  if (one.kind === "found" || one.kind === "own") return { ...one, wanted: !one.wanted };
  return one.kind === "every" ? someOf(one.of.map(not)) : every(one.of.map(not));
}

function together(kind: "every" | "some", parts: Fits[]): Fits {
  const decides = kind === "some";
  if (parts.includes(decides)) return decides;
  // A group inside its like is no group.
  const of = parts.flatMap((one) => (typeof one === "boolean" ? [] : one.kind === kind ? one.of : [one]));
  const [only] = of;
  return only === undefined ? !decides : of.length === 1 ? only : { kind, of };
}

export const every = (parts: Fits[]): Fits => together("every", parts);
export const someOf = (parts: Fits[]): Fits => together("some", parts);

/**
 * Where all must hold, sets are joined, and those that must not be found are left out by a join as well. Elsewhere each set is gathered once and looked into:
 * a question asked anew for each profile of a shop would never come to an end.
 */
export function toSql(one: Fits, joins = true): Sql {
  if (typeof one === "boolean") return one ? sql`true` : sql`false`;
  switch (one.kind) {
    case "own":
      return one.wanted ? one.condition : sql`NOT ${one.condition}`;
    case "found":
      if (one.wanted) return sql`p.id IN (${one.query})`;
      return joins ? sql`NOT EXISTS (SELECT 1 FROM (${one.query}) n WHERE n.profile_id = p.id)` : sql`p.id NOT IN (${one.query})`;
    case "every":
      return sql`(${joined(
        one.of.map((part) => toSql(part, joins)),
        " AND ",
      )})`;
    case "some":
      return sql`(${joined(
        one.of.map((part) => toSql(part, false)),
        " OR ",
      )})`;
  }
}
