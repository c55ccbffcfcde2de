import { Prisma } from "../db.server.ts";
import type { HotTx, Tx } from "../lib/tx.ts";
import { asSeconds, driverQuery, hotQuery, inside, isLockTimeout, ofSeconds, onlyShop, transaction, type ShopQuery, type Statement } from "../tx.server.ts";
import { vocabulary, type Event, type EventName, type NewEvent } from "./event.ts";

/** A statement that takes `count` numbers of a shop's counter; `next` is the one after them. The row stays locked until the commit: that makes the order. */
export const numbersTaken = (shopId: number, name: string, count: number): Statement => Prisma.sql`
    INSERT INTO sequence (shop_id, name, next) VALUES (${shopId}, ${name}, ${count + 1})
    ON CONFLICT (shop_id, name) DO UPDATE SET next = sequence.next + ${count}
    RETURNING next`;

/** Takes them by itself and returns the first. */
export async function takeNumbers(shopId: number, name: string, count: number, tx: Tx): Promise<bigint> {
  const [row] = await driverQuery<{ next: string }>(tx, "take-numbers", numbersTaken(shopId, name, count));
  return BigInt(row?.next ?? 1) - BigInt(count);
}

/** Browsers' events, most of the log: their source ids begin so, and they are kept without the fields that say nothing. */
const pixelPrefix = "pixel/";

function dataOf({ sourceId, data }: NewEvent): object {
  return sourceId.startsWith(pixelPrefix) ? Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null)) : data;
}

// One per name, made at first use: every field that such an event can have, saying nothing.
const blanks = new Map<string, object>();

function blankOf(name: EventName): object {
  const known = blanks.get(name) ?? Object.fromEntries(Object.keys(vocabulary[name].shape).map((field) => [field, null]));
  blanks.set(name, known);
  return known;
}

/** An event on its way into the log; `of`: the key of the delivery that brought it. */
export type Item = { shopId: number; event: NewEvent; of?: string };

/** Events with the numbers they get, shop by shop in the order given. `only` leaves some out; their numbers are nobody's. */
function numbered(items: Item[], sequence: string, only = Prisma.empty): Prisma.Sql {
  const counts = new Map<number, number>();
  const nth = items.map(({ shopId }) => {
    const count = (counts.get(shopId) ?? 0) + 1;
    counts.set(shopId, count);
    return count;
  });
  const column = <Value>(pick: (item: Item) => Value): Value[] => items.map(pick);
  // Column by column: made of one JSON text, twenty events took the embedded database three times as long.
  return Prisma.sql`
    r AS MATERIALIZED (
      SELECT * FROM unnest(${column((one) => one.shopId)}::int[], ${nth}::int[], ${column((one) => counts.get(one.shopId) ?? 0)}::int[], ${column((one) => one.of ?? null)}::text[],
        ${column((one) => one.event.sourceAt.toISOString())}::timestamptz[], ${column((one) => one.event.sourceId)}::text[], ${column((one) => one.event.name)}::text[],
        ${column((one) => one.event.subject)}::text[], ${column((one) => one.event.occurredAt.toISOString())}::timestamptz[],
        ${column((one) => JSON.stringify(dataOf(one.event)))}::jsonb[])
        AS r(shop_id, nth, all_of, of, source_at, source_id, name, subject, occurred_at, data) ${only}
    ), taken AS (
      -- Counters are taken in the order of the shops: two writers with the same shops cannot lock each other out.
      INSERT INTO sequence (shop_id, name, next) SELECT shop_id, ${sequence}::text, max(all_of) + 1 FROM r GROUP BY shop_id ORDER BY shop_id
      ON CONFLICT (shop_id, name) DO UPDATE SET next = sequence.next + excluded.next - 1
      RETURNING shop_id, next
    )`;
}

/** Writes what `numbered` gives; what the log already holds is left alone. */
const insertion = Prisma.sql`
    INSERT INTO event (shop_id, source_at, source_id, seq, name, subject, occurred_at, data)
    SELECT r.shop_id, r.source_at, r.source_id, t.next - r.all_of + r.nth - 1, r.name, r.subject, r.occurred_at, r.data
    FROM r JOIN taken t ON t.shop_id = r.shop_id ORDER BY r.shop_id, r.nth
    ON CONFLICT DO NOTHING`;

export async function insertEvents(items: Item[], sequence: string, tx: Tx): Promise<number> {
  return inside(tx).$executeRaw`WITH ${numbered(items, sequence)} ${insertion}`;
}

/** Makes a change of another store's, a statement that returns what it changed, and writes these events where it changed anything: one statement. */
export async function insertEventsWith(change: Statement, items: Item[], sequence: string): Promise<void> {
  await inside().$executeRaw`WITH changed AS (${change}), ${numbered(items, sequence, Prisma.sql`WHERE EXISTS (SELECT FROM changed)`)} ${insertion}`;
}

export async function insertEventsHot(items: Item[], sequence: string, tx: HotTx): Promise<void> {
  await hotQuery(tx, "insert-events", Prisma.sql`WITH ${numbered(items, sequence)} ${insertion}`);
}

/** Runs `deliveries`, which returns a `key` and whether it is `fresh`, and writes the events of the fresh ones, all in one statement. Returns their keys. */
export async function insertDelivered(deliveries: Prisma.Sql, items: Item[], sequence: string, tx: HotTx): Promise<string[]> {
  const rows = await hotQuery<{ key: string }>(
    tx,
    "insert-delivered",
    Prisma.sql`
      WITH kept AS (${deliveries}), new AS MATERIALIZED (SELECT key FROM kept WHERE fresh),
      ${numbered(items, sequence, Prisma.sql`WHERE r.of IN (SELECT key FROM new)`)}, written AS (${insertion})
      SELECT key FROM new`,
  );
  return rows.map((row) => row.key);
}

/** Makes the partition that an instant falls into, if it is not there: a month of browsers' events, or a year of all others. */
export async function makePartition(at: Date, pixel: boolean): Promise<void> {
  await hotQuery(null, "make-partition", Prisma.sql`SELECT make_event_partition(${at.toISOString()}::timestamptz, ${pixel}::boolean)`);
}

/** The months of browsers' events that there are, as `YYYY_MM`. */
export async function pixelPartitions(): Promise<string[]> {
  const rows = await inside().$queryRaw<{ name: string }[]>`
    SELECT c.relname::text AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'event_part.pixel'::regclass ORDER BY 1`;
  return rows.map((row) => row.name.replace("pixel_", ""));
}

/** Drops one of them; false where somebody works on it just now. */
export async function dropPixelPartition(month: string): Promise<boolean> {
  if (!/^\d{4}_\d\d$/.test(month)) throw new Error("This is not a month.");
  try {
    await transaction(async (tx) => {
      // Everybody who comes after waits as long as we do: better to come again in an hour than to hold them up.
      await inside(tx).$executeRaw`SET LOCAL lock_timeout = '300ms'`;
      await inside(tx).$executeRaw`${Prisma.raw(`DROP TABLE IF EXISTS event_part.pixel_${month}`)}`;
    });
    return true;
  } catch (error) {
    if (isLockTimeout(error)) return false;
    throw error;
  }
}

/** Locks a reader's cursor, so that one writer works on a shop at a time, and returns how far it has come. */
export async function lockCursor(shopId: number, name: string, tx: Tx): Promise<bigint> {
  const locked = () => inside(tx).$queryRaw<{ seq: bigint }[]>`SELECT seq FROM cursor WHERE shop_id = ${shopId} AND name = ${name} FOR UPDATE`;
  const [found] = await locked();
  if (found !== undefined) return found.seq;
  await inside(tx).$executeRaw`INSERT INTO cursor (shop_id, name, seq) VALUES (${shopId}, ${name}, 0) ON CONFLICT DO NOTHING`;
  return (await locked())[0]?.seq ?? 0n;
}

export async function moveCursor(shopId: number, name: string, seq: bigint, tx: Tx): Promise<void> {
  await driverQuery(tx, "move-cursor", Prisma.sql`UPDATE cursor SET seq = ${seq} WHERE shop_id = ${shopId} AND name = ${name}`);
}

/** Moves a cursor to the end of its log when no event is left after it: numbers taken for what the log already held are nobody's. */
export async function skipUnused(shopId: number, cursor: string, sequence: string, tx: Tx): Promise<void> {
  // One statement, one snapshot: numbers that are still being written are in neither of the two tables. The first after it is asked for in the log's order: of all that
  // comes after a number the planner expects a third of the log, and would go through it from its beginning.
  await inside(tx).$executeRaw`
    UPDATE cursor c SET seq = s.next - 1 FROM sequence s
    WHERE c.shop_id = ${shopId} AND c.name = ${cursor} AND s.shop_id = c.shop_id AND s.name = ${sequence} AND c.seq < s.next - 1
      AND NOT EXISTS (SELECT FROM (SELECT FROM event e WHERE e.shop_id = ${shopId} AND e.seq > c.seq ORDER BY e.seq LIMIT 1) next)`;
}

/**
 * Moves each of these cursors to the end of its log where no line after it is for its reader. `lines`: by the name of the cursor, a statement that finds those that
 * are: of the shop `c.shop_id`, after `c.seq` and before `c.next` (both are to be named: of a piece between two ends the planner expects little, of all that comes after
 * a number a third of the log). Returns which were moved. One that somebody holds, or has just moved, stays: its reader knows more than this snapshot.
 */
export async function skipOthers(shopId: number, sequence: string, lines: Record<string, Statement>, tx?: Tx): Promise<Set<string>> {
  const nothing = Object.entries(lines).map(([name, statement]) => Prisma.sql`(c.name = ${name} AND NOT EXISTS (${statement}))`);
  const rows = await inside(tx).$queryRaw<{ name: string }[]>`
    WITH c AS MATERIALIZED (
      SELECT r.shop_id, r.name, r.seq, s.next FROM cursor r JOIN sequence s ON s.shop_id = r.shop_id AND s.name = ${sequence}
      WHERE r.shop_id = ${shopId} AND r.name = ANY(${Object.keys(lines)}) AND r.seq < s.next - 1 FOR UPDATE OF r SKIP LOCKED
    )
    UPDATE cursor t SET seq = c.next - 1 FROM c
    WHERE t.shop_id = c.shop_id AND t.name = c.name AND t.seq = c.seq AND (${Prisma.join(nothing, " OR ")})
    RETURNING t.name`;
  return new Set(rows.map((row) => row.name));
}

type Row = { seq: string; source_at: number; source_id: string; name: string; subject: string | null; occurred_at: number; data: unknown };

// The log holds what append() let in, so a row is an event by its history; the vocabulary is the schema of the writer.
function toEvent(row: Row): Event {
  return {
    seq: BigInt(row.seq),
    sourceAt: ofSeconds(row.source_at),
    sourceId: row.source_id,
    name: row.name as EventName,
    subject: row.subject,
    occurredAt: ofSeconds(row.occurred_at),
    data: row.source_id.startsWith(pixelPrefix) ? { ...blankOf(row.name as EventName), ...(row.data as object) } : row.data,
  } as Event;
}

/**
 * Locks a reader's cursor and gives the next events after it, oldest first. One statement: what is committed while it waits for the lock has a higher number
 * than anything it sees, because numbers are given out under a lock of their own, and is read the next time.
 */
export async function lockNext(shopId: number, cursor: string, most: number, tx: Tx): Promise<Event[]> {
  const sql = Prisma.sql`
    WITH c AS MATERIALIZED (SELECT seq FROM cursor WHERE shop_id = ${shopId} AND name = ${cursor} FOR UPDATE)
    SELECT e.* FROM c LEFT JOIN LATERAL (
      SELECT seq, ${asSeconds(Prisma.sql`source_at`)} AS source_at, source_id, name, subject, ${asSeconds(Prisma.sql`occurred_at`)} AS occurred_at, data FROM event WHERE shop_id = ${shopId} AND seq > c.seq ORDER BY seq LIMIT ${most}
    ) e ON true ORDER BY e.seq`;
  const rows = await driverQuery<Row | { seq: null }>(tx, "next-events", sql);
  if (rows.length === 0) {
    await lockCursor(shopId, cursor, tx);
    return lockNext(shopId, cursor, most, tx);
  }
  return rows.flatMap((row) => (row.seq === null ? [] : [toEvent(row)]));
}

/** Whether an event that a cursor has not passed names one of these keys. */
export async function unreadNaming(
  shopId: number,
  cursor: string,
  sequence: string,
  keys: { customerGid: string | null; emails: string[]; checkoutToken: string | null; cartToken: string | null },
  tx: Tx,
): Promise<boolean> {
  const rows = await inside(tx).$queryRaw<{ found: boolean }[]>`
    SELECT EXISTS (
      SELECT 1 FROM event e
      WHERE e.shop_id = ${shopId} AND e.seq > coalesce((SELECT c.seq FROM cursor c WHERE c.shop_id = ${shopId} AND c.name = ${cursor}), 0)
        AND e.seq < (SELECT s.next FROM sequence s WHERE s.shop_id = ${shopId} AND s.name = ${sequence})
        AND (e.data->>'checkoutToken' = ${keys.checkoutToken} OR e.data->>'cartToken' = ${keys.cartToken} OR e.data->>'token' IN (${keys.checkoutToken}, ${keys.cartToken})
          OR ${keys.customerGid} IN (e.data->>'customerGid', e.data->'person'->>'customerGid')
          OR lower(coalesce(e.data->>'email', e.data->'person'->>'email')) = ANY(${keys.emails}))
    ) AS found`;
  return rows[0]?.found ?? false;
}

/**
 * When browsers told some kinds of things, among the `most` events that end with a number, by the key of the browser; those before an instant aside. `next`: the
 * number that the events before these end with; 0 where there are none.
 */
export async function browserMoments(
  shopId: number,
  last: bigint,
  names: readonly EventName[],
  since: Date,
  most: number,
  tx: Tx,
): Promise<{ moments: Map<string, Date[]>; next: bigint }> {
  const rows = await inside(tx).$queryRaw<{ first: bigint; read: number; subject: string | null; moments: string[] | null }[]>`
    WITH page AS MATERIALIZED (
      SELECT seq, source_id, name, subject, occurred_at FROM event WHERE shop_id = ${shopId} AND seq <= ${last} ORDER BY seq DESC LIMIT ${most}
    ), told AS (
      SELECT subject, json_agg(occurred_at) AS moments FROM page
      WHERE source_id LIKE 'pixel/%' AND subject LIKE 'visitor:%' AND name = ANY(${[...names]}::text[]) AND occurred_at >= ${since} GROUP BY subject
    )
    SELECT coalesce(a.first, 0) AS first, a.read, t.* FROM (SELECT min(seq) AS first, count(*)::int AS read FROM page) a LEFT JOIN told t ON true`;
  const [{ first, read } = { first: 0n, read: 0 }] = rows;
  const moments = rows.flatMap(({ subject, moments: all }) => (subject === null ? [] : [[subject, (all ?? []).map((at) => new Date(at))] as const]));
  return { moments: new Map(moments), next: read < most ? 0n : first - 1n };
}

/** When a browser last told something, among the newest `most` events; null where none of them is a browser's. */
export async function lastSeenByPixel(shopId: number, most: number): Promise<Date | null> {
  const rows = await inside().$queryRaw<{ at: Date | null }[]>`
    SELECT max(occurred_at) AS at FROM (SELECT source_id, occurred_at FROM event WHERE shop_id = ${shopId} ORDER BY seq DESC LIMIT ${most}) newest WHERE source_id LIKE 'pixel/%'`;
  return rows[0]?.at ?? null;
}

/** Shops whose log has grown past a cursor: what a lost wake-up would have told. */
export function shopsBehind(cursor: string, sequence: string, shopId: number | null = null): ShopQuery {
  return Prisma.sql`
    SELECT s.id FROM shop s JOIN sequence q ON q.shop_id = s.id AND q.name = ${sequence} LEFT JOIN cursor c ON c.shop_id = s.id AND c.name = ${cursor}
    WHERE q.next - 1 > coalesce(c.seq, 0) ${onlyShop(shopId)}`;
}

export async function eraseEvents(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`DELETE FROM event WHERE shop_id = ${shopId}`;
  await inside(tx).$executeRaw`DELETE FROM sequence WHERE shop_id = ${shopId}`;
  await inside(tx).$executeRaw`DELETE FROM cursor WHERE shop_id = ${shopId}`;
}

/** Takes one person's fields and names out of her events, leaving what happened and for how much. */
export async function redactEvents(shopId: number, subjects: string[], gids: string[], tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    UPDATE event SET subject = CASE WHEN subject ~ '^(customer|email|phone):' THEN NULL ELSE subject END,
      data = (data - 'query' - 'clickId' - 'email' - 'phone' - 'firstName' - 'lastName' - 'recoverUrl')
        || CASE WHEN data ? 'person' THEN jsonb_build_object('person', '{"customerGid":null,"email":null,"phone":null}'::jsonb) ELSE '{}'::jsonb END
        || CASE WHEN data ? 'customerGid' THEN '{"customerGid":null}'::jsonb ELSE '{}'::jsonb END
        || CASE WHEN data ? 'keptGid' THEN '{"keptGid":"erased","deletedGid":"erased"}'::jsonb ELSE '{}'::jsonb END
    WHERE shop_id = ${shopId} AND (subject = ANY(${subjects}) OR data->'person'->>'customerGid' = ANY(${gids}) OR data->>'customerGid' = ANY(${gids})
      OR data->>'keptGid' = ANY(${gids}) OR data->>'deletedGid' = ANY(${gids}))`;
}
