import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { themeExtension } from "./theme-extension.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "theme-extension-"));
  for (const name of ["assets", "blocks"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "shopify.extension.toml"), 'type = "theme"\nname = "A"\nhandle = "a"\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const block = (schema: object, liquid = "") => {
  writeFileSync(join(folder, "blocks/one.liquid"), `${liquid}{% schema %}${JSON.stringify({ name: "One", target: "body", ...schema })}{% endschema %}`);
  return () => themeExtension(folder);
};

test("the app's own extension is read whole", () => {
  const { handle, blocks, asset } = themeExtension();
  expect(handle).toBe("comeback-storefront");
  expect(blocks).toMatchObject([{ handle: "comeback-embed", name: "Comeback", target: "body", javascript: "comeback.js", liquid: "" }]);
  expect(asset("comeback.js")).toContain("visitorConsentCollected");
  expect(asset("../shopify.extension.toml")).toBeNull();
});

test("what Shopify would not take is an error", () => {
  expect(block({ javascript: "none.js" })).toThrow("not in assets");
  expect(block({ name: "t:no.words" })).toThrow("no words");
  expect(block({ target: "footer" })).toThrow();
  expect(block({}, "{% javascript %}alert(1){% endjavascript %}")).toThrow("may not");
  mkdirSync(join(folder, "src"));
  expect(block({})).toThrow("no folder src");
});
