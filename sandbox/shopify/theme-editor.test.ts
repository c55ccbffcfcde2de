import { afterEach, beforeEach, expect, test } from "vitest";
import { demo, type SmallWorld, startSmallWorld } from "./small-world.ts";

let world: SmallWorld;
beforeEach(async () => {
  world = await startSmallWorld();
});
afterEach(() => world.close());

const at = (query: string) => `${world.worldUrl}/admin/store/comeback-demo/themes/current/editor${query}`;
const open = async (query: string) => {
  const answer = await fetch(at(query));
  return { status: answer.status, text: await answer.text() };
};
const save = (form: Record<string, string>) => fetch(at(""), { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
const bridge = async () =>
  (await (await fetch(`${world.worldUrl}/admin/bridge/extensions?shop=${demo}`)).json()) as { extensions: { handle: string; activations: unknown[] }[] };
const deepLink = "?context=apps&template=index&activateAppId=comeback-demo-key/comeback-embed";

test("an embed is off after the install, is offered by the deep link, and stands in the theme once it is saved", async () => {
  await world.exchange();
  expect(await bridge()).toEqual({
    extensions: [
      {
        handle: "comeback-storefront",
        type: "theme_app_extension",
        activations: [{ target: "body", handle: "comeback-embed", name: "Comeback", status: "available", activations: [] }],
      },
    ],
  });
  const page = await open(deepLink);
  expect(page.text).toMatch(/role="switch"[^>]*data-saved="off"[^>]*checked/);
  expect(world.shopify.shops.get(demo).embed).toBe("off");
  expect((await save({ embed: "on" })).status).toBe(303);
  expect((await bridge()).extensions[0]?.activations).toMatchObject([
    { status: "active", activations: [{ target: "body", themeId: expect.stringMatching(/^gid:\/\/shopify\/OnlineStoreTheme\/\d+$/) as string }] },
  ]);
  await save({});
  expect((await bridge()).extensions[0]?.activations).toMatchObject([{ status: "available" }]);
});

test("an uninstall takes the embed out of the theme, and a new install does not bring it back", async () => {
  await world.exchange();
  await save({ embed: "on" });
  await world.control("/uninstall");
  expect(await bridge()).toEqual({ extensions: [] });
  expect((await save({ embed: "on" })).status).toBe(404);
  await world.exchange();
  expect((await bridge()).extensions[0]?.activations).toMatchObject([{ status: "available" }]);
});

test.each([
  ["another app's client id", "?context=apps&activateAppId=other/comeback-embed", 404],
  ["a block that the extension does not have", "?context=apps&activateAppId=comeback-demo-key/other", 404],
  ["no block at all", "?context=apps&activateAppId=comeback-demo-key", 404],
  ["a block in a folder", "?context=apps&activateAppId=comeback-demo-key/comeback-embed/x", 404],
  ["no context", "?activateAppId=comeback-demo-key/comeback-embed", 400],
  ["a misspelt parameter", "?context=apps&activateAppID=comeback-demo-key/comeback-embed", 400],
])("a deep link with %s is refused", async (_what, query, status) => {
  await world.exchange();
  expect((await open(query)).status).toBe(status);
});

test("a shop that has not installed the app has no embed to switch on", async () => {
  expect((await open(deepLink)).status).toBe(404);
  expect((await open("?context=apps")).text).toContain("No installed app has embeds.");
});
