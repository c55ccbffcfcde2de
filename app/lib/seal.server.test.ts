import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deriveKey, seal, unseal } from "./seal.server.ts";

const key = deriveKey(Buffer.alloc(32, 7), "test");
const place = "7/connection/meta";

test("what was sealed opens with the same key at the same place", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(unseal(key, place, seal(key, place, text))).toBe(text);
    }),
  );
});

test("the same text never looks the same twice", () => expect(seal(key, place, "token")).not.toBe(seal(key, place, "token")));

describe("it does not open", () => {
  const sealed = seal(key, place, "token");
  const bytes = Buffer.from(sealed.slice(3), "base64url");

  test("at another shop's place", () => expect(() => unseal(key, "8/connection/meta", sealed)).toThrow());
  test("with a key derived for another purpose", () => expect(() => unseal(deriveKey(Buffer.alloc(32, 7), "other"), place, sealed)).toThrow());
  test("with any one bit turned", () => {
    for (let index = 0; index < bytes.length; index += 1) {
      const turned = Buffer.from(bytes);
      turned[index] = (turned[index] ?? 0) ^ 1;
      expect(() => unseal(key, place, `v1.${turned.toString("base64url")}`)).toThrow();
    }
  });
  test.each([[""], ["v1"], ["v1."], ["v2.abc"], ["token"], [`v1.${bytes.subarray(0, 20).toString("base64url")}`]])("when it is %j", (text) =>
    expect(() => unseal(key, place, text)).toThrow(),
  );
});
