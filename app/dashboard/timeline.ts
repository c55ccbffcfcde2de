// The story of one order: everything that happened around it, in the order in which it happened.

export type Moment =
  | { kind: "cart"; at: Date; items: number }
  | { kind: "checkout"; at: Date; totalMinor: number }
  | { kind: "consent"; at: Date; state: string; source: string }
  | { kind: "run"; at: Date; flowKey: string; arm: string; reason: string | null }
  | { kind: "ended"; at: Date; reason: string }
  | {
      kind: "message";
      at: Date;
      id: string;
      stepKey: string;
      subject: string | null;
      state: string;
      reason: string | null;
      basis: string | null;
      offerCode: string | null;
    }
  | { kind: "click"; at: Date; by: string; reason: string | null; stepKey: string; counted: boolean }
  | { kind: "order"; at: Date; name: string; totalMinor: number; id?: string }
  | { kind: "waiting"; at: Date; flowKey: string; reason: string | null }
  | { kind: "cancelled"; at: Date }
  | { kind: "refund"; at: Date; amountMinor: number };

// What comes first within one second, which is as exact as Shopify's own times are: the cause before what it brought about.
const rank: Record<Moment["kind"], number> = {
  cart: 0,
  checkout: 1,
  consent: 2,
  run: 3,
  message: 4,
  click: 5,
  order: 6,
  ended: 7,
  cancelled: 8,
  refund: 9,
  waiting: 10,
};

const second = (at: Date) => Math.floor(at.getTime() / 1000);

/** Puts the moments into the order of time; causes first within the same second. */
export function inOrder(moments: Moment[]): Moment[] {
  return [...moments].sort((a, b) => second(a.at) - second(b.at) || rank[a.kind] - rank[b.kind] || a.at.getTime() - b.at.getTime());
}

/** Consent words that say the same as the one before tell nothing new: the first of each row is kept. */
export function changesOnly<Line extends { state: string }>(lines: Line[]): Line[] {
  return lines.filter((line, index) => index === 0 || lines[index - 1]?.state !== line.state);
}
