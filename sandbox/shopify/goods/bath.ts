import { box, oval, rows, shape, sheen, standing, stroke } from "./drawing.ts";
import type { Entry } from "./entry.ts";

export const seaSoap: Entry = {
  handle: "sea-soap",
  title: "Seaweed soap",
  description: "Three bars wrapped in paper. Lathers even in hard water.",
  type: "Bath",
  collections: ["bath"],
  variants: [["Set of three", 1200, 360]],
  drawing:
    standing(63, 24) +
    box(18, 50, 44, 12, "#6b8f71", 4) +
    box(20, 38, 40, 12, "#88a88b", 4) +
    box(23, 26, 34, 12, "#a6c1a5", 4) +
    box(34, 26, 12, 36, "#f5efe0", 0) +
    stroke("M40 30c3 4 3 7 0 10-3-3-3-6 0-10zM40 44c3 4 3 7 0 10", "#5a7a5f", 1) +
    [
      [24, 20, 3],
      [31, 14, 2.2],
      [52, 17, 3.6],
    ]
      .map(([x = 0, y = 0, r = 0]) => oval(x, y, r, r, "rgba(255,255,255,.75)"))
      .join(""),
};

export const bath: Entry[] = [
  {
    handle: "waffle-towel",
    title: "Waffle towel",
    description: "Dries you, then dries itself by breakfast.",
    type: "Bath",
    vendor: "Fell & Fleece",
    collections: ["bath"],
    variants: [
      ["Hand", 1500, 200],
      ["Bath", 3400, 520],
    ],
    drawing:
      standing(64, 24) +
      [54, 44, 34].map((y, at) => box(18 + at, y, 44 - at * 2, 10, ["#7f9fb0", "#a9c0ca", "#e9e3d6"][at] ?? "#fff", 4)).join("") +
      rows(10, (at) => `M${23 + at * 4} 35v8`, "#b5a98f", 0.8, 0.5) +
      rows(2, (at) => `M20 ${38 + at * 3}h40`, "#b5a98f", 0.8, 0.5) +
      box(27, 22, 26, 12, "#7f9fb0", 6) +
      oval(27, 28, 3.4, 6, "#6b8c9d") +
      stroke("M27 25a3 3 0 0 1 0 6", "#dfe9ed", 1),
  },
  {
    handle: "bath-salts",
    title: "Bath salts",
    description: "From the pans at low tide, with rosemary and nothing else.",
    type: "Bath",
    vendor: "Saltworks",
    collections: ["bath"],
    variants: [
      ["300 g", 1100, 420],
      ["900 g", 2600, 1180],
    ],
    drawing:
      standing(65, 16) +
      box(30, 16, 20, 8, "#a9805a", 2) +
      shape("M29 24h22c0 4 5 5 5 11v25c0 3-2 5-5 5H29c-3 0-5-2-5-5V35c0-6 5-7 5-11z", "#dbe7e6") +
      shape("M24 42h32v18c0 3-2 5-5 5H29c-3 0-5-2-5-5z", "#f6d9cf") +
      box(28, 44, 24, 14, "#fbf8f0", 1) +
      stroke("M32 48h16M32 51h12M32 54h14", "#8a9a96", 1) +
      sheen("M28 33h3v9h-3z"),
  },
  {
    handle: "hand-cream",
    title: "Hand cream",
    description: "For hands that garden, sail or wash up.",
    type: "Bath",
    vendor: "Saltworks",
    collections: ["bath"],
    variants: [["Default Title", 1300, 110]],
    drawing:
      standing(65, 12) +
      shape("M28 16h24l-3 38H31z", "#d9a48a") +
      shape("M40 16h12l-3 38h-9z", "#8f5a42", 0.22) +
      box(27, 13, 26, 4, "#c18b70", 1) +
      box(32, 54, 16, 11, "#3b3a38", 2) +
      shape("M34 26h12l-1 18H35z", "#fbf4ea") +
      stroke("M37 31h6M37 35h6M38 39h4", "#a8755c", 1),
  },
  {
    handle: "bath-brush",
    title: "Bath brush",
    description: "Beech and boar. Reaches the place you cannot.",
    type: "Bath",
    vendor: "Northlight",
    collections: ["bath"],
    variants: [["Default Title", 1800, 190]],
    drawing:
      `<g transform="rotate(38 40 40)">` +
      box(36.5, 6, 7, 42, "#c79a63", 3.5) +
      oval(40, 56, 14, 17, "#c79a63") +
      oval(40, 56, 11, 14, "#f0e0be") +
      rows(7, (at) => `M${32 + at * 2.7} ${47 + Math.abs(at - 3) * 1.4}v${18 - Math.abs(at - 3) * 3}`, "#8d7048", 1.2, 0.7) +
      stroke("M40 9v3", "#8a6436", 1.4) +
      `</g>`,
  },
];
