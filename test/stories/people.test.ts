// People, on the merchant's screens: found, looked at, and parted again where a merge was wrong.
import { describe, expect, test } from "vitest";
import { defaultSettings } from "../../app/flows/flow.ts";
import { demoShop } from "../../sandbox/shopify/shop-state.ts";
import { screenshot } from "../browser.ts";
import * as made from "../factories/webhooks.ts";
import { merchantStage } from "./merchant-stage.ts";
import { until } from "./stage.ts";

const its = merchantStage("people");
const { app, screen, expectAccessible, deliver, read } = its;
const customer = (id: number, email: string, first: string, last: string) => ({
  ...{ id, admin_graphql_api_id: `gid://shopify/Customer/${id}`, email, first_name: first, last_name: last },
  updated_at: its.stage.world.clock.now().toISOString(),
});

describe("people", () => {
  test("a new shop has nobody, and says what to wait for", async () => {
    await screen("/app/people", "People");
    await app().getByText("Nobody yet").waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "people-empty");
  });

  test("the list shows who is known, a page at a time", async () => {
    await its.stage.rows(
      `UPDATE shop SET sender_name = 'Harbour & Pine', sender_address = 'hello@harbourandpine.example', postal_address = '12 Quay Street, Whitby', holdout_percent = 0`,
    );
    await its.stage.rows(
      `INSERT INTO flow (shop_id, key, enabled_at, settings, holdout_percent, test_mail_at, other_mails_off_at, updated_at) SELECT id, 'abandoned-checkout', $1, $2, 0, $1, $1, $1 FROM shop`,
      [new Date(its.stage.world.clock.now().getTime() - 60_000), JSON.stringify(defaultSettings["abandoned-checkout"])],
    );
    for (let index = 0; index < 30; index += 1)
      await deliver("customers/create", customer(900_000 + index, `shopper${index}@example.com`, "Ada", `Byrne ${String(index).padStart(2, "0")}`));
    const now = its.stage.world.clock.now();
    const recover = { abandoned_checkout_url: `https://${demoShop.domain}/60000000000/checkouts/ac/x/recover?key=k` };
    // A reader of hers: a customer who left a checkout, and paid it under the address of her work, as a guest.
    await deliver("customers/create", customer(800_001, "mira@example.com", "Mira", "Holm"));
    await deliver("carts/create", { token: "cart-checkout-mira", created_at: now.toISOString(), updated_at: now.toISOString(), line_items: [made.line] });
    await deliver("checkouts/create", made.checkout("checkout-mira", "mira@example.com", now, { ...recover, ...{ customer: { id: 800_001 } } }));
    await deliver(
      "orders/create",
      made.order(7001, null, "work@example.org", new Date(now.getTime() - 40 * 86_400_000), { customer: null, cart_token: null, checkout_token: null }),
    );
    await deliver("checkouts/create", made.checkout("checkout-no", "silent@example.com", now, { ...recover, buyer_accepts_marketing: false }));
    await read();
    its.stage.world.clock.move({ advance: "PT1H2M" });
    await until(
      "her mail went out",
      async () => (await its.stage.rows("SELECT 1 FROM message WHERE state = 'sent' AND to_address = 'mira@example.com'")).length === 1,
      30_000,
    );
    const later = its.stage.world.clock.now();
    await deliver("orders/create", made.order(7002, "checkout-mira", "work@example.org", later, { customer: null }));
    await read();

    await screen("/app/people", "People");
    await app().getByRole("link", { name: "silent@example.com" }).waitFor();
    expect(await app().locator("tbody tr").count()).toBe(25);
    await expectAccessible();
    await screenshot(its.merchant, "people");
    // On a phone each of them says all of it below each other.
    const desktop = its.merchant.viewportSize() ?? expect.unreachable();
    await its.merchant.setViewportSize({ width: 390, height: 844 });
    await app()
      .getByRole("listitem")
      .filter({ hasText: "silent@example.com" })
      .getByText(/known since \d+ \w+ 2026/)
      .waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "people-narrow");
    await its.merchant.setViewportSize(desktop);
    await until("the table again", async () => (await app().locator("tbody tr").count()) === 25, 10_000);
    const first = await app().locator("tbody tr").first().innerText();
    await app().getByRole("button", { name: "Older" }).click();
    await until("the second page", async () => (await app().locator("tbody tr").count()) < 25, 10_000);
    await app().getByRole("button", { name: "Newer" }).click();
    await until("the first page again", async () => (await app().locator("tbody tr").first().innerText()) === first, 10_000);
  });

  test("somebody is found by name, address and order, and what was typed stands in no log and no address", async () => {
    for (const typed of ["mir", "Holm", "MIRA@example", "work@example.org", "#7002", "7002"]) {
      await app().getByLabel("Find by name, email address, phone or order number").fill(typed);
      await app().getByRole("button", { name: "Find" }).click();
      await app().getByText("1 person found.").waitFor();
      await app().getByRole("link", { name: "Mira Holm" }).waitFor();
      await app().getByLabel("Find by name, email address, phone or order number").fill("");
      await app().getByRole("button", { name: "Find" }).click();
      await app().getByText("1 person found.").waitFor({ state: "detached" });
    }
    await app().getByLabel("Find by name, email address, phone or order number").fill("nobody at all %_");
    await app().getByRole("button", { name: "Find" }).click();
    await app().getByText("Nobody matches.", { exact: false }).waitFor();
    expect(its.merchant.url()).not.toContain("example");
    expect(its.product.log()).not.toMatch(/mira@example|work@example/i);
  });

  test("a segment shows its people", async () => {
    await screen("/app/people?segment=past-purchasers", "People");
    await app().getByRole("link", { name: "Mira Holm" }).waitFor();
    expect(await app().locator("tbody tr").count()).toBe(1);
  });

  test("a person's page says what is known and from where, what was sent, and why she was merged", async () => {
    await app().getByRole("link", { name: "Mira Holm" }).click();
    await app().getByRole("heading", { name: "What we know" }).waitFor();
    await app().getByText("The same cart or checkout in Shopify").first().waitFor();
    await app().getByText("Mail sent: Reminder").waitFor();
    await app().getByText("Bought before the next mail").waitFor();
    await app().getByText("Ordered #7002", { exact: false }).waitFor();
    await app().getByText("were found to be one person.", { exact: false }).waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "person");
  });

  test("who was not written to has the reason on her page", async () => {
    await screen("/app/people", "People");
    await app().getByLabel("Find by name, email address, phone or order number").fill("silent");
    await app().getByRole("button", { name: "Find" }).click();
    await app().getByRole("link", { name: "silent@example.com" }).click();
    await app().getByText("Did not agree to marketing mail").waitFor();
    await app().getByText("Marketing mail: no").waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "person-not-mailed");
  });

  test("a merge is taken back with a word of warning, and both are there again", async () => {
    const [before] = await its.stage.rows<{ id: string }>("SELECT profile_id AS id FROM profile_alias WHERE kind = 'email' AND key = 'mira@example.com'");
    await screen(`/app/people/${before?.id ?? ""}`, "Mira Holm");
    await app()
      .getByRole("button", { name: /^Take back the merge with/ })
      .click();
    await app().getByText("Are these two people?").waitFor();
    await screenshot(its.merchant, "person-take-back");
    await app().getByRole("dialog").getByRole("button", { name: "Take back", exact: true }).click();
    await app()
      .getByText(/Taken back on/)
      .waitFor();
    const rows = await its.stage.rows<{ key: string; profile_id: string }>(
      "SELECT key, profile_id FROM profile_alias WHERE kind = 'email' AND key IN ('mira@example.com', 'work@example.org') ORDER BY key",
    );
    expect(new Set(rows.map((row) => row.profile_id)).size).toBe(2);
    const [order] = await its.stage.rows<{ profile_id: string }>("SELECT profile_id FROM placed_order WHERE name = '#7002'");
    expect(order?.profile_id).toBe(rows[1]?.profile_id);
    await expectAccessible();
    // By the address of the page alone.
    await screen(`/app/people/${rows[1]?.profile_id ?? ""}`, "work@example.org");
    await app().getByText("Ordered #7001", { exact: false }).waitFor();
  });
});
