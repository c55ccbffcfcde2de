// What is expected of customers, on the merchant's screens: from too little to say anything, to a segment of those who are likely to come back.
import { describe, expect, test } from "vitest";
import type { Model } from "../../app/predictions/model.ts";
import { screenshot } from "../browser.ts";
import * as made from "../factories/webhooks.ts";
import { merchantStage } from "./merchant-stage.ts";
import { until } from "./stage.ts";

const its = merchantStage("predictions");
const { app, screen, expectAccessible, deliver, read } = its;
const patience = 30_000;
const button = (name: string) => app().getByRole("button", { name, exact: true });
const counted = (text: string | RegExp): Promise<void> => app().getByText(text).first().waitFor({ timeout: patience });
const day = 86_400_000;

let orders = 0;
/** Somebody ordered so many days ago, each time. */
async function buy(who: number, name: string, ago: number[]): Promise<void> {
  const now = its.stage.world.clock.now().getTime();
  const id = 950_000 + who;
  const email = `guest${who}@example.com`;
  const customer = { id, admin_graphql_api_id: `gid://shopify/Customer/${id}`, email, first_name: name, last_name: "Byrne" };
  await deliver("customers/create", { ...customer, updated_at: new Date(now).toISOString() });
  for (const days of ago) {
    orders += 1;
    const change = { customer: { id }, cart_token: null, checkout_token: null };
    await deliver("orders/create", made.order(40_000 + orders, null, email, new Date(now - days * day), change));
  }
}

/** A day passes, with which the shop is looked at anew. */
async function tomorrow(): Promise<Model> {
  await read();
  its.stage.world.clock.move({ advance: "P1DT1H" });
  const asked = its.stage.world.clock.now();
  const rows = () => its.stage.rows<{ model: Model }>("SELECT model FROM prediction_model WHERE made_at >= $1", [asked]);
  const [row] = await until("the shop was learned from", async () => ((await rows()).length === 1 ? rows() : null), patience);
  return row?.model ?? expect.unreachable();
}

async function person(who: number): Promise<void> {
  const [row] = await its.stage.rows<{ id: string }>("SELECT profile_id AS id FROM profile_alias WHERE kind = 'email' AND key = $1", [
    `guest${who}@example.com`,
  ]);
  await its.merchant.goto(`${its.stage.world.url}/admin/store/comeback-demo/apps/comeback/app/people/${row?.id ?? ""}`);
  await app().getByRole("heading", { name: "What is expected" }).waitFor({ timeout: patience });
  await its.hydrated();
}

const add = async (kind: string) => {
  await button("Add a condition").last().click();
  await button(kind).click();
};
/** The same on a (long) phone: nothing is cut off, and a picture of it. */
async function narrow(name: string): Promise<void> {
  const before = its.merchant.viewportSize() ?? expect.unreachable();
  await its.merchant.setViewportSize({ width: 390, height: 2200 });
  await until("it fits", () => its.frame().evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 10_000);
  await expectAccessible();
  await screenshot(its.merchant, `${name}-phone`);
  await its.merchant.setViewportSize(before);
}

const opposite = async (kind: string) => {
  await button(`Actions for: ${kind}`).click();
  await button("Ask for the opposite").click();
};

const builder = async (kind: string) => {
  await screen("/app/segments/build", "New segment");
  await button("Add a condition").click();
  await button(kind).click();
};

describe("what is expected", () => {
  test("of a shop that has sold little nothing is said, and what is missing is", async () => {
    await screen("/app/segments", "Segments");
    for (let who = 0; who < 6; who += 1) await buy(who, "Early", [20 + who]);
    expect((await tomorrow()).orders).toBe(6);
    await person(1);
    await app().getByText("Nothing can be said yet: the shop needs 44 more orders.").first().waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "person-nothing-expected");
    await builder("Chance of another order");
    await counted("0 of 6 people");
    await app().getByText("Not enough has been ordered in this shop yet to predict this.", { exact: false }).first().waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-nothing-expected");
    // Turned around it is true of everybody, and that is said.
    await opposite("Chance of another order");
    await counted("6 of 6 people");
    await app().getByText("Until then the opposite, which is asked for here, is true of everybody.", { exact: false }).first().waitFor();
    await app().getByText("Everybody fits this now.").waitFor();
    expect(await app().getByText("true of nobody", { exact: false }).count()).toBe(0);
    await expectAccessible();
    await screenshot(its.merchant, "segment-opposite-of-nothing");
    await narrow("segment-opposite-of-nothing");
  });

  test("from fifty orders and half a year on each customer has her chances, her next date and her spend, each with its range", async () => {
    // Regulars who come about every month, and people who came once and never again.
    for (let who = 10; who < 22; who += 1) await buy(who, "Regular", Array.from({ length: 5 }, (_, nth) => 10 + (who - 10) + (4 - nth) * 30).concat(who < 12 ? [200] : [])); // prettier-ignore
    for (let who = 30; who < 44; who += 1) await buy(who, "Once", [180 - (who - 30) * 6]);
    const model = await tomorrow();
    expect(model.orders).toBeGreaterThan(70);
    await person(10);
    await app().getByText("Within 30 days").waitFor();
    expect(
      await app()
        .getByText(/^\d+% \(\d+ to \d+%\)$/)
        .count(),
    ).toBe(3);
    await app()
      .getByText(/^About \d+ \w+ 2\d\d\d$/)
      .waitFor();
    await app().getByText("Usually between two orders").waitFor();
    await app().getByText(`Going by ${model.orders} orders of ${model.customers} customers in this shop`, { exact: false }).waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "person-expected");
    await person(30);
    await app()
      .getByText(/^Was expected about /)
      .waitFor();
    expect(await app().getByText("Usually between two orders").count()).toBe(0);
  });

  test("a rule over it is built, counted, explained and kept", async () => {
    await builder("Chance of another order");
    await app().getByLabel("Percent", { exact: true }).fill("60");
    await counted(/^(9|10|11|12) of 32 people$/);
    await app().getByText("People who are at least 60% likely to order again within 90 days.").waitFor();
    await app().getByLabel("Within the next", { exact: true }).selectOption("30");
    await app().getByText("likely to order again within 30 days.", { exact: false }).first().waitFor();
    await app().getByLabel("Percent", { exact: true }).fill("140");
    await app().getByText("A chance is between 0 and 100 percent.").waitFor();
    await app().getByLabel("Percent", { exact: true }).fill("40");
    await counted(/^\d+ of 32 people$/);
    await app().getByLabel("Ask about somebody").fill("guest30@example.com");
    await button("Ask").click();
    await app()
      .getByText(/^Is not in: is less than 40% likely to order again within 30 days: now \d+% \(\d+ to \d+%\), last order on \d+ \w+ 2\d\d\d$/)
      .waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-expected");
    await app().getByLabel("Name", { exact: true }).fill("Likely soon");
    await its.merchant.getByRole("button", { name: "Save", exact: true }).click();
    await app().getByRole("heading", { name: "Likely soon" }).first().waitFor();
    const members = () => its.stage.rows("SELECT 1 FROM membership m JOIN segment s ON s.key = m.segment_key WHERE s.name = 'Likely soon'");
    expect((await until("it is filled", async () => ((await members()).length > 0 ? members() : null), patience)).length).toBeGreaterThan(5);

    await builder("Date of the next order expected");
    await app().getByLabel("When", { exact: true }).selectOption("overdue");
    await app().getByText("were expected back 7 to 90 days ago and have not ordered", { exact: false }).first().waitFor();
    await builder("Spend expected within a year");
    await app().getByLabel("Amount", { exact: true }).fill("75.00");
    await app().getByText("are expected to spend at least £75.00 within a year", { exact: false }).first().waitFor();
    await counted(/^\d+ of 32 people$/);
  });

  test("turned around, who is likely to come is not in, with why", async () => {
    await builder("Chance of another order");
    await app().getByLabel("Percent", { exact: true }).fill("60");
    await opposite("Chance of another order");
    await counted(/^2[0-3] of 32 people$/);
    await app().getByText("People who are less than 60% likely to order again within 90 days (or nobody can say).").waitFor();
    await app().getByText("Some who are not").waitFor();
    await app()
      .getByText(/^is at least 60% likely to order again within 90 days: now \d+% \(\d+ to \d+%\), last order on \d+ \w+ 2\d\d\d$/)
      .first()
      .waitFor();
    expect(await app().getByText("true of", { exact: false }).count()).toBe(0);
    await expectAccessible();
    await screenshot(its.merchant, "segment-opposite");
    await narrow("segment-opposite");
  });

  test("her figure is the same in the segment as on her own screen", async () => {
    await screen("/app/segments", "Segments");
    await app().getByRole("link", { name: "Likely soon", exact: true }).click();
    const row = app().getByRole("row").filter({ hasText: "Regular Byrne" }).first();
    const said = await row.getByText("last order on").innerText();
    const [, chance] =
      /^is at least 40% likely to order again within 30 days: now (\d+% \(\d+ to \d+%\)), last order on \d+ \w+ 2\d\d\d$/.exec(said) ??
      expect.unreachable(said);
    await expectAccessible();
    await screenshot(its.merchant, "segment-likely");
    await row.getByRole("link").click();
    await app().getByRole("heading", { name: "What is expected" }).waitFor({ timeout: patience });
    await app()
      .getByText("Within 30 days")
      .locator("xpath=..")
      .getByText(chance ?? "")
      .waitFor();
  });

  test("a chance that nobody reaches: what can be reached stands beside it, also on a phone", async () => {
    await builder("Chance of another order");
    await app().getByLabel("Percent", { exact: true }).fill("99");
    await app().getByLabel("Within the next", { exact: true }).selectOption("30");
    await counted("0 of 32 people");
    const beside = app().getByText(/^In your shop now: the highest chance is \d+%, and half of your customers have \d+% or less\.$/);
    const said = await beside.innerText();
    await app().getByLabel("Within the next", { exact: true }).selectOption("365");
    await until("it is that of a year", async () => (await beside.innerText()) !== said, patience);
    // What cannot be read yet does not take it away.
    await app().getByLabel("Percent", { exact: true }).fill("");
    await app().getByText("Write a whole number.").waitFor();
    await beside.waitFor();
    await app().getByLabel("Percent", { exact: true }).fill("99");
    await counted("0 of 32 people");
    await expectAccessible();
    await screenshot(its.merchant, "segment-chance-nobody");
    await narrow("segment-chance-nobody");
    await builder("Spend expected within a year");
    await app()
      .getByText(/^In your shop now: the most is about £[\d,]+, and half of your customers are expected to spend £[\d,]+ or less\.$/)
      .waitFor();
    await screenshot(its.merchant, "segment-spend");
  });

  test("two that exclude each other are told at their places, also on a phone", async () => {
    await builder("Chance of another order");
    await add("Chance of another order");
    await app().getByLabel("Chance", { exact: true }).nth(1).selectOption("at-most");
    await app().getByLabel("Percent", { exact: true }).nth(1).fill("30");
    const said = app().getByRole("group", { name: "All of these" }).getByText(/^Nobody can match these together: ".*at least 50%.*" and ".*at most 30%.*" exclude each other\.$/); // prettier-ignore
    await until("it is said at each", async () => (await said.count()) === 2, patience);
    for (const place of [0, 1]) await app().getByRole("group", { name: "Chance of another order" }).nth(place).getByText("exclude each other").waitFor();
    await counted("0 of 32 people");
    await expectAccessible();
    await screenshot(its.merchant, "segment-contradiction");
    await narrow("segment-contradiction");
  });

  test("groups within groups, one of them turned around, also on a phone", async () => {
    await builder("Chance of another order");
    await button("Add a group").click();
    const group = app().getByRole("group", { name: "Any of these" });
    await group.getByRole("button", { name: "Add a condition" }).click();
    await button("Spend expected within a year").click();
    await group.getByRole("button", { name: "Add a group" }).click();
    await group.getByRole("group", { name: "Any of these" }).getByRole("button", { name: "Add a condition" }).click();
    await button("Country").click();
    await group.getByRole("button", { name: "Actions for: Any of these" }).last().click();
    await button("Ask for the opposite").click();
    await app().getByRole("group", { name: "Not this" }).waitFor();
    await counted(/^\d+ of 32 people$/);
    await expectAccessible();
    await its.merchant.setViewportSize({ width: 1280, height: 1700 });
    await screenshot(its.merchant, "segment-nested");
    await its.merchant.setViewportSize({ width: 1280, height: 900 });
    await narrow("segment-nested");
  });

  test("templates begin with it", async () => {
    await screen("/app/segments", "Segments");
    await app().getByText("By what is expected").waitFor();
    await app().getByRole("link", { name: "Copy and change: Likely to order again" }).or(button("Copy and change: Likely to order again")).first().click();
    await app().getByRole("heading", { name: "New segment" }).first().waitFor();
    await counted(/^\d+ of 32 people$/);
    await screenshot(its.merchant, "segment-expected-copy");
  });
});
