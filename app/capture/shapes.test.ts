import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as shape from "./shapes.ts";

describe("an amount is text until its currency is known", () => {
  test.each<[raw: unknown, kept: string | null]>([
    ["12.34", "12.34"],
    ["-1", "-1"],
    ["0", "0"],
    [0, "0"],
    [12.5, "12.5"],
    [-1, "-1"],
    ["999999999999.99", "999999999999.99"],
    ["1000000000000", null],
    [1e12, null],
    [1e21, null],
    [Infinity, null],
    [NaN, null],
    ["12,34", null],
    ["", null],
    ["free", null],
    [null, null],
  ])("%j", (raw, kept) => expect(shape.amount.safeParse(raw).data ?? null).toBe(kept));
});

describe("an id is text", () => {
  test.each<[raw: unknown, kept: string | null]>([
    [1, "1"],
    ["820982911946154508", "820982911946154508"],
    ["gid://shopify/Order/1", "gid://shopify/Order/1"],
    ["43729076:abc-def.9?key=1", "43729076:abc-def.9?key=1"],
    [820982911946154508, null],
    [1.5, null],
    ["", null],
    ["a b", null],
    ["x".repeat(201), null],
    [{}, null],
  ])("%j", (raw, kept) => expect(shape.id.safeParse(raw).data ?? null).toBe(kept));
});

test("cleaned text is never longer than asked, holds no NUL and no half pair, and stays when cleaned again", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(30), (text, most) => {
      const clean = shape.clean(text, most);
      expect(clean.length).toBeLessThanOrEqual(most);
      expect(clean.includes("\u0000")).toBe(false);
      expect(clean.isWellFormed()).toBe(true);
      expect(shape.clean(clean, most)).toBe(clean);
    }),
  );
});

test("an address may be an empty list where there is none", () => {
  expect(shape.address.parse([])).toBeNull();
  expect(shape.address.parse(undefined) ?? null).toBeNull();
});

describe("the gid of a customer", () => {
  test.each([
    [{ id: "1", admin_graphql_api_id: "gid://shopify/Customer/820982911946154508" }, "gid://shopify/Customer/820982911946154508"],
    [{ id: "7", admin_graphql_api_id: null }, "gid://shopify/Customer/7"],
    [{ id: null, admin_graphql_api_id: null }, null],
    [null, null],
    [undefined, null],
  ])("%j", (customer, gid) => expect(shape.customerGid(customer)).toBe(gid));
});

describe("who stands in it: the nearest word first", () => {
  const address = (change: object) => ({ country_code: null, phone: null, first_name: null, last_name: null, ...change });
  const customer = (change: object) => ({
    id: "1",
    admin_graphql_api_id: null,
    email: null,
    phone: null,
    first_name: null,
    last_name: null,
    default_address: null,
    ...change,
  });

  test("nobody, where everything was withheld", () => {
    expect(shape.toPerson({ email: null, customer: null, shipping_address: null })).toEqual({
      customerGid: null,
      email: null,
      phone: null,
      firstName: null,
      lastName: null,
      country: null,
      locale: null,
    });
  });
  test.each([
    ["the address typed here goes before the customer's", { email: "typed@x.test", customer: customer({ email: "old@x.test" }) }, { email: "typed@x.test" }],
    [
      "the customer's stands in",
      { email: null, customer: customer({ email: "old@x.test" }) },
      { email: "old@x.test", customerGid: "gid://shopify/Customer/1" },
    ],
    [
      "where it is sent goes before who pays",
      { shipping_address: address({ country_code: "FR" }), billing_address: address({ country_code: "DE" }) },
      { country: "FR" },
    ],
    [
      "where she lives stands in",
      { customer: customer({ default_address: address({ country_code: "US", phone: "+1650" }) }) },
      { country: "US", phone: "+1650" },
    ],
    [
      "the customer's name goes before the parcel's",
      { customer: customer({ first_name: "Ann" }), shipping_address: address({ first_name: "Bob" }) },
      { firstName: "Ann" },
    ],
  ])("%s", (_law, from, person) => expect(shape.toPerson(from)).toMatchObject(person));
});

test.each(["null", "undefined", "[object Object]", " ", "N/A"])("nobody is greeted as %s", (name) => {
  expect(
    shape.toPerson({ customer: { id: "1", admin_graphql_api_id: null, email: null, phone: null, first_name: name, last_name: name, default_address: null } }),
  ).toMatchObject({ firstName: null, lastName: null });
});
