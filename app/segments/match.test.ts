import { expect, test } from "vitest";
import type { Done } from "./history.ts";
import { fits, type Catalogue } from "./match.ts";
import type { Where } from "./rule.ts";

const catalogue: Catalogue = new Map([
  ["mug", { vendor: "Acme", collections: ["kitchen", "gifts"] }],
  ["bowl", { vendor: "Bolt", collections: ["kitchen"] }],
]);
const deed = (change: Partial<Done> = {}): Done => ({ id: "1", at: new Date(0), items: [], subject: null, netMinor: 0, ...change });
const of = (...items: [productId: string | null, priceMinor: number | null][]) =>
  deed({ items: items.map(([productId, priceMinor]) => ({ productId, priceMinor })) });

test.each<[law: string, done: Done, where: Where, does: boolean]>([
  ["nothing asked", deed(), {}, true],
  ["one of the products", of(["mug", 900]), { products: ["bowl", "mug"] }, true],
  ["none of the products", of(["mug", 900]), { products: ["bowl"] }, false],
  ["a product that nobody named", of([null, 900]), { products: ["bowl"] }, false],
  ["its collection now", of(["mug", 900]), { collections: ["gifts"] }, true],
  ["a product that is not known any more has no collection", of(["gone", 900]), { collections: ["gifts"] }, false],
  ["its vendor now", of(["bowl", 900]), { vendors: ["Bolt"] }, true],
  ["a vendor is written as it is written", of(["bowl", 900]), { vendors: ["bolt"] }, false],
  ["both ends of a price are in", of(["mug", 900]), { priceMinor: { atLeast: 900, atMost: 900 } }, true],
  ["a price above", of(["mug", 901]), { priceMinor: { atMost: 900 } }, false],
  ["a price that nobody told", of(["mug", null]), { priceMinor: { atLeast: 0 } }, false],
  ["one line fits all that is asked", of(["mug", 100], ["bowl", 900]), { vendors: ["Bolt"], priceMinor: { atLeast: 500 } }, true],
  ["two lines fit half of it each", of(["mug", 100], ["bowl", 900]), { vendors: ["Acme"], priceMinor: { atLeast: 500 } }, false],
  ["the collection that was looked at", deed({ collectionId: "kitchen" }), { collections: ["kitchen"] }, true],
  ["another collection", deed({ collectionId: "kitchen" }), { collections: ["gifts"] }, false],
  ["a page of collections that named none", deed({ collectionId: null }), { collections: ["gifts"] }, false],
  ["a tag in other letters", deed({ source: "Facebook", medium: "CPC" }), { sources: ["facebook"], mediums: ["cpc"] }, true],
  ["a tag that is not there", deed({ source: "facebook", medium: null }), { sources: ["facebook"], mediums: ["cpc"] }, false],
  ["the form", deed({ form: "contact" }), { forms: ["contact"] }, true],
  ["another flow", deed({ flow: "welcome" }), { flows: ["winback"] }, false],
])("%s", (_law, done, where, does) => expect(fits(done, where, catalogue)).toBe(does));
