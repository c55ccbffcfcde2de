import { describe, expect, test } from "vitest";
import { sampleOf } from "../../test/samples.ts";
import { readWebhook } from "./webhook.ts";

const triggeredAt = new Date("2026-11-21T11:59:58Z");
const read = (topic: string, body: unknown) => {
  const reading = readWebhook(topic, JSON.stringify(body), { eventKey: "e1", triggeredAt, receivedAt: new Date("2026-11-21T12:00:00Z"), currency: "GBP" });
  return reading.ok ? reading.events : reading.reason;
};
const events = (topic: string, body: unknown) => {
  const found = read(topic, body);
  return typeof found === "string" ? expect.unreachable(found) : found;
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
  const mug = {
    id: 7,
    title: "Mug",
    status: "active",
    handle: "mug",
    updated_at: "2026-11-20T10:00:00+01:00",
    published_at: "2026-01-01T00:00:00Z",
    image: { src: "https://cdn.shopify.com/s/files/1/mug.png?v=1" },
    variants: [{ price: "18.50" }, { price: "12.00" }],
  };
  const told = (change: object = {}) => events("products/update", { ...mug, ...change })[0]?.data;
  test("with what a message shows of it: the lowest price, and whether it is one of several", () =>
    expect(told()).toEqual({
      productId: "7",
      title: "Mug",
      status: "active",
      updatedAt: "2026-11-20T09:00:00.000Z",
      handle: "mug",
      published: true,
      imageUrl: "https://cdn.shopify.com/s/files/1/mug.png?v=1",
      priceMinor: 1200,
      priceVaries: true,
      currency: "GBP",
    }));
  test.each<[law: string, change: object, part: object]>([
    ["one price", { variants: [{ price: "5" }, { price: "5.00" }] }, { priceMinor: 500, priceVaries: false }],
    ["no picture", { image: null }, { imageUrl: null }],
    ["taken out of the online store", { published_at: null }, { published: false }],
    ["a draft", { status: "Draft" }, { status: "draft" }],
  ])("%s", (_law, change, part) => expect(told(change)).toMatchObject(part));
  test("what was not said is not there, rather than nothing", () => {
    const { image: _image, variants: _variants, published_at: _at, handle: _handle, ...short } = mug;
    expect(Object.keys(events("products/update", short)[0]?.data ?? {})).toEqual(["productId", "title", "status", "updatedAt"]);
  });
  test.each([
    ["a long address of its picture", { image: { src: `https://cdn.shopify.com/${"x".repeat(300)}` } }],
    ["a long title", { title: "茶".repeat(160) }],
    ["a long handle", { handle: "x".repeat(255), title: "😀".repeat(80) }],
  ])("%s: never more than 400 bytes, and nothing that is cut short is passed off as whole", (_law, change) => {
    const data = told(change) ?? {};
    expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThanOrEqual(400);
    expect(Object.keys(data)).toEqual(["productId", "title", "status", "updatedAt"]);
  });
  test("Shopify's own sample", () =>
    expect(read("products/update", JSON.parse(sampleOf("products/update") ?? "{}"))).toMatchObject([
      { data: { handle: "example-t-shirt", priceMinor: 1999, priceVaries: false, imageUrl: null } },
    ]));
  test("whose it is, cut short nowhere: where it does not fit it is not there", () => {
    expect(told({ vendor: "Harbour & Pine" })).toMatchObject({ vendor: "Harbour & Pine" });
    for (const vendor of [null, ""]) expect(told({ vendor })).not.toHaveProperty("vendor");
    const long = told({ vendor: "v".repeat(200) }) ?? {};
    expect(long).not.toHaveProperty("vendor");
    expect(long).toHaveProperty("priceMinor");
  });
  test("a product that is new is told like one that changed", () =>
    expect(read("products/create", mug)).toMatchObject([{ name: "product.updated", data: told() }]));
  test("a collection, by its gid: in JSON a long number may have been rounded", () => {
    const raw = { id: 408372092144951400, admin_graphql_api_id: "gid://shopify/Collection/408372092144951419", title: "Shoes", handle: "shoes" };
    for (const topic of ["collections/create", "collections/update"]) {
      expect(read(topic, raw)).toMatchObject([{ name: "collection.updated", data: { collectionId: "408372092144951419", title: "Shoes", handle: "shoes" } }]);
    }
    const { title: _title, handle: _handle, ...gone } = raw;
    expect(read("collections/delete", gone)).toMatchObject([{ name: "collection.deleted", data: { collectionId: "408372092144951419" } }]);
  });
  test("a product that is gone", () => expect(read("products/delete", { id: 1 })).toMatchObject([{ name: "product.deleted", data: { productId: "1" } }]));
  test.each([[null], [0], [-3], [12]])("stock may be %j", (available) =>
    expect(read("inventory_levels/update", { inventory_item_id: 1, location_id: 2, available })).toMatchObject([{ data: { available } }]),
  );
});
