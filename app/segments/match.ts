// Whether a deed is one that a condition means.
import type { Done } from "./history.ts";
import type { Where } from "./rule.ts";

/** What a product belongs to now: a product that changed its collection takes its past along. */
export type Catalogue = ReadonlyMap<string, { vendor: string | null; collections: readonly string[] }>;

/** As UTM values are compared: somebody always writes Facebook with a capital letter. */
export const sameTag = (values: string[] | undefined, tag: string | null | undefined) =>
  values === undefined || (tag !== null && tag !== undefined && values.some((one) => one.toLowerCase() === tag.toLowerCase()));
export const oneOf = (values: string[] | undefined, value: string | null | undefined) =>
  values === undefined || (value !== null && value !== undefined && values.includes(value));

/** Whether a deed is one that `where` means. */
export function fits(deed: Done, where: Where, catalogue: Catalogue): boolean {
  const { products, collections, vendors, priceMinor } = where;
  const ofItems = products !== undefined || vendors !== undefined || priceMinor !== undefined || (collections !== undefined && deed.collectionId === undefined);
  if (collections !== undefined && deed.collectionId !== undefined && !oneOf(collections, deed.collectionId)) return false;
  const item = ({ productId, priceMinor: price }: Done["items"][number]) => {
    const entry = productId === null ? undefined : catalogue.get(productId);
    return (
      oneOf(products, productId) &&
      oneOf(vendors, entry?.vendor) &&
      (collections === undefined || deed.collectionId !== undefined || (entry?.collections ?? []).some((one) => collections.includes(one))) &&
      (priceMinor === undefined || (price !== null && price >= (priceMinor.atLeast ?? -Infinity) && price <= (priceMinor.atMost ?? Infinity)))
    );
  };
  return (
    (!ofItems || deed.items.some(item)) &&
    oneOf(where.forms, deed.form) &&
    oneOf(where.flows, deed.flow) &&
    sameTag(where.sources, deed.source) &&
    sameTag(where.mediums, deed.medium) &&
    sameTag(where.campaigns, deed.campaign)
  );
}
