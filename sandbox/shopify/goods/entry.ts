// One thing that the shop sells, before it has ids.

export type CollectionHandle = "kitchen" | "living" | "wear" | "bath" | "outdoor";

export type Entry = {
  handle: string;
  title: string;
  description: string;
  type: string;
  vendor?: string;
  collections: CollectionHandle[];
  variants: [title: string, priceMinor: number, grams: number, stock?: number][];
  /** The inside of its picture. */
  drawing: string;
};
