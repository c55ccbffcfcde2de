import { Prisma } from "../db.server.ts";
import type { HotTx, Tx } from "../lib/tx.ts";
import { hotQuery, inside } from "../tx.server.ts";
import type { Event, EventName, NewEvent } from "./event.ts";

/** Takes `count` numbers of a shop's counter and returns the first. The row stays locked until the commit: that makes the order. */
export async function takeNumbers(shopId: number, name: string, count: number, tx: Tx): Promise<bigint> {
  const rows = await inside(tx).$queryRaw<{ next: bigint }[]>`
    INSERT INTO sequence (shop_id, name, next) VALUES (${shopId}, ${name}, ${BigInt(count) + 1n})
    ON CONFLICT (shop_id, name) DO UPDATE SET next = sequence.next + ${BigInt(count)}
    RETURNING next`;
  return (rows[0]?.next ?? 1n) - BigInt(count);
}

/** Numbers events, shop by shop in the order given, and writes them, all in one statement; those the log already holds are left alone. */
function insertion(items: { shopId: number; event: NewEvent }[], sequence: string): Prisma.Sql {
  const json = items.map(({ shopId, event }, ord) => ({
    ord,
    shop_id: shopId,
    source_at: event.sourceAt,
    source_id: event.sourceId,
    name: event.name,
    subject: event.subject,
    occurred_at: event.occurredAt,
    data: event.data,
  }));
  // Counters are taken in the order of the shops: two writers with the same shops cannot lock each other out.
  return Prisma.sql`
    WITH r AS MATERIALIZED (
      SELECT r.*, row_number() OVER (PARTITION BY shop_id ORDER BY ord) AS nth, count(*) OVER (PARTITION BY shop_id) AS all_of
      FROM jsonb_to_recordset(${JSON.stringify(json)}::jsonb)
        AS r(ord int, shop_id int, source_at timestamptz, source_id text, name text, subject text, occurred_at timestamptz, data jsonb)
    ), taken AS (
      INSERT INTO sequence (shop_id, name, next) SELECT shop_id, ${sequence}::text, max(all_of) + 1 FROM r GROUP BY shop_id ORDER BY shop_id
      ON CONFLICT (shop_id, name) DO UPDATE SET next = sequence.next + excluded.next - 1
      RETURNING shop_id, next
    )
    INSERT INTO event (shop_id, source_at, source_id, seq, name, subject, occurred_at, data)
    SELECT r.shop_id, r.source_at, r.source_id, t.next - r.all_of + r.nth - 1, r.name, r.subject, r.occurred_at, r.data
    FROM r JOIN taken t ON t.shop_id = r.shop_id ORDER BY r.shop_id, r.nth
    ON CONFLICT DO NOTHING`;
}

export async function insertEvents(items: { shopId: number; event: NewEvent }[], sequence: string, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw(insertion(items, sequence));
}

export async function insertEventsHot(items: { shopId: number; event: NewEvent }[], sequence: string, tx: HotTx): Promise<void> {
  await hotQuery(tx, "insert-events", insertion(items, sequence));
}

/** Makes the partition of one month, if it is not there. `month` is its first instant in UTC. */
export async function makePartition(month: Date, tx?: Tx): Promise<void> {
  await inside(tx).$queryRaw`SELECT make_event_partition(${month}::timestamptz)::text`;
}

/** Locks a reader's cursor, so that one writer works on a shop at a time, and returns how far it has come. */
export async function lockCursor(shopId: number, name: string, tx: Tx): Promise<bigint> {
  await inside(tx).$executeRaw`INSERT INTO cursor (shop_id, name, seq) VALUES (${shopId}, ${name}, 0) ON CONFLICT DO NOTHING`;
  const rows = await inside(tx).$queryRaw<{ seq: bigint }[]>`SELECT seq FROM cursor WHERE shop_id = ${shopId} AND name = ${name} FOR UPDATE`;
  return rows[0]?.seq ?? 0n;
}

export async function moveCursor(shopId: number, name: string, seq: bigint, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`UPDATE cursor SET seq = ${seq} WHERE shop_id = ${shopId} AND name = ${name}`;
}

/** Moves a cursor to the end of its log when no event is left after it: numbers taken for what the log already held are nobody's. */
export async function skipUnused(shopId: number, cursor: string, sequence: string, tx: Tx): Promise<void> {
  // One statement, one snapshot: numbers that are still being written are in neither of the two tables.
  await inside(tx).$executeRaw`
    UPDATE cursor c SET seq = s.next - 1 FROM sequence s
    WHERE c.shop_id = ${shopId} AND c.name = ${cursor} AND s.shop_id = c.shop_id AND s.name = ${sequence} AND c.seq < s.next - 1
      AND NOT EXISTS (SELECT FROM event e WHERE e.shop_id = c.shop_id AND e.seq > c.seq)`;
}

type Row = { seq: bigint; source_at: Date; source_id: string; name: string; subject: string | null; occurred_at: Date; data: unknown };

// The log holds what append() let in, so a row is an event by its history; the vocabulary is the schema of the writer.
function toEvent(row: Row): Event {
  return {
    seq: row.seq,
    sourceAt: row.source_at,
    sourceId: row.source_id,
    name: row.name as EventName,
    subject: row.subject,
    occurredAt: row.occurred_at,
    data: row.data,
  } as Event;
}

export async function eventsAfter(shopId: number, seq: bigint, most: number, tx?: Tx): Promise<Event[]> {
  const rows = await inside(tx).$queryRaw<Row[]>`
    SELECT seq, source_at, source_id, name, subject, occurred_at, data FROM event WHERE shop_id = ${shopId} AND seq > ${seq} ORDER BY seq LIMIT ${most}`;
  return rows.map(toEvent);
}

/** Whether an event that a cursor has not passed names one of these keys. */
export async function unreadNaming(
  shopId: number,
  cursor: string,
  keys: { customerGid: string | null; emails: string[]; checkoutToken: string | null; cartToken: string | null },
  tx: Tx,
): Promise<boolean> {
  const rows = await inside(tx).$queryRaw<{ found: boolean }[]>`
    SELECT EXISTS (
      SELECT 1 FROM event e
      WHERE e.shop_id = ${shopId} AND e.seq > coalesce((SELECT c.seq FROM cursor c WHERE c.shop_id = ${shopId} AND c.name = ${cursor}), 0)
        AND (e.data->>'checkoutToken' = ${keys.checkoutToken} OR e.data->>'cartToken' = ${keys.cartToken} OR e.data->>'token' IN (${keys.checkoutToken}, ${keys.cartToken})
          OR ${keys.customerGid} IN (e.data->>'customerGid', e.data->'person'->>'customerGid')
          OR lower(coalesce(e.data->>'email', e.data->'person'->>'email')) = ANY(${keys.emails}))
    ) AS found`;
  return rows[0]?.found ?? false;
}

/** When a browser last told something, among the newest `most` events; null where none of them is a browser's. */
export async function lastSeenByPixel(shopId: number, most: number): Promise<Date | null> {
  const rows = await inside().$queryRaw<{ at: Date | null }[]>`
    SELECT max(occurred_at) AS at FROM (SELECT source_id, occurred_at FROM event WHERE shop_id = ${shopId} ORDER BY seq DESC LIMIT ${most}) newest WHERE source_id LIKE 'pixel/%'`;
  return rows[0]?.at ?? null;
}

/** Shops whose log has grown past a cursor: what a lost wake-up would have told. */
export async function shopsBehind(cursor: string, sequence: string): Promise<number[]> {
  const rows = await inside().$queryRaw<{ shop_id: number }[]>`
    SELECT s.shop_id FROM sequence s LEFT JOIN cursor c ON c.shop_id = s.shop_id AND c.name = ${cursor}
    WHERE s.name = ${sequence} AND s.next - 1 > coalesce(c.seq, 0)`;
  return rows.map((row) => row.shop_id);
}

export async function eraseEvents(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`DELETE FROM event WHERE shop_id = ${shopId}`;
  await inside(tx).$executeRaw`DELETE FROM sequence WHERE shop_id = ${shopId}`;
  await inside(tx).$executeRaw`DELETE FROM cursor WHERE shop_id = ${shopId}`;
}

/** Takes one person's fields out of her events, leaving what happened and for how much. */
export async function redactEvents(shopId: number, subjects: string[], gids: string[], tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    UPDATE event SET data = (data - 'query' - 'clickId' - 'email' - 'phone' - 'firstName' - 'lastName' - 'recoverUrl')
        || CASE WHEN data ? 'person' THEN jsonb_build_object('person', '{"customerGid":null,"email":null,"phone":null}'::jsonb) ELSE '{}'::jsonb END
    WHERE shop_id = ${shopId} AND (subject = ANY(${subjects}) OR data->'person'->>'customerGid' = ANY(${gids}) OR data->>'customerGid' = ANY(${gids}))`;
}
