import { box, oval, rows, shade, shape, sheen, standing, stroke } from "./drawing.ts";
import type { Entry } from "./entry.ts";

const navy = "#2e4a66";
const yellow = "#d9a136";

export const fishermansJumper: Entry = {
  handle: "fishermans-jumper",
  title: "Fisherman's jumper",
  description: "Knitted in one piece. No seams to chafe, no nonsense.",
  type: "Clothing",
  collections: ["wear"],
  variants: [
    ["S", 11500, 780],
    ["M", 11500, 820],
    ["L", 11500, 860],
  ],
  drawing:
    shape("M29 16h22l15 10 5 26-9 3-5-16v26H23V39l-5 16-9-3 5-26z", navy) +
    shape("M40 16h11l15 10 5 26-9 3-5-16v26H40z", shade(navy, -0.3), 0.35) +
    shape("M31 15c2 7 16 7 18 0v-2H31z", shade(navy, 0.2)) +
    rows(6, (at) => `M${26 + at * 5.6} 28c2 3-2 5 0 8s-2 5 0 8-2 5 0 8`, shade(navy, 0.45), 1.3, 0.55) +
    rows(9, (at) => `M${25 + at * 3.8} 60v5`, shade(navy, 0.35), 1, 0.6),
};

export const wear: Entry[] = [
  {
    handle: "watch-cap",
    title: "Watch cap",
    description: "Ribbed lambswool that stays on in a gale.",
    type: "Clothing",
    vendor: "Fell & Fleece",
    collections: ["wear", "outdoor"],
    variants: [
      ["Navy", 2800, 120],
      ["Rust", 2800, 120],
      ["Undyed", 2800, 120],
    ],
    drawing:
      standing(64, 22) +
      shape("M20 50c-1-22 8-33 20-33s21 11 20 33z", "#b0563a") +
      shape("M40 17c12 0 21 11 20 33H40z", "#6d2f1d", 0.28) +
      rows(7, (at) => `M${40 + (at - 3) * 5.6} 48c${(at - 3) * 0.4} -14 ${(3 - at) * 1.4} -24 ${(3 - at) * 3.4} -29`, "#fff0e4", 1.1, 0.3) +
      box(17, 48, 46, 14, "#c26a4b", 5) +
      rows(12, (at) => `M${20 + at * 3.7} 50v10`, "#7c3a25", 1, 0.4),
  },
  {
    handle: "wool-socks",
    title: "Wool socks",
    description: "Thick at the heel, kind at the cuff. For boots and for bed.",
    type: "Clothing",
    vendor: "Fell & Fleece",
    collections: ["wear"],
    variants: [
      ["S", 1700, 110],
      ["M", 1700, 120],
      ["L", 1700, 130],
    ],
    drawing:
      standing(65, 24) +
      [
        [0, "#6f8a7a"],
        [13, "#58735f"],
      ]
        .map(([dx, colour]) => {
          const x = Number(dx);
          const c = String(colour);
          return (
            shape(`M${26 + x} 15h13v27c0 4 2 6 7 9s9 6 7 10-10 3-16 0-12-9-11-17z`, c) +
            box(26 + x, 15, 13, 7, "#efe5d2", 1.5) +
            rows(3, (at) => `M${26 + x} ${27 + at * 4}h13`, "#f7efdf", 1.4, 0.6) +
            shape(`M${44 + x} 50c6 3 10 7 8 11-2 2-5 2-9 1 3-3 3-8 1-12z`, "#efe5d2")
          );
        })
        .join(""),
  },
  {
    handle: "oilskin-jacket",
    title: "Oilskin jacket",
    description: "Waxed cotton, brass hooks, a hood that means it.",
    type: "Clothing",
    vendor: "Saltworks",
    collections: ["wear", "outdoor"],
    variants: [
      ["S", 18900, 1500],
      ["M", 18900, 1560],
      ["L", 18900, 1620],
    ],
    drawing:
      shape("M30 18c0-10 20-10 20 0l14 9 6 27-9 3-4-14v24H23V43l-4 14-9-3 6-27z", yellow) +
      shape("M40 11c6 0 10 3 10 7l14 9 6 27-9 3-4-14v24H40z", shade(yellow, -0.35), 0.3) +
      oval(40, 18, 6.5, 5, "#5b4a23") +
      stroke("M40 24v43", shade(yellow, -0.45), 1.2) +
      [31, 40, 49, 58].map((y) => box(37, y, 6, 2, "#8a6a23", 1)).join("") +
      box(26, 48, 9, 8, shade(yellow, -0.12), 1) +
      box(45, 48, 9, 8, shade(yellow, -0.2), 1),
  },
  {
    handle: "deck-boots",
    title: "Deck boots",
    description: "Natural rubber, soles that hold a wet plank.",
    type: "Clothing",
    vendor: "Saltworks",
    collections: ["wear", "outdoor"],
    variants: [
      ["38", 7900, 1400],
      ["40", 7900, 1500],
      ["42", 7900, 1600],
      ["44", 7900, 1700],
    ],
    drawing:
      standing(65, 28) +
      shape("M20 18h16v28c0 4 14 5 17 10 2 4 2 6 2 8H20z", "#345a4c") +
      sheen("M23 21h4v34h-4z") +
      box(20, 18, 16, 5, "#e9dfc8", 1.5) +
      box(18, 61, 39, 4, "#d8c59c", 2) +
      shape("M44 24h14v24c0 3 6 4 9 8 2 3 2 6 2 8h-9c0-6-3-9-16-13z", "#27473b") +
      box(44, 24, 14, 4, "#d8cdb4", 1.5),
  },
  {
    handle: "canvas-tote",
    title: "Canvas tote",
    description: "Takes a week of vegetables, or a towel and a book.",
    type: "Clothing",
    collections: ["wear", "kitchen"],
    variants: [["Default Title", 1900, 300]],
    drawing:
      standing(66, 20) +
      stroke("M31 32c0-22 18-22 18 0", "#b09a72", 3) +
      shape("M19 30h42l-3 36H22z", "#ece1c8") +
      shape("M40 30h21l-3 36H40z", "#c9b78f", 0.35) +
      stroke("M40 41c5 6 5 9 0 13-5-4-5-7 0-13zM40 54v4M32 60c5 2 11 2 16 0", navy, 1.6),
  },
];
