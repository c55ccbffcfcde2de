// Segments by scores, collections and vendors, on the merchant's screens; an answer that comes too late; and the builder by keyboard, and back.
import type { Locator, Route } from "playwright-core";
import { describe, expect, test } from "vitest";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { screenshot } from "../browser.ts";
import * as made from "../factories/webhooks.ts";
import { merchantStage } from "./merchant-stage.ts";
import { until } from "./stage.ts";

const its = merchantStage("segments-more");
const { app, hydrated, screen, expectAccessible, deliver, read } = its;
const patience = 30_000;
const button = (name: string | RegExp): Locator => app().getByRole("button", { name, exact: typeof name === "string" });
const saveBar = (name: string): Locator => its.merchant.getByRole("button", { name, exact: true });
const counted = (text: string | RegExp): Promise<void> => app().getByText(text).first().waitFor({ timeout: patience });
const state = () => its.stage.world.shopify.shops.get(demoShop.domain);
const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/** Days since the last order, and how many there were; two customers in each fifth of either, and so each knows her group. */
const buyers = [
  [2, 5, "champions"],
  [4, 1, "new-customers"],
  [10, 4, "loyal"],
  [12, 2, "potential-loyalists"],
  [20, 3, "need-attention"],
  [22, 1, "about-to-sleep"],
  [30, 5, "cannot-lose"],
  [32, 3, "at-risk"],
  [45, 4, "at-risk"],
  [47, 2, "hibernating"],
] as const;

const productId = (place: number) => state().products[place]?.id ?? expect.unreachable();

/** A browser looks at a product. */
async function look(visitor: string, place: number): Promise<void> {
  const key = await until("the shop has its pixel", () => Promise.resolve(state().webPixel?.settings["accountID"]), patience);
  const data = { productId: String(productId(place)), variantId: null, vendor: null, price: null, currency: null };
  const event = { id: `${visitor}-${place}`, name: "product.viewed", at: its.stage.world.clock.now().toISOString(), visitor, cart: null, checkout: null, data };
  const body = JSON.stringify({ shop: demoShop.domain, key, events: [event] });
  const answer = await fetch(`${its.product.url}/pixel`, { method: "POST", body, headers: { "content-type": "text/plain", "user-agent": chrome } });
  expect(answer.status, await answer.text()).toBe(204);
}

/** Chooses in a menu without a mouse. One that opens takes the focus a moment later. */
async function choose(item: string): Promise<void> {
  await app().locator(".Polaris-Popover__Content:focus").waitFor();
  await button(item).press("Enter");
}

const membersOf = async (name: string) =>
  (await its.stage.rows("SELECT 1 FROM membership m JOIN segment s ON s.key = m.segment_key WHERE s.name = $1", [name])).length;

describe("groups by scores", () => {
  test("each group's copy finds those whom the shop's own fifths put there", async () => {
    await screen("/app/segments", "Segments");
    const now = its.stage.world.clock.now().getTime();
    for (const [index, [days, orders, group]] of buyers.entries()) {
      const id = 930_000 + index;
      const email = `buyer${index}@example.com`;
      const customer = { id, admin_graphql_api_id: `gid://shopify/Customer/${id}`, email, first_name: "Buyer", last_name: group };
      await deliver("customers/create", { ...customer, updated_at: new Date(now).toISOString() });
      for (let order = 0; order < orders; order += 1) {
        const at = new Date(now - (days + order) * 86_400_000);
        const change = { customer: { id }, cart_token: null, checkout_token: null };
        await deliver("orders/create", made.order(30_000 + index * 10 + order, null, email, at, change));
      }
    }
    await read();
    // The fifths are worked out once a day.
    its.stage.world.clock.move({ advance: "P1DT1H" });
    const moved = its.stage.world.clock.now();
    const cuts = () => its.stage.rows<{ cuts: object }>("SELECT cuts FROM cut_points WHERE made_at >= $1", [moved]);
    const [made_] = await until("the fifths are made of everybody", async () => ((await cuts()).length === 1 ? cuts() : null), patience);
    // Of ten the second, fourth, sixth and eighth end a fifth; a day has passed since, and a begun one counts.
    expect(made_?.cuts).toMatchObject({ orders: [1, 2, 3, 4], recencyDays: [6, 14, 24, 34] });
    for (const group of new Set([...buyers.map(([, , one]) => one), "promising"])) {
      await screen(`/app/segments/build?from=rfm-${group}`, "New segment");
      const found = buyers.filter(([, , one]) => one === group).length;
      await counted(`${found} of 10 people`);
      for (const name of await app()
        .getByRole("link", { name: `Buyer ${group}` })
        .allInnerTexts())
        expect(name).toBe(`Buyer ${group}`);
      expect(
        await app()
          .getByRole("link", { name: `Buyer ${group}`, exact: true })
          .count(),
      ).toBeGreaterThanOrEqual(found);
    }
  });

  test("a copy is kept, with its members and why each is one", async () => {
    await screen("/app/segments/build?from=rfm-at-risk", "New segment");
    await counted("2 of 10 people");
    await expectAccessible();
    await screenshot(its.merchant, "segment-rfm-copy");
    await button("Save").click();
    await app().getByRole("heading", { name: "At risk (copy)" }).first().waitFor();
    await until("it is filled", async () => (await membersOf("At risk (copy)")) === 2, patience);
    await screen("/app/segments", "Segments");
    await app().getByRole("link", { name: "At risk (copy)" }).click();
    await app().getByText("2 of 2").waitFor();
    expect(await app().getByRole("link", { name: "Buyer at-risk", exact: true }).count()).toBe(2);
    await screenshot(its.merchant, "segment-rfm-kept");
  });
});

describe("an answer to what stands there no more", () => {
  test("is not shown, although it comes last", async () => {
    await screen("/app/segments/build?from=repeat-buyers", "New segment");
    await counted("8 of 10 people");
    const held: Route[] = [];
    const first = (url: URL) => url.pathname.startsWith("/app/segments/build");
    await its.merchant.route(first, async (route) => {
      const body = route.request().postData() ?? "";
      // The first question that is asked from now on is kept waiting.
      if (route.request().method() === "POST" && body.includes("look") && held.length === 0) held.push(route);
      else await route.continue();
    });
    await app().getByLabel("Times", { exact: true }).fill("4");
    await until("it was asked", () => Promise.resolve(held.length === 1), patience);
    await app().getByLabel("Times", { exact: true }).fill("5");
    await counted("2 of 10 people");
    // Only now comes the answer about four times, which would be four people.
    await held[0]?.continue().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await its.merchant.unroute(first);
    expect(await app().getByText("2 of 10 people").count()).toBe(1);
    expect(await app().getByText("4 of 10 people").count()).toBe(0);
    await app().getByLabel("Times", { exact: true }).fill("4");
    await counted("4 of 10 people");
    await saveBar("Discard").click();
  });
});

describe("without a mouse, and back again", () => {
  test("the keyboard is enough: a condition is added, filled, turned around, moved and removed without a mouse, and each step leads on from where it was done", async () => {
    const press = (key: string) => its.merchant.keyboard.press(key);
    const led = (to: Locator) => until("she is led there", () => to.evaluate((one) => one.ownerDocument.activeElement === one).catch(() => false), 10_000);
    const menu = async (of: string, item: string) => {
      await button(`Actions for: ${of}`).last().focus();
      await press("Enter");
      await choose(item);
    };
    await screen("/app/segments/build?from=repeat-buyers", "New segment");
    await counted("8 of 10 people");
    await button("Add a condition").focus();
    await press("Enter");
    await choose("Country");
    const country = app().getByRole("group", { name: "Country" });
    await led(country.getByLabel("Countries", { exact: true }));
    // A country is found by its letters or its name; the one that fits best is taken at once.
    await its.merchant.keyboard.type("ie");
    await press("Enter");
    await country.getByText("Ireland").first().waitFor();
    await app().getByText("are in the United Kingdom or Ireland", { exact: false }).first().waitFor();
    expect(await country.innerText()).not.toContain("Iceland");
    await its.merchant.keyboard.type("new zea");
    await app().getByRole("option", { name: "New Zealand" }).waitFor();
    await expectAccessible();
    await press("Enter");
    await app().getByText("are in the United Kingdom, Ireland or New Zealand", { exact: false }).first().waitFor();
    // Whoever goes on without taking it from the list has meant it, too.
    await its.merchant.keyboard.type("France");
    await press("Tab");
    await country.getByText("France").first().waitFor();
    await country.getByLabel("Countries", { exact: true }).focus();
    await its.merchant.keyboard.type("atlantis");
    await app().getByText('None has "atlantis" in its name.').first().waitFor();
    await press("Escape");
    await press("Tab");
    await until("what is wrong is said at the field", async () => (await country.getByRole("combobox", { name: "Countries" }).getAttribute("aria-invalid")) === "true", 10_000); // prettier-ignore
    await country.getByText('None has "atlantis" in its name.').first().waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-builder-country");
    await menu("Country", "Ask for the opposite");
    await led(button("Actions for: Not this"));
    await menu("Not this", "Move up");
    await led(button("Actions for: Not this"));
    await menu("Not this", "Move down");
    await menu("Country", "Put into a group");
    await led(button("Actions for: Any of these"));
    await menu("Not this", "Remove");
    await country.waitFor({ state: "detached" });
    await led(button("Actions for: Did or did not do something"));
    await counted("8 of 10 people");
    await menu("Did or did not do something", "Remove");
    await led(button("Add a condition"));
    await app().getByText("Begin with a condition.").waitFor();
  });

  test("what was done to the rule is taken back step by step, what was typed in one go at once", async () => {
    await button("Undo").click();
    await counted("8 of 10 people");
    const times = app().getByLabel("Times", { exact: true });
    await times.fill("");
    await times.pressSequentially("12");
    await button("Undo").click();
    expect(await times.inputValue()).toBe("2");
    // Back before the country was removed, put into a group, moved and turned around, and to before it was there.
    const group = app().getByRole("group", { name: "Country" });
    await button("Undo").click();
    await group.waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-builder-undo");
    for (let steps = 0; (await button("Undo").count()) > 0; steps += 1) {
      expect(steps).toBeLessThan(20);
      await button("Undo").click();
    }
    await group.waitFor({ state: "detached" });
    expect(await app().getByLabel("Times", { exact: true }).inputValue()).toBe("2");
    await counted("8 of 10 people");
  });
});

describe("collections and vendors", () => {
  const condition = () => app().getByRole("group", { name: "Did or did not do something" }).last();

  async function begin(): Promise<void> {
    await screen("/app/segments/build", "New segment");
    await button("Add a condition").click();
    await button("Did or did not do something").click();
    await condition().getByLabel("What", { exact: true }).selectOption("viewed-product");
    await condition().getByRole("button", { name: "Narrow it down" }).click();
  }

  test("a collection is found by its name, and who looked at something in it is counted", async () => {
    await until(
      "the collections are known",
      async () => (await its.stage.rows("SELECT 1 FROM collection_listing WHERE ended_at IS NOT NULL")).length === 1,
      patience,
    );
    // The mug is of the kitchen, the throw is not.
    await look("visitor-ada", 0);
    await look("visitor-bea", 0);
    await look("visitor-cleo", 1);
    await read();
    await begin();
    await counted("3 of 13 people");
    await condition().getByLabel("Collections", { exact: true }).fill("zzz");
    await app().getByText('None has "zzz" in its name.').first().waitFor();
    await condition().getByLabel("Collections", { exact: true }).fill("");
    await app().getByRole("option", { name: "Outdoor" }).waitFor();
    await screenshot(its.merchant, "segment-builder-collections");
    await its.merchant.keyboard.type("kitch");
    await its.merchant.keyboard.press("Enter");
    await its.merchant.keyboard.press("Escape");
    await counted("2 of 13 people");
    await app().getByText("viewed a product in Kitchen & table", { exact: false }).first().waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-builder-collection");
    await app().getByLabel("Name", { exact: true }).fill("Kitchen lookers");
    await saveBar("Save").click();
    await app().getByRole("heading", { name: "Kitchen lookers" }).first().waitFor();
    await until("it is filled", async () => (await membersOf("Kitchen lookers")) === 2, patience);
  });

  test("it is called by its name wherever the rule is shown, also the next day", async () => {
    await screen("/app/segments", "Segments");
    await app().getByRole("link", { name: "Kitchen lookers" }).click();
    await app().getByText("viewed a product in Kitchen & table", { exact: false }).first().waitFor();
    await app().getByRole("link", { name: "Change", exact: true }).or(button("Change")).first().click();
    await app().getByRole("heading", { name: "Change Kitchen lookers" }).first().waitFor();
    await hydrated();
    await condition().getByText("Kitchen & table", { exact: true }).waitFor();
    await screenshot(its.merchant, "segment-builder-collection-again");
  });

  test("who looked at something comes along when that is put into the collection", async () => {
    await its.stage.world.shopify.store.shelves.shelve(state(), "kitchen", productId(1));
    await until("she is in", async () => (await membersOf("Kitchen lookers")) === 3, patience);
    await screen("/app/segments", "Segments");
    expect(await app().getByRole("row").filter({ hasText: "Kitchen lookers" }).innerText()).toMatch(/\b3\b/);
  });

  test("a vendor is found by its name, too, and what it stops to sell is left", async () => {
    await begin();
    await condition().getByLabel("Vendors", { exact: true }).fill("harb");
    await app().getByRole("option", { name: "Harbour & Pine", exact: true }).click();
    await its.merchant.keyboard.press("Escape");
    await counted("3 of 13 people");
    await expectAccessible();
    await screenshot(its.merchant, "segment-builder-vendor");
    await app().getByLabel("Name", { exact: true }).fill("Looked at our own");
    await saveBar("Save").click();
    await app().getByRole("heading", { name: "Looked at our own" }).first().waitFor();
    await until("it is filled", async () => (await membersOf("Looked at our own")) === 3, patience);
    await its.stage.world.shopify.store.shelves.setVendor(state(), productId(0), "Potters of Leith");
    await until("two have left", async () => (await membersOf("Looked at our own")) === 1, patience);
  });

  test("of twenty thousand products and three thousand collections each is found by a part of its name, and has it again after a reload", async () => {
    const [shop] = await its.stage.rows<{ id: number }>("SELECT id FROM shop WHERE domain = $1", [demoShop.domain]);
    await its.stage.rows(
      `INSERT INTO product (shop_id, product_id, title, vendor) SELECT $1, (7000000 + n)::text, 'Item ' || n || CASE WHEN n % 2 = 0 THEN ' of felt' ELSE '' END, 'Maker ' || n % 500 FROM generate_series(1, 20000) n`,
      [shop?.id],
    );
    await its.stage.rows("INSERT INTO collection (shop_id, collection_id, title, handle) SELECT $1, (8000000 + n)::text, 'Shelf ' || n, 'shelf-' || n FROM generate_series(1, 3000) n", [shop?.id]); // prettier-ignore
    await begin();
    const field = (name: string) => condition().getByLabel(name, { exact: true });
    const choose = async (name: string, typed: string, option: string) => {
      await field(name).fill(typed);
      await app().getByRole("option", { name: option, exact: true }).click();
      await its.merchant.keyboard.press("Escape");
      await condition().getByText(option, { exact: true }).first().waitFor();
    };
    await field("Products").click();
    await app().getByText("The first 100 of many: type a part of the name").last().waitFor();
    await field("Products").fill("FELT");
    await app().getByText("The first 50 of many: type a part of the name").last().waitFor();
    await screenshot(its.merchant, "segment-builder-many-products");
    await choose("Products", "item 19998", "Item 19998 of felt");
    // Whoever types on quickly gets what was typed, once it is found; whoever looks first, what she marked.
    await field("Products").focus();
    await its.merchant.keyboard.type("item 7777");
    await its.merchant.keyboard.press("Enter");
    await condition().getByText("Item 7777", { exact: true }).first().waitFor();
    await its.merchant.keyboard.type("item 8889");
    await app().getByRole("option", { name: "Item 8889", exact: true }).waitFor();
    await its.merchant.keyboard.press("Backspace");
    await its.merchant.keyboard.type("8");
    await its.merchant.keyboard.press("Enter");
    await condition().getByText("Item 8888 of felt", { exact: true }).first().waitFor();
    await its.merchant.keyboard.type("item 999");
    await app().getByRole("option", { name: "Item 9990 of felt", exact: true }).waitFor();
    await its.merchant.keyboard.press("ArrowDown");
    await its.merchant.keyboard.press("Enter");
    await condition().getByText("Item 9990 of felt", { exact: true }).first().waitFor();
    await field("Products").fill("no such thing");
    await app().getByText('None has "no such thing" in its name.').first().waitFor();
    // Who knows no name may still give the number.
    await field("Products").fill("gid://shopify/Product/7000003");
    await app().getByRole("option", { name: "Item 3", exact: true }).click();
    await field("Products").fill("6999999");
    await app().getByRole("option", { name: "Shopify's number 6999999", exact: true }).click();
    await its.merchant.keyboard.press("Escape");
    await choose("Collections", "shelf 2999", "Shelf 2999");
    await choose("Vendors", "maker 499", "Maker 499");
    await expectAccessible();
    await app().getByLabel("Name", { exact: true }).fill("Lookers at one of many");
    await screenshot(its.merchant, "segment-builder-many-chosen");
    await saveBar("Save").click();
    await app().getByRole("heading", { name: "Lookers at one of many" }).first().waitFor();
    await app().getByRole("link", { name: "Change", exact: true }).or(button("Change")).first().click();
    await app().getByRole("heading", { name: "Change Lookers at one of many" }).first().waitFor();
    await hydrated();
    const products = [19998, 7777, 8888, 9990, 3, -1].map((n) => String(7_000_000 + n));
    const [kept] = await its.stage.rows<{ products: string[] }>("SELECT jsonb_path_query_array(rule::jsonb, '$.**.products[*]') AS products FROM segment WHERE name = 'Lookers at one of many'"); // prettier-ignore
    expect(new Set(kept?.products)).toEqual(new Set(products));
    for (const name of ["Item 19998 of felt", "Item 7777", "Item 8888 of felt", "Item 9990 of felt", "Item 3", "6999999", "Shelf 2999", "Maker 499"])
      await condition().getByText(name, { exact: true }).first().waitFor();
  });
});
