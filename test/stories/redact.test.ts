// A person is in everything we keep, then the shop asks us to forget her: afterwards no form of any word about her is found, in any table, task or line of a log.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultSettings } from "../../app/flows/flow.ts";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { sceneAt } from "../../sandbox/replay/scene.ts";
import { checkout, order } from "../factories/webhooks.ts";
import { openSenders, type Senders } from "./product-stage.ts";
import { until } from "./stage.ts";

const canary = {
  email: "Canaria.Kanarienvogel@canary-mail.example",
  phone: "+447700900987",
  firstName: "Canária",
  lastName: "Kanarienvogel",
  street: "99 Birdcage Walk Canarywharf",
  city: "Canaryville",
  note: "please ring the canarybell",
  recoverKey: "canaryrecoverkey",
  search: "canary seed for my Canária",
};
const customerId = 7_700_900_987_001;

/** The ways a word can be written down. */
function formsOf(word: string): string[] {
  const plain = [word, word.toLowerCase(), word.toUpperCase(), word.normalize("NFD"), word.normalize("NFD").toLowerCase()];
  const hashed = [word.trim().toLowerCase(), word].map((text) => createHash("sha256").update(text));
  return [
    ...plain,
    ...plain.map((text) => encodeURIComponent(text)),
    ...plain.flatMap((text) => [Buffer.from(text).toString("base64").replace(/=+$/, "").slice(0, -1), Buffer.from(text).toString("hex")]),
    ...hashed.flatMap((hash) => [hash.copy().digest("hex"), hash.copy().digest("base64")]),
  ];
}
const forms = [...new Set([...Object.values(canary).flatMap(formsOf), String(customerId)])];

let senders: Senders;

const hashed = createHash("sha256").update(canary.email.toLowerCase()).digest("hex");
const atMeta = async () => (await (await fetch(`${senders.stage.world.url}/meta/api`)).text()).includes(hashed);

/** Where any of it stands: `table: form`. */
async function found(): Promise<string[]> {
  const tables = await senders.stage.rows<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema IN ('public', 'pgboss', 'event_part') AND table_type = 'BASE TABLE'`,
  );
  expect(tables.length).toBeGreaterThan(30);
  const places: string[] = [];
  for (const { name } of tables) {
    const text = (await senders.stage.rows<{ text: string }>(`SELECT t::text AS text FROM ${name} t`)).map((row) => row.text).join("\n");
    places.push(...forms.filter((form) => text.includes(form)).map((form) => `${name}: ${form}`));
  }
  return places;
}
/** What the processes wrote. */
const said = () => forms.filter((form) => senders.product.log().includes(form) || senders.worker.log().includes(form));
const settled = async () => expect(await sceneAt(senders.stage.world.url).settled(30_000)).toBe(true);
const send = async (topic: string, payload: unknown, id: string) => expect((await senders.webhook(topic, payload, id)).status).toBe(200);

beforeAll(async () => {
  senders = await openSenders({ LOG_LEVEL: "debug" });
  const { stage } = senders;
  const now = stage.world.clock.now();
  await stage.rows(
    `UPDATE shop SET sender_name = 'Harbour & Pine', sender_address = 'hello@harbourandpine.example', postal_address = '12 Quay Street, Whitby', holdout_percent = 0`,
  );
  await stage.rows(
    `INSERT INTO flow (shop_id, key, enabled_at, settings, holdout_percent, test_mail_at, other_mails_off_at, updated_at) SELECT id, 'abandoned-checkout', $1, $2, 0, $1, $1, $1 FROM shop WHERE domain = $3`,
    [new Date(now.getTime() - 60_000), JSON.stringify(defaultSettings["abandoned-checkout"]), demoShop.domain],
  );
  const address = {
    first_name: canary.firstName,
    last_name: canary.lastName,
    address1: canary.street,
    city: canary.city,
    phone: canary.phone,
    country_code: "GB",
  };
  const customer = {
    id: customerId,
    email: canary.email,
    phone: canary.phone,
    first_name: canary.firstName,
    last_name: canary.lastName,
    default_address: address,
  };
  const person = { customer, phone: canary.phone, shipping_address: address, billing_address: address, note: canary.note };
  await send("customers/create", { ...customer, created_at: now.toISOString(), updated_at: now.toISOString() }, "canary-customer");
  await send(
    "customers_email_marketing_consent/update",
    {
      customer_id: customerId,
      email_address: canary.email,
      email_marketing_consent: { state: "subscribed", opt_in_level: "single_opt_in", consent_updated_at: now.toISOString() },
    },
    "canary-consent",
  );
  await send("orders/create", order(77_001, null, canary.email, new Date(now.getTime() - 3_600_000), person), "canary-order");
  await send(
    "checkouts/create",
    checkout("canary-left", canary.email, now, {
      ...person,
      abandoned_checkout_url: `https://${demoShop.domain}/1/checkouts/ac/cart-canary-left/recover?key=${canary.recoverKey}`,
    }),
    "canary-checkout",
  );
  // What could not be understood is kept raw: by an address, a telephone number or a name alone.
  await send("orders/updated", { id: [], email: canary.email }, "canary-rejected-email");
  await send("orders/updated", { id: [], phone: canary.phone }, "canary-rejected-phone");
  await send("orders/updated", `{"broken": "${canary.email.toUpperCase()}"`, "canary-rejected-json");
  await send("fulfillments/create", { id: 1, destination: address, email: canary.email }, "canary-unknown-topic");
  const event = (id: string, name: string, data: object) => ({
    id,
    name,
    at: now.toISOString(),
    visitor: "visitor-of-the-canary",
    cart: "cart-canary-left",
    checkout: "canary-left",
    data,
  });
  const events = [
    event("c1", "search.submitted", { query: canary.search }),
    event("c2", "form.abandoned", { form: canary.email, kind: "contact", path: `/pages/ask?for=${canary.email}` }),
  ];
  expect(await senders.pixel(JSON.stringify({ shop: demoShop.domain, key: senders.keyOf(demoShop.domain), events }))).toBe(204);
  await settled();
  stage.world.clock.move({ advance: "PT1H1M" });
  await until("she was mailed", () => Promise.resolve(stage.world.mail.mailbox.list().length > 0), 30_000);
  await until("the message is done", async () => (await stage.rows("SELECT 1 FROM message WHERE state = 'sent'")).length > 0, 20_000);
  const link = /https?:\/\/[^"\s]+(\/c\/[^"\s<]+)/.exec(
    (await stage.rows<{ html: string }>("SELECT html FROM message WHERE html IS NOT NULL"))[0]?.html ?? "",
  )?.[1];
  expect((await fetch(`${senders.product.url}${link}`, { redirect: "manual", headers: { "user-agent": "Mozilla/5.0 (X11) Firefox/140.0" } })).status).toBe(302);
  await send(
    "customers/data_request",
    { shop_domain: demoShop.domain, customer: { id: customerId, email: canary.email }, data_request: { id: 9 }, orders_requested: [77_001] },
    "canary-request",
  );
  await senders.audienceAtMeta("past-purchasers");
  await until("Meta has her", atMeta, 30_000);
  await until("the request was answered", async () => (await stage.rows("SELECT 1 FROM privacy_request WHERE answer IS NOT NULL")).length > 0, 20_000);
  await settled();
}, 180_000);
afterAll(() => senders?.close());

test("before: she is in many tables, and in no line of a log", async () => {
  const places = new Set((await found()).map((place) => place.split(":")[0]));
  expect([...places]).toEqual(
    expect.arrayContaining(["public.profile", "public.delivery", "public.message", "public.checkout", "public.message_link", "public.audience_member"]),
  );
  expect(said()).toEqual([]);
});

test("after customers/redact nothing of her is found, only the shop's keyed hash that she must not be mailed", async () => {
  await send(
    "customers/redact",
    { shop_domain: demoShop.domain, customer: { id: customerId, email: canary.email, phone: canary.phone }, orders_to_redact: [77_001] },
    "canary-redact",
  );
  await until(
    "it was done",
    async () => (await senders.stage.rows("SELECT 1 FROM privacy_request WHERE kind = 'customer-redact' AND completed_at IS NOT NULL")).length > 0,
    20_000,
  );
  await until("Meta has let go of her", async () => !(await atMeta()), 30_000);
  await settled();
  await until("the row of it is gone", async () => (await senders.stage.rows("SELECT 1 FROM audience_member")).length === 0, 20_000);
  expect(await found()).toEqual([]);
  expect(said()).toEqual([]);
  expect(await senders.stage.rows("SELECT reason FROM suppression")).toEqual([{ reason: "erased" }]);
  // Money must still add up.
  expect(await senders.stage.rows("SELECT total_minor::int AS total FROM placed_order")).toEqual([{ total: 2500 }]);
  expect(await senders.stage.rows("SELECT answer FROM privacy_request WHERE answer IS NOT NULL")).toEqual([]);
});

test("a shop that came back before its shop/redact keeps what it had; one that did not keeps nothing", async () => {
  const { stage } = senders;
  const count = async (table: string) =>
    (
      await stage.rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${table} t JOIN shop s ON s.id = t.shop_id WHERE s.domain = $1`, [
        demoShop.domain,
      ])
    )[0]?.count ?? 0;
  const requests = async () => (await stage.rows("SELECT 1 FROM privacy_request WHERE kind = 'shop-redact' AND completed_at IS NOT NULL")).length;
  const gone = async () => (await stage.rows("SELECT 1 FROM shop WHERE domain = $1 AND uninstalled_at IS NOT NULL", [demoShop.domain])).length > 0;
  await send("app/uninstalled", {}, "canary-uninstalled");
  await until("it is gone", gone, 10_000);
  await stage.rows("UPDATE shop SET installed_at = $1, uninstalled_at = NULL WHERE domain = $2", [
    new Date(stage.world.clock.now().getTime() + 3_600_000),
    demoShop.domain,
  ]);
  await send("shop/redact", { shop_domain: demoShop.domain }, "canary-shop-redact-late");
  await until("it was answered", async () => (await requests()) === 1, 20_000);
  expect(await count("placed_order")).toBe(1);
  expect(await count("event")).toBeGreaterThan(5);

  const aMoment = () => new Promise((resolve) => setTimeout(resolve, 2_100));
  await stage.rows("UPDATE shop SET uninstalled_at = $1 WHERE domain = $2", [stage.world.clock.now(), demoShop.domain]);
  await send("shop/redact", { shop_domain: demoShop.domain }, "canary-shop-redact");
  await until("it was answered", async () => (await requests()) === 2, 20_000);
  for (const table of ["placed_order", "event", "profile", "delivery", "message", "consent_record", "membership", "flow_run", "pixel_refusal"])
    expect([table, await count(table)]).toEqual([table, 0]);
  // We changed the shop behind the door's back, which remembers for two seconds.
  await aMoment();
  await send(
    "carts/create",
    { token: "after-all", created_at: new Date().toISOString(), updated_at: new Date().toISOString(), line_items: [] },
    "canary-after",
  );
  expect(await count("delivery")).toBe(0);
  expect((await senders.webhook("carts/create", {}, "canary-after-2")).text).toBe("ignored");
});
