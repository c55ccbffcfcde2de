import { describe, expect, test } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { fractionOf, hmacHex, sameText, sha256 } from "./hash.ts";

const published = sharedData("vectors/primitives.json", "the published SHA-256 examples");
const vectors =
  published === null ? [] : (JSON.parse(published) as { cases: { alg: string; input: string; hex: string }[] }).cases.filter((one) => one.alg === "sha256");

describe.skipIf(vectors.length === 0)("SHA-256 as published in FIPS 180-4", () => {
  test.each(vectors)("$input", ({ input, hex }) => expect(sha256(input)).toBe(hex));
});

test("text is hashed as UTF-8", () => expect(sha256("정")).toBe("8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14"));

test("HMAC-SHA-256 as in RFC 4231, case 2", () => {
  expect(hmacHex("Jefe", "what do ya want for nothing?")).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
});

describe("two texts are the same only where every byte is", () => {
  test.each([
    ["", "", true],
    ["abc", "abc", true],
    ["abc", "abd", false],
    ["abc", "abcd", false],
    ["é", "e\u0301", false],
  ])("%j and %j: %s", (left, right, same) => expect(sameText(left, right)).toBe(same));
});

test("a fraction depends on the text alone, lies in [0, 1), and spreads evenly", () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < 20_000; index += 1) {
    const fraction = fractionOf(`person ${index}`);
    expect(fraction >= 0 && fraction < 1).toBe(true);
    tenths[Math.floor(fraction * 10)]! += 1;
  }
  for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200);
  expect(fractionOf("person 1")).toBe(fractionOf("person 1"));
});
