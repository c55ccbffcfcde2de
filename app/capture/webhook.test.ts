import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleOf } from "../../test/samples.ts";
import { sharedData } from "../../test/shared-data.ts";
import type { Envelope } from "./reader.ts";
import { eventTopics, readJson, readWebhook } from "./webhook.ts";

const receivedAt = new Date("2026-11-21T12:00:00Z");
const envelope = (change: Partial<Envelope> = {}): Envelope => ({
  eventKey: "e1",
  triggeredAt: new Date("2026-11-21T11:59:58Z"),
  receivedAt,
  currency: "GBP",
  ...change,
});
const cart = (change: Record<string, unknown> = {}) => ({
  token: "c1",
  created_at: "2026-11-21T11:00:00Z",
  updated_at: "2026-11-21T11:30:00Z",
  line_items: [],
  ...change,
});
const read = (topic: string, body: unknown, change: Partial<Envelope> = {}) =>
  readWebhook(topic, typeof body === "string" ? body : JSON.stringify(body), envelope(change));

describe("numbers that JSON cannot hold stay what they were", () => {
  test.each<[json: string, value: unknown]>([
    ['{"id":123456789012345678}', { id: "123456789012345678" }],
    ['{"id":9007199254740993}', { id: "9007199254740993" }],
    ['{"id":-9007199254740993}', { id: "-9007199254740993" }],
    ['{"id":9007199254740991}', { id: 9007199254740991 }],
    ['{"a":[{"id":123456789012345678}]}', { a: [{ id: "123456789012345678" }] }],
    ['{"id":"123456789012345678","price":12.5}', { id: "123456789012345678", price: 12.5 }],
    ['{"id":1,"id":2}', { id: 2 }],
  ])("%s", (json, value) => expect(readJson(json)).toEqual(value));
});

describe("an 18-digit id goes through whole", () => {
  test("of an order and its lines", () => {
    const body = `{"id":820982911946154508,"admin_graphql_api_id":null,"name":"#1","created_at":"2026-11-21T11:00:00Z","updated_at":"2026-11-21T11:00:00Z","currency":"GBP","total_price":"10.00",
      "line_items":[{"id":866550311766439020,"product_id":788032119674292922,"variant_id":null,"quantity":1,"price":"10.00"}]}`;
    const reading = read("orders/create", body);
    if (!reading.ok || reading.events[0]?.name !== "order.placed") return expect.unreachable();
    expect(reading.events[0].data).toMatchObject({ orderId: "820982911946154508", lines: [{ lineId: "866550311766439020", productId: "788032119674292922" }] });
  });
});

describe("what cannot be understood is a reason, and never an error", () => {
  const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  test.each<[law: string, body: string, reason: RegExp]>([
    ["nothing", "", /not JSON/],
    ["no JSON", "<html>", /not JSON/],
    ["half of it", '{"token":', /not JSON/],
    ["null", "null", /the body: expected object/],
    ["a list", "[]", /the body: expected object/],
    ["10,000 lists in each other", deep, /the body/],
    ["10,000 lists in each other, and a long id", deep.replace("]", "123456789012345678]"), /not JSON|the body/],
    ["a time that is none", JSON.stringify(cart({ updated_at: "yesterday" })), /updated_at: is not a time/],
    ["30 February", JSON.stringify(cart({ updated_at: "2026-02-30T10:00:00Z" })), /updated_at: is not a time/],
    ["a time without a zone", JSON.stringify(cart({ updated_at: "2026-11-21T11:30:00" })), /updated_at/],
    ["no token", JSON.stringify(cart({ token: "" })), /token/],
    ["a number past all numbers", JSON.stringify(cart({ line_items: [{ quantity: 1, price: "1" }] })).replace('"quantity":1', '"quantity":1e400'), /quantity/],
    ["half a piece", JSON.stringify(cart({ line_items: [{ quantity: 0.5, price: "1" }] })), /quantity/],
  ])("%s", (_law, body, reason) => expect(read("carts/update", body)).toEqual({ ok: false, reason: expect.stringMatching(reason) as string }));

  test("a topic that nobody uses", () =>
    expect(read("themes/publish\u0000", "{}")).toEqual({ ok: false, reason: "No feature uses the topic themes/publish." }));
  test("names like those of every object are no topics", () => expect(read("constructor", "{}").ok).toBe(false));

  test("a __proto__ in the body changes nothing", () => {
    const reading = read("carts/update", JSON.stringify(cart()).replace("{", '{"__proto__":{"polluted":true},'));
    expect(reading.ok).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("the reason names the field and never what stood in it", () => {
    const reading = read("checkouts/update", {
      token: "secret-token",
      email: ["ann@x.test"],
      created_at: "ann@x.test",
      line_items: "ann@x.test",
      total_price: "ann@x.test",
    });
    expect(reading.ok).toBe(false);
    expect(JSON.stringify(reading)).not.toMatch(/ann@|secret/);
  });

  test("any text at all", () => {
    fc.assert(
      fc.property(fc.constantFrom(...eventTopics), fc.oneof(fc.string(), fc.json()), (topic, body) => {
        expect(typeof read(topic, body).ok).toBe("boolean");
      }),
    );
  });
});

describe("where an event stands in time", () => {
  const first = (change: Record<string, unknown>, at: Partial<Envelope> = {}) => {
    const reading = read("carts/update", cart(change), at);
    return reading.ok ? (reading.events[0] ?? expect.unreachable()) : expect.unreachable();
  };

  test.each<[law: string, updatedAt: string, occurredAt: string]>([
    ["in the past it is what it says", "2026-11-21T11:30:00Z", "2026-11-21T11:30:00.000Z"],
    ["1970 is a time", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"],
    ["a clock ahead is held to when we heard of it", "2026-11-21T12:00:01Z", "2026-11-21T12:00:00.000Z"],
    ["2999 is held to when we heard of it", "2999-01-01T00:00:00Z", "2026-11-21T12:00:00.000Z"],
  ])("%s", (_law, updatedAt, occurredAt) => expect(first({ updated_at: updatedAt }).occurredAt.toISOString()).toBe(occurredAt));

  test("a copy with the same key is the same event, whatever it says now", () => {
    const [one, other] = [first({}), first({ updated_at: "2026-11-21T11:45:00Z", line_items: [] })];
    expect({ id: other.sourceId, at: other.sourceAt }).toEqual({ id: one.sourceId, at: one.sourceAt });
  });

  test("without Shopify's own time the payload's is the key's", () => {
    expect(first({ updated_at: "2999-01-01T00:00:00Z" }, { triggeredAt: null }).sourceAt.toISOString()).toBe("2999-01-01T00:00:00.000Z");
  });
});

describe("Shopify's own samples", () => {
  const samples = eventTopics.map((topic) => [topic, sampleOf(topic.replace("/", "_")) ?? sampleOf(topic)] as const).filter(([, body]) => body !== null);
  test.skipIf(samples.length === 0)("are understood", () => {
    for (const [topic, body] of samples) expect({ topic, ...read(topic, body) }).toMatchObject({ topic, ok: true });
  });
});

const naughty = JSON.parse(sharedData("datasets/corpora/blns.json", "naughty strings in payloads") ?? "[]") as string[];

/** What PostgreSQL would refuse: a NUL, or half of a surrogate pair. */
const storable = (value: unknown) => !/\\u0000|\\u[dD][89a-fA-F]/.test(JSON.stringify(value));

describe("any text a person may write can be stored", () => {
  const order = (text: string) => ({
    id: 1,
    name: text,
    created_at: "2026-11-21T11:00:00Z",
    updated_at: "2026-11-21T11:00:00Z",
    currency: "GBP",
    total_price: "1",
    email: text,
    source_name: text,
    discount_codes: [{ code: text }],
    customer: { first_name: text, last_name: text, email: text, phone: text },
    shipping_address: { country_code: text },
    line_items: [{ title: text, sku: text, quantity: 1, price: "1" }],
  });
  const bodies = (text: string) =>
    [
      ["orders/create", order(text)],
      ["carts/update", cart({ line_items: [{ title: text, key: text, sku: text, quantity: 1, price: "1" }] })],
      ["products/update", { id: 1, title: text, status: text }],
      ["customers/update", { id: 1, admin_graphql_api_id: "gid://shopify/Customer/1", first_name: text, last_name: text, email: text }],
    ] as const;

  test.skipIf(naughty.length === 0)("naughty strings as names, titles and codes", () => {
    for (const text of naughty) {
      for (const [topic, body] of bodies(text)) {
        const reading = read(topic, body);
        expect({ topic, text, ok: reading.ok }).toEqual({ topic, text, ok: true });
        expect(storable(reading)).toBe(true);
      }
    }
  });

  test("a pair of characters that a limit cuts in two", () => {
    for (const most of [60, 160, 255, 1000]) {
      for (const [topic, body] of bodies(`${"a".repeat(most - 1)}😀`)) {
        const reading = read(topic, body);
        expect({ topic, most, ok: reading.ok, storable: storable(reading) }).toEqual({ topic, most, ok: true, storable: true });
      }
    }
  });

  test("whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        for (const [topic, body] of bodies(text)) expect(storable(read(topic, body))).toBe(true);
      }),
    );
  });
});
