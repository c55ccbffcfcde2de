import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { demo, startSmallWorld, type SmallWorld } from "../../sandbox/shopify/small-world.ts";
import { sharedData } from "../../test/shared-data.ts";
import { readWebhook } from "../capture/webhook.ts";
import { vocabulary, type NewEvent } from "../events/event.ts";
import { checkoutAnswer, checkoutDocument } from "../shops/admin/checkout.ts";
import { customersChangedAnswer, customersChangedDocument } from "../shops/admin/customer.ts";
import { orderAnswer, orderDocument } from "../shops/admin/order.ts";
import { cartTokenOf, checkoutEvent, consentEvents, customerEvent, orderEvent, refundEvent } from "./read.ts";

const heardAt = new Date("2026-11-22T00:00:00Z");
let world: SmallWorld;
let token: string;

beforeAll(async () => {
  world = await startSmallWorld();
  token = (await world.exchange()).body.access_token;
});
afterAll(() => world.close());

const shop = () => world.shopify.shops.get(demo);

/** What the last webhook of a topic became. */
function told(topic: string): NewEvent {
  const last = world.heard.findLast((one) => one.topic === topic) ?? expect.unreachable();
  const reading = readWebhook(topic, JSON.stringify(last.payload), { eventKey: "e", triggeredAt: null, receivedAt: heardAt, currency: shop().currency });
  return reading.ok ? (reading.events[0] ?? expect.unreachable()) : expect.unreachable();
}

/** What the product itself asks, through the API, checked against the official schema. */
async function ask<Schema extends z.ZodType>(document: string, answer: Schema, variables: Record<string, unknown>): Promise<z.output<Schema>> {
  const { body } = await world.graphql<unknown>(document, variables, token);
  return answer.parse(body.data);
}

const order = async (id: number, name: "order.placed" | "order.updated" | "order.cancelled" = "order.placed") => {
  const found = (await ask(orderDocument, orderAnswer, { id: `gid://shopify/Order/${id}` })).order ?? expect.unreachable();
  return { found, event: orderEvent(found, name, heardAt) ?? expect.unreachable() };
};

/** Every event is one of the vocabulary, whoever made it. */
function sound(event: NewEvent) {
  expect(() => vocabulary[event.name].parse(event.data)).not.toThrow();
}

describe("the Admin API and the webhooks tell the same", () => {
  let checkoutToken: string;
  let orderId: number;

  test("of a checkout that was left, but for the tick box", async () => {
    const { body } = await world.control<{ token: string }>("/checkouts", { email: "ada@example.com", country: "IE" });
    checkoutToken = body.token;
    const webhook = told("checkouts/update");
    world.pass(20 * 60_000);
    const checkout = shop().checkouts.find((one) => one.token === checkoutToken) ?? expect.unreachable();
    const found = await ask(checkoutDocument, checkoutAnswer, { id: `gid://shopify/AbandonedCheckout/${checkout.id}` });
    const event = checkoutEvent(found.node ?? expect.unreachable(), { token: checkoutToken, email: null }, heardAt) ?? expect.unreachable();
    sound(event);
    expect({ ...event.data }).toEqual(webhook.data);
    expect(event.subject).toBe(webhook.subject);
    const alone = checkoutEvent(found.node ?? expect.unreachable(), null, heardAt);
    expect(alone?.data).toEqual({ ...webhook.data, token: `cart/${checkout.cartToken}` });
    // What she typed is kept: the record of the customer may know another address.
    expect(checkoutEvent(found.node ?? expect.unreachable(), { token: checkoutToken, email: "typed@example.com" }, heardAt)).toMatchObject({
      data: { person: { email: null } },
    });
  });

  test("of an order, placed, refunded in part and cancelled", async () => {
    const { body } = await world.control<{ orderId: number }>(`/checkouts/${checkoutToken}/pay`, { acceptsMarketing: true });
    orderId = body.orderId;
    const placed = await order(orderId);
    sound(placed.event);
    expect(placed.event.data).toEqual(told("orders/create").data);
    expect(placed.event.subject).toBe(told("orders/create").subject);

    await world.control(`/orders/${orderId}/refund`, { amountMinor: 300 });
    const refunded = await order(orderId, "order.updated");
    expect(refunded.event.data).toEqual(told("orders/updated").data);
    const refund = refundEvent(refunded.found.id, refunded.found.refunds[0] ?? expect.unreachable(), heardAt) ?? expect.unreachable();
    sound(refund);
    expect(refund.data).toEqual(told("refunds/create").data);

    await world.control(`/orders/${orderId}/cancel`);
    expect((await order(orderId, "order.cancelled")).event.data).toEqual(told("orders/cancelled").data);
  });

  test("of a customer and what she agreed to", async () => {
    const query = "updated_at:>='2026-11-01T00:00:00Z'";
    const read = async () => (await ask(customersChangedDocument, customersChangedAnswer, { query, after: null })).customers.nodes[0] ?? expect.unreachable();
    const record = customerEvent(await read(), heardAt) ?? expect.unreachable();
    sound(record);
    // Consent changes the record too, and has a topic of its own; the record as such was last told when she was made.
    expect(record.data).toEqual({ ...told("customers/create").data, updatedAt: (record.data as { updatedAt: string }).updatedAt });
    const [said, ...more] = consentEvents(await read(), heardAt);
    sound(said ?? expect.unreachable());
    expect(said?.data).toEqual(told("customers_email_marketing_consent/update").data);
    expect(more).toEqual([]);
    world.pass(60_000);
    await world.control("/consent", { email: "ada@example.com", state: "unsubscribed" });
    expect(consentEvents(await read(), heardAt)[0]?.data).toEqual(told("customers_email_marketing_consent/update").data);
  });

  test("without the protected fields everything else is still told", async () => {
    await world.control("/faults", {
      unapproved: ["Customer.defaultEmailAddress", "Customer.firstName", "Customer.lastName", "Customer.defaultAddress", "Customer.defaultPhoneNumber"].concat(
        ["email", "phone", "shippingAddress", "billingAddress"].map((name) => `Order.${name}`),
      ),
    });
    const { event } = await order(orderId);
    expect(event.data).toMatchObject({
      person: { email: null, phone: null, firstName: null, country: null },
      checkoutToken,
      totalMinor: expect.any(Number) as number,
    });
    await world.control("/faults", { unapproved: [] });
  });
});

test("told again it is the same event; told later it is another", async () => {
  const found = (await ask(orderDocument, orderAnswer, { id: `gid://shopify/Order/${shop().orders[0]?.id}` })).order ?? expect.unreachable();
  const key = (one: NewEvent | null) => `${one?.sourceAt.toISOString()} ${one?.sourceId}`;
  expect(key(orderEvent(found, "order.placed", heardAt))).toBe(key(orderEvent(found, "order.placed", new Date("2027-05-05T00:00:00Z"))));
  expect(key(orderEvent({ ...found, updatedAt: "2026-11-21T23:00:00Z" }, "order.updated", heardAt))).not.toBe(key(orderEvent(found, "order.updated", heardAt)));
});

test.each([
  ["https://www.snowdevil.ca/26371970/checkouts/ac/cart_token_k23sabns3/recover?key=secret_token_i23kd8f88&locale=en", "cart_token_k23sabns3"],
  ["https://shop.example/shop/x/checkouts/ac/Z2NwLXVz%2Bb/recover?key=k", "Z2NwLXVz+b"],
  ["https://shop.example/checkouts/cn/abc/recover?key=k", null],
  ["https://shop.example/1/checkouts/ac/%E0%A4%A/recover", null],
  ["https://shop.example/1/checkouts/ac//recover", null],
])("the cart's token stands in the recovery link: %s", (url, cartToken) => expect(cartTokenOf(url)).toBe(cartToken));

test("Shopify's own sample of an abandoned checkout joins by its cart", () => {
  const sample = sharedData("shopify/graphql/abandonedCheckouts.response.json", "the documented answer of abandonedCheckouts");
  if (sample === null) return;
  const [node] = (JSON.parse(sample) as { abandonedCheckouts: { nodes: { abandonedCheckoutUrl: string }[] } }).abandonedCheckouts.nodes;
  expect(cartTokenOf(node?.abandonedCheckoutUrl ?? "")).toBe("cart_token_k23sabns3");
});

describe("consent without a date of its own", () => {
  const customer = (state: string) => ({
    id: "gid://shopify/Customer/7",
    createdAt: "2019-03-01T10:00:00Z",
    updatedAt: "2026-10-01T10:00:00Z",
    defaultEmailAddress: { emailAddress: "old@example.com", marketingState: state, marketingOptInLevel: null, marketingUpdatedAt: null },
  });
  test.each([
    ["SUBSCRIBED", "single", "2019-03-01T10:00:00.000Z"],
    ["UNSUBSCRIBED", "out", "2026-10-01T10:00:00.000Z"],
  ])("%s is %s, as of %s", (said, state, at) => {
    const [event] = consentEvents(customer(said), heardAt);
    expect(event).toMatchObject({ data: { state, at }, occurredAt: new Date(at) });
    // A key of the year: people agreed in any month of many years, and each month would be a partition.
    expect(event?.sourceAt).toEqual(new Date(`${at.slice(0, 4)}-01-01T00:00:00Z`));
  });
  test.each(["NOT_SUBSCRIBED", "PENDING", "INVALID"])("%s is nothing she said", (said) => expect(consentEvents(customer(said), heardAt)).toEqual([]));
});
