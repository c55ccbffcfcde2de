// A product as Shopify last described it, and whether it may be shown to anybody.

export type Product = {
  productId: string;
  title: string | null;
  handle: string | null;
  url: string | null;
  imageUrl: string | null;
  priceMinor: number | null;
  priceVaries: boolean;
  currency: string | null;
  status: string | null;
  published: boolean | null;
  updatedAt: Date | null;
  deletedAt: Date | null;
};

/** A product with everything that a message shows of it. */
export type ShownProduct = {
  productId: string;
  title: string;
  url: string;
  imageUrl: string | null;
  priceMinor: number;
  priceVaries: boolean;
  currency: string;
};

export type Standing = { kind: "shown"; product: ShownProduct } | { kind: "gone" } | { kind: "unknown" };

/** Where a product stands: to be shown, gone from the shop's pages, or not known well enough yet. */
export function standingOf(product: Product | null): Standing {
  if (product === null) return { kind: "unknown" };
  const { productId, title, url, imageUrl, priceMinor, priceVaries, currency, status, published } = product;
  if (product.deletedAt !== null || (status !== null && status !== "active") || published === false) return { kind: "gone" };
  if (title === null || url === null || priceMinor === null || currency === null || status === null) return { kind: "unknown" };
  return { kind: "shown", product: { productId, title, url, imageUrl, priceMinor, priceVaries, currency } };
}

/** A product as an example of what a message shows, with an address in place of one that is not known yet; null where too little is. */
export function exampleOf(product: Product, home: string): ShownProduct | null {
  const standing = standingOf({ ...product, url: product.url ?? home });
  return standing.kind === "shown" ? standing.product : null;
}

/** Whether text can be the id of a product: what a browser says may be anything. */
export function isProductId(text: string): boolean {
  return /^\d{1,20}$/.test(text);
}
