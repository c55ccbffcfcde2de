import { describe, expect, test } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { isOwnLink, landingUrl } from "./recovery-link.ts";

const shop = { storefrontHost: "shop.test", domain: "comeback-demo.myshopify.com" };

describe("a link that may stand in a message", () => {
  test.each([
    "https://shop.test/123/checkouts/ac/k1/recover?key=abc",
    "https://SHOP.test/",
    "https://shop.test:443/cart",
    "http://shop.test/",
    "https://comeback-demo.myshopify.com/123/checkouts/k1/recover",
    "\thttps://shop.test/",
  ])("%j", (address) => expect(isOwnLink(shop, address)).toBe(true));
});

describe("a link that leads, or could lead, elsewhere", () => {
  test.each([
    "//evil.test",
    "https://evil.test/",
    "https://shop.test@evil.test",
    "https://evil.test\\@shop.test",
    "https://evil.test#@shop.test",
    "https://evil.test?https://shop.test",
    "https://user@shop.test/",
    "https://:secret@shop.test/",
    "https://shop.test.evil.test/",
    "https://evilshop.test/",
    "https://evil.test/shop.test",
    "https://shop.test:8443/",
    "https://shop.test%2eevil.test/",
    "https://\u0455hop.test/",
    "https://other.myshopify.com/",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "javascript://shop.test/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "ftp://shop.test/",
    "file://shop.test/etc/passwd",
    "blob:https://shop.test/1",
    "shop.test",
    "/cart",
    "",
  ])("%j", (address) => expect(isOwnLink(shop, address)).toBe(false));
});

describe("the recovery address", () => {
  test("carries the code and says where the visit came from, and keeps what it had", () => {
    expect(landingUrl("https://shop.test/recover?key=a%20b&discount=OLD#items", "BACK-ABCDEFGH")).toBe(
      "https://shop.test/recover?key=a+b&discount=BACK-ABCDEFGH&utm_source=comeback&utm_medium=email#items",
    );
  });
  test("without a code promises none", () =>
    expect(landingUrl("https://shop.test/recover", null)).toBe("https://shop.test/recover?utm_source=comeback&utm_medium=email"));
  test.each(["//evil.test", "", "recover", "https://"])("%j is no address, and makes no message", (address) =>
    expect(() => landingUrl(address, null)).toThrow(),
  );
  test("an address that leads elsewhere still does, with a code: it is checked afterwards", () =>
    expect(isOwnLink(shop, landingUrl("https://evil.test\\@shop.test", "BACK-ABCDEFGH"))).toBe(false));
});

type Case = { input: string; base: string | null; failure?: boolean; host?: string; protocol?: string };
const published = sharedData("datasets/corpora/whatwg_urltestdata.json", "the WHATWG addresses");

describe.skipIf(published === null)("the WHATWG addresses, by the parser that checks and the parser that leads", () => {
  const cases = (JSON.parse(published ?? "[]") as (Case | string)[]).filter((one): one is Case => typeof one !== "string");

  test("none that must fail is anybody's own", () => {
    const failing = cases.filter((one) => one.failure === true);
    expect(failing.length).toBeGreaterThan(200);
    expect(failing.filter((one) => isOwnLink(shop, one.input)).map((one) => one.input)).toEqual([]);
  });
  test("each that stands alone is own only where its host and scheme say so", () => {
    for (const one of cases.filter((each) => each.failure !== true && (each.base === null || each.base === "about:blank"))) {
      const owner = { storefrontHost: one.host ?? "", domain: "comeback-demo.myshopify.com" };
      if (isOwnLink(owner, one.input)) expect(["http:", "https:"]).toContain(one.protocol);
      expect(isOwnLink(shop, one.input)).toBe(false);
    }
  });
});
