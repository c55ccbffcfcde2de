import { box, oval, rows, shade, shape, sheen, standing, stroke } from "./drawing.ts";
import type { Entry } from "./entry.ts";

const rust = "#8c4a3b";
const enamel = "#3d6b8c";
const willow = "#b58a50";

export const stormLantern: Entry = {
  handle: "storm-lantern",
  title: "Storm lantern",
  description: "Steel and glass. Stays lit on a balcony in November.",
  type: "Outdoor",
  collections: ["outdoor", "living"],
  variants: [
    ["Rust", 5400, 1100],
    ["Black", 5400, 1100],
  ],
  drawing:
    oval(40, 42, 22, 22, "rgba(255,205,110,.3)") +
    standing(66, 17) +
    stroke("M28 24c0-18 24-18 24 0", rust, 2.4) +
    box(31, 20, 18, 7, rust, 2) +
    shape("M31 27h18l5 28H26z", "#f3ead2") +
    shape("M40 27h9l5 28H40z", "#d9c48f", 0.4) +
    shape("M40 33c6 7 5 13 0 17-5-4-6-10 0-17z", "#f0a93b") +
    shape("M40 40c3 4 2 7 0 9-2-2-3-5 0-9z", "#fde7a6") +
    stroke("M31 27l-5 28M49 27l5 28M26 41h28", shade(rust, -0.1), 1.6) +
    box(23, 55, 34, 9, rust, 2),
};

export const outdoor: Entry[] = [
  {
    handle: "enamel-flask",
    title: "Enamel flask",
    description: "Keeps tea hot until the last bus has gone.",
    type: "Outdoor",
    vendor: "Saltworks",
    collections: ["outdoor", "kitchen"],
    variants: [
      ["0.5 l", 3100, 420],
      ["0.75 l", 3700, 540],
    ],
    drawing:
      standing(66, 13) +
      box(32, 10, 16, 12, "#e9e2d2", 3) +
      shape("M31 22h18c0 4 4 5 4 10v28c0 4-2 6-5 6H32c-3 0-5-2-5-6V32c0-5 4-6 4-10z", enamel) +
      shape("M40 22h9c0 4 4 5 4 10v28c0 4-2 6-5 6h-8z", shade(enamel, -0.35), 0.35) +
      rows(1, () => "M27 56h26", "#f2ede0", 2.4, 0.9) +
      sheen("M30 34h3.500v20H30z") +
      oval(40, 40, 5, 5, "#f2ede0") +
      stroke("M37 41c2 2 4-2 6 0", enamel, 1.4),
  },
  {
    handle: "camp-stool",
    title: "Camp stool",
    description: "Ash and canvas. Folds flatter than a newspaper.",
    type: "Outdoor",
    vendor: "Northlight",
    collections: ["outdoor"],
    variants: [
      ["Olive", 4900, 1300],
      ["Sand", 4900, 1300],
    ],
    drawing:
      standing(66, 24) +
      stroke("M20 32l38 33M60 32L22 65", "#c79a63", 4) +
      stroke("M26 32l32 33", "#9c7443", 1.2, 0.6) +
      shape("M17 27c10 7 36 7 46 0v7c-10 8-36 8-46 0z", "#77804f") +
      shape("M17 27c10 7 36 7 46 0v2.500c-10 7-36 7-46 0z", "#98a06b") +
      oval(40, 48.5, 2, 2, "#5b5b58"),
  },
  {
    handle: "bird-feeder",
    title: "Driftwood bird feeder",
    description: "A roof, a perch, and nothing a squirrel can open.",
    type: "Outdoor",
    vendor: "Northlight",
    collections: ["outdoor"],
    variants: [["Default Title", 3600, 980]],
    drawing:
      stroke("M40 6v10", "#6b6a66", 1.4) +
      shape("M40 13l26 20H14z", "#7d6a58") +
      rows(4, (at) => `M${32 - at * 5} ${20 + at * 4}h${16 + at * 10}`, "#4f4134", 1, 0.5) +
      box(23, 33, 34, 22, "#c9b598", 1) +
      oval(40, 43, 7, 7, "#3d332a") +
      box(18, 55, 44, 5, "#9c866b", 1.5) +
      stroke("M40 51v6", "#6b5842", 2) +
      shape("M50 50c1-6 8-7 10-3l4-1-3 3c0 4-4 6-8 5z", "#b0482f") +
      oval(58, 47.4, 0.8, 0.8, "#20201e"),
  },
  {
    handle: "picnic-basket",
    title: "Picnic basket",
    description: "Willow, woven round a frame, with a cloth the colour of weather.",
    type: "Outdoor",
    vendor: "Fell & Fleece",
    collections: ["outdoor", "kitchen"],
    variants: [["Default Title", 6400, 1700]],
    drawing:
      standing(65, 25) +
      stroke("M24 38c0-28 32-28 32 0", shade(willow, -0.3), 3.4) +
      shape("M16 38h48l-4 24c0 2-2 3-4 3H24c-2 0-4-1-4-3z", willow) +
      rows(5, (at) => `M${17 + at * 0.7} ${42 + at * 4.6}h${46 - at * 1.4}`, shade(willow, -0.4), 1.4, 0.5) +
      rows(9, (at) => `M${20 + at * 5} 40l${(4 - at) * -0.4} 24`, "#f3dfb5", 1.2, 0.45) +
      shape("M14 36h52v4l-5 6-6-5-6 6-8-6-7 6-7-6-6 5-7-6z", "#8fa7ac") +
      box(14, 34, 52, 4, shade(willow, -0.15), 2),
  },
];
