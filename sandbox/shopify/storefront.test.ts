import { afterEach, beforeEach, expect, test } from "vitest";
import { demo, type SmallWorld, startSmallWorld } from "./small-world.ts";

let world: SmallWorld;
beforeEach(async () => {
  world = await startSmallWorld();
  await world.exchange();
});
afterEach(() => world.close());

type Made = { token: string; cartToken: string; recoverUrl: string };
type Paid = { orderId: number; total: string; discountCodes: { code: string }[]; financialStatus: string };

/** A browser of little brain: it keeps cookies, follows redirects and sends forms. */
function browser() {
  const jar = new Map<string, string>();
  async function open(url: string, form?: Record<string, string>): Promise<{ url: string; text: string; status: number }> {
    const answer = await fetch(new URL(url, world.worldUrl), {
      method: form ? "POST" : "GET",
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form && { body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    const location = answer.headers.get("location");
    const text = await answer.text();
    return location ? open(new URL(location, answer.url).href) : { url: answer.url, text, status: answer.status };
  }
  return open;
}

const payloadOf = (topic: string) => world.heard.findLast((one) => one.topic === topic)?.payload ?? {};
const firstVariant = () => String(world.shopify.shops.get(demo).products[0]?.variants[0]?.id);

test("a shopper who looks, fills a cart, fills in the checkout and pays makes Shopify's webhooks, in order", async () => {
  const open = browser();
  expect((await open("/shop/comeback-demo/?utm_source=letter&utm_campaign=spring")).text).toContain("Salt-glazed mug");
  expect((await open("/shop/comeback-demo/products/salt-glazed-mug")).text).toContain("Add to cart");
  expect((await open("/shop/comeback-demo/cart/add", { id: firstVariant() })).text).toContain("£18.50");
  await open("/shop/comeback-demo/cart/add", { id: firstVariant() });
  const checkout = await open("/shop/comeback-demo/checkout", {});
  expect(checkout.text).toContain("Email me with news and offers");
  const person = { email: "ada@example.com", firstName: "Ada", lastName: "Byrne", country: "DE", marketing: "yes" };
  expect((await open(checkout.url, person)).text).toContain("Pay now");
  expect((await open(`${checkout.url}/pay`, {})).text).toContain("Thank you, Ada");
  expect(world.topics()).toEqual([
    "carts/create",
    "carts/update",
    "checkouts/create",
    "checkouts/update",
    "customers/create",
    "customers_email_marketing_consent/update",
    "orders/create",
    "orders/paid",
    "checkouts/update",
  ]);
  const order = payloadOf("orders/paid");
  expect(order).toMatchObject({
    email: "ada@example.com",
    name: "#1001",
    total_price: "40.95",
    landing_site: "/?utm_source=letter&utm_campaign=spring",
    buyer_accepts_marketing: true,
    cart_token: payloadOf("carts/create")["token"],
    checkout_token: payloadOf("checkouts/create")["token"],
  });
  expect(payloadOf("customers_email_marketing_consent/update")).toMatchObject({ email_marketing_consent: { state: "subscribed" } });
  expect((await open("/shop/comeback-demo/cart")).text).toContain("Your cart is empty");
});

test("a recovery link opens the same basket with its code, and only with its key", async () => {
  const token = (await world.exchange()).body.access_token;
  await world.graphql(
    `mutation M($d: DiscountCodeBasicInput!) { discountCodeBasicCreate(basicCodeDiscount: $d) { userErrors { code } } }`,
    {
      d: {
        ...{ title: "Back", code: "BACK10", startsAt: "2026-11-01T00:00:00Z", context: { all: "ALL" } },
        customerGets: { value: { percentage: 0.1 }, items: { all: true } },
        usageLimit: 1,
      },
    },
    token,
  );
  const { body: made } = await world.control<Made>("/checkouts", { email: "ada@example.com", landingSite: "/" });
  expect(payloadOf("checkouts/update")).toMatchObject({ abandoned_checkout_url: made.recoverUrl, email: "ada@example.com" });
  const open = browser();
  expect((await open(made.recoverUrl.replace(/key=\w+/, "key=0"))).status).toBe(422);
  const page = await open(`${made.recoverUrl}&discount=BACK10&utm_source=comeback`);
  expect(page.text).toContain("Discount BACK10");
  await open(`${page.url.split("?")[0]}/pay`, {});
  expect(payloadOf("orders/create")).toMatchObject({ discount_codes: [{ code: "BACK10", amount: "1.85", type: "percentage" }] });
  expect(payloadOf("orders/create")["landing_site"]).toContain("utm_source=comeback");
  // Used up: the same code does nothing for the next one.
  const { body: next } = await world.control<Made>("/checkouts", { email: "bea@example.com" });
  const { body: paid } = await world.control<Paid>(`/checkouts/${next.token}/pay`, { discount: "BACK10" });
  expect(paid.discountCodes).toEqual([]);
});

test("a cart permalink of the shop's own domain becomes a checkout", async () => {
  const page = await browser()(`/cart/${firstVariant()}:2?checkout[email]=ada@example.com&attributes[visitor]=v1`);
  expect(page.text).toContain("2 × Salt-glazed mug - Kelp");
  expect(payloadOf("checkouts/update")).toMatchObject({ email: "ada@example.com", note_attributes: [{ name: "visitor", value: "v1" }] });
});

test("refunds and cancellations are told once, and not twice", async () => {
  const { body: made } = await world.control<Made>("/checkouts", { email: "ada@example.com" });
  const { body: paid } = await world.control<Paid>(`/checkouts/${made.token}/pay`, { attributes: [{ name: "a", value: "b" }] });
  await world.control(`/orders/${paid.orderId}/refund`, { amountMinor: 500 });
  expect(payloadOf("refunds/create")).toMatchObject({ order_id: paid.orderId, transactions: [{ amount: "5.00", kind: "refund" }] });
  expect(payloadOf("orders/updated")).toMatchObject({ financial_status: "partially_refunded" });
  await world.control(`/orders/${paid.orderId}/refund`);
  expect((await world.control(`/orders/${paid.orderId}/refund`)).status).toBe(422);
  await world.control(`/orders/${paid.orderId}/cancel`);
  expect(payloadOf("orders/cancelled")).toMatchObject({ cancelled_at: expect.any(String) as string });
  expect((await world.control(`/orders/${paid.orderId}/cancel`)).status).toBe(422);
});

test("a product that is put into a collection by hand is told by the collection, and one that has come to fit its rule by itself", async () => {
  const inWear = async () => {
    const { body } = await world.graphql<{ products: { nodes: { collections: { nodes: { handle: string }[] } }[] } }>(
      "{ products(first: 1) { nodes { handle collections(first: 9) { nodes { handle } } } } }",
      {},
      (await world.exchange()).body.access_token,
    );
    return body.data.products.nodes[0]?.collections.nodes.map((one) => one.handle);
  };
  expect(await inWear()).toEqual(["kitchen"]);
  await world.control("/collections/wear", { product: "salt-glazed-mug" });
  expect(payloadOf("collections/update")).toMatchObject({ handle: "wear", title: "To wear" });
  expect(await inWear()).toEqual(["kitchen", "wear"]);
  const before = world.topics().length;
  await world.control("/collections/wear", { product: "salt-glazed-mug", in: false, byRule: true });
  expect(world.topics().slice(before)).toEqual(["products/update"]);
  expect(await inWear()).toEqual(["kitchen"]);
  expect((await world.control("/collections/none", { product: "salt-glazed-mug" })).status).toBe(422);
});

test("the next webhooks misbehave as told, and held ones wait", async () => {
  await world.control("/faults", { webhooks: { times: 1, hold: true } });
  await world.control("/checkouts", {});
  expect(world.topics()).toEqual(["checkouts/create"]);
  await world.control("/webhooks/release");
  expect(world.topics()).toEqual(["checkouts/create", "carts/create"]);
});

test("every topic has a standard payload that Shopify's schema accepts", async () => {
  for (const email of ["ada@example.com", "bea@example.com"]) {
    const { body } = await world.control<Made>("/checkouts", { email });
    await world.control(`/checkouts/${body.token}/pay`);
  }
  const { everything } = await import("./subscriptions.ts");
  for (const topic of everything.topics.keys()) {
    expect(await world.control("/webhooks", { topic })).toMatchObject({ status: 200, body: { deliveries: [{ fate: "delivered" }] } });
  }
});

test("two shops share nothing, and both survive a restart", async () => {
  const other = "other-shop.myshopify.com";
  await world.control("/shops", { domain: other, name: "Other", currency: "JPY" });
  const { body: made } = await world.control<Made>("/checkouts", { shop: other, email: "ada@example.com" });
  expect(world.heard.filter((one) => one.shop === other)).toEqual([]);
  await world.exchange({}, other);
  await world.control(`/checkouts/${made.token}/pay`);
  expect(payloadOf("orders/paid")).toMatchObject({ currency: "JPY", total_price: "2245" });
  expect(world.shopify.shops.get(demo).orders).toEqual([]);
  const saved: unknown = JSON.parse(JSON.stringify(world.shopify.save()));
  const again = await startSmallWorld();
  again.shopify.restore(saved);
  expect(again.shopify.shops.get(other).products).toEqual(world.shopify.shops.get(other).products);
  expect(again.shopify.shops.get(other).orders).toEqual(world.shopify.shops.get(other).orders);
  expect(again.shopify.tokens.grants).toEqual(world.shopify.tokens.grants);
  await again.close();
});
