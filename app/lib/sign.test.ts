import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readToken, signToken } from "./sign.ts";

const key = Buffer.alloc(32, 1);
const part = fc.oneof(
  fc.stringMatching(/^[\w-]{1,40}$/),
  fc.nat().map((number) => String(number)),
);

test("what was signed is read back, for the purpose it was signed for", () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const token = signToken(key, "click", parts);
      expect(readToken(key, "click", token)).toEqual(parts);
      expect(readToken(key, "unsubscribe", token)).toBeNull();
      expect(readToken(Buffer.alloc(32, 2), "click", token)).toBeNull();
    }),
  );
});

test("one changed character opens nothing", () => {
  const token = signToken(key, "click", [7, "0193-abc", 0]);
  for (let index = 0; index < token.length; index += 1) {
    const other = token[index] === "A" ? "B" : "A";
    expect(readToken(key, "click", token.slice(0, index) + other + token.slice(index + 1))).toBeNull();
  }
});

test("another shop's number does not fit the signature", () => {
  const [, ...rest] = signToken(key, "click", [1, "message", 0]).split(".");
  expect(readToken(key, "click", ["2", ...rest].join("."))).toBeNull();
});

describe("what is no token is nothing, and never an error", () => {
  test.each([[""], ["."], ["a"], ["a."], [".a"], ["x".repeat(501)], ["7.message.0"], ["\u0000.\uD800"], ["../../etc/passwd"]])("%j", (token) =>
    expect(readToken(key, "click", token)).toBeNull(),
  );
});

test("a token is safe in an address as it is", () => {
  const token = signToken(key, "click", [7, "0193", 0]);
  expect(encodeURIComponent(token)).toBe(token);
});
