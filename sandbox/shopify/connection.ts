// Pages of a list, as every connection of the Admin API answers them, and the little search language beside them.
import { GraphQLError } from "graphql";

export type PageArgs = {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
  reverse?: boolean | null;
};

/** One page. `show` makes the node of an item; cursors stay right while items are added behind them. */
export function connection<Item extends { id: number }, Node>(items: readonly Item[], args: PageArgs, show: (item: Item) => Node) {
  const size = args.first ?? args.last;
  if (size == null) throw badRequest("you must provide one of first or last");
  if (size < 0 || size > 250) throw badRequest("page size must be between 0 and 250");
  const ordered = args.reverse ? [...items].reverse() : [...items];
  const from = args.after ? place(ordered, args.after) + 1 : 0;
  const to = args.before ? place(ordered, args.before) : ordered.length;
  const within = ordered.slice(from, to);
  const page = args.first != null ? within.slice(0, size) : within.slice(Math.max(0, within.length - size));
  const start = args.first != null ? from : to - page.length;
  const edges = page.map((item) => ({ cursor: cursorOf(item.id), node: show(item) }));
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage: start + page.length < ordered.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function cursorOf(id: number): string {
  return Buffer.from(JSON.stringify({ last_id: id })).toString("base64");
}

function place(items: readonly { id: number }[], cursor: string): number {
  const found = items.findIndex((item) => cursorOf(item.id) === cursor);
  if (found < 0) throw badRequest(`Invalid cursor for current pagination sort.`);
  return found;
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_REQUEST" } });
}

type Value = string | number | Date | null;

/** A filter from `updated_at:>='2026-01-01' AND status:open`. A key this world does not know is an error, not everything. */
export function search<Item>(query: string | null | undefined, keys: Record<string, (item: Item) => Value>): (item: Item) => boolean {
  const terms = (query ?? "").match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  const tests = terms.filter((term) => term !== "AND").map((term) => termTest(term, keys));
  return (item) => tests.every((test) => test(item));
}

function termTest<Item>(term: string, keys: Record<string, (item: Item) => Value>): (item: Item) => boolean {
  const match = /^([a-z_]+):(>=|<=|>|<)?["']?(.*?)["']?$/.exec(term);
  const read = match?.[1] === undefined ? undefined : keys[match[1]];
  if (!match || !read) throw new GraphQLError(`The Shopify stand-in does not implement the search term ${term}`);
  const wanted = match[3] ?? "";
  return (item) => {
    const value = read(item);
    if (value === null) return false;
    const order = value instanceof Date ? value.getTime() - Date.parse(wanted) : typeof value === "number" ? value - Number(wanted) : 0;
    switch (match[2]) {
      case ">=":
        return order >= 0;
      case "<=":
        return order <= 0;
      case ">":
        return order > 0;
      case "<":
        return order < 0;
      default:
        return String(value instanceof Date ? value.toISOString() : value).toLowerCase() === wanted.toLowerCase();
    }
  };
}
