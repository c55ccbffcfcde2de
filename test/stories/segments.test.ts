// Segments, on the merchant's screens: one is made from a template, changed, counted, saved, carried elsewhere and deleted.
import { readFileSync } from "node:fs";
import type { Locator } from "playwright-core";
import { describe, expect, test } from "vitest";
import { screenshot } from "../browser.ts";
import * as made from "../factories/webhooks.ts";
import { merchantStage } from "./merchant-stage.ts";
import { until } from "./stage.ts";

const its = merchantStage("segments");
const { app, frame, hydrated, screen, expectAccessible, deliver, read } = its;
const patience = 30_000;
const button = (name: string | RegExp): Locator => app().getByRole("button", { name, exact: typeof name === "string" });
/** The admin's own bar stands outside of the app's frame. */
const saveBar = (name: string): Locator => its.merchant.getByRole("button", { name, exact: true });
const counted = (text: string | RegExp): Promise<void> => app().getByText(text).first().waitFor({ timeout: patience });
const ago = (days: number) => new Date(its.stage.world.clock.now().getTime() - days * 86_400_000);

type Named = { text: string; middle: number; inside: boolean };

/** What the chart of a segment calls its days, and where these names stand. */
async function namedDays(): Promise<Named[]> {
  return app()
    .locator(".recharts-wrapper")
    .evaluate((chart) => {
      const { left, right } = chart.getBoundingClientRect();
      return [...chart.querySelectorAll(".recharts-xAxis-tick-labels text")]
        .filter((name) => name.textContent !== "")
        .map((name) => {
          const box = name.getBoundingClientRect();
          return { text: name.textContent ?? "", middle: (box.left + box.right) / 2, inside: box.left >= left && box.right <= right };
        });
    });
}

/** So many days are named, all equally far from each other. */
function isEven(days: Named[], names: number): boolean {
  const steps = days.slice(1).map((one, index) => one.middle - (days[index]?.middle ?? 0));
  return days.length === names && Math.max(...steps) - Math.min(...steps) < 2 && days.every((one) => one.inside && /^\d+ \w+$/.test(one.text));
}

/** Where the columns of each table begin and end. */
async function columns(): Promise<number[][]> {
  return app()
    .locator("table:has(tbody tr)")
    .evaluateAll((tables) => tables.map((table) => [...table.querySelectorAll("thead th")].flatMap((one) => [one.getBoundingClientRect().left, one.getBoundingClientRect().right].map(Math.round)))); // prettier-ignore
}

/** How far what stands under "Used by" begins from where the figures before it end, on each line. */
async function roomBeforeUses(): Promise<number[]> {
  return app()
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => {
      const [before, after] = [...row.querySelectorAll("td")].slice(-2).map((cell) => {
        const range = document.createRange();
        range.selectNodeContents(cell.querySelector("p, span") ?? cell);
        return range.getBoundingClientRect();
      });
      return (after?.left ?? 0) - (before?.right ?? 0);
    })); // prettier-ignore
}

const nothingAside = (): Promise<unknown> =>
  until("nothing is pushed aside", () => frame().evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 10_000);

describe("segments", () => {
  test("the list shows what every shop has, and what to begin with", async () => {
    await screen("/app/segments", "Segments");
    // Twelve customers: each ordered as often as the last digit of her number says, some time ago.
    for (let index = 0; index < 12; index += 1) {
      const email = `buyer${index}@example.com`;
      const id = 910_000 + index;
      const customer = { id, admin_graphql_api_id: `gid://shopify/Customer/${id}`, email, first_name: "Buyer", last_name: `No ${index}` };
      await deliver("customers/create", { ...customer, updated_at: its.stage.world.clock.now().toISOString() });
      for (let order = 0; order < index % 4; order += 1)
        await deliver(
          "orders/create",
          made.order(20_000 + index * 10 + order, null, email, ago(5 + index * 10), { customer: { id }, cart_token: null, checkout_token: null }),
        );
    }
    await read();
    await screen("/app/segments", "Segments");
    await app().getByText("You have made none yet.", { exact: false }).waitFor();
    const buyers = app().getByRole("row").filter({ hasText: "Everybody who ever ordered" });
    expect(await buyers.innerText()).toMatch(/\b9\b.*\+9 \/ −0\s+today/s);
    // The shop is not a minute old: that nothing changed within seven days would be no news.
    expect(await app().getByRole("row").filter({ hasText: "Filled a cart and went" }).innerText()).toMatch(/\bNew\b/);
    expect(await app().getByText("No change").count()).toBe(0);
    expect(await app().getByRole("row").filter({ hasText: "Started a checkout that can be reached" }).innerText()).toContain("Flow: Abandoned checkout");
    await expectAccessible();
    await screenshot(its.merchant, "segments");
    await app().getByLabel("Find a segment").fill("laps");
    await app().getByRole("link", { name: "Lapsed buyers" }).waitFor();
    expect(await app().getByRole("row").filter({ hasText: "Everybody who ever ordered" }).count()).toBe(0);
    await app().getByLabel("Find a segment").fill("no such thing");
    await app().getByText('No segment has "no such thing" in its name.').waitFor();
  });

  test("a standard segment says who is in it and why, and is copied rather than changed", async () => {
    await screen("/app/segments/repeat-buyers", "Repeat buyers");
    await app().getByText("People who ordered at least 2 times.").waitFor();
    expect(await button("Delete").count()).toBe(0);
    await app().getByRole("link", { name: "Buyer No 3", exact: true }).waitFor();
    await app()
      .getByText(/^ordered at least 2 times \(\d+ \w+ 2026, \d\d:\d\d; /)
      .first()
      .waitFor();
    await app().getByText("number_of_orders >= 2").first().waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-standard");
    await button("Show as table").click();
    await app().getByRole("columnheader", { name: "People at the end" }).waitFor();
    await button("Show").click();
    await app()
      .getByText(/^6 people on /)
      .waitFor();
    await app().getByLabel("Day").fill("2031-01-01");
    await button("Show").click();
    await app().getByText("Give a day that has been", { exact: false }).waitFor();
  });

  test("from a template: the count follows what is changed, wrong input is said at its field", async () => {
    await app().getByRole("link", { name: "Copy and change" }).or(button("Copy and change")).first().click();
    await app().getByRole("heading", { name: "New segment" }).first().waitFor();
    await hydrated();
    expect(await app().getByLabel("Name", { exact: true }).inputValue()).toBe("Repeat buyers (copy)");
    await counted("6 of 12 people");
    await app().getByText("Some who are not").waitFor();
    await app().getByLabel("Ask about somebody").fill("buyer9@example.com");
    await button("Ask").click();
    await app().getByText("Is not in: ordered at most once").waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-builder");

    await app().getByLabel("Times", { exact: true }).fill("3");
    await counted("3 of 12 people");
    await app().getByText("People who ordered at least 3 times.").waitFor();
    await app().getByLabel("Times", { exact: true }).fill("three");
    await app().getByText("Write a whole number.").waitFor();
    expect(await app().getByLabel("Times", { exact: true }).getAttribute("aria-invalid")).toBe("true");
    await app().getByText("The count comes back when everything in the rule can be read.").waitFor();
    await screenshot(its.merchant, "segment-builder-wrong");
    await app().getByLabel("Times", { exact: true }).fill("2");
    await counted("6 of 12 people");
  });

  test("groups lie in each other, and are turned around", async () => {
    await button("Add a group").click();
    const group = app().getByRole("group", { name: "Any of these" });
    await group.waitFor();
    // None of them was seen in a browser.
    await counted("0 of 12 people");
    await group.getByLabel("What", { exact: true }).selectOption("ordered");
    await group.getByLabel("How long", { exact: true }).fill("50");
    await counted("2 of 12 people");
    await button("Actions for: Any of these").click();
    await button("Ask for the opposite").click();
    await counted("4 of 12 people");
    await app().getByRole("group", { name: "Not this" }).waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-builder-nested");
    // On a narrow screen nothing has to be pushed sideways.
    await its.merchant.setViewportSize({ width: 420, height: 900 });
    await nothingAside();
    await screenshot(its.merchant, "segment-builder-narrow");
    await its.merchant.setViewportSize({ width: 1280, height: 900 });
  });

  test("what can never match is said, and what is slow", async () => {
    await button("Add a condition").last().click();
    await button("Did or did not do something").click();
    const mine = app().getByRole("group", { name: "Did or did not do something" }).last();
    await mine.getByLabel("When", { exact: true }).selectOption("ago");
    await app().getByText("This rule is slow").waitFor();
    await screenshot(its.merchant, "segment-builder-slow");
    await mine.getByLabel("What", { exact: true }).selectOption("ordered");
    await mine.getByLabel("How often").selectOption("exactly");
    await mine.getByLabel("Times", { exact: true }).fill("0");
    await mine.getByLabel("When", { exact: true }).selectOption("ever");
    await app().getByText("Nobody can match these together", { exact: false }).first().waitFor();
    await app().getByText("This rule is slow").waitFor({ state: "detached" });
    await counted("0 of 12 people");
    await expectAccessible();
    await screenshot(its.merchant, "segment-builder-never");
    // Products are chosen in Shopify's own window; who ordered is not asked of browsers, so an order's lines make the rule slow.
    await mine.getByRole("button", { name: "Narrow it down" }).click();
    await mine.getByRole("button", { name: "Browse products" }).click();
    await app().getByRole("dialog").getByRole("checkbox").first().check();
    const title = await app().getByRole("dialog").locator("label.pick").first().innerText();
    await app().getByRole("dialog").getByRole("button", { name: "Select" }).click();
    await mine.getByText(title).first().waitFor();
    await app().getByText("This rule is slow").waitFor();
    // Four are in, and did not order it; of those who are not in, some are shown with what they lack, although that takes the log.
    await counted("4 of 12 people");
    const some = (title: string) => app().locator("div:has(> h3)", { has: app().getByRole("heading", { name: title, exact: true }) });
    const [inside, outside] = [some("Some who are in"), some("Some who are not")];
    await inside.getByText(`did not order ${title}`, { exact: false }).first().waitFor();
    await outside.getByText("ordered at most once").first().waitFor();
    expect([await inside.getByRole("link").count(), await outside.getByRole("link").count()]).toEqual([4, 3]);
    await screenshot(its.merchant, "segment-builder-products");
    await mine.getByRole("button", { name: "Actions for: Did or did not do something" }).click();
    await button("Remove").click();
    await counted("4 of 12 people");
  });

  test("it is saved under a name of its own, stands in the list, and People shows who is in it", async () => {
    await app().getByLabel("Name", { exact: true }).fill("");
    await saveBar("Save").click();
    await app().getByText(/name/i).first().waitFor();
    await app().getByLabel("Name", { exact: true }).fill("Repeat buyers");
    await saveBar("Save").click();
    await until("the name is refused", async () => (await app().getByLabel("Name", { exact: true }).getAttribute("aria-invalid")) === "true", patience);
    expect(await app().getByLabel("Name", { exact: true }).evaluate((one) => one.ownerDocument.activeElement === one)).toBe(true); // prettier-ignore
    await screenshot(its.merchant, "segment-builder-refused");
    await app().getByLabel("Name", { exact: true }).fill("Twice, and quiet since");
    await saveBar("Save").click();
    await app().getByRole("heading", { name: "Twice, and quiet since" }).first().waitFor();
    await until("it is filled", async () => (await its.stage.rows("SELECT 1 FROM segment WHERE fill_from IS NULL")).length === 1, patience);
    await screen("/app/segments", "Segments");
    const row = app().getByRole("row").filter({ hasText: "Twice, and quiet since" });
    expect(await row.innerText()).toMatch(/\b4\b/);
    // That nothing changed within seven days would be no news of what is not a minute old.
    expect(await row.innerText()).toMatch(/\bNew\b/);
    expect(await row.innerText()).not.toContain("No change");
    await screenshot(its.merchant, "segments-own");
    const [own, standard] = await columns();
    expect(own).toHaveLength(8);
    expect(own).toEqual(standard);
    expect(Math.min(...(await roomBeforeUses()))).toBeGreaterThan(30);
    const desktop = its.merchant.viewportSize() ?? expect.unreachable();
    await its.merchant.setViewportSize({ width: 390, height: 844 });
    const line = app().getByRole("listitem").filter({ hasText: "Twice, and quiet since" });
    await line.getByText("4 people").waitFor();
    await line.getByText("New", { exact: true }).waitFor();
    await nothingAside();
    await expectAccessible();
    await screenshot(its.merchant, "segments-narrow");
    await its.merchant.setViewportSize(desktop);
    await row.getByRole("link").click();
    await app().getByText("4 of 4").waitFor();
    await app().getByText("Entered today").waitFor();
    await app().getByText("Not counted: 4 people who came in because the segment was made or changed", { exact: false }).waitFor();
    await app()
      .getByText(/^Its history begins on \d+ \w+ \d{4}\.$/)
      .waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-own");
    for (const [width, names] of [
      [desktop.width, 7],
      [390, 4],
    ] as const) {
      // prettier-ignore
      await its.merchant.setViewportSize({ width, height: desktop.height });
      const drawn = async () => (await app().locator(".recharts-surface").first().boundingBox())?.width ?? Infinity;
      await until("the chart has come to its width", async () => (await drawn()) < width, patience);
      await until("the days are named evenly, and all of each name is seen", async () => isEven(await namedDays(), names), patience);
      if (width === desktop.width) continue;
      await nothingAside();
      // Why somebody is in it is a sentence, and takes the whole width.
      const [line, why] = [app().getByRole("listitem").filter({ hasText: "Buyer No" }).first(), app().getByText(/^ordered at least 2 times/).first()]; // prettier-ignore
      const [whole, said] = [await line.boundingBox(), await why.boundingBox()];
      expect((said?.width ?? 0) / (whole?.width ?? Infinity)).toBeGreaterThan(0.85);
      await expectAccessible();
      await screenshot(its.merchant, "segment-narrow");
    }
    await its.merchant.setViewportSize(desktop);
    await app().getByRole("link", { name: "See all in People" }).or(button("See all in People")).first().click();
    await app().getByRole("heading", { name: "People", exact: true }).first().waitFor();
    await until("four people", async () => (await app().locator("tbody tr").count()) === 4, patience);
  });

  test("every kind of condition has its fields, and an empty segment says what it lacks", async () => {
    await screen("/app/segments/build", "New segment");
    await button("Save").click();
    await app().getByText("A group needs at least one condition.").first().waitFor();
    await app().getByText("Give the segment a name.").waitFor();
    await button("Add a condition").click();
    const kinds = await app().locator(".Polaris-ActionList__Item").allInnerTexts();
    expect(kinds.length).toBe(17);
    await its.merchant.keyboard.press("Escape");
    for (const kind of kinds) {
      await button("Add a condition").click();
      await app().locator(".Polaris-ActionList__Item").getByText(kind.trim(), { exact: true }).click();
      const condition = app().getByRole("group", { name: kind.trim(), exact: true });
      await condition.waitFor();
      expect(await condition.locator("input, select").count()).toBeGreaterThan(0);
    }
    // What only the merchant knows is asked for at its field.
    await app().getByText("Choose at least one value.").waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-builder-kinds");
    await saveBar("Discard").click();
    await app().getByText("Begin with a condition.").waitFor();
  });

  test("a rule goes out as JSON and comes back the same; what is no rule is refused with a sentence", async () => {
    const [segment] = await its.stage.rows<{ key: string; rule: unknown }>("SELECT key, rule FROM segment");
    await screen(`/app/segments/${segment?.key ?? ""}`, "Twice, and quiet since");
    const waiting = its.merchant.waitForEvent("download");
    await app().getByRole("link", { name: "Download" }).click();
    const text = readFileSync(await (await waiting).path(), "utf8");
    expect(JSON.parse(text)).toEqual(segment?.rule);
    await screen("/app/segments/build", "New segment");
    await button("Import a rule").click();
    await app().getByLabel("A rule as JSON").fill("{ not a rule");
    await button("Import").click();
    await app().getByText("This is not JSON.").waitFor();
    await app().getByLabel("A rule as JSON").fill(text);
    await button("Import").click();
    await app().getByText("The rule was imported.", { exact: false }).waitFor();
    await counted("4 of 12 people");
    await app().getByLabel("Name", { exact: true }).fill("The same again");
    await saveBar("Save").click();
    await app().getByRole("heading", { name: "The same again" }).first().waitFor();
    const rules = await its.stage.rows<{ rule: unknown }>("SELECT rule FROM segment");
    expect(rules.map((one) => one.rule)).toEqual([segment?.rule, segment?.rule]);
  });

  test("while an audience uses it, it is not deleted, and a change says first who would come and go", async () => {
    const [segment] = await its.stage.rows<{ key: string }>("SELECT key FROM segment WHERE name = 'Twice, and quiet since'");
    await its.stage.rows(
      `INSERT INTO audience (shop_id, id, connector, segment_key, name, state, created_at)
       SELECT id, '01900000-0000-7000-8000-000000000001', 'meta', $1, 'Demo shop: Twice, and quiet since', 'live', $2 FROM shop`,
      [segment?.key, its.stage.world.clock.now()],
    );
    await screen(`/app/segments/${segment?.key ?? ""}`, "Twice, and quiet since");
    await button("Delete").click();
    await app().getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await app().getByText("It cannot be deleted while it is used by:").waitFor();
    await app().getByRole("listitem").filter({ hasText: "Audience: Demo shop: Twice, and quiet since" }).waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-in-use");

    await app().getByRole("link", { name: "Change", exact: true }).or(button("Change")).first().click();
    await app().getByRole("heading", { name: "Change Twice, and quiet since" }).first().waitFor();
    await hydrated();
    await app().getByLabel("Times", { exact: true }).first().fill("3");
    await counted("2 of 12 people");
    await saveBar("Save").click();
    await app().getByText("0 people would enter and 2 people would leave at once.", { exact: false }).waitFor();
    await app().getByText("Would leave: ", { exact: false }).waitFor();
    await screenshot(its.merchant, "segment-changes");
    await app().getByRole("dialog").getByRole("button", { name: "Save the change" }).click();
    await app().getByText("People who ordered at least 3 times", { exact: false }).first().waitFor();
    await until("two have left", async () => (await its.stage.rows("SELECT 1 FROM membership WHERE segment_key = $1", [segment?.key])).length === 2, patience);
  });

  test("what nothing uses is deleted, and is gone from the list", async () => {
    const [segment] = await its.stage.rows<{ key: string }>("SELECT key FROM segment WHERE name = 'The same again'");
    await screen(`/app/segments/${segment?.key ?? ""}`, "The same again");
    await button("Delete").click();
    await app().getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await app().getByRole("heading", { name: "Segments", exact: true }).first().waitFor();
    expect(await its.stage.rows("SELECT 1 FROM segment WHERE name = 'The same again'")).toEqual([]);
    expect(await app().getByText("The same again").count()).toBe(0);
  });

  test("a slow rule is saved, counted by the worker, and says when it was, wherever it stands", async () => {
    await screen("/app/segments/build", "New segment");
    const rule = { version: 1, match: { kind: "did", did: "searched", times: { is: "at-most", n: 90 } } };
    await button("Import a rule").click();
    await app().getByLabel("A rule as JSON").fill(JSON.stringify(rule));
    await button("Import").click();
    await counted("12 of 12 people");
    await app().getByText("It can be saved, and is counted anew every quarter of an hour", { exact: false }).waitFor();
    await app().getByLabel("Name", { exact: true }).fill("Hardly searched");
    await saveBar("Save").click();
    await app().getByRole("heading", { name: "Hardly searched" }).first().waitFor();
    await app().getByText("It is counted anew every quarter of an hour", { exact: false }).waitFor();
    // It follows by itself.
    await app().getByText("It was last counted", { exact: false }).waitFor({ timeout: patience });
    await app().getByText("Who fitted the rule at its last count.").waitFor();
    await app().getByText("Not counted: 12 people who came in because the segment was made or changed", { exact: false }).waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-slow-counted");
    await button("Show as table").click();
    await app().getByText("+12 / −0").waitFor();
    // Why is looked up in the log, for one who is asked about.
    const somebody = app().getByRole("row").filter({ has: app().getByRole("button", { name: "Why?" }) }).first(); // prettier-ignore
    const said = app().getByRole("row").filter({ hasText: "searched at most 90 times" }); // prettier-ignore
    expect(await said.count()).toBe(0);
    await somebody.getByRole("button", { name: "Why?" }).click();
    await said.waitFor();
    await expectAccessible();
    await screenshot(its.merchant, "segment-slow");
    await screen("/app/segments", "Segments");
    const row = app().getByRole("row").filter({ hasText: "Hardly searched" });
    expect(await row.innerText()).toMatch(/Counted every quarter of an hour, last .*\b12\b/s);
    await expectAccessible();
    await screenshot(its.merchant, "segments-slow");
  });

  test("what is not there, or not hers to change, is said to be missing", async () => {
    for (const path of ["no-such-segment", "build/repeat-buyers", "build/no-such-segment"]) {
      await its.merchant.goto(`${its.stage.world.url}/admin/store/comeback-demo/apps/comeback/app/segments/${path}`);
      await app().getByRole("heading", { name: "This is not here" }).waitFor();
    }
  });
});
