import { describe, expect, test } from "vitest";
import { readWebhook } from "./webhook.ts";

const triggeredAt = new Date("2026-11-21T11:59:58Z");
const read = (topic: string, body: unknown) => {
  const reading = readWebhook(topic, JSON.stringify(body), { eventKey: "e1", triggeredAt, receivedAt: new Date("2026-11-21T12:00:00Z"), currency: "GBP" });
  return reading.ok ? reading.events : reading.reason;
};
const gid = "gid://shopify/Customer/820982911946154508";

describe("Shopify's consent states in ours", () => {
  test.each<[state: string | null, level: string | null, ours: string]>([
    ["subscribed", "single_opt_in", "single"],
    ["SUBSCRIBED", "CONFIRMED_OPT_IN", "confirmed"],
    ["subscribed", "confirmed_opt_in", "confirmed"],
    ["subscribed", "unknown", "single"],
    ["subscribed", null, "single"],
    ["unsubscribed", "confirmed_opt_in", "out"],
    ["redacted", null, "out"],
    ["pending", "confirmed_opt_in", "none"],
    ["not_subscribed", "single_opt_in", "none"],
    ["invalid", null, "none"],
    ["granted", null, "none"],
    [null, null, "none"],
  ])("%s, %s is %s", (state, level, ours) => {
    const consent = { state, opt_in_level: level, consent_updated_at: "2026-11-21T11:00:00Z" };
    expect(read("customers_email_marketing_consent/update", { customer_id: 7, email_address: "ann@x.test", email_marketing_consent: consent })).toMatchObject([
      { name: "email-consent.changed", data: { customerGid: "gid://shopify/Customer/7", email: "ann@x.test", state: ours } },
    ]);
    expect(read("customers_marketing_consent/update", { id: 7, phone: "+447400123456", sms_marketing_consent: consent })).toMatchObject([
      { name: "sms-consent.changed", data: { phone: "+447400123456", state: ours } },
    ]);
  });

  test("who withdrew everything at once has no text consent left to read", () => {
    expect(read("customers_marketing_consent/update", { id: 7, phone: null, sms_marketing_consent: null })).toMatchObject([
      { data: { state: "none", at: triggeredAt.toISOString() } },
    ]);
  });
});

describe("customers", () => {
  test("names, address and country, or null where they were withheld", () => {
    expect(read("customers/update", { id: 1, admin_graphql_api_id: gid, email: "", first_name: null, default_address: { country_code: "GB" } })).toMatchObject([
      { name: "customer.updated", subject: `customer:${gid}`, data: { customerGid: gid, email: null, firstName: null, country: "GB" } },
    ]);
  });
  test("a deletion names her", () =>
    expect(read("customers/delete", { id: 1, admin_graphql_api_id: gid })).toMatchObject([{ name: "customer.deleted", data: { customerGid: gid } }]));

  test.each([
    ["completed", 1],
    ["in_progress", 0],
    ["failed", 0],
  ])("a merge that is %s is %i event", (status, count) => {
    expect(
      read("customers/merge", { admin_graphql_api_customer_kept_id: gid, admin_graphql_api_customer_deleted_id: "gid://shopify/Customer/2", status }),
    ).toHaveLength(count);
  });
});

describe("the catalogue", () => {
  test("a product is told by its gid", () =>
    expect(read("products/update", { id: 1, admin_graphql_api_id: "gid://shopify/Product/788032119674292922", title: "Mug", status: "active" })).toMatchObject([
      { data: { productId: "788032119674292922" } },
    ]));
  test("a product that is gone", () => expect(read("products/delete", { id: 1 })).toMatchObject([{ name: "product.deleted", data: { productId: "1" } }]));
  test.each([[null], [0], [-3], [12]])("stock may be %j", (available) =>
    expect(read("inventory_levels/update", { inventory_item_id: 1, location_id: 2, available })).toMatchObject([{ data: { available } }]),
  );
});
