// How logs are read, as the database itself sees it: whoever reads is noted when she moves her cursor. And logs that grow in just that moment.
import { db } from "../app/db.server.ts";
import { append, eventSequence, ensurePartitions } from "../app/events/append.server.ts";
import type { NewEvent } from "../app/events/event.ts";
import { processCursor } from "../app/events/load.server.ts";
import { newId } from "../app/lib/id.server.ts";
import { after, minute } from "../app/lib/time.ts";
import { transaction } from "../app/tx.server.ts";

/** Has this database note from now on. Once per database. */
export async function noteReads(): Promise<void> {
  await db.$executeRawUnsafe(`CREATE TABLE read_note (nth serial, shop_id int NOT NULL, cursor text NOT NULL, lines int NOT NULL)`);
  await db.$executeRawUnsafe(`CREATE TABLE coming (nth serial, shop_id int NOT NULL, events int NOT NULL)`);
  await db.$executeRawUnsafe(`
    CREATE FUNCTION note_read() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE more int;
    BEGIN
      INSERT INTO read_note (shop_id, cursor, lines) VALUES (NEW.shop_id, NEW.name, NEW.seq - OLD.seq);
      IF NEW.name <> '${processCursor}' THEN
        RETURN NULL;
      END IF;
      DELETE FROM coming c WHERE c.nth = (SELECT min(nth) FROM coming WHERE shop_id = NEW.shop_id) RETURNING c.events INTO more;
      IF more IS NOT NULL THEN
        WITH taken AS (UPDATE sequence SET next = next + more WHERE shop_id = NEW.shop_id AND name = '${eventSequence}' RETURNING next - more AS first)
        INSERT INTO event (shop_id, source_at, source_id, seq, name, subject, occurred_at, data)
        SELECT e.shop_id, e.source_at, 'pixel/more-' || (taken.first + n), taken.first + n, e.name, e.subject, e.occurred_at, e.data
        FROM taken, generate_series(0, more - 1) n, (SELECT * FROM event WHERE shop_id = NEW.shop_id ORDER BY seq LIMIT 1) e;
      END IF;
      RETURN NULL;
    END $$`);
  await db.$executeRawUnsafe(`
    CREATE TRIGGER note_read AFTER UPDATE ON cursor FOR EACH ROW WHEN (NEW.seq <> OLD.seq) EXECUTE FUNCTION note_read()`);
}

type Read = { shopId: number; cursor: string; lines: number };

/** Who read how many lines, in that order. */
export async function reads(): Promise<Read[]> {
  return db.$queryRaw`SELECT shop_id AS "shopId", cursor, lines FROM read_note ORDER BY nth`;
}

/** How many events each batch of a shop read. */
export const batchesOf = async (shopId: number): Promise<number[]> =>
  (await reads()).filter((one) => one.shopId === shopId && one.cursor === processCursor).map((one) => one.lines);

/** When a shop's next batches are read, so many events come in meanwhile. */
export async function comeMeanwhile(shopId: number, events: number[]): Promise<void> {
  for (const one of events) await db.$executeRaw`INSERT INTO coming (shop_id, events) VALUES (${shopId}, ${one})`;
}

/** Pages that a few browsers look at, one after the other. */
export async function browse(shopId: number, events: number, from: Date): Promise<void> {
  await ensurePartitions([from], "pixel");
  const items = Array.from({ length: events }, (_none, index) => {
    const at = after(from, (index * minute) / 60);
    const data = { cartToken: null, checkoutToken: null, path: `/pages/${index % 7}` };
    return {
      shopId,
      event: { name: "page.viewed", sourceId: `pixel/${newId(at)}`, sourceAt: at, occurredAt: at, subject: `visitor:b${index % 5}`, data } satisfies NewEvent,
    };
  });
  await transaction((tx) => append(items, tx));
}
