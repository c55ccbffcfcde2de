import { expect, test } from "vitest";
import { setupOf } from "./setup.ts";

const nothing = {
  shop: { senderName: null, senderAddress: null, postalAddress: null },
  flow: { testMailAt: null, enabledAt: null },
  ads: { connected: false, live: false },
};
const at = new Date("2026-11-21T09:00:00Z");

test("a new shop has everything before it", () => {
  expect(setupOf(nothing)).toMatchObject({ done: 0, complete: false });
  expect(setupOf(nothing).steps.map((step) => step.key)).toEqual(["sender", "audience", "test-mail", "switch-on"]);
});

test("half a sender is no sender, and a connection without a live audience brings nobody back", () => {
  const half = setupOf({ ...nothing, shop: { senderName: "Shop", senderAddress: "a@b.test", postalAddress: null }, ads: { connected: true, live: false } });
  expect(half.done).toBe(0);
});

test("all done is complete", () => {
  const all = {
    shop: { senderName: "Shop", senderAddress: "a@b.test", postalAddress: "1 Quay, Leith" },
    flow: { testMailAt: at, enabledAt: at },
    ads: { connected: true, live: true },
  };
  expect(setupOf(all)).toMatchObject({ done: 4, complete: true });
});

test("an installation without an ad platform asks nobody to connect one", () => {
  expect(setupOf({ ...nothing, ads: null }).steps.map((step) => step.key)).toEqual(["sender", "test-mail", "switch-on"]);
});
