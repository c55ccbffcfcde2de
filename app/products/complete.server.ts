import { toMinor } from "../lib/money.ts";
import { after, hour, minute } from "../lib/time.ts";
import type { Tx } from "../lib/tx.ts";
import { log } from "../log.server.ts";
import { wake } from "../queue.server.ts";
import { admin, AdminError } from "../shops/admin.server.ts";
import { productAnswer, productDocument, productsAnswer, productsDocument, type ProductNow } from "../shops/admin/product.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import { collectionsOf, writeCollections, writeCollectionsOf } from "./catalogue-store.server.ts";
import { namedOf, numberOf } from "./collections.server.ts";
import { latestShown, noteAsked, putOffAsking, toAsk, writeAsk, writeDeleted, writeProducts, type State } from "./store.server.ts";

/** How many products one call asks about: enough for a busy shop, few enough to leave its Admin API budget to others. */
const atOnce = 20;
/** How long to wait after an answer that did not come: a scope or a session that is missing does not come back by itself. */
const waits = { later: 10 * minute, reconnect: hour, refused: 6 * hour };

/** Has the Admin API asked about products that somebody wants to show and that are not known well enough. Committed with the transaction. */
export async function want(shop: Shop, productIds: string[], now: Date, tx: Tx): Promise<void> {
  if (productIds.length === 0) return;
  await writeAsk(shop.id, [...new Set(productIds)].sort(), now, tx);
  await wake("products.complete", shop.id, { tx });
}

function stateOf(productId: string, product: ProductNow): State {
  const { minVariantPrice: low, maxVariantPrice: high } = product.priceRangeV2;
  return {
    productId,
    title: product.title,
    handle: product.handle,
    url: product.onlineStoreUrl,
    imageUrl: product.featuredMedia?.preview?.image?.url ?? null,
    priceMinor: toMinor(low.amount, low.currencyCode),
    priceVaries: low.amount !== high.amount,
    currency: low.currencyCode,
    status: product.status.toLowerCase(),
    published: product.onlineStoreUrl !== null,
    updatedAt: new Date(product.updatedAt),
    vendor: product.vendor,
  };
}

/** Writes products down as the Admin API told of them; an older state changes nothing. */
export async function learn(shop: Pick<Shop, "id">, products: (ProductNow & { id: string })[], tx: Tx): Promise<void> {
  await writeProducts(
    shop.id,
    products.map((one) => stateOf(numberOf(one.id), one)),
    tx,
  );
}

/** Learns some products of a shop of which none is known, so that a preview can show one of its own. Throws `AdminError`. */
export async function learnSome(shop: Shop): Promise<void> {
  if ((await latestShown(shop.id)) !== null) return;
  const { products } = await admin(shop.domain, { name: "ProductsLately", document: productsDocument, answer: productsAnswer, whole: true });
  await transaction((tx) => learn(shop, products.nodes, tx));
}

async function ask(shop: Shop, productId: string, now: Date): Promise<void> {
  const { product } = await admin(shop.domain, {
    name: "ProductNow",
    document: productDocument,
    answer: productAnswer,
    whole: true,
    variables: { id: `gid://shopify/Product/${productId}` },
  });
  await transaction(async (tx) => {
    if (product === null) return writeDeleted(shop.id, [{ productId, at: now }], tx);
    await writeProducts(shop.id, [stateOf(productId, product)], tx);
    const { nodes, pageInfo } = product.collections;
    const named = nodes.map(namedOf);
    await writeCollections(shop.id, named, {}, tx);
    // Of one that is in more than a page of collections, only those that are named are news.
    const known = pageInfo.hasNextPage ? await collectionsOf(shop.id, productId, tx) : [];
    await writeCollectionsOf(shop.id, productId, [...known, ...named.map((one) => one.collectionId)], now, tx);
    await noteAsked(shop.id, productId, now, tx);
  });
}

/** Asks about the products that are waiting for it, some at a time. Returns whether more are left that may be asked about now. Safe to repeat. */
export async function complete(shop: Shop, now: Date): Promise<boolean> {
  const waiting = await toAsk(shop.id, now, atOnce);
  for (const productId of waiting) {
    try {
      await ask(shop, productId, now);
    } catch (error) {
      if (!(error instanceof AdminError)) throw error;
      // The next one would hear the same: all that are due wait.
      await putOffAsking(shop.id, now, after(now, waits[error.kind]));
      log.warn({ shop: shop.domain, product: productId, kind: error.kind }, "a product could not be asked about");
      return false;
    }
  }
  return waiting.length === atOnce;
}
