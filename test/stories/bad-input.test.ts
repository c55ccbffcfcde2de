// What does not even keep to the protocol: broken JSON, packed and endless bodies, slow senders, wrong times and prices, other shops' ids. At the doors of a running product.
import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { sceneAt } from "../../sandbox/replay/scene.ts";
import { checkout, line, order } from "../factories/webhooks.ts";
import { chrome, each, openSenders, other, type Senders } from "./product-stage.ts";

let senders: Senders;
let number = 0;

let slow: { all: Promise<{ status: number; closed: boolean; ms: number }[]> };

beforeAll(async () => {
  senders = await openSenders();
  // Two hundred who drip stand at the doors from now on: everything below is answered beside them.
  const began = performance.now();
  const one = async (index: number) => {
    const dripping = index % 2 === 0;
    const head = dripping ? "POST /pixel HTTP/1.1\r\nHost: x\r\n" : "POST /webhooks HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
    const ended = await raw(head, async (write) => {
      while (write(dripping ? "X-A: b\r\n" : "a")) await wait(1_000);
    });
    return { ...ended, ms: performance.now() - began };
  };
  slow = { all: Promise.all(Array.from({ length: 200 }, (_none, index) => one(index))) };
}, 120_000);
afterAll(() => senders?.close());

const now = () => senders.stage.world.clock.now();
const event = (change: object = {}) => ({
  id: `bad-${(number += 1)}`,
  name: "product.viewed",
  at: now().toISOString(),
  visitor: "visitor-bad-input",
  cart: null,
  checkout: null,
  data: { productId: "1", variantId: "2", vendor: null, price: "1.00", currency: "GBP" },
  ...change,
});
const batch = (change: object = {}, shop = demoShop.domain) => JSON.stringify({ shop, key: senders.keyOf(shop), events: [event(change)] });
const count = async (sql: string, values: unknown[] = []) =>
  (await senders.stage.rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${sql}`, values))[0]?.count ?? 0;
/** A webhook as bytes, signed as they are. */
async function signed(body: string | Buffer, headers: Record<string, string> = {}, topic = "carts/update"): Promise<{ status: number; text: string }> {
  number += 1;
  const answer = await fetch(`${senders.product.url}/webhooks`, {
    method: "POST",
    body: body as BodyInit,
    headers: {
      "content-type": "application/json",
      "x-shopify-topic": topic,
      "x-shopify-shop-domain": demoShop.domain,
      "x-shopify-api-version": "2026-10",
      "x-shopify-webhook-id": `bad-${number}`,
      "x-shopify-event-id": `bad-${number}`,
      "x-shopify-triggered-at": now().toISOString(),
      "x-shopify-hmac-sha256": createHmac("sha256", senders.stage.world.context.appSecret).update(body).digest("base64"),
      ...headers,
    },
  });
  return { status: answer.status, text: await answer.text() };
}

/** Text that a JSON parser must refuse, in the families of the JSON parsing suite: structure, numbers, strings, literals, ends. */
function* brokenJson(): Generator<string> {
  for (const body of [
    "",
    " ",
    "{",
    "[",
    "]",
    "}",
    "{]",
    "[}",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    '{"a":1,}',
    '{"a",1}',
    '{"a" 1}',
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    '{"a":}',
    "{:1}",
    '{"a":1 "b":2}',
    "[1]x",
    "[][]",
    '{"a":1}#',
  ])
    yield body;
  for (const value of [
    "01",
    "-01",
    "+1",
    ".5",
    "5.",
    "-",
    "1e",
    "1e+",
    "0x1F",
    "1_000",
    "NaN",
    "Infinity",
    "-Infinity",
    "１",
    "1.e1",
    "--1",
    "1e1.5",
    "0e+-1",
    "- 1",
  ])
    yield `[${value}]`;
  for (const text of ["\\x00", "\\u12", "\\uZZZZ", "\\", "\\a", "\t", "\n", "\u0000", "\u001f", "\\u{1}", "\\uD800\\u"]) yield `["${text}"]`;
  for (const value of ["True", "nul", "tru", "FALSE", "undefined", "None", "nulll", "'a'", "`a`", "/*c*/1", "//", "<a>", "(1)"]) yield `[${value}]`;
  const whole = '{"token":"t","line_items":[{"id":1,"title":"\\u00e9"}]}';
  for (let end = 1; end < whole.length; end += 1) yield whole.slice(0, end);
  yield "[".repeat(10_000);
  yield '{"a":'.repeat(10_000);
  yield `\ufeff[]`;
}

/** Text that is JSON and still unpleasant. */
function* oddJson(): Generator<string> {
  for (const value of [
    "null",
    "true",
    "0",
    "-0",
    '""',
    "[]",
    "{}",
    "1e400",
    "-1e400",
    "1E-400",
    "123456789012345678901234567890",
    "[[[]]]",
    '{"":{"":null}}',
    '"\\ud800"',
    '"\\u0000"',
    '"\\udc00\\ud800"',
    '{"a":1,"a":2}',
    '{"__proto__":{"polluted":1}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"toString":1,"hasOwnProperty":2}',
  ])
    yield value;
  yield "[".repeat(10_000) + "]".repeat(10_000);
  yield '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000);
  yield `{"token":"deep","line_items":${"[".repeat(5_000)}${"]".repeat(5_000)}}`;
  yield `{${Array.from({ length: 4_000 }, (_none, index) => `"k${index}":${index}`).join(",")}}`;
}

describe("JSON", () => {
  test("that is broken: a pixel is told so, a webhook is kept as rejected", async () => {
    const bodies = [...brokenJson()];
    expect(bodies.length).toBeGreaterThan(110);
    for (const body of bodies) expect(() => JSON.parse(body) as unknown, body.slice(0, 40)).toThrow();
    expect(new Set(await each(bodies, (body) => senders.pixel(body)))).toEqual(new Set([400]));
    const answers = await each(
      bodies.filter((body) => body !== ""),
      (body) => signed(body),
    );
    expect(new Set(answers.map((one) => `${one.status} ${one.text}`))).toEqual(new Set(["200 rejected"]));
  }, 60_000);

  test("that is whole and odd: refused or kept with its reason, and no object learns anything from it", async () => {
    const bodies = [...oddJson()];
    expect(new Set(await each(bodies, (body) => senders.pixel(body)))).toEqual(new Set([400]));
    for (const topic of [
      "carts/update",
      "checkouts/update",
      "orders/create",
      "customers/update",
      "products/update",
      "app/scopes_update",
      "customers/data_request",
      "refunds/create",
      "inventory_levels/update",
    ]) {
      const answers = await each(bodies, (body) => signed(body, {}, topic));
      expect(new Set(answers.map((one) => one.status)), topic).toEqual(new Set([200]));
    }
    expect(await senders.pixel(batch())).toBe(204);
    expect(await count("delivery WHERE fate = 'accepted' AND event_key LIKE 'bad-%' AND topic = 'orders/create'")).toBe(0);
  }, 60_000);

  test("with a key twice means its last, with `__proto__` means nothing, with an id of 19 digits keeps every digit", async () => {
    const at = now().toISOString();
    const twice = `{"token":"first","token":"twice-token","__proto__":{"token":"polluted"},"created_at":"${at}","updated_at":"${at}","line_items":[{"id":9223372036854775807,"product_id":9007199254740993,"variant_id":1,"title":"x","quantity":1,"price":"1.00"}]}`;
    expect(await signed(twice)).toEqual({ status: 200, text: "accepted" });
    expect(
      await senders.stage.rows("SELECT data->>'token' AS token, data->'lines'->0->>'productId' AS product FROM event WHERE data->>'token' = 'twice-token'"),
    ).toEqual([{ token: "twice-token", product: "9007199254740993" }]);
  });
});

describe("bodies", () => {
  test("packed ones, bombs among them, are not unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    for (const encoding of ["gzip", "br", "deflate", "identity"])
      expect(await senders.pixel(bomb.toString("latin1"), { "content-encoding": encoding })).toBe(415);
    expect(await signed(bomb, { "content-encoding": "gzip" })).toEqual({ status: 200, text: "rejected" });
    // Signed before it was packed, by whomever: these bytes are not what was signed.
    const packed = gzipSync("{}");
    const signature = createHmac("sha256", senders.stage.world.context.appSecret).update("{}").digest("base64");
    expect((await signed(packed, { "content-encoding": "gzip", "x-shopify-hmac-sha256": signature })).status).toBe(401);
  });

  test("of another type or charset are refused or read as they are", async () => {
    for (const type of ["text/html", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json5", ""])
      expect(await senders.pixel(batch(), { "content-type": type })).toBe(415);
    expect(await senders.pixel(batch(), { "content-type": "text/plain; charset=utf-16" })).toBe(204);
    const utf16 = await fetch(`${senders.product.url}/pixel`, {
      method: "POST",
      body: Buffer.from(batch(), "utf16le") as BodyInit,
      headers: { "content-type": "text/plain;charset=utf-16le", "user-agent": chrome },
    });
    expect(utf16.status).toBe(400);
    const latin = Buffer.from(batch({ data: { productId: "1", variantId: "2", vendor: "Caf\u00e9", price: null, currency: null } }), "latin1");
    expect(
      (
        await fetch(`${senders.product.url}/pixel`, {
          method: "POST",
          body: latin as BodyInit,
          headers: { "content-type": "text/plain", "user-agent": chrome },
        })
      ).status,
    ).toBe(204);
  });

  test("without an end are cut off at the limit, told or not", async () => {
    const endless = await raw(`POST /pixel HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n`, async (write) => {
      for (let index = 0; index < 40; index += 1) if (!write(`1000\r\n${"a".repeat(4096)}\r\n`)) return;
    });
    expect(endless.status).toBe(413);
    expect(endless.closed).toBe(true);
    const said = await raw(`POST /webhooks HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n`, async () => undefined);
    expect(said.status).toBe(413);
  });

  test("and headers that are no HTTP, or too large, get a clear no", async () => {
    const send = async (text: string) => (await raw(text, async () => undefined)).status;
    expect(await send("NONSENSE\r\n\r\n")).toBe(400);
    expect(await send(`GET /health HTTP/1.1\r\nHost: x\r\nX-Big: ${"a".repeat(20_000)}\r\n\r\n`)).toBe(431);
    expect(await send(`POST /pixel HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)).toBe(400);
    expect(await send("GET /c/%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toBe(400);
    expect(await send("GET /%2e%2e/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toBe(400);
    expect(await send("GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n")).toBe(400);
    expect(await send("GET //evil.example/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toBeLessThan(500);
  });
});

describe("what events say", () => {
  test.each<[what: string, at: string, status: number]>([
    ["1970", "1970-01-01T00:00:00Z", 400],
    ["2999", "2999-01-01T00:00:00Z", 400],
    ["no date", "soon", 400],
    ["30 February", "2026-02-30T00:00:00Z", 400],
    ["a date without a zone", "2026-11-25T00:00:00", 400],
  ])("a pixel's time of %s is refused", async (_what, at, status) => expect(await senders.pixel(batch({ at }))).toBe(status));

  test("a webhook's time of 1970, 2999 or none is kept under the time it can have", async () => {
    for (const at of ["1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z"]) {
      const cart = JSON.stringify({ token: `time-${at.slice(0, 4)}`, created_at: at, updated_at: at, line_items: [] });
      expect(await signed(cart, { "x-shopify-triggered-at": at })).toEqual({ status: 200, text: "accepted" });
    }
    expect((await signed(JSON.stringify({ token: "t", created_at: "soon", updated_at: "soon", line_items: [] }))).text).toBe("rejected");
    const rows = await senders.stage.rows<{ at: Date }>("SELECT occurred_at AS at FROM event WHERE data->>'token' LIKE 'time-%'");
    expect(rows).toHaveLength(2);
    for (const { at } of rows) expect(at <= now()).toBe(true);
  });

  test("an event's id again with other content changes nothing, from a browser or from Shopify", async () => {
    const first = event({ id: "same-id", at: new Date(now().getTime() - 1_000).toISOString() });
    const again = { ...first, name: "page.viewed", data: { path: "/other" } };
    for (const one of [first, again])
      expect(await senders.pixel(JSON.stringify({ shop: demoShop.domain, key: senders.keyOf(demoShop.domain), events: [one] }))).toBe(204);
    expect(await count("event WHERE source_at = $1 AND subject = 'visitor:visitor-bad-input'", [first.at])).toBe(1);
    const cart = (token: string) => JSON.stringify({ token, created_at: now().toISOString(), updated_at: now().toISOString(), line_items: [] });
    expect((await signed(cart("content-one"), { "x-shopify-event-id": "reused" })).text).toBe("accepted");
    expect((await signed(cart("content-two"), { "x-shopify-event-id": "reused" })).text).toBe("duplicate");
    expect(await count("event WHERE data->>'token' = 'content-two'")).toBe(0);
  });

  test("a consent that a browser claims is not even read", async () => {
    const claims = { consent: "granted", analyticsProcessingAllowed: true, marketingAllowed: true, email: "stranger@example.com", acceptsMarketing: true };
    expect(await senders.pixel(batch({ ...claims, data: { ...event().data, ...claims } }), { "x-consent": "granted" })).toBe(204);
    expect(await count("consent_record")).toBe(0);
    expect(await count("event WHERE data::text LIKE '%stranger@%' OR data::text LIKE '%granted%'")).toBe(0);
  });

  test("another shop's name with our key, or our name with its key, opens neither", async () => {
    const before = await count("event e JOIN shop s ON s.id = e.shop_id WHERE s.domain = $1", [other]);
    expect(await senders.pixel(JSON.stringify({ shop: other, key: senders.keyOf(demoShop.domain), events: [event()] }))).toBe(401);
    expect(await senders.pixel(JSON.stringify({ shop: demoShop.domain, key: senders.keyOf(other), events: [event()] }))).toBe(401);
    expect(await senders.pixel(batch(), { origin: `https://${other}` })).toBe(403);
    // Who is meant stands in the signed delivery's header; what the body says of shops is nobody's business.
    const foreign = JSON.stringify({ ...order(77, null, "a@b.example", now()), shop_domain: other, shop_id: 2, shop: other });
    expect((await signed(foreign, {}, "orders/create")).text).toBe("accepted");
    expect(await count("event e JOIN shop s ON s.id = e.shop_id WHERE s.domain = $1", [other])).toBe(before);
  });

  test.each<[what: string, price: unknown, currency: string, outcome: string, minor?: string]>([
    ["negative", "-1.00", "GBP", "accepted", "-100"],
    ["nothing", "0.00", "GBP", "accepted", "0"],
    ["a million millions", "999999999999.99", "GBP", "accepted", "99999999999999"],
    ["more than that", "1000000000000.00", "GBP", "rejected"],
    ["with a comma", "12,34", "GBP", "rejected"],
    ["written as 1e12", "1e12", "GBP", "rejected"],
    ["without decimals in yen", "1234", "JPY", "accepted", "1234"],
    ["with three decimals in dinars", "1.234", "KWD", "accepted", "1234"],
    ["no number", "NaN", "GBP", "rejected"],
    ["a list", ["1"], "GBP", "rejected"],
    ["of no currency", "1.00", "gold", "rejected"],
  ])("a total that is %s", async (what, price, currency, outcome, minor) => {
    const id = 600_000 + what.length * 100 + (number += 1);
    expect(
      (await signed(JSON.stringify(order(id, null, null, now(), { total_price: price, currency, line_items: [{ ...line, price: "1" }] })), {}, "orders/create"))
        .text,
    ).toBe(outcome);
    expect(await senders.stage.rows("SELECT data->>'totalMinor' AS minor FROM event WHERE data->>'orderId' = $1", [String(id)])).toEqual(
      minor === undefined ? [] : [{ minor }],
    );
  });

  test.each([["-1"], ["12,34"], ["1e12"], ["99999999999"], [1], [null], [{}]])("a price of %j from a browser is dropped, the look is kept", async (price) => {
    const visitor = `visitor-price-${(number += 1)}`;
    expect(await senders.pixel(batch({ visitor, data: { ...event().data, price } }))).toBe(204);
    expect(await senders.stage.rows("SELECT data ? 'priceMinor' AS priced FROM event WHERE subject = $1", [`visitor:${visitor}`])).toEqual([{ priced: false }]);
  });

  test("orders of every odd kind are worked through", async () => {
    const kinds: Record<string, unknown>[] = [
      { cancelled_at: now().toISOString() },
      { test: true },
      { source_name: "pos" },
      { source_name: "shopify_draft_order" },
      { total_price: "0.00", total_discounts: "25.00" },
      { line_items: [{ ...line, price: "50.00", gift_card: true, product_id: null, variant_id: null }] },
      { line_items: [] },
      { total_price: "10.00", currency: "EUR", presentment_currency: "USD", refunds: [{ id: 1, transactions: [{ amount: "3.00", currency: "USD" }] }] },
      { customer: null, email: null, phone: null },
      { email: "a@b", phone: "+44 7700 900123 ext 5" },
      { email: "victim@x.test,me@y.test" },
      { email: "a@x.test\r\nBcc: v@y.test" },
    ];
    for (const [index, kind] of kinds.entries())
      expect((await signed(JSON.stringify(order(700_000 + index, null, `kind-${index}@example.com`, now(), kind)), {}, "orders/create")).text).toBe("accepted");
    expect(
      (await signed(JSON.stringify(checkout("odd-checkout", "A@X.TEST", now(), { line_items: [], total_price: "0.00" })), {}, "checkouts/create")).text,
    ).toBe("accepted");
    expect(await sceneAt(senders.stage.world.url).settled(30_000)).toBe(true);
    expect(await count("placed_order WHERE order_id LIKE '7000%'")).toBe(kinds.length);
  }, 40_000);
});

test("whoever drips is given up after ten seconds", async () => {
  const ended = await slow.all;
  expect(Math.max(...ended.map((one) => one.ms))).toBeLessThan(20_000);
  expect(ended.filter((one) => !one.closed || (one.status !== 408 && one.status !== 0))).toEqual([]);
}, 40_000);

test("through all of it nothing failed and nobody went down", async () => {
  expect(senders.product.ended()).toBeUndefined();
  expect(senders.product.log()).not.toMatch(/"level":(50|60)/);
  expect(await senders.pixel(batch())).toBe(204);
});

/** Bytes on a connection of our own. `feed` writes until it is told that nobody listens any more. Status 0: closed without an answer. */
function raw(head: string, feed: (write: (text: string) => boolean) => Promise<void>): Promise<{ status: number; closed: boolean }> {
  const { hostname, port } = new URL(senders.product.url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let heard = "";
    let open = true;
    let closed = false;
    const status = () => Number(/^HTTP\/1\.1 (\d{3})/.exec(heard)?.[1] ?? 0);
    socket.on("connect", () => {
      socket.write(head);
      void feed((text) => open && !socket.destroyed && (socket.write(text), true));
    });
    socket.on("data", (part: Buffer) => (heard += part.toString("latin1")));
    socket.on("end", () => (closed = true));
    socket.on("error", () => (closed = true));
    socket.on("close", () => {
      open = false;
      resolve({ status: status(), closed: true });
    });
    socket.setTimeout(35_000, () => {
      open = false;
      socket.destroy();
      resolve({ status: status(), closed });
    });
  });
}
