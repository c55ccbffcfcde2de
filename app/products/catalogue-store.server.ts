import { takeNumbers } from "../events/load.server.ts";
import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside } from "../tx.server.ts";

/** The counter of what products belong to: each change of a vendor or of a collection's products takes a number, which the moved products bear. */
export const catalogueSequence = "catalogue";

export async function takeMove(shopId: number, tx: Tx): Promise<bigint> {
  return takeNumbers(shopId, catalogueSequence, 1, tx);
}

type Rows = { product_id: string; collections: string[] }[];

/** Locks products, in one order everywhere, and gives the collections of each. Nobody else moves them until the end of the transaction. */
async function locked(shopId: number, which: Prisma.Sql, tx: Tx): Promise<Rows> {
  return inside(tx)
    .$queryRaw<Rows>`SELECT product_id, coalesce(collections, '{}') AS collections FROM product WHERE shop_id = ${shopId} AND ${which} ORDER BY product_id FOR UPDATE`;
}

export async function collectionsOf(shopId: number, productId: string, tx: Tx): Promise<string[]> {
  return (await inside(tx).product.findUnique({ where: { shopId_productId: { shopId, productId } }, select: { collections: true } }))?.collections ?? [];
}

/** Writes the collections of one product, as they were known at `at`. What was learnt of it later stays. */
export async function writeCollectionsOf(shopId: number, productId: string, collections: string[], at: Date, tx: Tx): Promise<void> {
  const [row] = await locked(shopId, Prisma.sql`product_id = ${productId} AND (collections_at IS NULL OR collections_at <= ${at})`, tx);
  if (row === undefined) return;
  const wanted = [...new Set(collections)].sort();
  const same = wanted.length === row.collections.length && wanted.every((one) => row.collections.includes(one));
  const moved = same ? {} : { movedSeq: await takeMove(shopId, tx) };
  await inside(tx).product.update({ where: { shopId_productId: { shopId, productId } }, data: { collections: wanted, collectionsAt: at, ...moved } });
}

/**
 * Writes which products a collection holds, as it was told between `at` and now. A product that was asked about itself since stays as it said. One that is not
 * known yet is not asked about: at an installation a file with all of them is on its way, and later its own webhook is.
 */
export async function writeProductsIn(shopId: number, collectionId: string, productIds: string[], at: Date, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    INSERT INTO product (shop_id, product_id) SELECT ${shopId}, unnest(${[...new Set(productIds)].sort()}::text[]) ON CONFLICT DO NOTHING`;
  const held = new Set(productIds);
  const concerned = Prisma.sql`(product_id = ANY(${productIds}::text[]) OR ${collectionId} = ANY(collections)) AND deleted_at IS NULL
    AND (collections_at IS NULL OR collections_at < ${at})`;
  const rows = await locked(shopId, concerned, tx);
  const comes = rows.filter((row) => held.has(row.product_id) && !row.collections.includes(collectionId)).map((row) => row.product_id);
  const goes = rows.filter((row) => !held.has(row.product_id)).map((row) => row.product_id);
  if (comes.length + goes.length === 0) return;
  const seq = await takeMove(shopId, tx);
  await inside(tx).$executeRaw`
    UPDATE product SET moved_seq = ${seq}, collections = CASE WHEN product_id = ANY(${goes}::text[]) THEN array_remove(collections, ${collectionId})
      ELSE array_append(coalesce(collections, '{}'), ${collectionId}) END
    WHERE shop_id = ${shopId} AND product_id = ANY(${[...comes, ...goes]}::text[])`;
}

/** Has those products asked about of which nothing is known but their number. */
export async function askUndescribed(shopId: number, now: Date, tx: Tx): Promise<void> {
  await inside(tx).product.updateMany({ where: { shopId, updatedAt: null, deletedAt: null, askAt: null }, data: { askAt: now } });
}

/** Has those products asked about of which nothing is known, or an older state than Shopify's. */
export async function askOlder(shopId: number, told: { productId: string; updatedAt: Date }[], now: Date, tx: Tx): Promise<void> {
  const data = JSON.stringify(told.map((one) => ({ product_id: one.productId, updated_at: one.updatedAt })));
  await inside(tx).$executeRaw`
    INSERT INTO product (shop_id, product_id, ask_at)
    SELECT ${shopId}::int, r.product_id, ${now}::timestamptz FROM jsonb_to_recordset(${data}::jsonb) AS r(product_id text, updated_at timestamptz)
    LEFT JOIN product p ON p.shop_id = ${shopId} AND p.product_id = r.product_id
    WHERE p.product_id IS NULL OR (p.deleted_at IS NULL AND coalesce(p.updated_at < r.updated_at, true)) ORDER BY r.product_id
    ON CONFLICT (shop_id, product_id) DO UPDATE SET ask_at = coalesce(product.ask_at, excluded.ask_at)`;
}

export type NamedCollection = { collectionId: string; title: string; handle: string };

/** Writes what collections are called. `ask`: what is in each has to be asked. `listed`: the listing that named them. */
export async function writeCollections(shopId: number, all: NamedCollection[], { ask, listed }: { ask?: Date; listed?: Date }, tx: Tx): Promise<void> {
  if (all.length === 0) return;
  const column = (pick: (one: NamedCollection) => string) => all.map(pick);
  await inside(tx).$executeRaw`
    INSERT INTO collection (shop_id, collection_id, title, handle, ask_at, listed_at)
    SELECT ${shopId}, r.id, r.title, r.handle, ${ask ?? null}::timestamptz, ${listed ?? null}::timestamptz
    FROM unnest(${column((one) => one.collectionId)}::text[], ${column((one) => one.title)}::text[], ${column((one) => one.handle)}::text[]) AS r(id, title, handle) ORDER BY r.id
    ON CONFLICT (shop_id, collection_id) DO UPDATE SET title = excluded.title, handle = excluded.handle, ask_at = coalesce(collection.ask_at, excluded.ask_at),
      listed_at = coalesce(excluded.listed_at, collection.listed_at)`;
}

/** A collection is no more: no product is in it. */
export async function dropCollection(shopId: number, collectionId: string, at: Date, tx: Tx): Promise<void> {
  await writeProductsIn(shopId, collectionId, [], at, tx);
  await inside(tx).collection.deleteMany({ where: { shopId, collectionId } });
}

export async function collectionsToAsk(shopId: number, now: Date, most: number): Promise<string[]> {
  const rows = await inside().collection.findMany({ where: { shopId, askAt: { lte: now } }, orderBy: [{ askAt: "asc" }, { collectionId: "asc" }], take: most });
  return rows.map((row) => row.collectionId);
}

/** Has those collections asked what is in them that hang on stock, unless they wait for it already. */
export async function askByStock(shopId: number, at: Date, tx: Tx): Promise<void> {
  await inside(tx).collection.updateMany({ where: { shopId, byStock: true, askAt: null }, data: { askAt: at } });
}

/** Notes that a collection was asked what is in it, unless it changed again meanwhile. */
export async function noteCollectionAsked(shopId: number, collectionId: string, byStock: boolean, asked: Date, tx: Tx): Promise<void> {
  await inside(tx).collection.updateMany({ where: { shopId, collectionId }, data: { byStock } });
  await inside(tx).collection.updateMany({ where: { shopId, collectionId, askAt: { lte: asked } }, data: { askAt: null } });
}

/** Puts off what is due to be asked of collections. */
export async function putOffCollections(shopId: number, now: Date, until: Date): Promise<void> {
  await inside().collection.updateMany({ where: { shopId, askAt: { lte: now } }, data: { askAt: until } });
  await inside().collectionListing.updateMany({ where: { shopId, dueAt: { lte: now } }, data: { dueAt: until } });
}

export type Listing = { dueAt: Date; startedAt: Date | null; after: string | null; endedAt: Date | null };

/** Has all collections of a shop listed from the beginning. */
export async function writeListing(shopId: number, dueAt: Date): Promise<void> {
  const data = { dueAt, startedAt: null, after: null };
  await inside().collectionListing.upsert({ where: { shopId }, create: { shopId, ...data }, update: data });
}

export async function findListing(shopId: number): Promise<Listing | null> {
  return inside().collectionListing.findUnique({ where: { shopId }, omit: { shopId: true } });
}

/** Moves a listing on from where it stands. False where somebody else moved it. */
export async function moveListing(shopId: number, from: Pick<Listing, "startedAt" | "after">, to: Partial<Listing>, tx: Tx): Promise<boolean> {
  const { count } = await inside(tx).collectionListing.updateMany({ where: { shopId, startedAt: from.startedAt, after: from.after }, data: to });
  return count === 1;
}

/** Has those collections asked about that a listing which began at `startedAt` did not name: they are gone, or newer than it. */
export async function askUnlisted(shopId: number, startedAt: Date, now: Date, tx: Tx): Promise<void> {
  await inside(tx).collection.updateMany({ where: { shopId, askAt: null, OR: [{ listedAt: null }, { listedAt: { lt: startedAt } }] }, data: { askAt: now } });
}

/**
 * Changes whenever what products belong to does; an installation begins anew. Not `settled`: this transaction has changed it, and may still be rolled back and
 * its number be taken by another change.
 */
export async function catalogueVersion(shopId: number, tx?: Tx): Promise<{ version: string; settled: boolean }> {
  const [row] = await inside(tx).$queryRaw<{ version: string; settled: boolean }[]>`
    SELECT concat(s.installed_at, ' ', q.next) AS version, coalesce(q.xmin::text <> (pg_current_xact_id_if_assigned()::xid)::text, true) AS settled
    FROM shop s LEFT JOIN sequence q ON q.shop_id = s.id AND q.name = ${catalogueSequence} WHERE s.id = ${shopId}`;
  return row ?? { version: "", settled: false };
}

/** What each product of a shop belongs to, where that is anything. */
export async function belongings(shopId: number, tx?: Tx): Promise<{ productId: string; vendor: string | null; collections: string[] }[]> {
  return inside(tx).$queryRaw`
    SELECT product_id AS "productId", vendor, coalesce(collections, '{}') AS collections FROM product
    WHERE shop_id = ${shopId} AND (vendor IS NOT NULL OR cardinality(collections) > 0)`;
}

/** The products that came to another vendor or collection after a number of the counter. */
export async function movedAfter(shopId: number, seq: bigint, tx: Tx): Promise<string[]> {
  const rows = await inside(tx).product.findMany({ where: { shopId, movedSeq: { gt: seq } }, select: { productId: true } });
  return rows.map((row) => row.productId);
}

/** The last number that was taken. */
export async function lastMove(shopId: number, tx: Tx): Promise<bigint> {
  const row = await inside(tx).sequence.findUnique({ where: { shopId_name: { shopId, name: catalogueSequence } } });
  return (row?.next ?? 1n) - 1n;
}

/** What the shop calls some of its collections. */
export async function collectionNames(shopId: number, ids: string[]): Promise<{ id: string; title: string }[]> {
  if (ids.length === 0) return [];
  const rows = await inside().collection.findMany({ where: { shopId, collectionId: { in: ids } }, select: { collectionId: true, title: true } });
  return rows.map((row) => ({ id: row.collectionId, title: row.title }));
}

/** What a shop has many of, and a merchant chooses from. */
export type Choosable = "product" | "collection" | "vendor";

/** Those whose name holds a text (an empty one: all), first those that begin with it, by name; and the one whose number it is. At most `most`. A vendor has no number beside its name. */
export async function choicesNamed(shopId: number, of: Choosable, text: string, most: number): Promise<{ value: string; label: string }[]> {
  const all = {
    product: Prisma.sql`SELECT product_id AS value, title AS label FROM product WHERE shop_id = ${shopId} AND title <> '' AND deleted_at IS NULL`,
    collection: Prisma.sql`SELECT collection_id AS value, title AS label FROM collection WHERE shop_id = ${shopId}`,
    vendor: Prisma.sql`SELECT DISTINCT vendor AS value, vendor AS label FROM product WHERE shop_id = ${shopId} AND vendor <> '' AND deleted_at IS NULL`,
  };
  return inside().$queryRaw`
    SELECT value, label FROM (SELECT value, label, strpos(lower(label), lower(${text}::text)) AS place FROM (${all[of]}) named) placed
    WHERE place > 0 OR value = ${text} ORDER BY place <> 1, lower(label), value LIMIT ${most}`;
}
