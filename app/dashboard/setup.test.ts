import { expect, test } from "vitest";
import { setupOf, type SetupFacts } from "./setup.ts";

const nothing: SetupFacts = {
  shop: { senderName: null, senderAddress: null, postalAddress: null, senderConfirmedAt: null },
  pixel: false,
  flow: { testMailAt: null, enabledAt: null },
  ads: { connected: false, live: false },
  counted: false,
};
const at = new Date("2026-11-21T09:00:00Z");
const sender = { senderName: "Shop", senderAddress: "a@b.test", postalAddress: "1 Quay, Leith" };
const all: SetupFacts = {
  shop: { ...sender, senderConfirmedAt: at },
  pixel: true,
  flow: { testMailAt: at, enabledAt: at },
  ads: { connected: true, live: true },
  counted: true,
};
const doneIn = (facts: SetupFacts, embed: Parameters<typeof setupOf>[1] = "off") =>
  setupOf(facts, embed)
    .steps.filter((step) => step.done)
    .map((step) => step.key);

test("a new shop has everything before it", () => {
  expect(setupOf(nothing, "asking")).toMatchObject({ done: 0, complete: false });
  expect(setupOf(nothing, "asking").steps.map((step) => step.key)).toEqual(["pixel", "embed", "sender", "test-mail", "switch-on", "counted", "audience"]);
});

test("all done is complete", () => expect(setupOf(all, "on")).toMatchObject({ done: 7, complete: true }));

test.each<[what: string, facts: Partial<SetupFacts>, done: string[]]>([
  ["a sender who is not confirmed", { shop: { ...nothing.shop, ...sender } }, []],
  ["half a sender, though confirmed", { shop: { ...nothing.shop, ...sender, postalAddress: null, senderConfirmedAt: at } }, []],
  ["a connection without a live audience", { ads: { connected: true, live: false } }, []],
  ["a pixel that was seen", { pixel: true }, ["pixel"]],
  ["somebody in a segment", { counted: true }, ["counted"]],
])("%s", (_what, facts, done) => expect(doneIn({ ...nothing, ...facts })).toEqual(done));

test.each(["off", "asking", "unknown"] as const)("an embed that is %s is not done", (embed) =>
  expect(setupOf(all, embed)).toMatchObject({ done: 6, complete: false }),
);

test("an installation without an ad platform asks nobody to connect one", () => {
  expect(setupOf({ ...nothing, ads: null }, "on").steps.map((step) => step.key)).not.toContain("audience");
});
