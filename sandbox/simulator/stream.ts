// Chance from a seed: one stream per person and purpose, so that a change in one does not shift another.
import { createHash } from "node:crypto";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export type Stream = ReturnType<typeof stream>;

/** A stream that depends on nothing but its names. */
export function stream(...names: readonly (string | number)[]) {
  const digest = createHash("sha256").update(names.join("\n"), "utf8").digest();
  const generator = xoroshiro128plusFromState([digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12)]);
  const share = (): number => uniformFloat64(generator);
  const whole = (from: number, to: number): number => from + Math.floor(share() * (to - from + 1));
  const hex = (digits: number): string => Array.from({ length: digits }, () => whole(0, 15).toString(16)).join("");
  return {
    /** A number in [0, 1). */
    share,
    /** A whole number, both ends included. */
    whole,
    between: (from: number, to: number): number => from + share() * (to - from),
    chance: (probability: number): boolean => share() < probability,
    pick: <One>(list: readonly One[]): One => list[Math.floor(share() * list.length)] as One,
    /** One of some, each as often as its weight says. */
    weighted: <One>(list: readonly (readonly [One, number])[]): One => {
      let left = share() * list.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [one, weight] of list) if ((left -= weight) < 0) return one;
      return (list.at(-1) as readonly [One, number])[0];
    },
    exponential: (mean: number): number => -Math.log(1 - share()) * mean,
    hex,
    /** A UUID of version 4, as browsers and Shopify make them. */
    uuid: (): string => {
      const variant = whole(8, 11).toString(16);
      return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
    },
    /** Identifiers in the forms Shopify uses: see sandbox/shopify/ids.ts. */
    id: (): number => whole(1_000_000_000_000, 9_999_999_999_999),
    token: (): string => `hWN${Array.from({ length: 21 }, () => signs[whole(0, signs.length - 1)]).join("")}`,
  };
}
