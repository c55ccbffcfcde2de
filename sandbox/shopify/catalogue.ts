// What Harbour & Pine sells: things for a house by the sea. Ids are counted along this list, so what is new goes to its end.
import { bath, seaSoap } from "./goods/bath.ts";
import { sheet } from "./goods/drawing.ts";
import type { CollectionHandle, Entry } from "./goods/entry.ts";
import { kitchen, linenApron, oakBoard, saltGlazedMug } from "./goods/kitchen.ts";
import { harbourThrow, living, pineCandle } from "./goods/living.ts";
import { outdoor, stormLantern } from "./goods/outdoor.ts";
import { fishermansJumper, wear } from "./goods/wear.ts";
import type { ProductFacts } from "./product-payload.ts";

const entries: Entry[] = [
  ...[saltGlazedMug, harbourThrow, pineCandle, linenApron, fishermansJumper, oakBoard, seaSoap, stormLantern],
  ...[...kitchen, ...living, ...wear, ...bath, ...outdoor],
];

/** A collection with what is in it, in its own order. `byStock`: a rule of its own asks for stock. */
export type Collection = { id: number; handle: string; title: string; description: string; productIds: readonly number[]; byStock?: boolean };

const collectionTexts: Record<CollectionHandle, { title: string; description: string; ground: string }> = {
  kitchen: { title: "Kitchen & table", description: "Pots, pans and cloths that are used every day, and show it well.", ground: "#e4ded0" },
  living: { title: "Living", description: "Wool, wax and wood for the long evenings.", ground: "#e6d9cb" },
  wear: { title: "To wear", description: "Made for weather. Mended rather than replaced.", ground: "#d7dde0" },
  bath: { title: "Bath", description: "Salt, seaweed and a towel that dries.", ground: "#dbe3dc" },
  outdoor: { title: "Outdoor", description: "For the garden, the beach, and the bench in between.", ground: "#dde0cf" },
};

const idOf = (base: number, place: number): number => base + 7_000_000_000_000 + place * 1_000_000;

/** The products of a shop; `base` keeps the ids of two shops apart. */
export function catalogue(base: number, createdAt: Date): ProductFacts[] {
  return entries.map((entry, place) => {
    const id = idOf(base, place);
    return {
      id,
      handle: entry.handle,
      title: entry.title,
      description: entry.description,
      vendor: entry.vendor ?? "Harbour & Pine",
      type: entry.type,
      createdAt,
      updatedAt: createdAt,
      variants: entry.variants.map(([title, priceMinor, grams, stock], at) => ({
        id: id + 1_000 + at,
        inventoryItemId: id + 2_000 + at,
        title,
        sku: `HP-${entry.handle.toUpperCase().slice(0, 6)}-${at + 1}`,
        priceMinor,
        grams,
        stock: stock ?? 40,
      })),
    };
  });
}

/** The collections that a shop is opened with, by the products it has. */
export function collectionsOf(shop: { id: number; products: readonly ProductFacts[] }): Collection[] {
  return (Object.keys(collectionTexts) as CollectionHandle[]).map((handle, place) => ({
    id: shop.id * 10 + 400_000_000 + place,
    handle,
    title: collectionTexts[handle].title,
    description: collectionTexts[handle].description,
    productIds: membersOf(shop.products, handle),
  }));
}

/** First what belongs here before anywhere else, then what also fits. */
function membersOf(products: readonly ProductFacts[], handle: CollectionHandle): number[] {
  const places = products.map(({ id, handle: own }) => ({ id, place: entries.find((entry) => entry.handle === own)?.collections.indexOf(handle) ?? -1 }));
  return places
    .filter(({ place }) => place >= 0)
    .sort((a, b) => Math.sign(a.place) - Math.sign(b.place))
    .map(({ id }) => id);
}

/** The picture of a product as an SVG document. */
export function picture(handle: string): string | undefined {
  const entry = entries.find((one) => one.handle === handle);
  const [first] = entry?.collections ?? [];
  if (!entry || !first) return undefined;
  return sheet(entry.title, collectionTexts[first].ground, entry.drawing);
}
