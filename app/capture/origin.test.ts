import { expect, test } from "vitest";
import { originFits } from "./origin.ts";

const shop = { domain: "harbour.myshopify.com", storefrontHost: "www.harbour.example" };

test.each([null, "", "null", "https://harbour.myshopify.com", "https://www.harbour.example", "https://harbour.example", "https://checkout.harbour.example"])(
  "%s may be this shop's pixel",
  (origin) => expect(originFits(origin, shop)).toBe(true),
);

test.each([
  "https://other.myshopify.com",
  "https://evil.example",
  "https://evilharbour.example",
  "https://harbour.example.evil.example",
  "https://harbour.example@evil.example",
  "https://harbour.myshopify.com.evil.example",
  "https://x.harbour.myshopify.com",
  "https://harbour.example:8443",
  "file://harbour.example",
  "harbour.example",
  "https://",
  "NULL",
])("%s is not", (origin) => expect(originFits(origin, shop)).toBe(false));

test("a shop without a domain of its own does not open myshopify.com to everybody", () => {
  const plain = { domain: "harbour.myshopify.com", storefrontHost: "harbour.myshopify.com" };
  expect(originFits("https://other.myshopify.com", plain)).toBe(false);
  expect(originFits("https://harbour.myshopify.com", plain)).toBe(true);
});
