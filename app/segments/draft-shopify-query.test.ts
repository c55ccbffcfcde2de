import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRule } from "../../test/rules.ts";
import { conditionsOf, readRule, type Node } from "./rule.ts";
import { shopifyQuery } from "./draft-shopify-query.ts";
import { standardOf } from "./standard.ts";

const last = (amount: number) => ({ kind: "last", length: { amount, unit: "days" } });
const rule = (match: unknown): Node => {
  const read = readRule({ version: 1, match });
  return read.ok ? read.rule.match : expect.unreachable(JSON.stringify(read.problems));
};
const query = (match: unknown) => shopifyQuery(rule(match), "GBP")?.query ?? null;

describe("what Shopify can ask, too", () => {
  test.each<[string, unknown, string]>([
    ["orders in all", { kind: "did", did: "ordered", times: { is: "at-least", n: 2 } }, "number_of_orders >= 2"],
    ["never ordered", { kind: "orders", measure: "number", is: "exactly", value: 0 }, "number_of_orders = 0"],
    ["money spent, in the currency's own decimals", { kind: "orders", measure: "spent", is: "at-least", value: 25_050 }, "amount_spent >= 250.50"],
    ["ordered lately", { kind: "did", did: "ordered", when: last(30) }, "last_order_date >= -30d"],
    [
      "not lately: nor is somebody who never did",
      { kind: "not", of: { kind: "order-date", which: "last", when: last(30) } },
      "last_order_date < -30d OR last_order_date IS NULL",
    ],
    [
      "no order lately, said as a number",
      { kind: "did", did: "ordered", times: { is: "exactly", n: 0 }, when: last(30) },
      "last_order_date < -30d OR last_order_date IS NULL",
    ],
    [
      "between two days",
      { kind: "order-date", which: "first", when: { kind: "dates", from: "2026-01-01", before: "2026-02-01" } },
      "first_order_date >= 2026-01-01 AND first_order_date < 2026-02-01",
    ],
    ["consent", { kind: "email-consent", states: ["single", "confirmed"] }, "email_subscription_status = 'SUBSCRIBED'"],
    ["countries", { kind: "country", countries: ["GB", "IE"] }, "customer_countries CONTAINS 'GB' OR customer_countries CONTAINS 'IE'"],
    ["languages", { kind: "language", languages: ["de"] }, "customer_language = 'de'"],
    [
      "an alternative in a group stands in brackets",
      {
        kind: "all",
        of: [
          { kind: "country", countries: ["GB", "IE"] },
          { kind: "did", did: "ordered" },
        ],
      },
      "(customer_countries CONTAINS 'GB' OR customer_countries CONTAINS 'IE') AND number_of_orders >= 1",
    ],
    [
      "not one of two is neither",
      {
        kind: "not",
        of: {
          kind: "any",
          of: [
            { kind: "country", countries: ["GB"] },
            { kind: "did", did: "ordered" },
          ],
        },
      },
      "customer_countries NOT CONTAINS 'GB' AND number_of_orders < 1",
    ],
  ])("%s", (_, match, expected) => expect(query(match)).toBe(expected));

  test("the standard segments that it can ask", () => {
    const said = (key: string) => shopifyQuery(standardOf(key)?.rule ?? expect.unreachable(), "GBP");
    expect(said("checkout-abandoners")).toEqual({ query: "abandoned_checkout_date >= -30d", differs: ["whole-days", "ordered-since"] });
    expect(said("buyers-90")).toEqual({ query: "last_order_date <= -30d AND last_order_date > -90d", differs: ["whole-days"] });
    expect(said("lapsed-buyers")?.query).toBe("last_order_date <= -90d");
    for (const key of ["cart-abandoners", "product-viewers", "new-visitors", "high-value"]) expect(said(key)).toBeNull();
  });

  test.each<[string, unknown]>([
    ["what browsers tell", { kind: "did", did: "viewed-product" }],
    ["orders of a product", { kind: "did", did: "ordered", where: { products: ["1"] } }],
    ["two orders in a window", { kind: "did", did: "ordered", times: { is: "at-least", n: 2 }, when: last(30) }],
    ["orders up to a day", { kind: "did", did: "ordered", when: { kind: "dates", before: "2026-01-01" } }],
    ["hours", { kind: "did", did: "ordered", when: { kind: "last", length: { amount: 5, unit: "hours" } } }],
    ["confirmed alone", { kind: "email-consent", states: ["confirmed"] }],
    [
      "a group with anything of that",
      {
        kind: "any",
        of: [
          { kind: "did", did: "ordered" },
          { kind: "has", what: "email" },
        ],
      },
    ],
    ["what is expected, of which Shopify has a guess of its own", { kind: "predicted-spend", spend: { is: "at-least", value: 100 } }],
  ])("not %s", (_, match) => expect(query(match)).toBeNull());

  test("of any rule: nothing, or only what Shopify knows, with every condition said and brackets that close", () =>
    fc.assert(
      fc.property(anyRule, (any) => {
        const made = shopifyQuery(any, "GBP");
        if (made === null) return;
        const kinds = new Set(conditionsOf(any).map(({ condition }) => condition.kind));
        for (const kind of kinds) expect(["did", "orders", "order-date", "left-behind", "country", "language", "email-consent"]).toContain(kind);
        expect(made.query.split("(").length).toBe(made.query.split(")").length);
        for (const clause of made.query.split(/ AND | OR /))
          expect(clause.replaceAll(/[()]/g, "")).toMatch(
            /^(number_of_orders|amount_spent|(first_order|last_order|abandoned_checkout)_date|email_subscription_status|customer_(countries|language)) (>=|<=|<|>|=|!=|IS NULL|IS NOT NULL|CONTAINS|NOT CONTAINS)( ('\w+'|-?\d[\d.-]*d?))?$/,
          );
      }),
      { numRuns: 2000 },
    ));
});
