// The look of an offer code: short, easy to type, no two signs that look alike.

const signs = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** A code from random bytes: `BACK-` and eight signs, 40 bits. */
export function codeFrom(bytes: Uint8Array): string {
  return `BACK-${Array.from(bytes.subarray(0, 8), (byte) => signs[byte % 32]).join("")}`;
}

/** How many codes a pool keeps ready, and below which number it is filled again. */
export const poolSize = 200;
export const poolLow = 50;
