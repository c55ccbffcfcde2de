import { box, oval, rows, shade, shape, sheen, standing, stroke } from "./drawing.ts";
import type { Entry } from "./entry.ts";

const wool = "#a48a6a";
const pine = "#3f6b4a";
const wood = "#a9805a";

export const harbourThrow: Entry = {
  handle: "harbour-throw",
  title: "Harbour throw",
  description: "Undyed wool, woven in a town where it rains sideways.",
  type: "Living",
  collections: ["living", "outdoor"],
  variants: [
    ["Oat", 8900, 1200],
    ["Storm", 8900, 1200],
  ],
  drawing:
    standing(64, 26) +
    shape("M16 26c8-5 40-5 48 0v30c-8 4-40 4-48 0z", wool) +
    shape("M16 26c8-5 40-5 48 0v7c-8-4-40-4-48 0z", shade(wool, 0.3)) +
    rows(5, (at) => `M16 ${36 + at * 4.6}c10 4 38 4 48 0`, "#fff7e8", 1.2, 0.55) +
    rows(12, (at) => `M${18 + at * 4} ${58 + (at % 2)}v5`, shade(wool, -0.25), 1.4, 0.9),
};

export const pineCandle: Entry = {
  handle: "pine-candle",
  title: "Pine resin candle",
  description: "Burns for forty hours and smells of a forest after rain.",
  type: "Living",
  collections: ["living", "bath"],
  variants: [
    ["Small", 1400, 250],
    ["Large", 2600, 480],
  ],
  drawing:
    oval(40, 24, 15, 15, "rgba(255,214,130,.35)") +
    standing(63, 17) +
    box(25, 36, 30, 27, pine, 4) +
    box(40, 36, 15, 27, shade(pine, -0.3), 4) +
    oval(40, 36, 15, 3.4, shade(pine, 0.3)) +
    oval(40, 36.4, 12.5, 2.5, "#f0e3c0") +
    stroke("M40 36v-5", "#3a2f24", 1.6) +
    shape("M40 17c5 6 5 11 0 14-5-3-5-8 0-14z", "#f0a93b") +
    shape("M40 22c2.5 4 2.5 6 0 8-2.500-2-2.500-4 0-8z", "#fde7a6") +
    box(30, 45, 20, 11, "#f5efdf", 1) +
    stroke("M40 47v7M40 49l-3 2M40 49l3 2M40 52l-3 2M40 52l3 2", pine, 0.9),
};

export const living: Entry[] = [
  {
    handle: "wool-cushion",
    title: "Wool cushion",
    description: "Filled with feathers, covered in herringbone. Holds up a tired back.",
    type: "Living",
    vendor: "Fell & Fleece",
    collections: ["living"],
    variants: [
      ["Heather", 4400, 700],
      ["Moss", 4400, 700],
    ],
    drawing:
      standing(62, 24) +
      shape("M17 24c10 3 36 3 46 0-3 10-3 26 0 36-10 3-36 3-46 0 3-10 3-26 0-36z", "#8a6f86") +
      rows(7, (at) => `M${23 + at * 5} 28l3 5-3 5 3 5-3 5 3 5`, "#e9dce6", 1.2, 0.5) +
      shape("M40 26c9 0 17-1 23-2-3 10-3 26 0 36-6 2-14 2-23 2z", "#3d2c3b", 0.16),
  },
  {
    handle: "driftwood-lamp",
    title: "Driftwood lamp",
    description: "No two bases alike: the sea made them. Linen shade, warm bulb.",
    type: "Living",
    vendor: "Northlight",
    collections: ["living"],
    variants: [["Default Title", 12800, 1900, 3]],
    drawing:
      oval(40, 34, 26, 22, "rgba(255,220,150,.35)") +
      standing(65, 14) +
      shape("M36 38h8c-1 8 4 10 1 16-1 4 3 6 4 10H31c1-4 5-6 4-11-1-6 2-8 1-15z", wood) +
      stroke("M39 42c1 7 2 12-1 20", shade(wood, -0.35), 1.2, 0.6) +
      shape("M30 14h20l8 26H22z", "#f4e6c6") +
      shape("M40 14h10l8 26H40z", "#d9c190", 0.5) +
      rows(2, (at) => (at === 0 ? "M30 14h20" : "M22 40h36"), "#c9ad78", 1.4, 1),
  },
  {
    handle: "tide-clock",
    title: "Tide clock",
    description: "One hand, twelve and a half hours. Set it once at high water.",
    type: "Living",
    vendor: "Northlight",
    collections: ["living"],
    variants: [["Default Title", 6800, 640]],
    drawing:
      oval(41.5, 42, 25, 25, "rgba(58,44,28,.18)") +
      oval(40, 40, 25, 25, "#20445a") +
      oval(40, 40, 21, 21, "#f7f2e6") +
      shape("M19.500 44c7-5 13 4 20.500 0s13 4 20.500 0A21 21 0 0 1 19.500 44z", "#7fb0c4", 0.75) +
      rows(
        12,
        (at) => {
          const angle = (at * Math.PI) / 6;
          const mark = (radius: number) => `${(40 + radius * Math.sin(angle)).toFixed(1)} ${(40 - radius * Math.cos(angle)).toFixed(1)}`;
          return `M${mark(18)}L${mark(20)}`;
        },
        "#20445a",
        1.2,
        0.9,
      ) +
      stroke("M40 40l10-12", "#b0482f", 2.2) +
      oval(40, 40, 2.2, 2.2, "#b0482f"),
  },
  {
    handle: "ribbed-vase",
    title: "Ribbed vase",
    description: "Looks good with three stems, and with none.",
    type: "Living",
    vendor: "Quay Pottery",
    collections: ["living"],
    variants: [
      ["Small", 2600, 480],
      ["Tall", 3900, 900],
    ],
    drawing:
      standing(65, 14) +
      stroke("M40 34c-2-10-8-14-9-22M40 34c1-10 6-13 8-20M40 34c0-9-1-16 0-24", "#5d7a4b", 1.4) +
      oval(31, 12, 3, 4, "#d9a441") +
      oval(48, 13, 3, 4, "#e2b75b") +
      oval(40, 9, 3, 4.4, "#cf9331") +
      shape("M34 32h12c0 6 11 10 11 20 0 8-6 12-17 12s-17-4-17-12c0-10 11-14 11-20z", "#c8765a") +
      rows(6, (at) => `M${36 + at * 1.6} 34c${(at - 2.5) * 2} 6 ${(at - 2.5) * 5} 10 ${(at - 2.5) * 3.4} 28`, "#7e3f2b", 1, 0.4) +
      sheen("M31 45c-4 4-4 9-2 13l3 2c-3-5-2-10 1-15z"),
  },
  {
    handle: "lighthouse-print",
    title: "Lighthouse print",
    description: "Two-colour linocut, printed by hand, framed in ash.",
    type: "Living",
    vendor: "Northlight",
    collections: ["living"],
    variants: [
      ["Unframed", 3200, 150],
      ["Framed", 7400, 1300],
    ],
    drawing:
      box(21, 12, 42, 54, "rgba(58,44,28,.2)", 1) +
      box(19, 10, 42, 54, "#caa678", 1) +
      box(22, 13, 36, 48, "#fbf8f0", 0) +
      box(26, 17, 28, 40, "#bcd5da", 0) +
      shape("M26 45c7-3 14 2 28-2v14H26z", "#20445a") +
      shape("M36 46l2-20h4l2 20z", "#fdfaf3") +
      shape("M37 34h6l.5 4h-7zM36 42h8l.4 4h-8.800z", "#b0482f") +
      box(37, 22, 6, 4, "#2c3b42", 0.5) +
      shape("M36.500 22L40 18l3.500 4z", "#b0482f") +
      shape("M43 23l11-4v7z", "#f7e3a1", 0.8),
  },
  {
    handle: "jute-rug",
    title: "Jute rug",
    description: "Braided by the coast, for sandy feet.",
    type: "Living",
    vendor: "Fell & Fleece",
    collections: ["living"],
    variants: [
      ["120 cm", 8200, 3200],
      ["160 cm", 12900, 5600],
    ],
    drawing: [26, 22, 18, 14, 10, 6, 2.5].map((r, at) => oval(40, 44, r, r * 0.72, at % 2 ? "#d9bd86" : at === 2 ? "#4d7c78" : "#bf9d62")).join(""),
  },
];
