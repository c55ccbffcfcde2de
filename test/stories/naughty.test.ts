// Everything that people and machines write into fields, sent through the real doors of a running product: a clear no or kept safely, never a failure.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkoutPayload } from "../../sandbox/shopify/payloads.ts";
import { demoShop, openShop } from "../../sandbox/shopify/shop-state.ts";
import { sceneAt } from "../../sandbox/replay/scene.ts";
import { order } from "../factories/webhooks.ts";
import { sharedData } from "../shared-data.ts";
import { chrome, each, openSenders, other, type Senders } from "./product-stage.ts";
import { checkoutFacts } from "./storm.ts";

const blns = sharedData("datasets/corpora/blns.json", "the big list of naughty strings at every door");
/** What the list does not have, and databases and parsers stumble over. */
const ours = [
  "a\u0000b",
  "\ud800",
  "\udc00\ud800",
  "null",
  "undefined",
  "[object Object]",
  "e\u0301".repeat(2_000),
  "\u202eabc",
  "x".repeat(100_000),
  "__proto__",
  "constructor",
];

describe.skipIf(blns === null)("naughty strings", () => {
  const strings = [...((blns === null ? [] : JSON.parse(blns)) as string[]), ...ours];
  let senders: Senders;
  let before: unknown;
  const ofOther = () =>
    senders.stage.rows(
      `SELECT (SELECT row_to_json(s)::text FROM shop s WHERE domain = $1) AS shop, (SELECT count(*)::int FROM event e JOIN shop s ON s.id = e.shop_id WHERE s.domain = $1) AS events,
        (SELECT count(*)::int FROM profile p JOIN shop s ON s.id = p.shop_id WHERE s.domain = $1) AS profiles`,
      [other],
    );

  beforeAll(async () => {
    senders = await openSenders();
    before = await ofOther();
  }, 120_000);
  afterAll(() => senders?.close());

  /** How often each status was answered. */
  const tally = (statuses: number[]) =>
    Object.fromEntries([...new Set(statuses)].sort().map((status) => [status, statuses.filter((one) => one === status).length]));
  const neverFailed = (statuses: number[]) => expect(Object.keys(tally(statuses)).filter((status) => Number(status) >= 500)).toEqual([]);

  test("the list is whole", () => expect(strings.length - ours.length).toBe(515));

  test("in every field of a webhook", async () => {
    const shop = openShop(demoShop, new Date());
    const now = senders.stage.world.clock.now();
    const answers = await each(strings, async (text, index) => {
      const base = checkoutPayload(shop, checkoutFacts(index, now, 1, now, null)) as unknown as Record<string, unknown>;
      const lines = (base["line_items"] as object[]).map((one) => ({ ...one, title: text, sku: text, variant_title: text, vendor: text }));
      const person = { first_name: text, last_name: text, company: text, address1: text, city: text, country_code: text, phone: text };
      const checkout = {
        ...base,
        note: text,
        email: text,
        phone: text,
        line_items: lines,
        shipping_address: person,
        billing_address: person,
        note_attributes: [{ name: text, value: text }],
      };
      const placed = order(9_000_000 + index, null, text, now, {
        name: text,
        note: text,
        tags: text,
        source_name: text,
        discount_codes: [{ code: text, amount: "1.00", type: text }],
        customer: { id: 1000 + index, ...person, email: text },
      });
      return [
        await senders.webhook("checkouts/create", checkout, `naughty-c-${index}`),
        await senders.webhook("orders/create", placed, `naughty-o-${index}`),
        await senders.webhook(
          "products/update",
          { id: 500_000 + index, title: text, handle: text, status: text, vendor: text, tags: text, updated_at: now.toISOString() },
          `naughty-p-${index}`,
        ),
        await senders.webhook(
          "orders/paid",
          { ...placed, id: text, currency: text, total_price: text, checkout_token: text, cart_token: text },
          `naughty-x-${index}`,
        ),
        await senders.webhook("orders/paid", text, `naughty-y-${index}`),
      ];
    });
    const all = answers.flat();
    // An empty body has no signature that could be right.
    expect(tally(all.map((one) => one.status))).toEqual({ 200: all.length - 1, 401: 1 });
    expect(all.filter((one) => one.text === "accepted").length).toBeGreaterThan(strings.length * 2);
  }, 120_000);

  test("in every field of a pixel", async () => {
    const key = senders.keyOf(demoShop.domain);
    const good = { id: "sh-1", name: "page.viewed", at: new Date().toISOString(), visitor: "visitor-naughty", cart: null, checkout: null, data: { path: "/" } };
    const batch = (change: object) => JSON.stringify({ shop: demoShop.domain, key, events: [{ ...good, ...change }] });
    const bodies = strings.flatMap((text, index) => [
      ...["id", "name", "at", "visitor", "cart", "checkout"].map((field) => batch({ [field]: text })),
      batch({ id: `p-${index}`, name: "search.submitted", data: { query: text } }),
      batch({ id: `q-${index}`, name: "form.abandoned", data: { form: text, kind: text, path: text } }),
      batch({ id: `r-${index}`, name: "product.viewed", data: { productId: text, variantId: text, vendor: text, price: text, currency: text } }),
      batch({
        id: `s-${index}`,
        name: "landing.arrived",
        data: { path: text, referrer: text, utm: { source: text, medium: text, campaign: text }, click: { kind: text, id: text } },
      }),
      JSON.stringify({ shop: text, key: text, events: [good] }),
      text,
    ]);
    const statuses = await each(bodies, (body) => senders.pixel(body), 24);
    expect(Object.keys(tally(statuses)).filter((status) => !["204", "400", "401", "413"].includes(status))).toEqual([]);
    expect(tally(statuses)[204]).toBeGreaterThan(strings.length);
  }, 120_000);

  test("as a header of a pixel's request", async () => {
    const sendable = strings.filter((text) => /^[\x20-\x7e]{1,2000}$/.test(text));
    const statuses = await each(sendable, (text) => senders.pixel("{}", { origin: text, "x-forwarded-for": text, "content-type": "text/plain" }));
    expect(Object.keys(tally(statuses)).filter((status) => !["400", "429"].includes(status))).toEqual([]);
  }, 60_000);

  test("as the token of a link, with every method", async () => {
    const paths = strings.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 8_000));
    const statuses = await each(paths, async (path) => {
      const answers: number[] = [];
      for (const [method, door] of [
        ["GET", "c"],
        ["GET", "u"],
        ["POST", "u"],
        ["GET", "s"],
        ["POST", "s"],
      ] as const) {
        const answer = await fetch(`${senders.product.url}/${door}/${path}`, { method, redirect: "manual", headers: { "user-agent": chrome } });
        await answer.arrayBuffer();
        answers.push(answer.status);
      }
      return answers;
    });
    expect(Object.keys(tally(statuses.flat())).filter((status) => !["404", "400", "405", "410"].includes(status))).toEqual([]);
  }, 120_000);

  test("in an address's query", async () => {
    const statuses = await each(
      strings,
      async (text, index) => {
        const query = encodeURIComponent(text.toWellFormed()).slice(0, 6_000);
        const answers: number[] = [];
        for (const path of [
          `/?shop=${query}`,
          `/auth/login?shop=${query}`,
          `/app?shop=${query}&host=${query}`,
          `/proxy/x?shop=${query}&signature=${query}`,
          `/connect/meta?state=${query}&code=${query}`,
        ]) {
          const answer = await fetch(senders.product.url + path, { redirect: "manual", headers: { "user-agent": chrome } });
          await answer.arrayBuffer();
          answers.push(answer.status);
        }
        answers.push(await senders.screen(`/app/settings/request?id=${query}`, "routes/app.settings-request/route"));
        // A whole screen costs a hundred times what a door does: every eighth of the list, and all of ours.
        if (index % 8 !== 0 && !ours.includes(text)) return answers;
        answers.push(await senders.screen(`/app?page=${query}&period=${query}`, "routes/app.home/route"));
        for (const [path, route] of [
          ["orders", "order"],
          ["messages", "message"],
          ["flows", "flow"],
        ] as const)
          if (text.trim() !== "" && text !== "." && text !== "..") answers.push(await senders.screen(`/app/${path}/${query}`, `routes/app.${route}/route`));
        return answers;
      },
      8,
    );
    neverFailed(statuses.flat());
  }, 240_000);

  test("in the forms of the embedded screens", async () => {
    const settings = ["/app/settings", "routes/app.settings/route"] as const;
    const statuses = await each(
      strings,
      async (text, index) => {
        const sender = {
          intent: "save",
          senderName: text,
          senderAddress: "hello@shop.example",
          postalAddress: text,
          holdoutPercent: "5",
          countOffline: "false",
        };
        const content = { subject: text, preheader: text, heading: text, body: text, button: text };
        const step = { intent: "save", enabled: "true", waitHours: "1", ...content };
        const answers = [
          await senders.form(...settings, sender),
          await senders.form("/app/flows/abandoned-checkout/reminder", "routes/app.flow-step/route", step),
        ];
        if (index % 8 !== 0 && !ours.includes(text)) return answers;
        const odd = { intent: text, id: text, platform: text, account: text, state: text, code: text };
        answers.push(await senders.form(...settings, { ...sender, senderAddress: text, holdoutPercent: text, countOffline: text }));
        answers.push(await senders.form("/app/audiences", "routes/app.audiences/route", odd));
        answers.push(await senders.form("/app/audiences", "routes/app.audiences/route", { ...odd, intent: "finish" }));
        answers.push(await senders.form("/app/audiences", "routes/app.audiences/route", { ...odd, intent: "pause" }));
        answers.push(await senders.form("/app/flows/abandoned-checkout", "routes/app.flow/route", { intent: "test", to: text }));
        return answers;
      },
      8,
    );
    neverFailed(statuses.flat());
  }, 240_000);

  test("afterwards all of it has been read, nothing has failed, and the other shop is as it was", async () => {
    expect(await sceneAt(senders.stage.world.url).settled(60_000)).toBe(true);
    expect(senders.product.ended()).toBeUndefined();
    expect(senders.product.log()).not.toMatch(/"level":(50|60)/);
    const now = await ofOther();
    const masked = (rows: unknown) => JSON.stringify(rows).replace(/pixel_seen_at[^,]*,/, "");
    expect(masked(now)).toBe(masked(before));
    const titles = await senders.stage.rows<{ product_id: string; title: string }>(
      "SELECT product_id, title FROM product WHERE product_id LIKE '5000%' OR product_id LIKE '5001%'",
    );
    expect(titles.length).toBeGreaterThan(100);
    for (const { product_id: id, title } of titles) {
      const text = (strings[Number(id) - 500_000] ?? "").replaceAll("\u0000", "").toWellFormed();
      expect(text.startsWith(title) || title === text.trim()).toBe(true);
    }
  }, 90_000);
});
