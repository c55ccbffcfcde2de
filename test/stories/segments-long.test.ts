// A rule that is longer than any screen: what a merchant needs all the time stays in sight.
import type { Locator } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { screenshot } from "../browser.ts";
import * as made from "../factories/webhooks.ts";
import { merchantStage } from "./merchant-stage.ts";
import { until } from "./stage.ts";

const its = merchantStage("segments-long");
const { app, screen, expectAccessible, deliver, read } = its;
const patience = 30_000;
const button = (name: string): Locator => app().getByRole("button", { name, exact: true });

beforeAll(async () => {
  await screen("/app/segments", "Segments");
  const at = its.stage.world.clock.now();
  for (const id of [940_001, 940_002]) {
    const email = `buyer${id}@example.com`;
    await deliver("customers/create", { id, admin_graphql_api_id: `gid://shopify/Customer/${id}`, email, first_name: "Buyer", last_name: `${id}`, updated_at: at.toISOString() }); // prettier-ignore
    await deliver("orders/create", made.order(id, null, email, at, { customer: { id }, cart_token: null, checkout_token: null }));
  }
  await read();
});

/** Whether all of something can be seen, with nothing over it. */
const inSight = (of: Locator) =>
  of.evaluate((one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const there = one.ownerDocument.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return top >= 0 && bottom <= window.innerHeight && (one.contains(there) || there?.contains(one) === true);
  });
const press = (key: string) => its.merchant.keyboard.press(key);
const foot = () => button("Add a condition").last();

test.each([1280, 1024, 768, 390])(
  "at %i pixels what takes back and the count are in sight at its foot, and nothing that is stepped to lies below them",
  async (width) => {
    const desktop = its.merchant.viewportSize() ?? expect.unreachable();
    await its.merchant.setViewportSize({ width, height: 844 });
    await screen("/app/segments/build", "New segment");
    const of = Array.from({ length: 14 }, (_, index) => ({ kind: "did", did: "ordered", times: { is: "at-least", n: index + 1 } }));
    await button("Import a rule").click();
    await app()
      .getByLabel("A rule as JSON")
      .fill(JSON.stringify({ version: 1, match: { kind: "any", of } }));
    await button("Import").click();
    await until("all of it is there", async () => (await app().getByRole("group", { name: "Did or did not do something" }).count()) === of.length, patience);
    const count = app().getByText("2 of 2 people").first();
    await count.waitFor({ timeout: patience });
    // What was taken back stands there as well.
    await app().getByRole("button", { name: "Actions for: Did or did not do something" }).last().click();
    await button("Remove").click();
    await button("Undo").click();
    await count.waitFor({ timeout: patience });
    await foot().focus();
    const head = [button("Undo"), button("Redo"), count];
    await until("all is in sight", async () => (await Promise.all([foot(), ...head].map(inSight))).every(Boolean), 10_000);
    expect(await its.frame().evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    await expectAccessible();
    await screenshot(its.merchant, `segment-builder-long-${width}`);
    for (let steps = 0; steps < 40; steps += 1) {
      await press("Shift+Tab");
      const focused = app().locator(":focus");
      expect(await inSight(focused), `${steps} steps back: ${await focused.evaluate((one) => one.outerHTML)}`).toBe(true);
    }
    await its.merchant.setViewportSize(desktop);
  },
);

test("keys take back, too, but not while something is typed; who was at what went with it is led on", async () => {
  const groups = app().getByRole("group", { name: "Did or did not do something" });
  const of = (index: number, label: string) => groups.nth(index).getByLabel(label, { exact: true });
  const focused = (to: Locator) => until("she is there", () => to.evaluate((one) => one === one.ownerDocument.activeElement).catch(() => false), 10_000);
  await of(3, "How often").selectOption("at-most");
  await of(3, "Times").focus();
  await press("Control+z");
  // Nothing was typed there: there is nothing that the browser could take back.
  expect(await of(3, "How often").inputValue()).toBe("at-most");
  await of(5, "What").focus();
  await press("Control+z");
  await until("it is taken back", async () => (await of(3, "How often").inputValue()) === "at-least", 10_000);
  await focused(of(5, "What"));
  await foot().focus();
  await press("Enter");
  await app().locator(".Polaris-Popover__Content:focus").waitFor();
  await button("Country").press("Enter");
  await app().getByRole("group", { name: "Country" }).getByRole("button", { name: "Actions for: Country" }).focus();
  await press("Meta+z");
  await app().getByRole("group", { name: "Country" }).waitFor({ state: "detached" });
  await focused(button("Undo"));
  await press("Enter");
  await groups.first().waitFor({ state: "detached" });
  await focused(button("Add a condition"));
  await press("Control+z");
  expect(await button("Undo").count()).toBe(0);
});

test("what was taken back is done again by a button or by keys, until something else is done", async () => {
  const groups = app().getByRole("group", { name: "Did or did not do something" });
  const countries = app().getByRole("group", { name: "Country" });
  await press("Control+Shift+z");
  await groups.first().waitFor();
  await button("Redo").focus();
  await press("Enter");
  await countries.waitFor();
  expect(await button("Redo").count()).toBe(0);
  await press("Control+z");
  await countries.waitFor({ state: "detached" });
  await press("Control+y");
  await countries.waitFor();
  await button("Undo").click();
  await countries.waitFor({ state: "detached" });
  await groups.nth(3).getByLabel("How often", { exact: true }).selectOption("at-most");
  await button("Redo").waitFor({ state: "detached" });
  await button("Undo").click();
  expect(await groups.nth(3).getByLabel("How often", { exact: true }).inputValue()).toBe("at-least");
});
