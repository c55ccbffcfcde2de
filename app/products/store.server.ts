import { Prisma } from "../db.server.ts";
import type { Tx } from "../lib/tx.ts";
import { inside, type ShopQuery } from "../tx.server.ts";
import type { Product } from "./product.ts";

export type State = Omit<Product, "deletedAt" | "url"> & { updatedAt: Date; url?: string | null };

/** Writes the newest state of each product; an older one changes nothing. Its address is kept while the handle is the same, unless a new one is said. */
export async function writeProducts(shopId: number, products: State[], tx?: Tx): Promise<void> {
  if (products.length === 0) return;
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
  }));
  await inside(tx).$executeRaw`
    INSERT INTO product (shop_id, product_id, title, handle, url, image_url, price_minor, price_varies, currency, status, published, updated_at)
    SELECT ${shopId}, r.* FROM jsonb_to_recordset(${JSON.stringify(json)}::jsonb)
      AS r(product_id text, title text, handle text, url text, image_url text, price_minor bigint, price_varies boolean, currency text, status text, published boolean, updated_at timestamptz)
    ON CONFLICT (shop_id, product_id) DO UPDATE SET title = excluded.title, handle = excluded.handle, image_url = excluded.image_url, price_minor = excluded.price_minor,
      price_varies = excluded.price_varies, currency = excluded.currency, status = excluded.status, published = excluded.published, updated_at = excluded.updated_at,
      url = coalesce(excluded.url, CASE WHEN product.handle = excluded.handle THEN product.url END)
    WHERE product.updated_at IS NULL OR excluded.updated_at >= product.updated_at`;
}

/** Notes that products are gone. Ids are never given twice, so no later state brings one back. */
export async function writeDeleted(shopId: number, gone: { productId: string; at: Date }[], tx?: Tx): Promise<void> {
  for (const { productId, at } of gone)
    await inside(tx).$executeRaw`
      INSERT INTO product (shop_id, product_id, deleted_at) VALUES (${shopId}, ${productId}, ${at})
      ON CONFLICT (shop_id, product_id) DO UPDATE SET deleted_at = least(product.deleted_at, excluded.deleted_at), ask_at = NULL`;
}

type Row = NonNullable<Awaited<ReturnType<typeof rowsOf>>[number]>;

async function rowsOf(shopId: number, productIds: string[], tx?: Tx) {
  return inside(tx).product.findMany({ where: { shopId, productId: { in: productIds } }, omit: { shopId: true, askAt: true } });
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
    omit: { shopId: true, askAt: true },
  });
  return row === null ? null : toProduct(row);
}

/** Has the Admin API asked about products; one that is already to be asked about keeps its time. */
export async function writeAsk(shopId: number, productIds: string[], now: Date, tx: Tx): Promise<void> {
  await inside(tx).$executeRaw`
    INSERT INTO product (shop_id, product_id, ask_at) SELECT ${shopId}, unnest(${productIds}::text[]), ${now}
    ON CONFLICT (shop_id, product_id) DO UPDATE SET ask_at = coalesce(product.ask_at, excluded.ask_at) WHERE product.deleted_at IS NULL`;
}

export async function noteAsked(shopId: number, productId: string): Promise<void> {
  await inside().product.updateMany({ where: { shopId, productId }, data: { askAt: null } });
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
    SELECT s.id FROM shop s WHERE s.installed_at IS NOT NULL AND s.uninstalled_at IS NULL AND EXISTS (SELECT 1 FROM product p WHERE p.shop_id = s.id AND p.ask_at <= ${now})`;
}

export async function eraseProducts(shopId: number, tx: Tx): Promise<void> {
  await inside(tx).product.deleteMany({ where: { shopId } });
}
