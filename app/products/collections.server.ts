import type { z } from "zod";
import { after, day, hour, minute } from "../lib/time.ts";
import { log } from "../log.server.ts";
import { wake } from "../queue.server.ts";
import { admin, AdminError } from "../shops/admin.server.ts";
import {
  collectionAnswer,
  collectionDocument,
  collectionsAnswer,
  collectionsDocument,
  hangsOnStock,
  type ListedCollection,
} from "../shops/admin/collection.ts";
import { productsChangedAnswer, productsChangedDocument } from "../shops/admin/product.ts";
import type { Shop } from "../shops/shop.ts";
import { transaction } from "../tx.server.ts";
import {
  askOlder,
  askUndescribed,
  askUnlisted,
  collectionsToAsk,
  dropCollection,
  findListing,
  moveListing,
  noteCollectionAsked,
  putOffCollections,
  writeCollections,
  writeListing,
  writeProductsIn,
  type NamedCollection,
} from "./catalogue-store.server.ts";

export {
  belongings,
  catalogueSequence,
  catalogueVersion,
  choicesNamed,
  collectionNames,
  lastMove,
  movedAfter,
  type Choosable,
} from "./catalogue-store.server.ts";

/** No webhook tells that a product has come to fit a collection's rule, and one that is lost tells nothing: once a day all of them are read. */
const listEvery = day;
const atOnce = 10;
const waits = { later: 10 * minute, reconnect: hour, refused: 6 * hour };

export const numberOf = (gid: string): string => gid.slice(gid.lastIndexOf("/") + 1);
export const namedOf = ({ id, title, handle }: ListedCollection): NamedCollection => ({ collectionId: numberOf(id), title, handle });

/** Has the collections of a shop read once for each installation, and then once a day. Safe to repeat. */
export async function expectCollections(shop: Pick<Shop, "id" | "installedAt">, now: Date): Promise<void> {
  const listing = await findListing(shop.id);
  const away = listing?.endedAt !== undefined && listing.endedAt !== null && shop.installedAt !== null && listing.endedAt < shop.installedAt;
  if (listing === null || away) await writeListing(shop.id, now);
  await wake("products.complete", shop.id);
}

/** Whether the collections of a shop were ever listed to the end: until then it is not known that it has none. */
export async function collectionsListed(shopId: number): Promise<boolean> {
  return ((await findListing(shopId))?.endedAt ?? null) !== null;
}

/** Shopify's search runs behind its data. */
const overlap = 10 * minute;

/** The products that changed since the listing before: webhooks may have been lost. Before the first one the past is read from a file. */
async function changedSince(shop: Shop, before: Date | null): Promise<{ productId: string; updatedAt: Date }[]> {
  const told: { productId: string; updatedAt: Date }[] = [];
  for (let cursor: string | null = null, more = before !== null; more && before !== null;) {
    const { products }: z.output<typeof productsChangedAnswer> = await admin(shop.domain, {
      ...{ name: "ProductsChanged", document: productsChangedDocument, answer: productsChangedAnswer, whole: true as const, gentle: true as const },
      variables: { query: `updated_at:>='${after(before, -overlap).toISOString()}'`, after: cursor },
    });
    told.push(...products.nodes.map((one) => ({ productId: numberOf(one.id), updatedAt: new Date(one.updatedAt) })));
    cursor = products.pageInfo.endCursor;
    more = products.pageInfo.hasNextPage;
  }
  return told;
}

/** Lists one page of a shop's collections, and has each asked what is in it. Page and place commit together. Returns whether it went on. */
async function listPage(shop: Shop, now: Date): Promise<boolean> {
  const listing = await findListing(shop.id);
  if (listing === null || listing.dueAt > now) return false;
  const startedAt = listing.startedAt ?? now;
  const { collections } = await admin(shop.domain, {
    ...{ name: "CollectionsListed", document: collectionsDocument, answer: collectionsAnswer, variables: { after: listing.after } },
    ...{ whole: true as const, gentle: true as const },
  });
  const next = collections.pageInfo.hasNextPage ? collections.pageInfo.endCursor : null;
  const changed = next === null ? await changedSince(shop, listing.endedAt) : [];
  return transaction(async (tx) => {
    await askOlder(shop.id, changed, now, tx);
    if (next === null && listing.endedAt !== null) await askUndescribed(shop.id, now, tx);
    const end = { startedAt: null, after: null, dueAt: after(now, listEvery), endedAt: now };
    if (!(await moveListing(shop.id, listing, next === null ? end : { startedAt, after: next }, tx))) return false;
    await writeCollections(shop.id, collections.nodes.map(namedOf), { ask: now, listed: startedAt }, tx);
    if (next === null) await askUnlisted(shop.id, startedAt, now, tx);
    return true;
  });
}

/** Asks what is in one collection, and writes it once all of it was told. */
async function read(shop: Shop, collectionId: string, now: Date): Promise<void> {
  const productIds: string[] = [];
  let named: NamedCollection | null = null;
  let byStock = false;
  for (let cursor: string | null = null, more = true; more;) {
    const { collection }: z.output<typeof collectionAnswer> = await admin(shop.domain, {
      ...{ name: "CollectionNow", document: collectionDocument, answer: collectionAnswer, whole: true as const, gentle: true as const },
      variables: { id: `gid://shopify/Collection/${collectionId}`, after: cursor },
    });
    if (collection === null) return transaction((tx) => dropCollection(shop.id, collectionId, now, tx));
    named = namedOf(collection);
    byStock = hangsOnStock(collection.sources);
    productIds.push(...collection.products.nodes.map((one) => numberOf(one.id)));
    cursor = collection.products.pageInfo.endCursor;
    more = collection.products.pageInfo.hasNextPage;
  }
  await transaction(async (tx) => {
    if (named !== null) await writeCollections(shop.id, [named], {}, tx);
    await writeProductsIn(shop.id, collectionId, productIds, now, tx);
    await noteCollectionAsked(shop.id, collectionId, byStock, now, tx);
  });
}

/** Lists collections and asks what is in them, some at a time. Returns whether more are left that may be asked about now. Safe to repeat. */
export async function readCollections(shop: Shop, now: Date): Promise<boolean> {
  try {
    if (await listPage(shop, now)) return true;
    const waiting = await collectionsToAsk(shop.id, now, atOnce);
    for (const collectionId of waiting) await read(shop, collectionId, now);
    return waiting.length === atOnce;
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    // A cursor that is no longer taken would be refused for ever: the listing begins anew.
    if (error.kind === "refused") await writeListing(shop.id, after(now, waits.refused));
    await putOffCollections(shop.id, now, after(now, waits[error.kind]));
    log.warn({ shop: shop.domain, kind: error.kind }, "the shop's collections could not be read");
    return false;
  }
}
