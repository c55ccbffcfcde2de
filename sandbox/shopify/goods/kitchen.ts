import { box, oval, rows, shade, shape, sheen, standing, stroke, vessel } from "./drawing.ts";
import type { Entry } from "./entry.ts";

const glaze = "#4d7c78";
const oak = "#b98a52";
const slateBlue = "#5c6f8c";
const copper = "#b9693c";

export const saltGlazedMug: Entry = {
  handle: "salt-glazed-mug",
  title: "Salt-glazed mug",
  description: "Thrown by hand, glazed with sea salt. Holds a proper amount of tea.",
  type: "Kitchen",
  collections: ["kitchen"],
  variants: [
    ["Kelp", 1850, 320],
    ["Chalk", 1850, 320],
    ["Slate", 1950, 320],
  ],
  drawing:
    standing(62, 18) +
    stroke("M53 34h4a8 8 0 0 1 0 16h-5", shade(glaze, -0.15), 4) +
    vessel(glaze, { rim: 15, foot: 13, top: 27, bottom: 61 }) +
    stroke("M26 40c9 3 19 3 28 0", shade(glaze, 0.45), 1.4, 0.6) +
    sheen("M27 30h4l1 26h-3z"),
};

export const linenApron: Entry = {
  handle: "linen-apron",
  title: "Linen apron",
  description: "Heavy linen, deep pockets, gets better with every wash.",
  type: "Kitchen",
  collections: ["kitchen"],
  variants: [["Default Title", 3800, 410]],
  drawing:
    stroke("M32 21c-1-12 17-12 16 0", shade(slateBlue, -0.2), 2) +
    shape("M31 20h18v13l10 7v26H21V40l10-7z", slateBlue) +
    shape("M40 20h9v13l10 7v26H40z", shade(slateBlue, -0.25), 0.35) +
    stroke("M21 42l-6 5M59 42l6 5", shade(slateBlue, -0.2), 2) +
    box(29, 44, 22, 13, shade(slateBlue, 0.18), 1.5) +
    stroke("M40 44v13M29 47h22", shade(slateBlue, -0.1), 0.8, 0.7),
};

export const oakBoard: Entry = {
  handle: "oak-board",
  title: "Oak serving board",
  description: "Cut from one plank, oiled twice, made to be scratched.",
  type: "Kitchen",
  collections: ["kitchen"],
  variants: [["Default Title", 4200, 900]],
  drawing:
    standing(62, 26) +
    box(12, 30, 46, 28, oak, 7) +
    box(54, 39, 16, 10, oak, 5) +
    oval(64, 44, 2, 2, shade(oak, -0.45)) +
    rows(5, (at) => `M17 ${35 + at * 4.6}c12 ${at % 2 ? 3 : -2} 24 ${at % 2 ? -3 : 3} 37 0`, shade(oak, -0.4), 0.9) +
    box(22, 24, 13, 9, "#f1e2b8", 2) +
    shape("M22 30l13-4v7H22z", "#e3c98a") +
    oval(45, 34, 5, 4.4, "#8d3f3a") +
    stroke("M45 30c0-3 2-4 3-5", "#55703f", 1.2),
};

export const kitchen: Entry[] = [
  {
    handle: "stoneware-bowl",
    title: "Stoneware bowl",
    description: "For soup that takes its time. Speckled inside, bare clay at the foot.",
    type: "Kitchen",
    vendor: "Quay Pottery",
    collections: ["kitchen"],
    variants: [
      ["Sand", 2200, 540],
      ["Tide", 2200, 540],
    ],
    drawing:
      standing(60, 20) +
      vessel("#d8c6a8", { rim: 24, foot: 12, top: 36, bottom: 59 }) +
      box(29, 57, 22, 3, "#a8805a", 1) +
      [22, 27, 33, 44, 50, 56].map((x, at) => oval(x, 44 + (at % 3) * 4, 0.8, 0.8, "#7c6a50")).join(""),
  },
  {
    handle: "copper-kettle",
    title: "Copper kettle",
    description: "Beaten copper, lined with tin. Sings when it is ready.",
    type: "Kitchen",
    vendor: "Northlight",
    collections: ["kitchen"],
    variants: [["Default Title", 9600, 1150]],
    drawing:
      standing(62, 22) +
      stroke("M27 32c0-18 26-18 26 0", shade(copper, -0.35), 3) +
      shape("M58 42l11-8 3 4-12 13z", shade(copper, -0.12)) +
      shape("M20 56c-2-16 8-24 20-24s22 8 20 24c0 4-4 6-8 6H28c-4 0-8-2-8-6z", copper) +
      shape("M40 32c12 0 22 8 20 24 0 4-4 6-8 6H40z", shade(copper, -0.3), 0.4) +
      sheen("M26 42c2-4 5-6 8-7-4 6-5 13-5 20h-4c-1-5 0-9 1-13z") +
      oval(40, 32, 8, 2.4, shade(copper, 0.25)) +
      oval(40, 29.5, 2.4, 2, "#3b3330"),
  },
  {
    handle: "tea-towels",
    title: "Tea towels, set of two",
    description: "Linen and cotton, woven tight. They dry glasses without leaving a thread.",
    type: "Kitchen",
    vendor: "Fell & Fleece",
    collections: ["kitchen"],
    variants: [
      ["Indigo stripe", 1600, 180],
      ["Madder stripe", 1600, 180, 0],
    ],
    drawing:
      standing(64, 22) +
      box(20, 18, 19, 45, "#f4efe4", 1) +
      box(20, 27, 19, 3, slateBlue, 0) +
      box(20, 52, 19, 3, slateBlue, 0) +
      box(20, 33, 19, 1.2, slateBlue, 0) +
      box(42, 22, 19, 41, "#e9e0cd", 1) +
      box(42, 30, 19, 2, "#9b4a3c", 0) +
      box(42, 35, 19, 2, "#9b4a3c", 0) +
      box(42, 52, 19, 2, "#9b4a3c", 0) +
      box(14, 15, 52, 3, oak, 1.5),
  },
  {
    handle: "butter-dish",
    title: "Butter dish",
    description: "A lid that keeps the cat out and the salt in.",
    type: "Kitchen",
    vendor: "Quay Pottery",
    collections: ["kitchen"],
    variants: [["Default Title", 2900, 620]],
    drawing:
      standing(60, 26) +
      box(14, 54, 52, 5, "#e8dfcf", 2.5) +
      shape("M20 54V42c0-5 3-8 8-8h24c5 0 8 3 8 8v12z", "#f6f1e6") +
      shape("M40 34h12c5 0 8 3 8 8v12H40z", "#cfc3ac", 0.5) +
      stroke("M24 46c4-3 7 3 11 0s7 3 11 0 7 3 10 0", glaze, 1.6) +
      oval(40, 32, 4, 2.6, "#e8dfcf"),
  },
  {
    handle: "coffee-dripper",
    title: "Coffee dripper",
    description: "One cup, slowly. With forty papers, because nobody has papers.",
    type: "Kitchen",
    vendor: "Quay Pottery",
    collections: ["kitchen"],
    variants: [
      ["Black", 2400, 380],
      ["White", 2400, 380],
    ],
    drawing:
      standing(64, 15) +
      shape("M28 46h24v13c0 3-2 4-4 4H32c-2 0-4-1-4-4z", "#d9e4e3", 0.8) +
      shape("M29 53h22v6c0 2-1 3-3 3H32c-2 0-3-1-3-3z", "#5a3a28") +
      box(23, 42, 34, 4, "#2f3436", 2) +
      shape("M24 22h32l-11 20h-10z", "#3d4447") +
      shape("M40 22h16l-11 20h-5z", "#22282a", 0.6) +
      oval(40, 22, 16, 3.4, "#596266") +
      oval(40, 22.3, 13, 2.4, "#6b4630"),
  },
  {
    handle: "cast-iron-pan",
    title: "Cast-iron pan",
    description: "Heavier than it looks, and it looks heavy. Seasoned with linseed.",
    type: "Kitchen",
    vendor: "Northlight",
    collections: ["kitchen", "outdoor"],
    variants: [
      ["20 cm", 4500, 1500],
      ["26 cm", 5800, 2400],
    ],
    drawing:
      standing(63, 22, 36) +
      box(53, 36, 22, 6, "#2b2f31", 3) +
      oval(71, 39, 1.6, 1.6, "#8d9698") +
      oval(34, 42, 23, 21, "#2b2f31") +
      oval(34, 41, 19.5, 17.5, "#43494c") +
      oval(34, 42, 18, 16, "#363b3e") +
      oval(31, 42, 9, 7.4, "#fbf7ee") +
      oval(31, 41.6, 4, 3.6, "#eab13f"),
  },
];
