// How a shop is compared with what Shopify says: in which order, from when on, and how often.
import { after, hour, minute } from "../lib/time.ts";

/** What is compared, in this order: orders first, because they end what checkouts begin. */
export const kinds = ["orders", "checkouts", "customers"] as const;
export type Kind = (typeof kinds)[number];

/** Changes that no webhook told of, by kind, and what could not be read. */
export type Found = Partial<Record<Kind | "unreadable", number>>;

export const compareEvery = hour;
/** What changed this lately may still be on its way as a webhook. */
export const settleFor = 2 * minute;
/** How far before its watermark a comparison begins: Shopify's search runs behind its data. */
const overlap = 10 * minute;

/** What Shopify is asked for: everything that changed since the watermark, and a little before. */
export function searchFrom(watermark: Date): string {
  return `updated_at:>='${after(watermark, -overlap).toISOString()}'`;
}

/** The changes that a pass that began at `startedAt` looks at. */
export function settled<Node extends { updatedAt: string }>(nodes: Node[], startedAt: Date): Node[] {
  return nodes.filter((node) => new Date(node.updatedAt) <= after(startedAt, -settleFor));
}

/** What is read after `kind`; null when the pass is over. */
export function nextKind(kind: Kind): Kind | null {
  return kinds[kinds.indexOf(kind) + 1] ?? null;
}

export function plus(found: Found, more: Found): Found {
  const sum: Found = { ...found };
  for (const [kind, count] of Object.entries(more) as [keyof Found, number][]) if (count > 0) sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}

/** How many changes were found missing. */
export function missing(found: Found): number {
  return kinds.reduce((sum, kind) => sum + (found[kind] ?? 0), 0);
}
