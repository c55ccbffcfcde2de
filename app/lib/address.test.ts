import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { normalEmail, normalPhone } from "./address.ts";

const naughty = JSON.parse(sharedData("datasets/corpora/blns.json", "naughty strings as addresses") ?? "[]") as string[];

describe("one spelling per address", () => {
  test.each<[string | null | undefined, string | null]>([
    ["A@X.TEST", "a@x.test"],
    ["  a@x.test\r\n", "a@x.test"],
    ["me+1@gmail.com", "me+1@gmail.com"],
    ["first.last@gmail.com", "first.last@gmail.com"],
    ["Jose\u0301@x.test", "jos\u00e9@x.test"],
    ["x@xn--80ak6aa92e.com", "x@xn--80ak6aa92e.com"],
    ["a@b", null],
    ['"a b"@x.test', null],
    ["a@[127.0.0.1]", null],
    ["a@x.test\r\nBcc:v@y.test", null],
    ["victim@x.test,me@y.test", null],
    ["victim@x.test;me@y.test", null],
    ["Name <a@x.test>", null],
    ["a@x.test\u0000", null],
    ["a\u202e@x.test", null],
    ["a..b@x.test", null],
    [".a@x.test", null],
    ["a.@x.test", null],
    ["@x.test", null],
    ["a@", null],
    ["a@x.t", null],
    ["a@x..test", null],
    ["a@.x.test", null],
    ["a@x@y.test", null],
    [`${"a".repeat(65)}@x.test`, null],
    [`a@${"x".repeat(250)}.test`, null],
    ["", null],
    ["null", null],
    [null, null],
    [undefined, null],
  ])("%j is %j", (raw, spelled) => expect(normalEmail(raw)).toBe(spelled));
});

const harmless = (address: string) => /^[^\s<>,;:"@\p{C}]+@[^\s<>,;:"@\p{C}]+$/u.test(address) && address.length <= 254;

test("whatever is accepted is one address that cannot end a header, and stays as it is when asked again", () => {
  const near = fc
    .tuple(fc.string({ unit: "grapheme", maxLength: 20 }), fc.string({ unit: "grapheme", maxLength: 20 }), fc.constantFrom("test", "com", "t\r\nBcc: x"))
    .map(([local, host, end]) => `${local}@${host}.${end}`);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), near), (raw) => {
      const address = normalEmail(raw);
      if (address === null) return;
      expect(harmless(address)).toBe(true);
      expect(normalEmail(address)).toBe(address);
    }),
  );
});

describe("one spelling per number", () => {
  test.each<[string | null | undefined, string | null, string | null]>([
    ["+44 7400 123456", null, "+447400123456"],
    ["07400 123456", "GB", "+447400123456"],
    ["07400 123456", null, null],
    ["(650) 253-0000", "US", "+16502530000"],
    ["+1 650 253 0000", "GB", "+16502530000"],
    ["+1 650 253 0000;ext=1", "US", "+16502530000"],
    ["07400 123456", "XX", null],
    ["123", "GB", null],
    ["1".repeat(41), "GB", null],
    ["", "GB", null],
    [null, "GB", null],
    [undefined, "GB", null],
  ])("%j in %s is %s", (raw, country, spelled) => expect(normalPhone(raw, country)).toBe(spelled));
});

describe.skipIf(naughty.length === 0)("naughty strings", () => {
  test("are no address that could do harm, no number, and no error", () => {
    for (const raw of naughty) {
      const address = normalEmail(raw);
      expect(address === null || harmless(address)).toBe(true);
      expect(normalPhone(raw, "GB") ?? "+44").toMatch(/^\+\d+$/);
    }
  });
});

const isemail = sharedData("datasets/corpora/isemail_tests.xml", "the isemail cases");

describe.skipIf(isemail === null)("the isemail cases", () => {
  const decode = (text: string) =>
    text
      .replace(/&#x([0-9A-F]+);/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replaceAll("&quot;", '"')
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");
  // Control characters are shown by their pictures in the file.
  const picture = (text: string) => text.replace(/[\u2400-\u2421]/g, (sign) => String.fromCharCode(sign === "\u2421" ? 127 : sign.charCodeAt(0) - 0x2400));
  const cases = [...(isemail ?? "").matchAll(/<address>([\s\S]*?)<\/address>[\s\S]*?<category>(.*?)<\/category>/g)].map((found) => ({
    address: picture(decode(found[1] ?? "")),
    category: found[2] ?? "",
  }));

  test("all are there", () => expect(cases.length).toBeGreaterThan(150));
  test("none that is accepted could do harm", () => {
    for (const { address } of cases) {
      const spelled = normalEmail(address);
      expect(spelled === null || harmless(spelled)).toBe(true);
    }
  });
  test("what needs quotes, comments or folding inside is refused", () => {
    const inside = cases.filter(({ address }) => address === address.trim());
    expect(
      inside
        .filter(({ address, category }) => ["ISEMAIL_CFWS", "ISEMAIL_DEPREC"].includes(category) && normalEmail(address) !== null)
        .map((one) => one.address),
    ).toEqual([]);
  });
});
