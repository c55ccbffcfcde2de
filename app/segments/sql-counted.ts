// Who did something often enough within a stretch of time, as a query of profile_id.
import { ordersKept } from "../commerce/ordered.ts";
import { joined, sql, type Sql } from "../lib/sql-text.ts";
import { daysKept, momentsKept } from "./history.ts";
import { byDays, canonical, type ConditionOf, type Doing, type When } from "./rule.ts";
import { anyOf, buyer, didSince, foundBy, not, type Fits } from "./sql-fits.ts";
import { anyBut, rangeOf, there, ways, within, type Range } from "./sql-moments.ts";
import { oftenEnough, ofOrders } from "./sql-orders.ts";
import { kept, lastTimes, NotInSql, rowsOf, type Asking, type Rows, type Source } from "./sql-rows.ts";
import { anchored, fromOf, type Anchor } from "./sql-since.ts";
import { cameOn } from "./sql-visits.ts";
import { windowOf, type Window } from "./window.ts";

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

function ofMoments(source: Moments, doing: Doing, window: Window, anchor: Anchor, now: Date): Counted["atLeast"] {
  return (n, known) => {
    if (n <= 0) return true;
    const range = rangeOf(window, known, now);
    if (range === null) return false;
    const { to } = range;
    const counting = { moments: sql`d.moments`, newest: sql`d.last_at`, second: sql`d.second_at`, from: fromOf(range, anchor), to };
    const rows = (join: (column: Sql) => Sql, where: Sql[]) =>
      sql`SELECT d.profile_id FROM deed d ${join(sql`d.profile_id`)} WHERE ${joined([source.where, ...where], " AND ")}`;
    // What a row holds besides its first two moments stands in the other index.
    const of = { ...counting, moments: sql`m.moments`, newest: sql`m.last_at`, second: sql`m.second_at` };
    const anyBeside = sql`(SELECT ${anyBut(of)} FROM deed m WHERE m.shop_id = d.shop_id AND m.whole AND m.about = d.about AND m.second_at = d.second_at AND m.profile_id = d.profile_id)`;
    const lies = (at: Sql) => (to === null ? sql`true` : sql`${at} <= ${to}::timestamptz`);
    const found = anchored(
      anchor,
      (join) => {
        // Of several looks at one thing its row says enough; a row for each product is enough for one look, and of several they are added up.
        if (source.single) return joined(ways(counting, n).map((way) => rows(join, way)), " UNION ALL "); // prettier-ignore
        const lately = counting.from(counting.newest);
        if (n === 1) return sql`${rows(join, [...lately, ...(to === null ? [] : [sql`(${lies(counting.newest)} OR ${anyBeside})`])])} GROUP BY d.profile_id`;
        // One row for each newest moment that counts, as one index has it, and one for each of the others, which are few and stand in the other index.
        const newest = rows(join, [...lately, lies(counting.newest)]);
        const others = (column: Sql) => sql`${join(column)} CROSS JOIN LATERAL unnest(d.moments[2:]) m(at)`;
        const beside = rows(others, [...there(counting, counting.second), ...counting.from(sql`m.at`), lies(sql`m.at`)]);
        return sql`SELECT s.profile_id FROM (${newest} UNION ALL ${beside}) s GROUP BY s.profile_id HAVING count(*) >= ${n}`;
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
  const grouped = (range: NonNullable<Range>, having: Sql): Fits => anchored(anchor, (join) => sql`${rows(join, range)} GROUP BY r.profile_id ${having}`, true);
  return {
    atLeast: (n, known) => {
      if (n <= 0) return true;
      const range = rangeOf(window, known, now);
      if (range === null) return false;
      if (source.told !== undefined && anchor === null && (n === 1 || number === times)) {
        const { events, owner } = source.told;
        const meant = events(within(sql`e.occurred_at`, range));
        // Of several they are counted per browser first: fewer rows to find the owners of.
        const [browsers, having] =
          n === 1
            ? [sql`SELECT e.subject FROM ${meant}`, sql``]
            : [sql`SELECT e.subject, count(*) AS times FROM ${meant} GROUP BY e.subject`, sql`HAVING sum(e.times) >= ${n}`];
        return foundBy(sql`SELECT v.profile_id FROM (${browsers}) e JOIN ${owner} GROUP BY v.profile_id ${having}`, true);
      }
      return grouped(range, n === 1 ? sql`` : sql`HAVING ${number} >= ${n}`);
    },
    having: (condition, known, onNothing) => {
      const range = rangeOf(window, known, now);
      if (range === null) return onNothing;
      const holds = condition({ count: sql`count(*)`, sum: sql`sum(r.net)` });
      return onNothing ? not(grouped(range, sql`HAVING NOT (${holds})`)) : grouped(range, sql`HAVING ${holds}`);
    },
  };
}

/** Whether a *when* ends nowhere: of what it looks at the newest is part. */
const lately = (when: When) => when.kind !== "ago" && !(when.kind === "dates" && when.before !== undefined);

/** Whether the newest ten moments of each browser, or its last ten days, are enough to say "at least so often" for a *did*, as in needs.ts. */
const fewEnough = (node: ConditionOf<"did">, seen: number) => lately(node.when) && seen <= (node.did === "visited" ? daysKept : byDays(node) ? 1 : momentsKept);

/** How many one must see to compare with a number: to say "at most three" one has to see a fourth. */
export const seenOf = ({ times }: ConditionOf<"did">) => (times.is === "at-least" ? times.n : times.n + 1);

/** Orders without a filter: from what they come to where that is enough, and one by one elsewhere. */
function ofBuyers(window: Window, anchor: Anchor, one: Omit<Counted, "log">, when: When, asking: Asking): Omit<Counted, "log"> {
  const { shopId, now } = asking;
  return {
    atLeast: (n, known) => {
      const range = rangeOf(window, known, now);
      if (n <= 0 || range === null || n > ordersKept || !lately(when)) return one.atLeast(n, known);
      const fits = oftenEnough(n, fromOf(range, anchor), range.to, asking);
      if (anchor === null) return buyer(fits);
      return anchored(
        anchor,
        (join, since) => {
          const lately = since === null ? [] : within(sql`b.last_at`, { from: since, to: null });
          return sql`SELECT b.profile_id FROM buyer b ${join(sql`b.profile_id`)} WHERE ${joined([sql`b.shop_id = ${shopId}`, ...lately, anyOf(fits)], " AND ")}`;
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
function sourceOf(doing: Doing, node: ConditionOf<"did"> | null, asking: Asking): Exclude<Source, { kind: "buyers" }> {
  const quick = node !== null && fewEnough(node, seenOf(node)) ? kept(doing, asking) : null;
  return quick !== null && quick.kind !== "buyers" ? quick : rowsOf(doing, asking);
}

/** The deeds of a *did*, or of orders where `node` is null, that lie where `when` looks. */
export function countedOf(doing: Doing, when: When, node: ConditionOf<"did"> | null, asking: Asking): Counted {
  const window = windowOf(when, asking.world.timezone);
  const last = when.kind === "since" ? lastTimes(when.deed, asking) : null;
  const anchor: Anchor = last === null || when.kind !== "since" ? null : { last: last.query, deed: deedText(when.deed) };
  const source = sourceOf(doing, node, asking);
  const log = last?.log === true || (source.kind === "rows" && source.log);
  if (source.kind === "moments") return { log, atLeast: ofMoments(source, doing, window, anchor, asking.now), having: () => false };
  const date = (at: Sql) => dayOf(at, asking.world.timezone);
  if (source.kind === "days") return { log, atLeast: (n) => cameOn(n, window, anchor, date, asking), having: () => false };
  const onDays = node !== null && byDays(node);
  const what = onDays ? sql`count(DISTINCT ${date(sql`r.at`)})` : times;
  const told = ofRows(source, window, anchor, what, asking.now);
  // A visit counts as soon as it is known (meaning.ts).
  const rows = doing.did === "visited" ? { ...told, atLeast: (n: number) => told.atLeast(n, true) } : told;
  const plain = kept(doing, asking)?.kind === "buyers" && (!onDays || (node !== null && seenOf(node) <= 1));
  return { log, ...(plain ? ofBuyers(window, anchor, rows, when, asking) : rows) };
}
