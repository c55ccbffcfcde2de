import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, type ShopQuery } from "../tx.server.ts";
import { takeMove, writeCollectionsOf } from "./catalogue-store.server.ts";
import type { Product } from "./product.ts";

/** What is not said of `url` and `vendor` stays as it is known. */
export type State = Omit<Product, "deletedAt" | "url"> & { updatedAt: Date; url?: string | null; vendor?: string };

/** Those that come to another vendor, if their state is the newest. Their rows are locked: nobody else moves them until this is written. */
async function otherVendor(shopId: number, products: State[], tx: Tx): Promise<string[]> {
  const told = new Map(
    products.flatMap((one) => (one.vendor === undefined ? [] : [[one.productId, { vendor: one.vendor, updatedAt: one.updatedAt }] as const])),
  );
  if (told.size === 0) return [];
  const rows = await inside(tx).$queryRaw<{ product_id: string; vendor: string | null; updated_at: Date | null }[]>`
    SELECT product_id, vendor, updated_at FROM product WHERE shop_id = ${shopId} AND product_id = ANY(${[...told.keys()]}::text[]) ORDER BY product_id FOR UPDATE`;
  const known = new Map(rows.map((row) => [row.product_id, row]));
  return [...told].flatMap(([id, { vendor, updatedAt }]) => {
    const row = known.get(id);
    const older = row?.updated_at !== null && row?.updated_at !== undefined && row.updated_at > updatedAt;
    return older || row?.vendor === vendor ? [] : [id];
  });
}

/** Writes the newest state of each product; an older one changes nothing. Its address is kept while the handle is the same, unless a new one is said. */
export async function writeProducts(shopId: number, products: State[], tx: Tx): Promise<void> {
  if (products.length === 0) return;
  const moved = await otherVendor(shopId, products, tx);
  const seq = moved.length === 0 ? 0n : await takeMove(shopId, tx);
  const json = products.map((one) => ({
    product_id: one.productId,
    title: one.title,
    handle: one.handle,
    url: one.url ?? null,
    image_url: one.imageUrl,
    price_minor: one.priceMinor,
    price_varies: one.priceVaries,
    currency: one.currency,
    status: one.status,
    published: one.published,
    updated_at: one.updatedAt,
    vendor: one.vendor ?? null,
    moved_seq: moved.includes(one.productId) ? seq.toString() : "0",
  }));
  await inside(tx).$executeRaw`
    INSERT INTO product (shop_id, product_id, title, handle, url, image_url, price_minor, price_varies, currency, status, published, updated_at, vendor, moved_seq)
    SELECT ${shopId}, r.* FROM jsonb_to_recordset(${JSON.stringify(json)}::jsonb)
      AS r(product_id text, title text, handle text, url text, image_url text, price_minor bigint, price_varies boolean, currency text, status text, published boolean, updated_at timestamptz, vendor text, moved_seq bigint)
    ON CONFLICT (shop_id, product_id) DO UPDATE SET title = excluded.title, handle = excluded.handle, image_url = excluded.image_url, price_minor = excluded.price_minor,
      price_varies = excluded.price_varies, currency = excluded.currency, status = excluded.status, published = excluded.published, updated_at = excluded.updated_at,
      url = coalesce(excluded.url, CASE WHEN product.handle = excluded.handle THEN product.url END), vendor = coalesce(excluded.vendor, product.vendor),
      moved_seq = greatest(product.moved_seq, excluded.moved_seq)
    WHERE product.updated_at IS NULL OR excluded.updated_at >= product.updated_at`;
}

/** Notes that products are gone. Ids are never given twice, so no later state brings one back. It is in no collection then; whose it was stays so. */
export async function writeDeleted(shopId: number, gone: { productId: string; at: Date }[], tx: Tx): Promise<void> {
  for (const { productId, at } of gone) {
    await writeCollectionsOf(shopId, productId, [], at, tx);
    await inside(tx).$executeRaw`
      INSERT INTO product (shop_id, product_id, deleted_at) VALUES (${shopId}, ${productId}, ${at})
      ON CONFLICT (shop_id, product_id) DO UPDATE SET deleted_at = least(product.deleted_at, excluded.deleted_at), ask_at = NULL`;
  }
}

const unsaid = { shopId: true, askAt: true, vendor: true, collections: true, collectionsAt: true, movedSeq: true } as const;

type Row = NonNullable<Awaited<ReturnType<typeof rowsOf>>[number]>;

async function rowsOf(shopId: number, productIds: string[], tx?: Tx) {
  return inside(tx).product.findMany({ where: { shopId, productId: { in: productIds } }, omit: unsaid });
}

const toProduct = (row: Row): Product => ({ ...row, priceMinor: row.priceMinor === null ? null : Number(row.priceMinor) });

export async function findProducts(shopId: number, productIds: string[], tx?: Tx): Promise<Map<string, Product>> {
  if (productIds.length === 0) return new Map();
  return new Map((await rowsOf(shopId, productIds, tx)).map((row) => [row.productId, toProduct(row)]));
}

/** A product of the shop that can be shown as an example: the one that changed last. */
export async function latestShown(shopId: number): Promise<Product | null> {
  const row = await inside().product.findFirst({
    where: { shopId, deletedAt: null, status: "active", title: { not: null }, priceMinor: { not: null }, NOT: { published: false } },
    orderBy: [{ updatedAt: "desc" }, { productId: "asc" }],
    omit: unsaid,
  });
  return row === null ? null : toProduct(row);
}

/** Has the Admin API asked about products; one that is already to be asked about keeps its time. */
export async function writeAsk(shopId: number, productIds: string[], now: Date, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    INSERT INTO product (shop_id, product_id, ask_at) SELECT ${shopId}, unnest(${productIds}::text[]), ${now}
    ON CONFLICT (shop_id, product_id) DO UPDATE SET ask_at = coalesce(product.ask_at, excluded.ask_at) WHERE product.deleted_at IS NULL`;
}

/** Has the Admin API asked again about products that changed, once for all their changes until then. */
export async function writeAskAgain(shopId: number, productIds: string[], at: Date, tx: Tx): Promise<void> {
  await inside(tx).product.updateMany({ where: { shopId, productId: { in: productIds }, askAt: null, deletedAt: null }, data: { askAt: at } });
}

/** Notes that a product was asked about, unless it was to be asked again meanwhile. */
export async function noteAsked(shopId: number, productId: string, now: Date, tx: Tx): Promise<void> {
  await inside(tx).product.updateMany({ where: { shopId, productId, askAt: { lte: now } }, data: { askAt: null } });
}

/** Puts off everything that is due to be asked about. */
export async function putOffAsking(shopId: number, now: Date, until: Date): Promise<void> {
  await inside().product.updateMany({ where: { shopId, askAt: { lte: now } }, data: { askAt: until } });
}

export async function toAsk(shopId: number, now: Date, most: number): Promise<string[]> {
  const rows = await inside().product.findMany({ where: { shopId, askAt: { lte: now } }, orderBy: { askAt: "asc" }, take: most, select: { productId: true } });
  return rows.map((row) => row.productId);
}

export function shopsToAsk(now: Date): ShopQuery {
  return Prisma.sql`
    SELECT s.id FROM shop s WHERE s.installed_at IS NOT NULL AND s.uninstalled_at IS NULL AND (
      EXISTS (SELECT 1 FROM product p WHERE p.shop_id = s.id AND p.ask_at <= ${now}) OR EXISTS (SELECT 1 FROM collection c WHERE c.shop_id = s.id AND c.ask_at <= ${now})
      OR EXISTS (SELECT 1 FROM collection_listing l WHERE l.shop_id = s.id AND l.due_at <= ${now}))`;
}

export async function eraseProducts(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).product.deleteMany({ where: { shopId } });
  await inside(tx).collection.deleteMany({ where: { shopId } });
  await inside(tx).collectionListing.deleteMany({ where: { shopId } });
}
