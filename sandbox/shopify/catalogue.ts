// What Harbour & Pine sells: a small shop of things for a house by the sea.
import type { ProductFacts } from "./product-payload.ts";

type Entry = {
  handle: string;
  title: string;
  description: string;
  type: string;
  colour: string;
  picture: string;
  variants: [title: string, priceMinor: number, grams: number][];
};

// Pictures are drawn here, on an 80 × 80 sheet.
const entries: Entry[] = [
  {
    handle: "salt-glazed-mug",
    title: "Salt-glazed mug",
    description: "Thrown by hand, glazed with sea salt. Holds a proper amount of tea.",
    type: "Kitchen",
    colour: "#4d7c78",
    picture: `<path d="M22 24h30v28a8 8 0 0 1-8 8H30a8 8 0 0 1-8-8z"/><path d="M52 30h6a8 8 0 0 1 0 18h-6" fill="none" stroke="#4d7c78" stroke-width="5"/>`,
    variants: [
      ["Kelp", 1850, 320],
      ["Chalk", 1850, 320],
      ["Slate", 1950, 320],
    ],
  },
  {
    handle: "harbour-throw",
    title: "Harbour throw",
    description: "Undyed wool, woven in a town where it rains sideways.",
    type: "Living",
    colour: "#8a6d4f",
    picture: `<rect x="16" y="20" width="48" height="36" rx="3"/><path d="M16 32h48M16 44h48" stroke="#fff" stroke-width="3"/><path d="M20 56v6M28 56v6M36 56v6M44 56v6M52 56v6M60 56v6" stroke="#8a6d4f" stroke-width="2"/>`,
    variants: [
      ["Oat", 8900, 1200],
      ["Storm", 8900, 1200],
    ],
  },
  {
    handle: "pine-candle",
    title: "Pine resin candle",
    description: "Burns for forty hours and smells of a forest after rain.",
    type: "Living",
    colour: "#3f6b4a",
    picture: `<rect x="26" y="34" width="28" height="28" rx="4"/><path d="M40 16c5 6 5 9 0 13-5-4-5-7 0-13z" fill="#e0a33b"/><path d="M40 28v6" stroke="#333" stroke-width="2"/>`,
    variants: [
      ["Small", 1400, 250],
      ["Large", 2600, 480],
    ],
  },
  {
    handle: "linen-apron",
    title: "Linen apron",
    description: "Heavy linen, deep pockets, gets better with every wash.",
    type: "Kitchen",
    colour: "#5c6f8c",
    picture: `<path d="M32 16h16v14l10 6v28H22V36l10-6z"/><path d="M30 46h20v10H30z" fill="#fff" opacity=".4"/>`,
    variants: [["Default Title", 3800, 410]],
  },
  {
    handle: "fishermans-jumper",
    title: "Fisherman's jumper",
    description: "Knitted in one piece. No seams to chafe, no nonsense.",
    type: "Clothing",
    colour: "#2e4a66",
    picture: `<path d="M28 18h24l14 12-6 10-6-4v28H26V36l-6 4-6-10z"/><path d="M34 18c2 5 10 5 12 0" fill="#fff"/>`,
    variants: [
      ["S", 11500, 780],
      ["M", 11500, 820],
      ["L", 11500, 860],
    ],
  },
  {
    handle: "oak-board",
    title: "Oak serving board",
    description: "Cut from one plank, oiled twice, made to be scratched.",
    type: "Kitchen",
    colour: "#a97c45",
    picture: `<rect x="14" y="30" width="44" height="24" rx="6"/><rect x="56" y="38" width="14" height="8" rx="4"/><path d="M20 38c10 4 22-4 32 0M20 46c10 4 22-4 32 0" stroke="#fff" opacity=".5" fill="none"/>`,
    variants: [["Default Title", 4200, 900]],
  },
  {
    handle: "sea-soap",
    title: "Seaweed soap",
    description: "Three bars wrapped in paper. Lathers even in hard water.",
    type: "Bath",
    colour: "#6b8f71",
    picture: `<rect x="18" y="32" width="44" height="22" rx="8"/><circle cx="30" cy="24" r="4"/><circle cx="40" cy="18" r="3"/><circle cx="50" cy="25" r="5"/>`,
    variants: [["Set of three", 1200, 360]],
  },
  {
    handle: "storm-lantern",
    title: "Storm lantern",
    description: "Steel and glass. Stays lit on a balcony in November.",
    type: "Outdoor",
    colour: "#8c4a3b",
    picture: `<path d="M28 28h24l4 30H24z"/><rect x="30" y="20" width="20" height="6" rx="2"/><path d="M32 20a8 8 0 0 1 16 0" fill="none" stroke="#8c4a3b" stroke-width="3"/><path d="M40 36c5 6 4 10 0 13-4-3-5-7 0-13z" fill="#f0c266"/>`,
    variants: [
      ["Rust", 5400, 1100],
      ["Black", 5400, 1100],
    ],
  },
];

/** The products of a shop; `base` keeps the ids of two shops apart. */
export function catalogue(base: number, createdAt: Date): ProductFacts[] {
  return entries.map((entry, index) => {
    const id = base + 7_000_000_000_000 + index * 1_000_000;
    return {
      id,
      handle: entry.handle,
      title: entry.title,
      description: entry.description,
      vendor: "Harbour & Pine",
      type: entry.type,
      createdAt,
      updatedAt: createdAt,
      variants: entry.variants.map(([title, priceMinor, grams], place) => ({
        id: id + 1_000 + place,
        inventoryItemId: id + 2_000 + place,
        title,
        sku: `HP-${entry.handle.toUpperCase().slice(0, 6)}-${place + 1}`,
        priceMinor,
        grams,
        stock: 40,
      })),
    };
  });
}

/** The picture of a product as an SVG document. */
export function picture(handle: string): string | undefined {
  const entry = entries.find((one) => one.handle === handle);
  if (!entry) return undefined;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80" width="800" height="800" role="img" aria-label="${entry.title}"><rect width="80" height="80" fill="#f3efe8"/><g fill="${entry.colour}">${entry.picture}</g></svg>`;
}
