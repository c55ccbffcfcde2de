import { expect, test } from "vitest";
import { embedLink, embedOf, type Extension } from "./embed.ts";

const theme = (...blocks: { handle: string; status: string }[]): Extension => ({
  type: "theme_app_extension",
  activations: blocks.map((one) => ({ target: "body", ...one })),
});

test.each<[what: string, extensions: Extension[], embed: string]>([
  ["nothing at all", [], "unknown"],
  ["another kind of extension", [{ type: "ui_extension", activations: [{ target: "body", handle: "comeback-embed", status: "active" }] }], "unknown"],
  ["another block", [theme({ handle: "another", status: "active" })], "unknown"],
  ["there, but not on", [theme({ handle: "comeback-embed", status: "available" })], "off"],
  ["not for this theme", [theme({ handle: "comeback-embed", status: "unavailable" })], "off"],
  ["on", [theme({ handle: "another", status: "available" }, { handle: "comeback-embed", status: "active" })], "on"],
])("%s", (_what, extensions, embed) => expect(embedOf(extensions)).toBe(embed));

test("the link leads to the shop's own editor, with our embed in it", () => {
  expect(embedLink("a.myshopify.com", "key")).toBe(
    "https://a.myshopify.com/admin/themes/current/editor?context=apps&template=index&activateAppId=key%2Fcomeback-embed",
  );
});
