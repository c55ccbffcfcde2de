// How long the log keeps what browsers told. Orders, consent and messages stay.

/** Whole months. A rule over a browser's events cannot look back further than this. */
export const pixelMonths = 13;

/** From when on a browser's events are surely still there: what is older may be gone, and is not taken any more. */
export function pixelKeptSince(now: Date): Date {
  // Counted from the first of the month, which every month has.
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - pixelMonths, 1));
}
