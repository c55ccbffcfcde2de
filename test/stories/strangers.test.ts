// Ten thousand strangers' addresses said to the pixel's door, with the flows on: nobody is mailed, and nobody can be.
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultSettings, type FlowKey } from "../../app/flows/flow.ts";
import { checkoutPayload } from "../../sandbox/shopify/payloads.ts";
import { demoShop, openShop } from "../../sandbox/shopify/shop-state.ts";
import { sceneAt } from "../../sandbox/replay/scene.ts";
import { each, openSenders, type Senders } from "./product-stage.ts";
import { until } from "./stage.ts";
import { checkoutFacts } from "./storm.ts";

const calls = 10_000;
const visitors = 400;
let senders: Senders;
let answers: number[];

const product = { productId: "8000000000001", variantId: "38000000000001", vendor: null, price: "18.50", currency: "GBP" };

/** What somebody might try, by the name of the event and the places an address could stand. */
function attempt(index: number, at: string): { event: object; status: number } {
  const email = `victim-${index}@strangers.example`;
  const who = {
    email,
    phone: "+447700900123",
    customer: { id: index, email, acceptsMarketing: true },
    buyer_accepts_marketing: true,
    customerGid: `gid://shopify/Customer/${index}`,
  };
  const base = {
    id: `id-${index}`,
    at,
    visitor: `visitor-${index % visitors}-stranger`,
    cart: `cart-of-${index % visitors}`,
    checkout: `checkout-of-${index % visitors}`,
    ...who,
  };
  const made = (name: string, data: object, status: number) => ({ event: { ...base, name, data: { ...data, ...who } }, status });
  switch (index % 10) {
    case 0:
      return made("identify", {}, 400);
    case 1:
      return made("customer.updated", { updatedAt: at }, 400);
    case 2:
      return made("email-consent.changed", { state: "confirmed", at }, 400);
    case 3:
      return made("checkout.updated", { token: "t", startedAt: at, updatedAt: at, lines: [], person: who }, 400);
    case 4:
      return made("order.paid", { orderId: String(index), person: who }, 400);
    case 5:
      return made("product.viewed", product, 204);
    case 6:
      return made("checkout.step", { step: "contact" }, 204);
    case 7:
      return made("form.submitted", { form: email, kind: "newsletter", path: `/?email=${email}` }, 204);
    case 8:
      return { event: { ...base, visitor: email, name: "product.viewed", data: product }, status: 400 };
    default:
      return made("product.added-to-cart", { ...product, quantity: 1 }, 204);
  }
}

beforeAll(async () => {
  senders = await openSenders();
  const { stage } = senders;
  const now = stage.world.clock.now();
  await stage.rows(
    `UPDATE shop SET sender_name = 'Harbour & Pine', sender_address = 'hello@harbourandpine.example', postal_address = '12 Quay Street, Whitby', holdout_percent = 0`,
  );
  for (const key of Object.keys(defaultSettings) as FlowKey[])
    await stage.rows(
      `INSERT INTO flow (shop_id, key, enabled_at, settings, holdout_percent, test_mail_at, other_mails_off_at, updated_at) SELECT id, $3, $1, $2, 0, $1, $1, $1 FROM shop WHERE domain = $4`,
      [new Date(now.getTime() - 60_000), JSON.stringify(defaultSettings[key]), key, demoShop.domain],
    );
  const attempts = Array.from({ length: calls }, (_none, index) => attempt(index, now.toISOString()));
  const key = senders.keyOf(demoShop.domain);
  answers = await each(attempts, ({ event }) => senders.pixel(JSON.stringify({ shop: demoShop.domain, key, events: [event] })), 32);
  expect(answers.map((status, index) => (status === attempts[index]?.status ? null : `${index % 10}: ${status}`)).filter((one) => one !== null)).toEqual([]);
  // One who really left a checkout, so that the flows are seen to be on.
  await senders.webhook("checkouts/create", checkoutPayload(openShop(demoShop, now), checkoutFacts(1, now, 1, now, null)), "real-checkout");
  expect(await sceneAt(stage.world.url).settled(120_000)).toBe(true);
  stage.world.clock.move({ advance: "PT1H1M" });
  await until("the real one was mailed", () => Promise.resolve(stage.world.mail.mailbox.list().length > 0), 30_000);
  for (const step of ["PT4H", "P1D", "P3D", "P3D"]) {
    stage.world.clock.move({ advance: step });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
  }
  expect(await sceneAt(stage.world.url).settled(60_000)).toBe(true);
}, 240_000);
afterAll(() => senders?.close());

test("every call was answered: half refused whole, half kept without what it claimed", () => {
  expect(answers.filter((status) => status === 204)).toHaveLength(calls * 0.4);
  expect(answers.filter((status) => status === 400)).toHaveLength(calls * 0.6);
});

test("the visitors are there, in their segments, and nobody but the real one can be mailed or was", async () => {
  const [row] = await senders.stage.rows<{ people: number; reachable: number; members: number; consents: number; runs: number }>(`
    SELECT (SELECT count(*)::int FROM profile WHERE merged_into IS NULL) AS people, (SELECT count(*)::int FROM profile WHERE email IS NOT NULL OR phone IS NOT NULL) AS reachable,
      (SELECT count(DISTINCT id)::int FROM membership_change CROSS JOIN unnest(profile_ids) id) AS members, (SELECT count(DISTINCT profile_id)::int FROM consent_record) AS consents,
      (SELECT count(DISTINCT profile_id)::int FROM flow_run) AS runs`);
  expect(row?.people).toBe(visitors * 0.4 + 1);
  expect(row?.members).toBe(visitors * 0.4 + 1);
  expect(row).toMatchObject({ reachable: 1, consents: 1, runs: 1 });
  const letters = senders.stage.world.mail.mailbox.list();
  expect(new Set(letters.flatMap((one) => one.to))).toEqual(new Set(["shopper-1@example.com"]));
});

test("no table, no task of the queue and no line of the log holds a stranger's address", async () => {
  const tables = await senders.stage.rows<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema IN ('public', 'pgboss', 'event_part') AND table_type = 'BASE TABLE'`,
  );
  expect(tables.length).toBeGreaterThan(30);
  for (const { name } of tables)
    expect(await senders.stage.rows(`SELECT '${name}' AS name FROM ${name} t WHERE t::text LIKE '%strangers.example%' LIMIT 1`)).toEqual([]);
  expect(senders.product.log()).not.toContain("strangers.example");
});
