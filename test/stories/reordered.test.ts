// Deliveries in every order, through web and worker: what the shop knows afterwards is the same.
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { checkout, order } from "../factories/webhooks.ts";
import { each, openSenders, type Senders } from "./product-stage.ts";
import { until } from "./stage.ts";

let senders: Senders;
let start: Date;
const minutes = (count: number) => new Date(start.getTime() + count * 60_000);

beforeAll(async () => {
  senders = await openSenders();
  start = new Date(Math.floor(senders.stage.world.clock.now().getTime() / 1000) * 1000 - 3 * 3_600_000);
}, 60_000);
afterAll(() => senders?.close());

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first, index) => permutations(items.filter((_, at) => at !== index)).map((rest) => [first, ...rest]));
}

/** A checkout, its last change, the order that finished it, its payment and what was given back. */
function story(index: number): { topic: string; payload: unknown }[] {
  const token = `any-order-${index}`;
  const email = `any-order-${index}@example.com`;
  const id = 880_000 + index;
  return [
    { topic: "checkouts/create", payload: checkout(token, email, minutes(0)) },
    { topic: "orders/create", payload: order(id, token, email, minutes(5)) },
    { topic: "orders/paid", payload: order(id, token, email, minutes(5), { updated_at: minutes(6).toISOString(), financial_status: "paid" }) },
    {
      topic: "checkouts/update",
      payload: checkout(token, email, minutes(0), { updated_at: minutes(5).toISOString(), completed_at: minutes(5).toISOString() }),
    },
  ];
}

const read = () =>
  until(
    "all of it was read",
    async () => {
      const [row] = await senders.stage.rows<{ there: boolean }>(
        "SELECT bool_and(c.seq = s.next - 1) AS there FROM sequence s JOIN cursor c ON c.shop_id = s.shop_id AND c.name = 'process' WHERE s.name = 'event'",
      );
      return row?.there;
    },
    30_000,
  );

test("paid before it was placed, changed after it was finished: every order of deliveries ends alike", async () => {
  const orders = permutations([0, 1, 2, 3]);
  await each(orders, async (sequence, index) => {
    const told = story(index);
    for (const at of sequence) {
      const { topic, payload } = told[at] as (typeof told)[number];
      expect((await senders.webhook(topic, payload, `any-order-${index}-${at}`)).status).toBe(200);
    }
  });
  await read();
  const rows = await senders.stage.rows<Record<string, unknown>>(
    `SELECT p.email, c.completed_at AS finished, o.placed_at AS placed, o.updated_at AS changed, o.total_minor::int AS total, o.profile_id = c.profile_id AS same,
       ARRAY(SELECT m.segment_key FROM membership m WHERE m.shop_id = p.shop_id AND m.profile_id = p.id ORDER BY 1) AS segments,
       (SELECT count(*)::int FROM flow_run r WHERE r.shop_id = p.shop_id AND r.profile_id = p.id) AS runs
     FROM profile p JOIN checkout c ON c.shop_id = p.shop_id AND c.profile_id = p.id JOIN placed_order o ON o.shop_id = p.shop_id AND o.checkout_token = c.token
     WHERE p.email LIKE 'any-order-%' AND p.merged_into IS NULL ORDER BY p.email`,
  );
  expect(rows).toHaveLength(orders.length);
  const [first] = rows.map(({ email: _, ...rest }) => rest);
  expect(first).toMatchObject({ finished: minutes(5), placed: minutes(5), changed: minutes(6), total: 2500, same: true, runs: 0 });
  for (const { email, ...rest } of rows) expect({ email, ...rest }).toEqual({ email, ...first });
}, 90_000);

test("an order that comes after the app was taken off is kept, and nothing is sent to anybody", async () => {
  const at = senders.stage.world.clock.now();
  expect((await senders.webhook("app/uninstalled", {}, "taken-off")).status).toBe(200);
  expect((await senders.webhook("orders/create", order(990_001, null, "late@example.com", at), "late-order")).status).toBe(200);
  await read();
  expect(await senders.stage.rows("SELECT total_minor::int AS total FROM placed_order WHERE order_id = '990001'")).toEqual([{ total: 2500 }]);
  expect(await senders.stage.rows("SELECT uninstalled_at IS NOT NULL AS off FROM shop WHERE domain = $1", [demoShop.domain])).toEqual([{ off: true }]);
  expect(senders.stage.world.mail.mailbox.list()).toEqual([]);
}, 60_000);
