import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { demo, type SmallWorld, startSmallWorld } from "../shopify/small-world.ts";
import { factsId, type PageFacts } from "./page-facts.ts";

let world: SmallWorld;
let jar: Map<string, string>;
beforeEach(async () => {
  world = await startSmallWorld();
  jar = new Map();
});
afterEach(() => world.close());

/** A browser of little brain: cookies, redirects, forms and JSON. */
async function open(
  path: string,
  send?: { form?: Record<string, string>; json?: unknown; headers?: Record<string, string> },
): Promise<Response & { body_: string }> {
  const url = new URL(path, `${world.worldUrl}/shop/comeback-demo/`);
  const posted = send?.form ?? send?.json;
  const answer = await fetch(url, {
    method: posted === undefined ? "GET" : "POST",
    redirect: "manual",
    headers: {
      cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
      ...(send?.json !== undefined && { "content-type": "application/json" }),
      ...send?.headers,
    },
    ...(send?.form && { body: new URLSearchParams(send.form) }),
    ...(send?.json !== undefined && { body: JSON.stringify(send.json) }),
  });
  for (const line of answer.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value) jar.set(name, value);
    else jar.delete(name);
  }
  const location = answer.headers.get("location");
  if (location) return open(new URL(location, url).href);
  return Object.assign(answer, { body_: await answer.text() });
}
const factsOf = (page: string): PageFacts => {
  const json = new RegExp(`<script id="${factsId}" type="application/json">(.*?)</script>`, "s").exec(page)?.[1];
  return JSON.parse(json ?? "null") as PageFacts;
};
const happened = (page: string) => factsOf(page).happenings.map(({ name }) => name);
const variant = (handle: string, at = 0) => world.shopify.shops.get(demo).products.find((one) => one.handle === handle)?.variants[at]?.id ?? 0;

describe("pages", () => {
  test.each([
    ["", "For a house by the sea", ["page_viewed"]],
    ["collections/wear", "To wear", ["page_viewed", "collection_viewed"]],
    ["collections/all", "Everything", ["page_viewed", "collection_viewed"]],
    ["products/tide-clock", "Tide clock", ["page_viewed", "product_viewed"]],
    ["search?q=wool", "found for “wool”", ["page_viewed", "search_submitted"]],
    ["search?q=zeppelin", "Nothing here is called “zeppelin”", ["page_viewed", "search_submitted"]],
    ["contact", "Write to us", ["page_viewed"]],
    ["policies/privacy-policy", "Privacy policy", ["page_viewed"]],
    ["cart", "Your cart is empty", ["page_viewed"]],
  ])("%s is itself and tells %j", async (path, text, events) => {
    const { status, body_ } = await open(path);
    expect([status, body_.includes(text), happened(body_)]).toEqual([200, true, events]);
    expect(body_).toContain('"routes":{"root":"/shop/comeback-demo/"}');
  });

  test("what is not sold is a page that says so", async () => {
    for (const path of ["products/zeppelin", "collections/zeppelins", "nowhere"]) expect((await open(path)).status).toBe(404);
  });

  test("a collection is sorted by price, and paged", async () => {
    const { body_ } = await open("collections/all?sort_by=price-ascending&page=1");
    const prices = [...body_.matchAll(/card-price">(?:from )?£([\d.]+)/g)].map(([, price]) => Number(price));
    expect(prices).toHaveLength(12);
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
    expect(body_).toContain("Page 1 of 3");
    expect((await open("collections/all?page=99&sort_by=nonsense")).body_).toContain("Page 3 of 3");
  });

  test("what a shopper types is text, wherever it comes back", async () => {
    const { body_ } = await open(`search?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(body_).not.toContain("<script>alert(1)");
    expect(factsOf(body_).happenings[1]).toMatchObject({ data: { searchResult: { query: '"><script>alert(1)</script>' } } });
  });
});

describe("the cart's Ajax API", () => {
  type CartAnswer = {
    token: string;
    item_count: number;
    total_price: number;
    items: { key: string; quantity: number; title: string; url: string }[];
    note: string;
  };
  const cart = async (path: string, json: unknown) => JSON.parse((await open(path, { json })).body_) as CartAnswer;

  test("a thing is added, changed, noted and cleared, and every answer is the whole cart", async () => {
    const line = JSON.parse((await open("cart/add.js", { json: { id: variant("tide-clock"), quantity: 2 } })).body_) as CartAnswer["items"][0];
    expect(line).toMatchObject({
      title: "Tide clock",
      quantity: 2,
      price: 6800,
      final_line_price: 13600,
      url: expect.stringContaining("/shop/comeback-demo/products/tide-clock?variant=") as string,
    });
    const whole = JSON.parse((await open("cart.js")).body_) as CartAnswer;
    expect(whole).toMatchObject({ item_count: 2, total_price: 13600, currency: "GBP", requires_shipping: true, attributes: {}, note: "" });
    // The theme's embed reads the cookie: the cart's token, and behind it the secret.
    expect(decodeURIComponent(jar.get("cart") ?? "")).toBe(whole.token);
    expect(whole.token).toMatch(/^hWN\w{21}\?key=[0-9a-f]{32}$/);
    expect(await cart("cart/change.js", { id: line.key, quantity: 1 })).toMatchObject({ item_count: 1 });
    expect(await cart("cart/update.js", { note: "Ring twice", attributes: { gift: "yes" } })).toMatchObject({
      note: "Ring twice",
      attributes: { gift: "yes" },
    });
    expect(await cart("cart/clear.js", {})).toMatchObject({ item_count: 0, items: [] });
  });

  test("the keys of a cart and of its lines are those that Shopify documents", async () => {
    await open("cart/add.js", { json: { id: variant("tide-clock") } });
    const whole = JSON.parse((await open("cart.js")).body_) as Record<string, unknown> & { items: Record<string, unknown>[] };
    const documented =
      "token note attributes original_total_price total_price total_discount total_weight item_count items requires_shipping currency items_subtotal_price cart_level_discount_applications";
    const ofLines =
      "id properties quantity variant_id key title price original_price discounted_price line_price original_line_price total_discount discounts sku grams vendor taxable product_id product_has_only_default_variant gift_card final_price final_line_price url featured_image image handle requires_shipping product_type product_title product_description variant_title variant_options options_with_values line_level_discount_allocations line_level_total_discount";
    for (const key of documented.split(" ")) expect(whole).toHaveProperty(key);
    for (const key of ofLines.split(" ")) expect(whole.items[0]).toHaveProperty(key);
  });

  test("what is sold out is a 422, and nothing is in the cart", async () => {
    const answer = await open("cart/add.js", { json: { id: variant("tea-towels", 1) } });
    expect([answer.status, JSON.parse(answer.body_)]).toEqual([
      422,
      { status: 422, message: "Cart Error", description: "The product 'Tea towels, set of two - Madder stripe' is already sold out." },
    ]);
    expect(JSON.parse((await open("cart.js")).body_)).toMatchObject({ item_count: 0, token: "" });
  });

  test("a cart's token without its secret opens nothing", async () => {
    await open("cart/add.js", { json: { id: variant("tide-clock") } });
    jar.set("cart", (jar.get("cart") ?? "").split("%3F")[0] ?? "");
    expect(JSON.parse((await open("cart.js")).body_)).toMatchObject({ item_count: 0 });
  });

  test("what was added and removed is told once, to the page that asks or the next one", async () => {
    await open("cart/add.js", { json: { id: variant("tide-clock"), quantity: 2 } });
    const ask = async () =>
      (JSON.parse((await open("cdn/wpm/happenings", { json: {} })).body_) as { name: string; data: { cartLine: { quantity: number } } }[]).map(
        ({ name, data }) => [name, data.cartLine.quantity],
      );
    expect(await ask()).toEqual([["product_added_to_cart", 2]]);
    expect(await ask()).toEqual([]);
    await open("cart/change.js", { json: { line: 1, quantity: 1 } });
    expect(happened((await open("cart")).body_)).toEqual(["product_removed_from_cart", "page_viewed", "cart_viewed"]);
  });
});

describe("the cart without a script", () => {
  test("quantities and a note are sent as a form, which goes on to the checkout where it is asked to", async () => {
    await world.exchange();
    await open("cart/add", { form: { form_type: "product", id: String(variant("tide-clock")), quantity: "2" } });
    const { token, items } = JSON.parse((await open("cart.js")).body_) as { token: string; items: { key: string }[] };
    const key = items[0]?.key ?? "";
    const page = await open("cart", { form: { form_type: "cart", [`updates[${key}]`]: "3", note: "Ring twice", update: "1" } });
    expect([page.url.endsWith("/cart"), page.body_.includes("£204.00"), page.body_.includes("Ring twice")]).toEqual([true, true, true]);
    expect(world.heard.at(-1)).toMatchObject({
      topic: "carts/update",
      payload: { token: token.split("?")[0], note: "Ring twice", line_items: [{ quantity: 3 }] },
    });
    const heard = world.heard.length;
    // Nothing changed, nothing is told.
    await open("cart", { form: { form_type: "cart", [`updates[${key}]`]: "3", note: "Ring twice", update: "1" } });
    expect(world.heard.length).toBe(heard);
    const checkout = await open("cart", { form: { form_type: "cart", [`updates[${key}]`]: "1", note: "Ring twice", checkout: "1" } });
    expect(checkout.url).toMatch(/\/checkouts\/cn\/hWN\w{21}$/);
    expect(happened(checkout.body_)).toEqual(["product_removed_from_cart", "page_viewed", "checkout_started"]);
    // The same checkout is entered again, with what is in the cart by then.
    await open("cart", { form: { form_type: "cart", [`updates[${key}]`]: "2" } });
    expect((await open("checkout")).url).toBe(checkout.url);
    expect(world.heard.at(-1)).toMatchObject({ topic: "checkouts/update", payload: { line_items: [{ quantity: 2 }] } });
    await open("cart/change?line=1&quantity=0");
    expect((await open("checkout")).body_).toContain("Your cart is empty");
  });

  test("what is short is said on the page", async () => {
    const page = await open("cart/add", { form: { id: String(variant("driftwood-lamp")), quantity: "5" } });
    expect([page.status, page.body_.includes("Only 3 items were added to your cart due to availability.")]).toEqual([422, true]);
  });
});

describe("people", () => {
  test("an account is registered, ticked for mail, logged into and seen with its orders", async () => {
    await world.exchange();
    const person = { "customer[email]": "ada@example.com", "customer[first_name]": "Ada", "customer[last_name]": "Byrne" };
    expect((await open("account", { form: { ...person, "customer[password]": "abc" } })).body_).toContain("at least 5 characters");
    expect((await open("account", { form: { ...person, "customer[password]": "harbour", "customer[accepts_marketing]": "true" } })).body_).toContain(
      "Hello, Ada",
    );
    expect(world.topics()).toEqual(["customers/create", "customers_email_marketing_consent/update"]);
    await open("cart/add.js", { json: { id: variant("tide-clock") } });
    const checkout = await open("checkout", { form: {} });
    expect(checkout.body_).toContain("Pay now");
    await open(`${checkout.url}/pay`, { form: {} });
    expect((await open("account")).body_).toContain("#1001");
    await open("account/logout");
    expect((await open("account")).url).toContain("/account/login");
    const login = (password: string) => open("account/login", { form: { "customer[email]": "ADA@example.com", "customer[password]": password } });
    expect((await login("wrong")).body_).toContain("Incorrect email or password.");
    expect((await login("harbour")).body_).toContain("Hello, Ada");
    expect((await open("account/marketing", { form: {} })).body_).toContain("Letters from us");
    expect(world.heard.at(-1)?.payload).toMatchObject({ email_marketing_consent: { state: "unsubscribed" } });
    jar.clear();
    expect((await open("account", { form: { ...person, "customer[password]": "harbour" } })).body_).toContain("already associated with an account");
    expect(JSON.stringify(world.shopify.save())).not.toContain('harbour"');
  });

  test("the newsletter makes a customer who agreed, once", async () => {
    await world.exchange();
    const sign = (email: string) => open("contact", { form: { form_type: "customer", "contact[email]": email, "contact[tags]": "newsletter" } });
    expect((await sign("bea@example.com")).body_).toContain("The next letter is yours");
    expect(world.topics()).toEqual(["customers/create", "customers_email_marketing_consent/update"]);
    await sign("bea@example.com");
    expect(world.topics()).toHaveLength(2);
    expect((await sign("nonsense")).body_).toContain("does not look like an email");
  });

  test("a letter to the shop is kept, and makes no webhook", async () => {
    await world.exchange();
    const write = (body: string) => open("contact", { form: { form_type: "contact", "contact[email]": "cy@example.com", "contact[body]": body } });
    expect((await write("")).status).toBe(422);
    expect((await write("Do you mend jumpers?")).body_).toContain("Thank you for writing");
    expect(world.shopify.shops.get(demo).letters).toMatchObject([{ email: "cy@example.com", body: "Do you mend jumpers?" }]);
    expect(world.topics()).toEqual([]);
    expect((await open("contact", { form: { form_type: "other" } })).status).toBe(422);
  });
});

describe("what Shopify adds to a page", () => {
  test("the app's embed is in it once it is switched on, with its script after the platform's, and never in a checkout", async () => {
    await world.exchange();
    expect((await open("")).body_).not.toContain("comeback.js");
    world.shopify.shops.get(demo).embed = "on";
    const { body_ } = await open("");
    const script = /<script src="([^"]*comeback\.js)" type="text\/javascript" defer="defer">/.exec(body_)?.[1] ?? "";
    expect(body_.indexOf("platform.js")).toBeLessThan(body_.indexOf("comeback.js"));
    expect(body_).toMatch(/id="shopify-block-comeback-embed"[^]*<\/body>/);
    expect((await open(script)).body_).toContain("visitorConsentCollected");
    await open("cart/add.js", { json: { id: variant("tide-clock") } });
    expect((await open("checkout")).body_).not.toContain("comeback.js");
    await world.control("/uninstall");
    expect((await open("")).body_).not.toContain("comeback.js");
    expect((await open(script)).status).toBe(404);
  });

  test("the pixel is named only where the app has one, with its settings, and without anybody's address", async () => {
    await world.exchange();
    expect(factsOf((await open("")).body_).pixel).toBeNull();
    expect((await open("cdn/wpm/pixel.js")).status).toBe(404);
    world.shopify.shops.get(demo).webPixel = { id: "gid://shopify/WebPixel/1", settings: { accountID: "k", endpoint: "https://app.test/pixel" } };
    expect(factsOf((await open("")).body_).pixel).toMatchObject({ settings: { accountID: "k" }, needs: { analytics: true, marketing: true } });
    const code = (await open("cdn/wpm/pixel.js")).body_;
    expect(code).toContain("WebPixel::Render");
    await open("cart/add.js", { json: { id: variant("tide-clock") } });
    const checkout = await open("checkout");
    const next = await open(checkout.url, { form: { email: "ada@example.com", firstName: "Ada", lastName: "Byrne", country: "GB" } });
    expect(happened(next.body_)).toEqual(["checkout_contact_info_submitted", "checkout_address_info_submitted", "page_viewed"]);
    expect(JSON.stringify(factsOf(next.body_))).not.toMatch(/ada@|Ada|Quay Street/);
    expect((await open("", { headers: { "sec-fetch-dest": "iframe" } })).body_).not.toContain("cdn/wpm/pixel.js");
  });

  test("where she pretends to be is remembered, and only what is a place", async () => {
    expect(factsOf((await open("")).body_).region.code).toBe("GBENG");
    const page = await open("world/region", { form: { region: "USCA", back: "/shop/comeback-demo/cart" } });
    expect([page.url.endsWith("/cart"), factsOf(page.body_).region.rule]).toEqual([true, "opt-out-of-sale"]);
    await open("world/region", { form: { region: "ATLANTIS", back: "https://evil.test/" } });
    expect(factsOf((await open("")).body_).region.code).toBe("USCA");
  });
});
