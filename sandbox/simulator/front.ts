// The product's front doors, as the simulator sees them: nothing else of the product is ever touched.

/** Something that is said to the product. Its bytes are fixed when it is made. */
export type Word =
  | { kind: "webhook"; at: Date; topic: string; webhookId: string; eventId: string; body: string }
  | { kind: "pixel"; at: Date; body: string; userAgent: string; address: string };

/** What the people of one lane say, in its order; what has the same moment comes of one deed, and travels side by side. */
export type Lane = { lane: string; words: Word[] };

/** Somebody, or something, opens an address. */
export type Visit = { url: string; method: "GET" | "HEAD" | "POST"; userAgent: string; address: string; body?: string };

/** A mail that arrived: to whom, when, the two addresses in it that lead to the product, and the code it hands out. */
export type Letter = { to: string; at: Date; subject: string; click: string | null; unsubscribe: string | null; code: string | null };

export type Front = {
  /** Says it all: each lane in its order, lanes side by side. Resolves when all of it was acknowledged. */
  say: (lanes: readonly Lane[]) => Promise<void>;
  /** Opens an address; where it leads to, for a redirect. */
  open: (visit: Visit) => Promise<{ status: number; location: string | null }>;
  /** The letters that came since the last call, by recipient. */
  letters: () => Promise<Letter[]>;
  /** Moves the doors' clock ahead of the worker's. */
  doorsAt: (at: Date) => Promise<void>;
  /** Moves everybody's clock. */
  allAt: (at: Date) => Promise<void>;
  /** Resolves when the product has read all that it was told. */
  heard: () => Promise<void>;
  /** Resolves when nothing is left to do at this time but to read what was told; `meanwhile` is called now and then until then, and once after. */
  quiet: (meanwhile: () => Promise<void>) => Promise<void>;
};
